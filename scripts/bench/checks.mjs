/**
 * Checks by the built program: ten of known lengths on two lanes, beside the best schedule there is, without and with
 * lengths known from before; then validations of a tree that has passed, beside the start of node.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { makeSandbox, median } from './sandbox.mjs';

/**
 * Seconds that each check takes, and what it needs. They sleep, so that nothing but the schedule is measured.
 * @type {Record<string, [number, string[]]>}
 */
const checks = {
  a: [0.6, []],
  b: [0.8, []],
  c: [1, []],
  d: [1.2, []],
  e: [1.4, []],
  f: [1.6, ['a']],
  g: [1.8, []],
  h: [2, []],
  i: [2.2, ['b']],
  j: [3, []],
};
const rounds = Number(process.env.ROUNDS ?? 5);
const load = () => `load ${loadavg()[0].toFixed(1)}`;

const sandbox = makeSandbox();
const root = join(sandbox.root, 'repo');
const times = join(sandbox.root, 'times');
const git = (...args) => sandbox.run(root, 'git', ...args);
try {
  mkdirSync(root);
  git('init', '-q');
  for (let at = 0; at < 500; at++) writeFileSync(join(root, `file-${at}.txt`), `${at}\n`);
  sandbox.codexAgent(root, 'init');
  git('add', '-A');
  git('commit', '-qm', 'First');
  git('branch', 'work');
  git('checkout', '-q', 'work');
  writeFileSync(join(root, 'new.txt'), 'new\n');
  git('add', '-A');
  git('commit', '-qm', 'Work');
  git('checkout', '-q', 'main');
  sandbox.codexAgent(root, 'task', 'add', 'Work', '--slug', 'work', '--branch', 'work');
  sandbox.codexAgent(root, 'task', 'done', 'work');
  const file = join(sandbox.env.XDG_CONFIG_HOME, 'codex-agents', 'config.toml');
  mkdirSync(join(file, '..'), { recursive: true });
  const tables = Object.entries(checks).map(([name, [seconds, needs]]) => {
    const script = `s=$(date +%s%N); sleep ${seconds}; echo "$s $(date +%s%N)" >> '${times}'`;
    return `[[validator.checks]]\nname = "${name}"\nrun = ${JSON.stringify(['sh', '-c', script])}\nneeds = ${JSON.stringify(needs)}\n`;
  });
  writeFileSync(file, `[validator]\nmax_parallel = 2\n${tables.join('')}`);

  const lengths = Object.values(checks).map(([seconds]) => seconds);
  const best = Math.max(lengths.reduce((sum, one) => sum + one, 0) / 2, ...lengths);
  for (const how of ['nothing known of their lengths', 'lengths known', 'lengths known']) {
    rmSync(times, { force: true });
    sandbox.codexAgent(root, 'task', 'validate', 'work', '--no-cache', '--json');
    const spans = readFileSync(times, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    const span =
      (Math.max(...spans.map(([, end]) => end)) - Math.min(...spans.map(([start]) => start))) / 1e9;
    console.log(
      `ten checks on two lanes, ${how}: ${span.toFixed(2)} s, ${(span / best).toFixed(2)} x the best schedule (${best.toFixed(2)} s); ${load()}`,
    );
  }

  const timed = (run) => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  const nodes = [];
  const agains = [];
  for (let round = 0; round < rounds; round++) {
    nodes.push(timed(() => execFileSync(process.execPath, ['-e', '0'])));
    agains.push(timed(() => sandbox.codexAgent(root, 'task', 'validate', 'work', '--json')));
  }
  const [node, again] = [median(nodes), median(agains)];
  const ran = readFileSync(times, 'utf8').trim().split('\n').length;
  console.log(
    `a tree that has passed, validated again: ${again.toFixed(0)} ms, ${(again - node).toFixed(0)} ms above node's start (${node.toFixed(0)} ms), ` +
      `medians of ${rounds}; ${ran - Object.keys(checks).length} checks run; ${load()}`,
  );
} finally {
  sandbox.cleanup();
}
