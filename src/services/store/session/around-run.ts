/** Whether this program was started by an agent at work: what a person decides, an agent does not. */
import { realpath } from 'node:fs/promises';
import { appError } from '../../../domain/platform/errors.js';
import type { Paths } from '../../platform/index.js';
import { readUtf8 } from '../../platform/index.js';

/** Every process of a run has its folder in its environment, and so has every process above it up to the supervisor. */
const cookie = 'CODEX_AGENTS_RUN_DIR';
/** No chain of processes is longer. */
const most = 200;

/**
 * Throws `inside-a-run` (exit 6) when an agent of this registry started the program, whatever it did to its own
 * environment: the processes above it are asked as well.
 * @param what the command, as it is typed
 */
export async function requireOutsideRun(
  { env, paths }: { env: NodeJS.ProcessEnv; paths: Paths },
  what: string,
): Promise<void> {
  for (const folder of new Set([env[cookie], ...(await foldersAbove(process.ppid))])) {
    if (folder === undefined || folder === '' || !(await isOurs(folder, paths))) continue;
    throw appError('inside-a-run', `${what} was asked for by an agent at work: a person decides that.`, {
      kind: 'trust',
      hint: 'Run it in a terminal of your own. An agent may look (status, task show, merge check), and says the rest at its end.',
    });
  }
}

async function foldersAbove(pid: number): Promise<string[]> {
  const folders: string[] = [];
  for (let at = pid, steps = 0; at > 1 && steps < most; steps++) {
    const variables = await readUtf8(`/proc/${at}/environ`).catch(() => '');
    const found = variables.split('\0').find((one) => one.startsWith(`${cookie}=`));
    if (found) folders.push(found.slice(cookie.length + 1));
    const stat = await readUtf8(`/proc/${at}/stat`).catch(() => '');
    at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
  return folders;
}

/** A program that is developed with itself runs others' registries in its tests: those are no concern of this run. */
async function isOurs(folder: string, { stateDir, registryFile }: Paths): Promise<boolean> {
  const real = async (path: string) => realpath(path).catch(() => path);
  if ((await real(folder)).startsWith(`${await real(stateDir)}/`)) return true;
  const id = folder.slice(folder.lastIndexOf('/') + 1);
  const registry = await readUtf8(registryFile).catch(() => '');
  return id !== '' && registry.includes(`"${id}"`);
}
