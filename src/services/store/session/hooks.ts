/** The programs of `[hooks]`: they are told what happened, as JSON on their standard input. */
import {
  certificateNames,
  pickVariables,
  proxyNames,
  systemNames,
} from '../../../domain/platform/environment.js';
import { messageOf } from '../../../domain/platform/errors.js';
import type { HookName } from '../../../domain/store/config.js';
import { runProcess, temporaryFolder } from '../../platform/index.js';
import type { RepoSession } from '../types.js';

/** A hook that takes longer is ended. */
const timeoutMs = 10_000;

/** What a program needs to reach the person's desktop; none of these is a secret. */
const desktopNames = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS'];

type HookSession = Pick<RepoSession, 'config' | 'loaded' | 'root' | 'repo' | 'env' | 'emit'>;

/**
 * Runs the programs that the configuration names for this, one after the other, each for ten seconds at most.
 * `{task}` and `{root}` in their words are replaced; all of `news` comes as JSON on standard input.
 * Never throws: a program that fails is told of as a warning.
 */
export async function runHooks(session: HookSession, name: HookName, news: object): Promise<void> {
  const { repo, root, emit } = session;
  const input = `${JSON.stringify({ hook: name, repo: { name: repo.name, root }, at: new Date().toISOString(), ...news })}\n`;
  for (const command of session.config.hooks[name]) {
    const task = 'task' in news ? String(news.task) : '';
    const argv = command.map((word) => filled(word, { task, root }));
    const failed = await failureOf(argv, { cwd: root, env: hookEnvironment(session.env), input });
    if (failed) emit({ type: 'noted', level: 'warning', message: `hooks.${name}: ${argv[0]} ${failed}` });
  }
}

/**
 * Calls the person to the screen by a program: the desktop's own for notifications, or that of `ui.notifications`, in
 * whose words `{title}` and `{text}` are replaced. Never throws: a program that fails is told of as a warning.
 */
export async function callPerson(
  session: HookSession,
  by: 'desktop' | readonly string[],
  call: { title: string; text: string },
): Promise<void> {
  const { repo, root, emit, env } = session;
  const argv =
    by === 'desktop'
      ? ['notify-send', '--app-name=codex-agents', '--', call.title, call.text]
      : by.map((word) => filled(word, { title: call.title, text: call.text }));
  const input = `${JSON.stringify({ repo: { name: repo.name, root }, at: new Date().toISOString(), ...call })}\n`;
  const failed = await failureOf(argv, { cwd: root, env: hookEnvironment(env), input });
  if (failed) emit({ type: 'noted', level: 'warning', message: `ui.notifications: ${argv[0]} ${failed}` });
}

/** The word with these values for their names in braces. Each stands there as it is, whatever signs or names it holds. */
const filled = (word: string, values: Readonly<Record<string, string>>): string =>
  word.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? values[name]! : whole));

/** How it failed, in words; undefined when it did not. */
async function failureOf(
  argv: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; input: string },
): Promise<string | undefined> {
  try {
    const { code, timedOut } = await runProcess(argv, { ...options, timeoutMs, mayCut: true });
    if (timedOut) return `took longer than ${timeoutMs / 1000}s and was ended.`;
    return code === 0 ? undefined : `ended with exit code ${code}.`;
  } catch (error) {
    return `could not be run: ${messageOf(error)}`;
  }
}

function hookEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = [...systemNames, ...certificateNames, ...proxyNames, ...desktopNames];
  return { ...pickVariables(env, names), TMPDIR: temporaryFolder(env) };
}
