/** Agents are roles with instructions; a runner or the model service carries them out. */

import type { Budget } from './cost.js';

export const agentNames = ['developer', 'conflict-resolver', 'validator', 'planner', 'task-author'] as const;
export type AgentName = (typeof agentNames)[number];

/** Prompts: one for each agent, and those of questions that an agent is asked besides. */
export const promptNames = [...agentNames, 'side-test'] as const;
export type PromptName = (typeof promptNames)[number];

/** Where one layer of an agent's settings or instructions came from. */
export type Layer = 'built-in' | 'user' | 'repository' | 'task' | 'fallback';

export interface InstructionLayer {
  layer: Layer;
  /** File it was read from, or "built-in". */
  origin: string;
  mode: 'append' | 'replace';
  text: string;
}

/** An agent with all layers applied: `data.agent` of `agents show`. */
export interface Agent {
  name: AgentName;
  /** How it works: one of the runners, or the model service. */
  runner: string;
  runnerOrigin: string;
  model?: string;
  sandbox: 'read-only' | 'workspace-write' | 'full';
  envAllow: string[];
  /** What the repository's file asks for and does not get, a sentence each; absent when there is nothing. */
  refused?: string[];
  /** What one of its runs may use. */
  budget?: Budget;
  timeouts: { total?: string; idle?: string; connect?: string };
  /** What the agent is told, all layers joined. */
  instructions: string;
  layers: InstructionLayer[];
}
