/** What keeps agents in, what is dangerous by configuration, and folders of runs that are not needed any more. */
import type { Agent } from '../../../domain/agents/agent.js';
import { confinementText } from '../../../domain/agents/box.js';
import { runnerNames } from '../../../domain/agents/run.js';
import { hasCode, toAppError } from '../../../domain/platform/errors.js';
import { formatSize } from '../../../domain/platform/units.js';
import {
  type AgentSession,
  boxHint,
  collectRuns,
  confinementOf,
  listAgents,
  loadAgent,
  runnerFor,
  standingWarnings,
} from '../../agents/index.js';
import { loadConfig, openRegistry, repositoryRoot } from '../../store/index.js';
import type { DoctorItem, DoctorOptions } from './types.js';

/** Standing dangers are warnings for as long as they are configured. */
export async function checkConfinement(options: DoctorOptions): Promise<DoctorItem[]> {
  const root = options.root ?? (options.cwd ? await repositoryRoot(options.cwd, options.paths) : undefined);
  if (!root) return [];
  const loaded = await loadConfig({ paths: options.paths, env: options.env, root });
  const session = { config: loaded.config, loaded, root, paths: options.paths };
  const name = 'confinement';
  const items = (await standingWarnings(session)).map(
    (detail): DoctorItem => ({
      name,
      status: 'warn',
      detail,
      hint: 'To end that: codex-agent config set run.full_access false',
    }),
  );
  if (loaded.config.run.agent_commits) {
    const detail = 'run.agent_commits lets sandboxed agents write to refs: they are compared after each run';
    items.push({ name, status: 'warn', detail });
  }
  return [...items, ...(await runnersConfined(session, options.env))];
}

type DoctorSession = AgentSession & { root: string; paths: DoctorOptions['paths'] };

/** What holds each runner in that an agent is driven by, or that stands in for another at its limit. */
async function runnersConfined(session: DoctorSession, env: NodeJS.ProcessEnv): Promise<DoctorItem[]> {
  const { config } = session;
  const agents = (await listAgents(session)).filter(({ runner }) =>
    runnerNames.some((one) => one === runner),
  );
  const { sandbox } = await loadAgent(session, 'developer');
  const used = [
    ...agents,
    ...[config.runner.default, ...config.runner.fallback].map((runner) => ({ runner, sandbox })),
  ];
  const items = new Map<string, DoctorItem>();
  for (const agent of used) {
    const item = await confinedItem(session, agent, env);
    if (!items.has(item.detail)) items.set(item.detail, item);
  }
  return [...items.values()];
}

async function confinedItem(
  { config, root, paths }: DoctorSession,
  agent: Pick<Agent, 'runner' | 'sandbox'>,
  env: NodeJS.ProcessEnv,
): Promise<DoctorItem> {
  const name = 'confinement';
  const runner = runnerFor(agent.runner);
  try {
    const kept = [root, paths.configDir, paths.dataDir, paths.stateDir];
    const held = await confinementOf(config, runner, agent, env, { cwd: root, kept });
    const git =
      held.by === 'box' ? '; git there commits and stashes, and refuses new branches, tags and gc' : '';
    const detail = `${runner.name} is held by ${confinementText(held, runner.name)}${git}`;
    const looked = 'what it does outside of its worktree is looked for after each run';
    if (held.open) return { name, status: 'ok', detail: `${detail}; ${looked}` };
    if (held.by !== 'none' || runner.confinement === 'none') return { name, status: 'ok', detail };
    // A box that was switched off is not mended by installing what makes one.
    const hint = held.why?.endsWith(' is off') ? undefined : await boxHint(env);
    return { name, status: 'warn', detail: `${detail}; ${looked}`, ...(hint ? { hint } : {}) };
  } catch (error) {
    if (!hasCode(error, 'no-sandbox')) throw error;
    const { message: detail, hint } = toAppError(error);
    return { name, status: 'fail', detail, ...(hint ? { hint } : {}) };
  }
}

/** Old folders of runs go with `--fix`, by the same rules as `session gc`. */
export async function checkRuns(options: DoctorOptions): Promise<DoctorItem[]> {
  const { config } = await loadConfig({ paths: options.paths, env: options.env });
  const session = { paths: options.paths, config, registry: openRegistry(options.paths) };
  const { removed, freed, left } = await collectRuns(session, { dryRun: options.fix !== true });
  const name = 'runs';
  if (removed.length === 0) return [{ name, status: 'ok', detail: `${formatSize(left)} of transcripts` }];
  const what = `${removed.length} old runs of settled tasks, ${formatSize(freed)}`;
  if (options.fix) return [{ name, status: 'ok', detail: `removed ${what}` }];
  return [
    { name, status: 'warn', detail: what, hint: 'codex-agent session gc (or doctor --fix) removes them.' },
  ];
}
