/** Everything that an agent in a box finds: the system to read, its worktree to write, and no one's secrets. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { type BoxPlace, type BoxPlaces, placeAround } from '../../../domain/agents/box.js';
import type { Config } from '../../../domain/store/config.js';
import type { Paths } from '../../platform/index.js';
import type { RunnerPlaces } from '../types.js';
import { entriesOf, isFile, isFolder, linksTo, realOf } from './find.js';
import { addGitPlaces, type GitOfBox } from './git-places.js';
import {
  apartInHome,
  cacheNames,
  hiddenInConfig,
  hiddenInData,
  hiddenInHome,
  npmSecret,
  shownOfRun,
} from './home.js';

export interface BoxWish {
  /** The run's folder. */
  folder: string;
  /** The worktree that the agent works in. */
  cwd: string;
  /** Main worktree: to read. */
  root: string;
  git: GitOfBox;
  env: NodeJS.ProcessEnv;
  paths: Paths;
  settings: Config['sandbox'];
  mayWrite: boolean;
  /** What its runner keeps in the home. */
  own: RunnerPlaces;
}

/** Files of the run's folder that an agent reads. The rest, by which it is judged, is out of its reach. */
const shownOfRunFolder = ['prompt.md', 'instructions.md'];

/** BoxPlaces for a run. Makes its private folders. @param argv what will be started: its program is there to read */
export function placesFor(wish: BoxWish, argv: readonly string[]): BoxPlaces {
  const places: BoxPlaces = new Map([['/', { kind: 'read' }]]);
  const files = join(wish.folder, 'box');
  mkdirSync(files, { recursive: true, mode: 0o700 });
  // What a run's program remembers is of use to the next run, so it is not private.
  for (const path of wish.own.write) if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
  addSystem(places, wish, files);
  addHome(places, wish, files);
  for (const path of [wish.paths.configDir, wish.paths.dataDir, wish.paths.stateDir, wish.paths.cacheDir]) {
    hide(places, path, files);
  }
  const programs = argv
    .filter((word) => isAbsolute(word) && isFile(word) && !word.startsWith(`${wish.folder}/`))
    .flatMap((word) => programPlaces(word, homeOf(wish.env)));
  const searched = (wish.env.PATH ?? '').split(':').filter((folder) => isAbsolute(folder));
  for (const path of [...searched, ...programs, wish.root, wish.git.commonDir]) show(places, path);
  for (const path of wish.own.apart) takeApart(places, path, new Set());
  for (const path of wish.own.write) put(places, path, { kind: 'write' });
  for (const path of wish.own.read) put(places, path, { kind: 'read' });
  for (const path of wish.own.copy) putCopy(places, path, files);
  put(places, wish.cwd, { kind: wish.mayWrite ? 'write' : 'read' });
  put(places, join(wish.cwd, '.git'), { kind: 'read' });
  if (wish.mayWrite) addGitPlaces(places, wish.git, wish.folder);
  const folder = realOf(wish.folder) ?? wish.folder;
  for (const name of shownOfRunFolder) places.set(join(folder, name), { kind: 'read' });
  const { read, write, hide: hidden } = wish.settings;
  for (const path of read) put(places, absolute(path, wish.env), { kind: 'read' });
  for (const path of write) put(places, absolute(path, wish.env), { kind: 'write' });
  for (const path of hidden) hide(places, absolute(path, wish.env), files);
  return places;
}

const homeOf = (env: NodeJS.ProcessEnv): string => env.HOME || homedir();

/** `~/x` is in the home, and so is `x`. */
const absolute = (path: string, env: NodeJS.ProcessEnv): string =>
  isAbsolute(path) ? path : join(homeOf(env), path.replace(/^~(\/|$)/, ''));

/** Temporary folders, as they are for every program, without the sockets of the person's services that stand there. */
function addSystem(places: BoxPlaces, { env }: BoxWish, files: string): void {
  for (const path of ['/tmp', '/var/tmp', env.TMPDIR ?? '/tmp']) {
    const real = isAbsolute(path) && isFolder(path) ? realOf(path) : undefined;
    if (!real || real === '/') continue;
    places.set(real, { kind: 'write' });
    for (const entry of entriesOf(real)) {
      const at = join(real, entry.name);
      if (entry.isSocket()) places.set(at, { kind: 'other', from: emptyFile(files), write: false });
      else if (entry.isDirectory() && holdsSockets.test(entry.name)) places.set(at, { kind: 'empty' });
    }
  }
  const run = realOf('/run');
  if (!run) return;
  places.set(run, { kind: 'empty' });
  for (const path of shownOfRun) put(places, join(run, path), { kind: 'read' });
}

/** Terminals, logins and screens that an agent could act through. */
const holdsSockets =
  /^(tmux-|ssh-|\.X11-unix|\.ICE-unix|\.XIM-unix|dbus-|gpg-|keyring-|screens?$|uscreens|vscode-)/;

/** The home, taken apart. */
function addHome(places: BoxPlaces, wish: BoxWish, files: string): void {
  const { env } = wish;
  const home = realOf(homeOf(env));
  if (!home || home === '/') return;
  const folderOf = (names: readonly string[] | undefined, path: string): string => {
    const moved = names?.map((name) => env[name]).find((value) => value && isAbsolute(value));
    return moved ?? join(home, path);
  };
  const hidden = new Set([
    ...hiddenInHome.map((path) => join(home, path)),
    ...hiddenInConfig.map((path) => join(folderOf(['XDG_CONFIG_HOME'], '.config'), path)),
    ...hiddenInData.map((path) => join(folderOf(['XDG_DATA_HOME'], '.local/share'), path)),
  ]);
  const apart = [
    { folder: home, write: [] as readonly string[] },
    ...apartInHome.map(({ path, names, write = [] }) => ({ folder: folderOf(names, path), write })),
  ];
  for (const { folder } of apart) takeApart(places, folder, hidden);
  for (const { folder, write } of apart) {
    for (const path of write) put(places, join(folder, path), { kind: 'write' });
  }
  for (const name of cacheNames) {
    const path = env[name];
    if (path && isAbsolute(path)) put(places, path, { kind: 'write' });
  }
  for (const path of hidden) hide(places, path, files);
  withoutPasswords(places, join(home, '.npmrc'), files);
}

/** What is in it is there to read; the folder itself takes what is new, for the run alone. */
function takeApart(places: BoxPlaces, path: string, hidden: ReadonlySet<string>): void {
  const folder = realOf(path);
  if (!folder || folder === '/' || !isFolder(folder)) return;
  places.set(folder, { kind: 'empty' });
  for (const entry of entriesOf(folder)) {
    const at = join(folder, entry.name);
    if (hidden.has(join(path, entry.name)) || places.has(at)) continue;
    if (entry.isSymbolicLink()) addLinks(places, at);
    else if (entry.isDirectory() || entry.isFile()) places.set(at, { kind: 'read' });
  }
}

/** Nothing of it is there, wherever a link leads to. */
function hide(places: BoxPlaces, path: string, files: string): void {
  const real = realOf(path);
  if (!real) return;
  // In a folder that was taken apart it is enough not to show it.
  const around = placeAround(places, real);
  places.delete(real);
  if (around?.kind === 'empty') return;
  if (isFolder(real)) places.set(real, { kind: 'empty' });
  else places.set(real, { kind: 'other', from: emptyFile(files), write: false });
}

function emptyFile(files: string): string {
  const path = join(files, 'nothing');
  writeFileSync(path, '', { mode: 0o600 });
  return path;
}

/** Settings of npm without what logs in. */
function withoutPasswords(places: BoxPlaces, path: string, files: string): void {
  const real = realOf(path);
  if (!real || !isFile(real)) return;
  const lines = readFileSync(real, 'utf8').split('\n');
  const from = join(files, 'npmrc');
  writeFileSync(from, lines.filter((line) => !npmSecret.test(line)).join('\n'), { mode: 0o600 });
  places.set(real, { kind: 'other', from, write: false });
}

/** A file that its program writes anew each time: it gets one of its own, which goes with the run. */
function putCopy(places: BoxPlaces, path: string, files: string): void {
  const real = realOf(path);
  if (!real || !isFile(real)) return;
  const from = join(files, `copy-${places.size}`);
  writeFileSync(from, readFileSync(real), { mode: 0o600 });
  places.set(real, { kind: 'other', from, write: true });
}

function put(places: BoxPlaces, path: string, place: BoxPlace): void {
  const real = realOf(path);
  if (!real) return;
  places.set(real, place);
  addLinks(places, path);
}

/** To read, where it would not be there otherwise. */
function show(places: BoxPlaces, path: string): void {
  const real = realOf(path);
  if (!real || places.has(real)) return;
  places.set(real, { kind: 'read' });
  addLinks(places, path);
}

function addLinks(places: BoxPlaces, path: string): void {
  for (const [link, to] of linksTo(path)) if (!places.has(link)) places.set(link, { kind: 'link', to });
}

/** A program and what stands beside it; of one in a folder for everything, only itself. */
function programPlaces(path: string, home: string): string[] {
  const folders = [path, realOf(path) ?? path].map(dirname);
  return [path, ...folders.filter((folder) => !['/', '/tmp', '/var/tmp', home].includes(folder))];
}
