/** What an agent is told about its role, by the way its program has for that. */
import { join } from 'node:path';
import { writeTo } from '../../platform/index.js';
import type { LaunchSpec } from '../types.js';

/** Writes the instructions beside the run; undefined when there are none. */
export async function instructionsFile({ agent, runDir }: LaunchSpec): Promise<string | undefined> {
  if (agent.instructions === '') return undefined;
  const path = join(runDir, 'instructions.md');
  await writeTo(path, agent.instructions, { mode: 0o600 });
  return path;
}

/**
 * Instructions ahead of the prompt, for programs that have no other way. A conversation that goes on has
 * heard them already.
 */
export function promptWithInstructions({ agent, prompt, resume }: LaunchSpec): string {
  return agent.instructions === '' || resume ? prompt : `${agent.instructions}\n\n${prompt}`;
}
