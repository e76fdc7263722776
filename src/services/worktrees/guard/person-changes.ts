/** What changed of the person's files outside of every repository while an agent without a sandbox ran. */
import { basename, dirname, join } from 'node:path';
import { noFile, readSaved, type Saved, type SavedFiles, savedText } from './files.js';
import type { Declared } from './hooks.js';
import { type Differing, fileChange, judgeAttributes, judgeConfig } from './judges.js';
import type { Change, Look } from './look.js';
import { type PersonFiles, personFiles } from './person.js';

/** Settings of this program by which it runs other programs, or lets agents do more. */
const loosening =
  /\b(on_\w+|run|full_access|agent_commits|sandbox|mode|path|args|env_allow|write|read|setup|teardown)\s*=/;

/** @param before none in notes of earlier versions */
export async function comparePerson(look: Look, before: PersonFiles | undefined): Promise<Change[]> {
  if (!before) return [];
  const now = await personFiles(look.session);
  const changes = [
    ...(await differing(look, before.git, now.git)).map(gitsChanges),
    ...(await differing(look, before.beside, now.beside)).map(besideChanges),
    ...(await differing(look, before.others, now.others)).map(otherChange),
  ];
  return (await Promise.all(changes)).flat();
}

async function differing(look: Look, before: SavedFiles, now: SavedFiles): Promise<Differing[]> {
  const found: Differing[] = [];
  for (const path of [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()) {
    const was = before[path] ?? noFile;
    const is = now[path] ?? (await readSaved(path));
    if (JSON.stringify(was) !== JSON.stringify(is))
      found.push({ look, path, was, is, before, declared: nothing });
  }
  return found;
}

/** No repository declares what holds for all of them. */
const nothing = async (): Promise<Declared> => ({
  files: new Map(),
  isCommitted: async () => false,
  hasHook: async () => false,
  linked: () => undefined,
});

/** What makes git run programs would be run by ours too: it is settled before git is asked anything. */
async function gitsChanges(one: Differing): Promise<Change[]> {
  if (one.is.kind === 'none') return [{ ...quiet(one), gone: true }];
  return (await judgeConfig(one)).map((change) => (change.look ? { ...change, blinds: true } : change));
}

async function besideChanges(one: Differing): Promise<Change[]> {
  if (/attributes$/.test(basename(one.path))) return judgeAttributes(one);
  return isRun(one.is) ? [fileChange(one)] : [];
}

const isRun = (saved: Saved): boolean =>
  saved.kind === 'link' || saved.kind === 'other' || (saved.kind === 'file' && (saved.mode & 0o111) !== 0);

async function otherChange(one: Differing): Promise<Change[]> {
  const { configDir } = one.look.session.paths;
  if (one.is.kind === 'folder') return [];
  const isOurs = [configDir, join(configDir, 'agents')].includes(dirname(one.path));
  const old = new Set(savedText(one.was).split('\n'));
  const added = savedText(one.is)
    .split('\n')
    .filter((line) => !old.has(line) && !line.trim().startsWith('#'));
  const loose = isOurs && added.find((line) => loosening.test(line));
  if (!loose) return [isOurs ? quiet(one) : told(one)];
  const change = fileChange(one);
  return [{ ...change, text: `${change.text.replace(/\.$/, '')}: ${loose.trim().slice(0, 100)}.` }];
}

/** Told, and nothing else: what stood there is not known any more. */
function told(one: Differing): Change {
  const { undo: _, ...change } = quiet(one);
  return change;
}

function quiet(one: Differing): Change {
  const change = fileChange(one);
  return { ...change, look: false, text: change.text.replace(/\.$/, '') };
}
