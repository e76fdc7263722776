/**
 * Calls many programs, six at once, from a process whose loop is held most of the time, and counts the answers that
 * were lost or cut without an error. There must be none.
 *
 *   npm run bench -- output            20,000 calls
 *   CALLS=100000 npm run bench -- output
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadInside } from './inside.mjs';

const wanted = Number(process.env.CALLS ?? 20_000);
const atOnce = 6;
const { platform } = await loadInside({ platform: 'services/platform/processes/process' });

const folder = mkdtempSync(join(tmpdir(), 'codex-agents-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
const git = (...args) => execFileSync('git', ['-C', folder, ...args], { env, encoding: 'utf8' });
git('init', '-q', '-b', 'main');
git('-c', 'user.name=b', '-c', 'user.email=b@example.com', 'commit', '-q', '--allow-empty', '-m', 'First');

const list = ['worktree', 'list', '--porcelain', '-z'];
/** More than a pipe holds. */
const long = 300_000;
/** What is called, how often in a hundred, and what it must answer. */
const calls = [
  { share: 60, argv: ['git', ...list], answer: git(...list) },
  { share: 35, argv: ['printf', '%s', 'out'], answer: 'out' },
  { share: 5, argv: ['head', '-c', String(long), '/dev/zero'], answer: '\0'.repeat(long) },
].flatMap(({ share, ...call }) => Array.from({ length: share }, () => call));

const hold = (ms) => {
  for (const until = performance.now() + ms; performance.now() < until; );
};
// The loop is held while output is read, so that programs end meanwhile and are reaped before their output is read;
// now and then right after that for longer than any patience of old.
let holds = 0;
const held = () => {
  hold(Math.random() * 8);
  if (++holds % 200 === 0) setImmediate(() => hold(550));
};

const sum = { calls: 0, lost: 0, cut: 0, held: 0, errors: 0 };
const codes = new Map();
async function work() {
  while (sum.calls < wanted) {
    const { argv, answer } = calls[sum.calls++ % calls.length];
    try {
      const result = await platform.runProcess(argv, {
        cwd: folder,
        env,
        timeoutMs: 60_000,
        onOutput: held,
      });
      if (result.held) sum.held++;
      if (result.code === 0 && result.stdout === '') sum.lost++;
      else if (result.code === 0 && result.stdout !== answer) sum.cut++;
      else if (result.code !== 0) throw Object.assign(new Error(), { code: `exit ${result.code}` });
    } catch (error) {
      sum.errors++;
      codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
    }
  }
}
const began = performance.now();
/** Prints what has come out so far, and ends. */
function report() {
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `${sum.calls} calls, ${atOnce} at once, in ${seconds} s with ${holds} holds of the loop: ` +
      `${sum.lost} lost, ${sum.cut} cut without an error, ${sum.held} held, ${sum.errors} errors`,
  );
  for (const [code, many] of codes) console.log(`  ${code}: ${many}`);
  process.exit(sum.lost + sum.cut > 0 ? 1 : 0);
}
process.on('SIGINT', report);
process.on('SIGTERM', report);
await Promise.all(Array.from({ length: atOnce }, work));
report();
