/**
 * Loaded with `--import` before the program: counts its calls of the file system, and lets the n-th fail, or ends the
 * process before or after it. The program itself knows nothing of this. FAULT is JSON:
 * `{ n, mode: 'fail'|'before'|'after'|'full'|'count', kind: 'write'|'read', out, below? }`. `full` lets the n-th and
 * all later writes below one of the folders fail, as a disk does that fills up. What was met is written to `out`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const { n, mode, kind, out, below } = JSON.parse(process.env.FAULT ?? '{"mode":"off"}');
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

/** What is to become of this call: nothing, an error, or the end of the process. */
function judge(name, args, path) {
  if (kindOf(name, args) !== kind) return undefined;
  const place = String(path ?? args[0]);
  // The program's own parts, and the pseudo files of the kernel, do not fail with a disk.
  if (/^\/(proc|sys|dev(?!\/shm))\//.test(place) || place.includes('/dist/')) return undefined;
  if (below && !below.some((folder) => place.startsWith(folder))) return undefined;
  calls += 1;
  if (mode === 'count') tell(`${name} ${place}`);
  if (mode === 'full' ? calls < n : calls !== n) return undefined;
  if (mode !== 'count' && calls === n) tell(`${mode} ${name} ${place}`);
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

function wrapSync(target, name, bare) {
  const real = target[name];
  target[name] = function hooked(...args) {
    const path = typeof args[0] === 'number' ? pathOf.get(args[0]) : args[0];
    const what = judge(bare, args, path);
    if (what === 'before') die();
    if (what === 'fail' || what === 'full') throw failure(bare, args[0]);
    const result = real.apply(this, args);
    if (bare === 'open') pathOf.set(result, args[0]);
    if (what === 'after') die();
    return result;
  };
  Object.assign(target[name], real);
}

function wrapAsync(target, name, placeOf) {
  const real = target[name];
  target[name] = async function hooked(...args) {
    const what = judge(name, args, placeOf(this, args));
    if (what === 'before') die();
    if (what === 'fail' || what === 'full')
      throw failure(name, typeof args[0] === 'string' ? args[0] : undefined);
    const result = await real.apply(this, args);
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
  syncBuiltinESMExports();
}
