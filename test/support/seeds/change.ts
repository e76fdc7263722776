/** Changes of which is known what the policies are to say: at least eighty that weaken or leak, and harmless ones. */
import { parseDiff } from '../../../src/domain/landing/diff.js';
import type { JudgedChange } from '../../../src/domain/landing/policies/judge.js';
import type { PolicyConfig, PolicyName } from '../../../src/domain/store/policies.js';

export interface Seed {
  kind: string;
  /** Where it is in the change that is seeded; the first file. */
  path: string;
  policy?: PolicyName;
  status?: 'warn';
  policies?: Record<string, PolicyConfig>;
  change(): JudgedChange;
}

export type Files = Record<string, readonly [before: string, after: string]>;
export type Extra = Partial<Pick<Seed, 'status' | 'policies'>> & { runs?: string[][]; bytes?: number };

const lineCount = (text: string) => (text === '' ? 0 : text.replace(/\n$/, '').split('\n').length);

/** A diff that takes one text away and puts the other there; that is enough for policies. */
function diffOf(path: string, [before, after]: readonly [string, string]): string {
  const side = (text: string, sign: string) =>
    text === ''
      ? ''
      : `${text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => `${sign}${line}`)
          .join('\n')}\n`;
  const mode = before === '' ? 'new file mode 100644\n' : after === '' ? 'deleted file mode 100644\n' : '';
  const [from, to] = [before === '' ? '/dev/null' : `a/${path}`, after === '' ? '/dev/null' : `b/${path}`];
  const [old, now] = [lineCount(before), lineCount(after)];
  const head = `diff --git a/${path} b/${path}\n${mode}--- ${from}\n+++ ${to}\n`;
  return `${head}@@ -${old ? 1 : 0},${old} +${now ? 1 : 0},${now} @@\n${side(before, '-')}${side(after, '+')}`;
}

export function changeOf(files: Files, { runs = [], bytes }: Extra = {}): JudgedChange {
  const names = Object.keys(files);
  return {
    files: parseDiff(names.map((path) => diffOf(path, files[path]!)).join('')),
    texts: names.map((path) => ({ path, before: files[path]![0], after: files[path]![1] })),
    sizes: new Map(names.map((path) => [path, bytes ?? files[path]![1].length])),
    runs,
  };
}

export const seed = (kind: string, policy: PolicyName, files: Files, extra: Extra = {}): Seed => ({
  kind,
  policy,
  path: Object.keys(files)[0]!,
  ...(extra.status ? { status: extra.status } : {}),
  ...(extra.policies ? { policies: extra.policies } : {}),
  change: () => changeOf(files, extra),
});

export const pack = (scripts: object, rest: object = {}) =>
  `${JSON.stringify({ name: 'a', scripts, ...rest }, null, 2)}\n`;
export const npm = {
  runs: [
    ['npm', 'test'],
    ['npm', 'run', 'lint'],
  ],
};
export const make = { runs: [['make', 'test']] };
/** Put together here, so that no scanner takes this file for what it is about. */
export const made = {
  aws: ['AKIA', 'Q7ZP3NVKT5WXR2LD'].join(''),
  github: ['ghp_', 'k3Vb9QmT7xZr2Lw8Np5Hs1Jd6Fg4Ya0CeUoX'].join(''),
  slack: ['xoxb-', '738291046352-', '918273645019-', 'aZ4kQ9vR2mT7xN5pL8wJ3hB6'].join(''),
  stripe: ['sk_live_', '4fK9qTz7Vb2Xm8Lw3Np6Rd1H'].join(''),
  gitlab: ['glpat-', 'x9Kq3Tz7Vb2Xm8Lw3Np6'].join(''),
  random: 'q9Zr7Kx2Vt5Lp8Wm3Nb6Jd1Hs4Fg0Yc',
};
export const key = ['-----BEGIN', 'PRIVATE', 'KEY-----'].join(' ');
