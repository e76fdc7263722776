/** Agents with all layers applied: built-in prompt < user < repository (when trusted) < task. */
import { join } from 'node:path';
import {
  type Agent,
  type AgentName,
  agentNames,
  type InstructionLayer,
} from '../../../domain/agents/agent.js';
import { tighterOf } from '../../../domain/agents/cost.js';
import { runnerNames } from '../../../domain/agents/run.js';
import { appError } from '../../../domain/platform/errors.js';
import { parseDuration } from '../../../domain/platform/units.js';
import type { Task } from '../../../domain/store/task.js';
import { readText } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import {
  type AgentFile,
  instructionsOf,
  loadPrompt,
  type ReadText,
  readAgentFile,
  readFallback,
  repositoryReader,
} from './files.js';

export { agentFilePath, editAgent, validateAgents } from './author.js';
export { developerPrompt } from './prompt.js';

export type AgentSession = Pick<RepoSession, 'config' | 'loaded' | 'root' | 'paths'>;

type FileLayer = { layer: 'user' | 'repository'; path: string; file: AgentFile; read: ReadText };

/**
 * An agent as it works in this repository, on this task when one is given.
 * Throws `toml-syntax`, `config-invalid`, `bad-agent-file` and `bad-prompt`, naming the file.
 */
export async function loadAgent(session: AgentSession, name: AgentName, task?: Task): Promise<Agent> {
  const files = await readLayers(session, name);
  const agent = settingsOf(session, name, files);
  if (task && name === 'developer') {
    if (task.runner) Object.assign(agent, { runner: task.runner, runnerOrigin: `task ${task.slug}` });
    if (task.model) agent.model = task.model;
  }
  requireRunner(agent);
  agent.layers = await instructionLayers(session, name, files, agent.runner);
  agent.instructions = textOf(agent.layers);
  return agent;
}

/** Every agent, in the order of the glossary. */
export async function listAgents(session: AgentSession): Promise<Agent[]> {
  return Promise.all(agentNames.map((name) => loadAgent(session, name)));
}

/** Said for as long as it is so: on the screen, with every start, by `doctor`. */
export const fullAccessWarning = ({ name }: Pick<Agent, 'name'>): string =>
  `the ${name} has full access: no sandbox keeps it from anything you may do (sandbox = "full")`;

/** What stays dangerous for as long as it is configured, a sentence each. Never throws: a broken file is told elsewhere. */
export async function standingWarnings(session: AgentSession): Promise<string[]> {
  if (!session.config.run.full_access) return [];
  const agents = await listAgents(session).catch(() => []);
  return agents.filter(({ sandbox }) => sandbox === 'full').map(fullAccessWarning);
}

/** What stands before a replacing layer is left out, but for what the user says: a repository does not take that back. */
function textOf(layers: readonly InstructionLayer[]): string {
  const texts = layers.filter(({ layer }, at) => {
    const replacing = layers.slice(at + 1).filter(({ mode }) => mode === 'replace');
    return replacing.every((later) => layer === 'user' && later.layer === 'repository');
  });
  return texts.map(({ text }) => text).join('\n\n');
}

async function readLayers(session: AgentSession, name: AgentName): Promise<FileLayer[]> {
  const places: Omit<FileLayer, 'file'>[] = [
    {
      layer: 'user',
      path: join(session.paths.configDir, 'agents', `${name}.toml`),
      read: readText,
    },
    {
      layer: 'repository',
      path: join(session.root, '.codex-agent', 'agents', `${name}.toml`),
      read: await repositoryReader(session),
    },
  ];
  const layers = await Promise.all(
    places.map(async (place) => ({ ...place, file: await readAgentFile(place.path, place.read) })),
  );
  return layers.filter((layer): layer is FileLayer => layer.file !== undefined);
}

type Timeout = keyof Agent['timeouts'];
const sandboxes = ['read-only', 'workspace-write', 'full'] as const;

/**
 * A repository may choose runner and model, and tighten the sandbox, the budget and the timeouts; it may not loosen them, nor
 * let variables of the user's environment through. Those are the user's.
 */
function settingsOf(session: AgentSession, name: AgentName, files: readonly FileLayer[]): Agent {
  const writes = name === 'developer';
  const agent: Agent = {
    name,
    runner: writes ? session.config.runner.default : 'model',
    runnerOrigin: (writes && session.loaded.origins['runner.default']?.where) || 'default',
    sandbox: writes ? 'workspace-write' : 'read-only',
    envAllow: [],
    timeouts: {},
    instructions: '',
    layers: [],
  };
  for (const { layer, path, file } of files) {
    if (file.runner) Object.assign(agent, { runner: file.runner, runnerOrigin: path });
    if (file.model) agent.model = file.model;
    if (layer === 'user') {
      Object.assign(agent.timeouts, file.timeouts);
      if (file.sandbox) agent.sandbox = file.sandbox;
    } else tighten(session, agent, path, file);
    if (file.budget)
      agent.budget = layer === 'user' ? file.budget : tighterOf(agent.budget ?? {}, file.budget);
    if (layer === 'user') agent.envAllow.push(...(file.env_allow ?? []));
  }
  return agent;
}

/** Takes the repository's sandbox and timeouts where they are tighter, and notes what it does not get. */
function tighten(session: AgentSession, agent: Agent, path: string, file: AgentFile): void {
  const refuse = (key: string, theirs: string, own: string) => {
    agent.refused = [...(agent.refused ?? []), `${path} would loosen ${key} to "${theirs}"; ${own}.`];
  };
  for (const [kind, theirs = ''] of Object.entries(file.timeouts ?? {}) as [Timeout, string][]) {
    const own = agent.timeouts[kind] ?? ofAll(session, agent, kind);
    if (own === undefined || parseDuration(theirs) <= parseDuration(own)) agent.timeouts[kind] = theirs;
    else refuse(`timeouts.${kind}`, theirs, `yours holds: "${own}"`);
  }
  const { sandbox } = file;
  if (sandbox && sandboxes.indexOf(sandbox) <= sandboxes.indexOf(agent.sandbox)) agent.sandbox = sandbox;
  else if (sandbox) refuse('sandbox', sandbox, `"${agent.sandbox}" holds`);
  if (file.env_allow?.length)
    refuse('env_allow', file.env_allow.join(', '), 'only your own file lets variables through');
}

/** What the user set for all agents that are started, or asked, in this way; also where the repository set less. */
function ofAll({ config, loaded }: AgentSession, { name }: Agent, kind: Timeout): string | undefined {
  const all = name === 'developer' ? 'run' : 'model';
  const key = `${all}.${kind}_timeout`;
  const isTheirs = ['default', 'repository'].includes(loaded.origins[key]?.origin ?? 'default');
  const users = isTheirs ? loaded.overruled?.[key] : config[all][`${kind}_timeout`];
  return users === undefined ? undefined : String(users);
}

function requireRunner({ name, runner, runnerOrigin }: Agent): void {
  const known: readonly string[] = name === 'developer' ? runnerNames : ['model', ...runnerNames];
  if (known.includes(runner)) return;
  throw appError('bad-agent-file', `The ${name} cannot use the runner "${runner}" (${runnerOrigin}).`, {
    kind: 'usage',
    hint: `Runners of the ${name}: ${known.join(', ')}.`,
  });
}

async function instructionLayers(
  session: AgentSession,
  name: AgentName,
  files: readonly FileLayer[],
  runner: string,
): Promise<InstructionLayer[]> {
  const { prompt, layer, origin } = await loadPrompt(session, name);
  const layers: InstructionLayer[] = [{ layer, origin, mode: 'replace', text: prompt.instructions }];
  for (const { layer, path, file, read } of files) {
    const text = await instructionsOf(path, file, read);
    if (text) layers.push({ layer, origin: path, mode: file.mode ?? 'append', text });
  }
  // Coding CLIs read AGENTS.md themselves. It is part of what is trusted.
  const overridden = files.some((entry) => entry.layer === 'repository');
  if (runner === 'model' && !overridden && session.loaded.trusted) {
    const names = ['AGENTS.md', ...session.config.agents.fallback_files];
    const found = await readFallback(session, names);
    if (found) layers.push({ layer: 'fallback', origin: found.path, mode: 'append', text: found.text });
  }
  return layers;
}
