/** Git's configuration files, key by key: read before and after, single keys put back by git itself. */
import { type ConfigValues, parseConfigList } from '../../../domain/worktrees/guard.js';
import { runProcess } from '../../platform/index.js';
import { readSaved, type Saved } from './files.js';

/** Values in a configuration file; nothing it includes is opened. Undefined when it is no configuration. */
export async function configValues(saved: Saved, env: NodeJS.ProcessEnv): Promise<ConfigValues | undefined> {
  if (saved.kind === 'none') return new Map();
  if (saved.kind !== 'file') return undefined;
  const input = Buffer.from(saved.base64, 'base64');
  const { code, stdout } = await ask(['--file', '-', '--no-includes', '--list', '-z'], env, input);
  return code === 0 ? parseConfigList(stdout) : undefined;
}

/** Gives a key the values it had. Throws when it is not at `found` any more, or git cannot write the file. */
export async function restoreKey(
  path: string,
  key: string,
  { before, found }: { before: Saved; found: readonly string[] },
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const [was, now] = await Promise.all([configValues(before, env), configValues(await readSaved(path), env)]);
  if (JSON.stringify(now?.get(key) ?? []) !== JSON.stringify(found)) throw new Error('it has changed again');
  const values = was?.get(key) ?? [];
  const steps = [['--unset-all', key], ...values.map((value) => ['--add', key, value])];
  for (const step of steps.slice(found.length > 0 ? 0 : 1)) {
    const { code, stderr } = await ask(['--file', path, ...step], env);
    if (code !== 0) throw new Error(stderr.trim() || `git config ended with ${code}`);
  }
}

function ask(args: readonly string[], env: NodeJS.ProcessEnv, input?: Uint8Array) {
  const plain = { LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const own = { PATH: env.PATH, HOME: env.HOME, ...plain };
  const options = { cwd: '/', env: own, timeoutMs: 30_000, ...(input ? { input } : {}) };
  return runProcess(['git', 'config', ...args], options);
}
