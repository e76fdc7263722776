/** Settings that only follow what the change does to files: they name where something went, or leave out what is new. */
import type { DiffFile } from '../diff.js';
import { weakerDefinitions } from './definitions.js';
import type { FileTexts } from './test-files.js';
import type { Weakening } from './weakening.js';

interface Change {
  texts: readonly FileTexts[];
  runs: readonly (readonly string[])[];
  files: readonly DiffFile[];
}

/** What is weaker, held for a person where the files of the change may be the reason. */
export function explainByFiles(found: readonly Weakening[], { texts, runs, files }: Change): Weakening[] {
  if (found.length === 0) return [];
  const added = files.filter(({ change }) => change === 'added').map(({ path }) => path);
  const leavesOutNew = ({ what }: Weakening) =>
    added.includes(/ leaves out (\S+) as well$/.exec(what)?.[1] ?? '');
  const moves = movedFolders(files);
  const still =
    moves.length === 0
      ? undefined
      : new Set(
          weakerDefinitions(
            texts.map((text) => ({ ...text, before: followed(text.before, moves) })),
            runs,
          ).map(keyOf),
        );
  return found.map((one) => {
    if (one.explained || one.held) return one;
    if (leavesOutNew(one)) return { ...one, held: 'the file is new' };
    return still && !still.has(keyOf(one)) ? { ...one, held: 'the change moves what it names' } : one;
  });
}

const keyOf = ({ path, what }: Weakening) => `${path} ${what}`;

type Move = readonly [from: string, to: string];

/** Folders out of which files went to another one under the same names. */
function movedFolders(files: readonly DiffFile[]): Move[] {
  const moves = files.flatMap(({ path, oldPath }): Move[] => {
    if (oldPath === undefined || oldPath === path) return [];
    const [old, now] = [oldPath.split('/'), path.split('/')];
    while (old.length > 1 && now.length > 1 && old.at(-1) === now.at(-1)) {
      old.pop();
      now.pop();
    }
    return [[old.join('/'), now.join('/')]];
  });
  return [...new Map(moves.map((move) => [move[0], move])).values()];
}

/** A text that names places as they are called after the change. */
const followed = (text: string, moves: readonly Move[]): string =>
  moves.reduce(
    (said, [from, to]) =>
      said.replace(new RegExp(`(?<![\\w./-])${from.replace(/[^\w/]/g, '\\$&')}(?![\\w-])`, 'g'), () => to),
    text,
  );
