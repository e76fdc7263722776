/** Programs we start: are they there, and new enough. */
import { findProgram, runProcess } from '../../platform/index.js';
import type { DoctorItem } from './types.js';

const oldestNode = 20;
/** `merge-tree --write-tree --stdin` came with it. */
const oldestGit = [2, 39] as const;

export async function checkPrograms(env: NodeJS.ProcessEnv): Promise<DoctorItem[]> {
  return Promise.all([
    checkNode(),
    checkGit(env),
    checkPresent('sh', env, 'fail', 'Every agent is held by a small shell script.'),
    checkPresent('setsid', env, 'fail', 'It keeps agents apart from this terminal; install util-linux.'),
    checkPresent('cp', env, 'warn', 'Worktrees are filled more slowly without it.'),
  ]);
}

async function checkNode(): Promise<DoctorItem> {
  const version = process.versions.node;
  return Number.parseInt(version, 10) >= oldestNode
    ? { name: 'node', status: 'ok', detail: version }
    : { name: 'node', status: 'fail', detail: version, hint: `Install Node ${oldestNode} or newer.` };
}

async function checkGit(env: NodeJS.ProcessEnv): Promise<DoctorItem> {
  const name = 'git';
  const hint = `Install git ${oldestGit.join('.')} or newer.`;
  const text = await versionOf('git', env);
  if (text === undefined) return { name, status: 'fail', detail: 'not found', hint };
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  if (!major || !minor) return { name, status: 'fail', detail: `unreadable version: ${text}`, hint };
  const old =
    Number(major) < oldestGit[0] || (Number(major) === oldestGit[0] && Number(minor) < oldestGit[1]);
  return old ? { name, status: 'fail', detail: text, hint } : { name, status: 'ok', detail: text };
}

/** Under which name commits are made in a folder: agents that commit by themselves fail where git knows none. */
export async function checkIdentity(env: NodeJS.ProcessEnv, cwd: string): Promise<DoctorItem[]> {
  const name = 'identity';
  if (!findProgram('git', env, '/')) return [];
  const asked = await runProcess(['git', 'var', 'GIT_AUTHOR_IDENT'], {
    cwd,
    env,
    timeoutMs: 10_000,
    mayCut: true,
  });
  const known = /^(.+<.*>) \d+ /.exec(asked.stdout)?.[1];
  if (asked.code === 0 && known) return [{ name, status: 'ok', detail: known }];
  return [
    {
      name,
      status: 'warn',
      detail: 'git knows no name and address for commits',
      hint: 'What we commit is by codex-agent; what an agent commits itself fails. Set both: git config --global user.name "…" and user.email "…".',
    },
  ];
}

async function checkPresent(
  name: string,
  env: NodeJS.ProcessEnv,
  otherwise: 'warn' | 'fail',
  hint: string,
): Promise<DoctorItem> {
  const path = findProgram(name, env, '/');
  return path ? { name, status: 'ok', detail: path } : { name, status: otherwise, detail: 'not found', hint };
}

/** First line of `<program> --version`; undefined when it is not there or does not answer. */
async function versionOf(program: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (!findProgram(program, env, '/')) return undefined;
  const { code, stdout } = await runProcess([program, '--version'], {
    cwd: '/',
    env,
    timeoutMs: 10_000,
    mayCut: true,
  });
  return code === 0 ? stdout.trim().split('\n')[0] : undefined;
}
