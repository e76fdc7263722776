/**
 * What a clean merge leaves to be looked at: one side changed a definition, and the other uses its name in new lines.
 * git sees lines only, so it calls such a merge clean. Pure.
 */
import type { LookPlace, MergeLook } from './merge.js';
import type { ChangedName, Touched } from './touched.js';

type Side = LookPlace['side'];
const other: Record<Side, Side> = { ours: 'theirs', theirs: 'ours' };

/** A look, and what has to hold in the tree of the side that changed the name, or it is none. */
export interface PossibleLook extends MergeLook {
  /** How often the name may still be declared there. */
  declared: 0 | 1;
}

/** More than these say that two branches went far apart, and no single place is worth a look. */
const maxLooks = 20;

/** Names that one side changed and that the other uses in what it adds, the changes of `ours` first. */
export function possibleLooks(sides: Record<Side, Touched>): PossibleLook[] {
  return (['ours', 'theirs'] as const)
    .flatMap((side) => {
      const user = sides[other[side]];
      return sides[side].changed.flatMap((change) => {
        const used = user.used.get(change.name)?.find(({ family }) => family === change.family);
        // Where the other side changed it too, or has one of its own, it knows what it calls.
        const knows = user.declared.has(change.name) || user.changed.some(({ name }) => name === change.name);
        return used && !knows ? [lookOf(side, change, used)] : [];
      });
    })
    .slice(0, maxLooks);
}

function lookOf(side: Side, change: ChangedName, used: { path: string; line: number }): PossibleLook {
  const { name, kind, now } = change;
  return {
    kind,
    name,
    ...(now === undefined ? {} : { now }),
    changed: { side, path: change.path, line: change.line },
    used: { side: other[side], path: used.path, line: used.line },
    declared: kind === 'signature' ? 1 : 0,
  };
}

const numbered = /^(V\d+(?:[._]\d+)*|\d{2,})(?=[-_.])/i;
const inOrder =
  /(?:^|\/)(?:[\w-]*migrat\w*|versions|schema|flyway|changesets?|changelogs?|alembic|evolutions)(?:\/|$)/i;

/** Files that both sides add with one number in a folder where numbers say in which order they are run. */
export function sameNumbers(ours: Touched, theirs: Touched): MergeLook[] {
  const places = (paths: readonly string[]) =>
    paths.flatMap((path) => {
      const [folder, file] = [
        path.slice(0, path.lastIndexOf('/') + 1),
        path.slice(path.lastIndexOf('/') + 1),
      ];
      const number = numbered.exec(file)?.[1];
      return number && inOrder.test(folder) ? [{ path, place: `${folder}${number}` }] : [];
    });
  const theirPlaces = places(theirs.added);
  return places(ours.added).flatMap(({ path, place }) => {
    const same = theirPlaces.find((one) => one.place === place && one.path !== path);
    if (!same) return [];
    return {
      kind: 'collision' as const,
      name: place.slice(place.lastIndexOf('/') + 1),
      changed: { side: 'ours' as const, path, line: 1 },
      used: { side: 'theirs' as const, path: same.path, line: 1 },
    };
  });
}
