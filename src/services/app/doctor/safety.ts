/** What keeps agents in, what is dangerous by configuration, and folders of runs that are not needed any more. */
import { formatSize } from '../../../domain/platform/units.js';
import { collectRuns, loadAgent, runnerFor, standingWarnings } from '../../agents/index.js';
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
  const developer = await loadAgent(session, 'developer');
  const confines = runnerFor(developer.runner).confines === true;
  if (confines && items.length === 0) {
    return [{ name, status: 'ok', detail: `the developer runs in the sandbox of ${developer.runner}` }];
  }
  if (!confines) {
    const detail = `${developer.runner} has no sandbox of its own; refs, git settings and hooks are compared after each run`;
    items.push({ name, status: 'ok', detail });
  }
  return items;
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
