/**
 * A box for a run: bubblewrap around the agent. The run's supervisor stays outside, and so does what the run is judged
 * by. Signals reach the agent alone; to kill is to kill the box, with everything in it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '../../../domain/agents/agent.js';
import { type Confinement, placeOptions } from '../../../domain/agents/box.js';
import type { RunnerName } from '../../../domain/agents/run.js';
import { appError } from '../../../domain/platform/errors.js';
import type { Config } from '../../../domain/store/config.js';
import type { Runner, SandboxedAt } from '../types.js';
import { boxAbility, boxOptions, hearsAgain } from './able.js';
import { type BoxWish, placesFor } from './places.js';

/** `auto`, `on` or `off`, for one runner. */
function boxMode({ runner, sandbox }: Pick<Config, 'runner' | 'sandbox'>, name: RunnerName) {
  return runner[name].sandbox || sandbox.mode;
}

/**
 * What holds an agent in when it is driven by this runner. Throws `no-sandbox` where a box is demanded and cannot be
 * made.
 */
export async function confinementOf(
  config: Pick<Config, 'runner' | 'sandbox'>,
  runner: Pick<Runner, 'name' | 'confinement' | 'opened'>,
  agent: Pick<Agent, 'sandbox'>,
  env: NodeJS.ProcessEnv,
  at: Omit<SandboxedAt, 'mayWrite'>,
): Promise<Confinement> {
  if (agent.sandbox === 'full') return { by: 'none', why: 'full access was allowed' };
  if (runner.confinement === 'own') {
    const mayWrite = agent.sandbox !== 'read-only';
    const open = runner.opened?.(config.runner[runner.name], env, { ...at, mayWrite });
    return { by: 'runner', ...(open ? { open } : {}) };
  }
  if (runner.confinement === 'none') return { by: 'none', why: 'it is a program of ours' };
  const mode = boxMode(config, runner.name);
  if (mode === 'off') {
    const key = config.runner[runner.name].sandbox ? `runner.${runner.name}.sandbox` : 'sandbox.mode';
    return { by: 'none', why: `${key} is off` };
  }
  const ability = await boxAbility(env);
  if ('programs' in ability) return { by: 'box', ...(config.sandbox.network ? {} : { network: false }) };
  if (mode === 'auto') return { by: 'none', why: ability.problem };
  throw appError('no-sandbox', `No sandbox can be made for ${runner.name}: ${ability.problem}.`, {
    hint: `${ability.hint} Or let it run without: codex-agent config set --user sandbox.mode auto`,
  });
}

/** How to make a box possible here; undefined where it is, or where nothing helps. */
export async function boxHint(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const ability = await boxAbility(env);
  return 'problem' in ability ? ability.hint : undefined;
}

const argumentsFile = 'box.args';

/** Bubblewrap reads the places from a file: there may be hundreds. */
const boxText = `
trap '' HUP INT TERM
d=$1; shift
exec "$@" 9<"$d/${argumentsFile}"
`;

/** Returns what puts a command line into the box of a run. Its file is in the run's folder. */
export async function openBox(wish: BoxWish): Promise<(argv: readonly string[]) => string[]> {
  const ability = await boxAbility(wish.env);
  if (!('programs' in ability)) throw appError('no-sandbox', `No sandbox can be made: ${ability.problem}.`);
  const { bwrap, env } = ability.programs;
  return (argv) => {
    const options = [
      ...boxOptions,
      ...placeOptions(placesFor(wish, argv)),
      ...(wish.settings.network ? [] : ['--unshare-net']),
      ...['--chdir', wish.cwd],
    ];
    writeFileSync(join(wish.folder, argumentsFile), `${options.join('\0')}\0`, { mode: 0o600 });
    const boxed = [bwrap, '--args', '9', '--', env, hearsAgain, ...argv];
    return ['sh', '-c', boxText, 'sh', wish.folder, ...boxed];
  };
}
