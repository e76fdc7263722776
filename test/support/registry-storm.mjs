/**
 * Many processes change one registry while some of them are killed; counts what was acknowledged and lost.
 * `node test/support/registry-storm.mjs [writers] [updates each] [milliseconds between kills]` prints the figures.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * @returns acknowledged changes, how many of them are missing, reads of an invalid file, kills, and seconds
 */
export async function storm({ writers = 50, updates = 4, killEveryMs = 60 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'codex-agents-storm-'));
  try {
    const program = join(folder, 'writer.mjs');
    await build({
      entryPoints: [join(here, 'registry-writer.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    const data = join(folder, 'data', 'codex-agents');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(join(data, 'tasks.json'), firstRegistry(), { mode: 0o600 });
    return await run({ program, folder, data, writers, updates, killEveryMs });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run({ program, folder, data, writers, updates, killEveryMs }) {
  const env = { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: join(folder, 'data') };
  const acknowledged = [];
  const errors = [];
  const alive = new Set();
  const started = performance.now();
  const all = Array.from({ length: writers }, (_, index) => {
    const child = spawn(process.execPath, [program, `w${index}`, String(updates)], { env });
    alive.add(child);
    let rest = '';
    child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      acknowledged.push(...lines);
    });
    child.stderr.on('data', (chunk) => errors.push(String(chunk)));
    return new Promise((resolve) =>
      child.on('close', (code, signal) => {
        alive.delete(child);
        resolve({ code, signal });
      }),
    );
  });
  const path = join(data, 'tasks.json');
  let kills = 0;
  let reads = 0;
  let tornReads = 0;
  const killer = setInterval(() => {
    const victims = [...alive];
    // Every other time whoever holds the lock, in the middle of whatever it is writing.
    const holder = kills % 2 === 0 ? victims.find(({ pid }) => pid === holderOf(data)) : undefined;
    const victim = holder ?? victims[Math.floor(Math.random() * victims.length)];
    // Half of them live to the end, so that there is always somebody to take over.
    if (victim && kills < writers / 2 && acknowledged.length > 0 && victim.kill('SIGKILL')) kills += 1;
  }, killEveryMs);
  const reader = setInterval(() => {
    try {
      reads += 1;
      JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      tornReads += 1;
    }
  }, 5);
  const ends = await Promise.all(all);
  clearInterval(killer);
  clearInterval(reader);
  const file = JSON.parse(readFileSync(path, 'utf8'));
  const labels = new Set(file.tasks[0].labels);
  const ids = new Set(file.tasks.map((task) => task.id));
  const lost = acknowledged.filter((mark) => !labels.has(mark) || !ids.has(mark));
  return {
    acknowledged: acknowledged.length,
    lost,
    unacknowledged: labels.size - acknowledged.length + lost.length,
    kills,
    reads,
    tornReads,
    failures: ends.filter(({ code, signal }) => code !== 0 && signal !== 'SIGKILL').length,
    errors,
    rev: file.rev,
    leftOver: readdirSync(data).filter((name) => name.includes('.tmp.')).length,
    seconds: (performance.now() - started) / 1000,
  };
}

/** Pid of the lock's owner; undefined while it changes hands. */
function holderOf(data) {
  try {
    const lock = join(data, 'tasks.lock.d');
    const highest = Math.max(
      ...readdirSync(lock)
        .filter((name) => /^\d+$/.test(name))
        .map(Number),
    );
    const held = (statSync(join(lock, String(highest))).mode & 0o200) !== 0;
    return held ? JSON.parse(readFileSync(join(lock, String(highest)), 'utf8')).pid : undefined;
  } catch {
    return undefined;
  }
}

function firstRegistry() {
  const at = '2026-01-01T00:00:00.000Z';
  const task = {
    id: 'shared',
    repo: 'r',
    slug: 'shared',
    title: 'Shared',
    goal: '',
    acceptance: [],
    status: 'ready',
    priority: 'normal',
    owner: '',
    labels: [],
    dependsOn: [],
    touches: [],
    branch: 'codex-agent/shared',
    runIds: [],
    attempts: 0,
    createdAt: at,
    updatedAt: at,
  };
  return JSON.stringify({ schemaVersion: 1, rev: 0, repos: [], tasks: [task] });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [writers, updates, killEveryMs] = process.argv.slice(2).map(Number);
  const result = await storm({
    ...(writers ? { writers } : {}),
    ...(updates ? { updates } : {}),
    ...(killEveryMs ? { killEveryMs } : {}),
  });
  console.log(JSON.stringify({ ...result, perSecond: result.acknowledged / result.seconds }, null, 2));
  process.exitCode = result.lost.length > 0 || result.tornReads > 0 ? 1 : 0;
}
