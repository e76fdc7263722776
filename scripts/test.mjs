/**
 * Runs jest with the arguments given, such as the path of a test, and closes with one plain line, `N passed, N failed`.
 * `--unit` leaves out test/e2e, which drives the built program.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'codex-agents-test-'));
const report = join(folder, 'report.json');
const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
    ...wanted.filter((argument) => argument !== '--unit'),
    // Last, since jest takes every word after it for one more pattern.
    ...(wanted.includes('--unit') ? ['--testPathIgnorePatterns', '/test/e2e/'] : []),
  ],
  { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NODE_NO_WARNINGS: '1' } },
);
let counts = { passed: 0, failed: 1 };
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  // A suite that could not even start has no failed test of its own, and counts as one.
  counts = {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
  };
} catch (error) {
  console.error(`No test report: ${error.message}`);
}
rmSync(folder, { recursive: true, force: true });
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(jest.status === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : 1);
