/** What checks said of trees, and all that they wrote. Passes are kept to be used again; output is kept for people. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckResult } from '../../../domain/landing/validation.js';
import { pickVariables, toolchainNames } from '../../../domain/platform/environment.js';
import { needsOf } from '../../../domain/store/check-config.js';
import type { CheckConfig } from '../../../domain/store/config.js';
import { namesInFolder, writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

type CacheSession = Pick<RepoSession, 'config' | 'env' | 'paths' | 'repo'>;

export interface CheckCache {
  /** The pass of a check on this tree, merged with a base of that tree; undefined when none is known. */
  passOf(check: CheckConfig, base: string): Promise<CheckResult | undefined>;
  /** What a check said of this tree as a base, be it a pass or a failure. */
  resultOf(check: CheckConfig): Promise<CheckResult | undefined>;
  /** Keeps passes: what failed may have failed by chance. Of a pass beside a base that fails, that base is a part. */
  remember(results: readonly CheckResult[], base: string): Promise<void>;
  /** Keeps what was said of this tree as a base. */
  rememberBase(results: readonly CheckResult[]): Promise<void>;
  /** File for all that a check writes. */
  outputOf(check: CheckConfig): string;
  /** How long each check took the last time, on whatever tree. */
  tookMs(): Promise<Map<string, number>>;
}

/** The cache for one tree. Another definition of a check, or of what it needs, is another question. */
export function openCheckCache(session: CacheSession, tree: string): CheckCache {
  const folder = join(session.paths.cacheDir, 'checks', session.repo.id);
  const durations = join(folder, 'durations.json');
  const questions = new Map<CheckConfig, string>();
  const fileOf = (check: CheckConfig, kind: string) => {
    const question = questions.get(check) ?? questionOf(session, check);
    questions.set(check, question);
    return join(folder, `${tree}-${question}.${kind}`);
  };
  const tookMs = async () =>
    new Map(Object.entries((await readJson<Record<string, number>>(durations)) ?? {}));
  /** Passes that counted what fails on this tree as known: it does not fail any more. */
  async function forgetBeside(): Promise<void> {
    const names = await namesInFolder(folder);
    for (const name of names) {
      if (name.endsWith(`.${tree.slice(0, 16)}.json`)) await rm(join(folder, name), { force: true });
    }
  }
  return {
    async passOf(check, base) {
      for (const kind of ['json', `${base.slice(0, 16)}.json`]) {
        const result = await readJson<CheckResult>(fileOf(check, kind));
        if (result?.status === 'pass') return { ...result, cached: true };
      }
      return undefined;
    },
    resultOf: async (check) =>
      (await readJson<CheckResult>(fileOf(check, 'json'))) ??
      (await readJson<CheckResult>(fileOf(check, 'base.json'))),
    async rememberBase(results) {
      for (const result of results) {
        const check = session.config.validator.checks.find(({ name }) => name === result.name);
        if (!check) continue;
        if (result.status === 'fail') await write(fileOf(check, 'base.json'), result);
        // The last answer counts: what is said of the tree now takes the place of what was said before.
        await rm(fileOf(check, result.status === 'fail' ? 'json' : 'base.json'), { force: true });
        if (result.status === 'pass') await forgetBeside();
      }
    },
    async remember(results, base) {
      const { checks } = session.config.validator;
      const ran = results.filter(({ status, cached }) => status !== 'skipped' && !cached);
      if (ran.length === 0) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const result of ran) {
        const check = checks.find(({ name }) => name === result.name);
        const kind = result.known === undefined ? 'json' : `${base.slice(0, 16)}.json`;
        // How many tests the base ran is another question.
        const { fewer: _, coverage: __, ...kept } = result;
        if (check && result.status === 'pass') await write(fileOf(check, kind), kept);
      }
      const took = await tookMs();
      for (const { name, durationMs, status } of ran) if (status !== 'error') took.set(name, durationMs);
      await write(durations, Object.fromEntries(took));
      await prune(folder);
    },
    outputOf: (check) => fileOf(check, 'log'),
    tookMs,
  };
}

/** What differs from one terminal to the next and says nothing of how a check ends. */
const incidental = [
  '!SSH_*',
  '!DISPLAY',
  '!WAYLAND_DISPLAY',
  '!XAUTHORITY',
  '!DBUS_*',
  '!WSL_*',
  '!VIRTUAL_ENV_PROMPT',
];

/** A name for what is asked of a tree: the check, all that it needs, how its worktree is filled, and with which toolchain. */
function questionOf({ config, env }: CacheSession, check: CheckConfig): string {
  const { checks } = config.validator;
  const before = new Map<string, CheckConfig>();
  const open = [check];
  for (let one = open.pop(); one; one = open.pop()) {
    for (const name of needsOf(one, checks)) {
      const need = checks.find((other) => other.name === name);
      if (!need || before.has(name)) continue;
      before.set(name, need);
      open.push(need);
    }
  }
  const names = [check, ...before.values()].flatMap(({ env: own = [] }) =>
    own.filter((one) => !one.includes('=')),
  );
  const seen = pickVariables(env, [
    ...['PATH', 'LANG', 'LANGUAGE', 'LC_*', 'TZ'],
    ...[...toolchainNames, ...incidental],
    ...[...config.env_allow, ...names],
  ]);
  const asked = [check, [...before.values()], config.worktree, Object.entries(seen).sort()];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16);
}

const write = (file: string, value: unknown) => writeFileDurably(file, `${JSON.stringify(value)}\n`);

/** Undefined for what cannot be read: without the cache the checks run again. */
async function readJson<T extends object>(file: string): Promise<T | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

const keptFiles = 1000;
const keptBytes = 500 * 1024 * 1024;

/** Takes the oldest away where there are too many, or where they are too much. */
async function prune(folder: string): Promise<void> {
  const files = await Promise.all(
    (await namesInFolder(folder)).map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined);
      return { name, at: found?.mtimeMs ?? 0, size: found?.size ?? 0 };
    }),
  );
  let bytes = 0;
  const old = files
    .sort((a, b) => b.at - a.at)
    .filter(({ size }, at) => {
      bytes += size;
      return at >= keptFiles || bytes > keptBytes;
    });
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })));
}
