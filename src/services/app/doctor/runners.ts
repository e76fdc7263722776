/** The coding CLIs that runners drive: where they are, which version, what each can do. */
import { abilitiesOf, runnerNames } from '../../../domain/agents/run.js';
import type { Config } from '../../../domain/store/config.js';
import type { RunnerProbe } from '../../agents/index.js';
import { listAgents, namesHeldBack, probeRunners } from '../../agents/index.js';
import { loadConfig, repositoryRoot } from '../../store/index.js';
import type { DoctorItem, DoctorOptions } from './types.js';

/** How long a slow one may take; what it answers is remembered for lists. */
const limitMs = 30_000;

/** Those that are used here, by an agent or by configuration, and those that are merely installed. */
export async function checkRunners(options: DoctorOptions): Promise<DoctorItem[]> {
  const { paths, env, cwd } = options;
  const root = options.root ?? (cwd ? await repositoryRoot(cwd, paths) : undefined);
  const loaded = await loadConfig({ paths, env, ...(root ? { root } : {}) });
  const { config } = loaded;
  const used = new Set<string>([config.runner.default]);
  if (root) {
    // A broken agent file is told of elsewhere.
    const agents = await listAgents({ config, loaded, root, paths }).catch(() => []);
    for (const { runner } of agents) used.add(runner);
  }
  const held = [...used].flatMap((name) => heldBackItem(name, config, env));
  const probes = await probeRunners(config, env, { cacheDir: paths.cacheDir, fresh: true, limitMs });
  const items = probes.flatMap((probe) => {
    const { path, args } = config.runner[probe.name];
    const wanted = used.has(probe.name) || path !== '' || args.length > 0;
    if (probe.name === 'demo' && !wanted) return [];
    return wanted || probe.path ? [itemOf(probe, used.has(probe.name))] : [];
  });
  return [...items, ...held];
}

/** How many names are listed; `--json` of a run has them all. */
const shownNames = 24;

/** Which set variables agents of this runner do not get, so that one that is missing is found before a run fails. */
function heldBackItem(name: string, config: Config, env: NodeJS.ProcessEnv): DoctorItem[] {
  if (!runnerNames.some((known) => known === name)) return [];
  const names = namesHeldBack(name, config, env);
  if (names.length === 0) return [];
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
  return [
    {
      name: 'environment',
      status: 'ok',
      detail: `held back from ${name}: ${names.slice(0, shownNames).join(', ')}${more}`,
      hint: `Let one through: codex-agent config set --user env_allow '["${names[0]}"]' (patterns such as "MY_*" too).`,
    },
  ];
}

function itemOf({ name, path, version, problem, can }: RunnerProbe, used: boolean): DoctorItem {
  if (problem === undefined) {
    const able = abilitiesOf(can);
    const what = `${version ?? 'no version'} at ${path}`;
    return { name, status: 'ok', detail: able ? `${what}: ${able}` : what };
  }
  const hint = used
    ? `Install it, set runner.${name}.path, or choose another runner with runner.default.`
    : `It is configured in runner.${name}.`;
  return { name, status: 'warn', detail: problem, hint };
}
