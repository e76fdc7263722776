/** Runs jest and closes with one plain line, `N passed, N failed`, whatever reporter is on. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'codex-agents-test-'));
const report = join(folder, 'report.json');
const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_NO_WARNINGS: '1' } },
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
