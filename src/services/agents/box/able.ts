/** Whether a box can be made on this machine, and why not. */
import { findProgram, runProcess } from '../../platform/index.js';

/** What a box is made with. */
export interface BoxPrograms {
  bwrap: string;
  /** GNU env: it gives the agent its signals back, to which all around it is deaf. */
  env: string;
}

export type BoxAbility = { programs: BoxPrograms } | { problem: string; hint: string };

/**
 * Namespaces of its own for users (root's powers end at the box), processes (what it leaves behind dies with it) and
 * memory shared with others. Network is a matter of the settings.
 */
export const boxOptions = [
  ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--cap-drop', 'ALL'],
  ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
];

/** The agent hears signals; bubblewrap and what started it do not, or it would be killed before it could end itself. */
export const hearsAgain = '--default-signal=HUP,INT,TERM';

const asked = new Map<string, Promise<BoxAbility>>();

/** Tries it once per process and PATH. Never throws. */
export function boxAbility(env: NodeJS.ProcessEnv): Promise<BoxAbility> {
  const key = env.PATH ?? '';
  const answer = asked.get(key) ?? tryBox(env);
  asked.set(key, answer);
  return answer;
}

async function tryBox(env: NodeJS.ProcessEnv): Promise<BoxAbility> {
  if (process.platform !== 'linux') {
    return {
      problem: 'there is no sandbox of ours on this system',
      hint: 'It is made with bubblewrap, on Linux.',
    };
  }
  const bwrap = findProgram('bwrap', env);
  if (!bwrap) {
    return {
      problem: 'bubblewrap is not installed',
      hint: 'Install the package bubblewrap: its program is bwrap.',
    };
  }
  const envProgram = findProgram('env', env) ?? '/usr/bin/env';
  const argv = [bwrap, ...boxOptions, '--tmpfs', '/tmp', '--', envProgram, hearsAgain, 'true'];
  try {
    const { code, stderr } = await runProcess(argv, {
      cwd: '/',
      env: { PATH: env.PATH },
      timeoutMs: 10_000,
      maxBytes: 10_000,
      mayCut: true,
    });
    if (code === 0) return { programs: { bwrap, env: envProgram } };
    return problemOf(stderr.trim().split('\n').at(-1) ?? '', code);
  } catch (error) {
    return problemOf(error instanceof Error ? error.message : String(error), null);
  }
}

function problemOf(said: string, code: number | null): BoxAbility {
  if (/default-signal|unrecognized option|invalid option/.test(said)) {
    return {
      problem: 'env does not know --default-signal',
      hint: 'Install the GNU coreutils, 8.31 or newer.',
    };
  }
  const what = said === '' ? `bwrap ended with ${code}` : said.slice(0, 200);
  if (/user namespace|uid map|Permission denied|Operation not permitted|not permitted/i.test(said)) {
    return {
      problem: `this system does not let bubblewrap work (${what})`,
      hint: 'User namespaces have to be allowed: sysctl kernel.unprivileged_userns_clone=1, an AppArmor profile for bwrap, or in a container its security options.',
    };
  }
  return {
    problem: `bubblewrap does not work here (${what})`,
    hint: 'Try it by hand: bwrap --ro-bind / / true',
  };
}
