/**
 * Loaded with `--import` before the program: counts its calls of the file system, and lets the n-th fail, or ends the
 * process before or after it. The program itself knows nothing of this. FAULT is JSON:
 * `{ n, mode: 'fail'|'before'|'after'|'full'|'count', kind?: 'write'|'read', out, below?, root? }`. `full` lets the n-th and
 * all later writes below one of the folders fail, as a disk does that fills up. What was met is written to `out`.
 * `count` writes there every call, a line of JSON each, with what was on disk below `root` then (see `begin`).
 */
import { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { stampOf } from './stamp.mjs';

const { n, mode, kind, out, below, root } = JSON.parse(process.env.FAULT ?? '{"mode":"off"}');
delete process.env.FAULT;
const { openSync, writeSync } = fs;
const report = out && openSync(out, 'a');
const tell = (text) => writeSync(report, `${text}\n`);
/** Descriptors that are open, by the path they were opened with. */
const pathOf = new Map();
let calls = 0;

const writing = new Set(
  'appendFile chmod copyFile cp fchmod fdatasync fsync ftruncate link mkdir mkdtemp rename rm rmdir symlink sync truncate unlink utimes write writeFile writev datasync'.split(
    ' ',
  ),
);
const reading = new Set('access lstat open opendir read readFile readdir readlink realpath stat'.split(' '));

function kindOf(name, args) {
  if (name === 'open') return /[wax+]/.test(String(args[1] ?? 'r')) ? 'write' : 'read';
  if (writing.has(name)) return 'write';
  return reading.has(name) ? 'read' : undefined;
}

/** Writes and calls of git that have begun and not ended: only without them does the disk stand still. */
let going = 0;
/** Other processes that were started and work still, whoever lives on. */
const company = new Set();
/** We look at the disk ourselves: what node calls of its own for that is no call of the program. */
let looking = false;
/** How many calls of each kind began. */
const begun = { write: 0, read: 0, git: 0 };

/**
 * Notes a call: its number among those of its `kind`, for a read the place in the code that it came from, and what was
 * on disk `before` and `after`, unless something else was at work too. The result is to be called when it has ended.
 */
function begin(of, what) {
  begun[of] += 1;
  const entry = { kind: of, n: begun[of], what, ...(of === 'read' ? { site: site() } : {}) };
  const state = () => {
    if (of === 'read' || going > 0) return undefined;
    looking = true;
    const stamp = stampOf(root);
    looking = false;
    return stamp && `${stamp} ${[...company].join(' ')}`;
  };
  const before = state();
  const weight = of === 'read' ? 0 : 1;
  going += weight;
  const at = begun.write + begun.git;
  return () => {
    going -= weight;
    tell(JSON.stringify({ ...entry, before, after: at === begun.write + begun.git ? state() : undefined }));
  };
}

/** Where in the program a call was made, however the parts of the bench stand around it. */
function site() {
  const lines = (new Error('here').stack ?? '').split('\n').filter((line) => line.includes('/dist/'));
  return lines.map((line) => /:\d+:\d+/.exec(line)?.[0]).join('');
}

/** What is to become of this call: nothing, an error, or the end of the process. */
function judge(name, args, path) {
  const of = kindOf(name, args);
  if (looking || of === undefined || (kind !== undefined && of !== kind)) return undefined;
  const place = String(path ?? args[0]);
  // The program's own parts, and the pseudo files of the kernel, do not fail with a disk.
  if (/^\/(proc|sys|dev(?!\/shm))\//.test(place) || place.includes('/dist/')) return undefined;
  if (below && !below.some((folder) => place.startsWith(folder))) return undefined;
  if (mode === 'count') return begin(of, `${name} ${place}`);
  calls += 1;
  if (mode === 'full' ? calls < n : calls !== n) return undefined;
  if (calls === n) tell(`${mode} ${name} ${place}`);
  return mode;
}

function failure(name, path) {
  const [code, errno, said] =
    kind === 'write' ? ['ENOSPC', -28, 'no space left on device'] : ['EIO', -5, 'i/o error'];
  const at = typeof path === 'string' ? { path } : {};
  const words = `${code}: ${said}, ${name}${at.path ? ` '${at.path}'` : ''}`;
  return Object.assign(new Error(words), { code, errno, syscall: name, ...at });
}

const die = () => process.kill(process.pid, 'SIGKILL');

/** What `act` gives, with the end of the call noted however it goes. */
function ended(act, what) {
  try {
    return act();
  } finally {
    if (typeof what === 'function') what();
  }
}

function wrapSync(target, name, bare) {
  const real = target[name];
  target[name] = function hooked(...args) {
    const path = typeof args[0] === 'number' ? pathOf.get(args[0]) : args[0];
    const what = judge(bare, args, path);
    if (what === 'before') die();
    if (what === 'fail' || what === 'full') throw failure(bare, args[0]);
    const result = ended(() => real.apply(this, args), what);
    if (bare === 'open') pathOf.set(result, args[0]);
    if (what === 'after') die();
    return result;
  };
  Object.assign(target[name], real);
}

/** Processes that the program starts: git is a call that counts, any other belongs to the state it works in. */
function wrapSpawn() {
  /** @type {any} Its way to start a process is known to no types. */
  const prototype = ChildProcess.prototype;
  const real = prototype.spawn;
  prototype.spawn = function hooked(options) {
    const git = basename(options.file) === 'git';
    this.once('close', git ? begin('git', options.args.slice(1).join(' ')) : () => company.delete(this.pid));
    const failed = real.call(this, options);
    if (!git && this.pid) company.add(this.pid);
    return failed;
  };
}

function wrapAsync(target, name, placeOf) {
  const real = target[name];
  target[name] = async function hooked(...args) {
    const what = judge(name, args, placeOf(this, args));
    if (what === 'before') die();
    if (what === 'fail' || what === 'full')
      throw failure(name, typeof args[0] === 'string' ? args[0] : undefined);
    const result = await real.apply(this, args).finally(() => typeof what === 'function' && what());
    if (name === 'open') pathOf.set(result.fd, args[0]);
    if (what === 'after') die();
    return result;
  };
}

if (mode !== 'off' && isMainThread) {
  const handle = await fs.promises.open('/dev/null');
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of [...writing, ...reading]) {
    if (typeof fs[`${name}Sync`] === 'function') wrapSync(fs, `${name}Sync`, name);
    if (typeof fs.promises[name] === 'function') wrapAsync(fs.promises, name, (_, args) => args[0]);
    if (typeof prototype[name] === 'function') wrapAsync(prototype, name, (self) => pathOf.get(self.fd));
  }
  if (mode === 'count') wrapSpawn();
  syncBuiltinESMExports();
}
