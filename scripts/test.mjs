/**
 * Runs jest with the arguments given, such as the path of a test, and closes with one plain line, `N passed, N failed`.
 * `--unit` leaves out test/e2e, which drives the built program.
 *
 * Up to five files that fail are run once more, alone. One that passes then is named as flaky in the output: its
 * failure stands above, and it is a fault to be mended, but not one of the change that is tested.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const retriedFiles = 5;
const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'codex-agents-test-'));

/** Runs jest; gives its exit status and, by file, how many tests passed and failed. */
function runJest(name, more) {
  const report = join(folder, `${name}.json`);
  const words = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
  ];
  const jest = spawnSync(process.execPath, [...words, ...more], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  try {
    return { status: jest.status, files: countByFile(JSON.parse(readFileSync(report, 'utf8'))) };
  } catch (error) {
    console.error(`No test report: ${error.message}`);
    return { status: jest.status ?? 1, files: new Map() };
  }
}

function countByFile({ testResults }) {
  const count = (tests, status) => tests.filter((test) => test.status === status).length;
  return new Map(
    testResults.map(({ name, status, assertionResults }) => {
      const failed = count(assertionResults, 'failed');
      // A suite that could not even start has no failed test of its own, and counts as one.
      const failures = status === 'failed' ? Math.max(1, failed) : failed;
      return [name, { passed: count(assertionResults, 'passed'), failed: failures }];
    }),
  );
}

const first = runJest('first', [
  ...wanted.filter((argument) => argument !== '--unit'),
  // Last, since jest takes every word after it for one more pattern.
  ...(wanted.includes('--unit') ? ['--testPathIgnorePatterns', '/test/e2e/'] : []),
]);
const files = first.files;
let status = first.status;
const failing = [...files].filter(([, { failed }]) => failed > 0).map(([name]) => name);
if (failing.length > 0 && failing.length <= retriedFiles) {
  console.log(`\nOnce more, alone: ${failing.map((name) => relative('.', name)).join(', ')}`);
  const second = runJest('second', ['--runInBand', '--runTestsByPath', ...failing]);
  for (const [name, counts] of second.files) {
    files.set(name, counts);
    if (counts.failed === 0)
      console.log(`Flaky: ${relative('.', name)} failed first and passed when it ran alone.`);
  }
  status = second.status;
}
rmSync(folder, { recursive: true, force: true });
const sum = (key) => [...files.values()].reduce((total, counts) => total + counts[key], 0);
const passed = sum('passed');
const failed = files.size === 0 ? 1 : sum('failed');
console.log(`${passed} passed, ${failed} failed`);
process.exit(status === 0 && failed === 0 && passed > 0 ? 0 : 1);
