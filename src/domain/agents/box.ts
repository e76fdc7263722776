/**
 * A box: our own sandbox, by bubblewrap, around an agent whose program has none. What it sees of the file system is a
 * list of places, each of which also holds for all below it that has no place of its own.
 */

export type BoxPlace =
  /** What is there, to read. */
  | { kind: 'read' }
  /** What is there, to read and write. */
  | { kind: 'write' }
  /** An empty folder. What the agent makes in it is seen by no one else, and goes with the run. */
  | { kind: 'empty' }
  /** Another file or folder stands there, to read, or to write as well. */
  | { kind: 'other'; from: string; write: boolean }
  /** A link, as it is outside. */
  | { kind: 'link'; to: string };

/** Absolute paths without links, and what the agent finds there. */
export type BoxPlaces = Map<string, BoxPlace>;

/** What holds an agent in, as its run's record has it. */
export interface Confinement {
  /** `runner`: the program's own sandbox; `box`: ours; `none`: nothing but its permissions. */
  by: 'runner' | 'box' | 'none';
  /** Why nothing does. */
  why?: string;
  /** What leads past the program's own sandbox, as words behind its name. */
  open?: string;
  /** False where a box has no network. */
  network?: boolean;
}

/** One line for lists and for `doctor`. */
export function confinementText({ by, why, open, network }: Confinement, runner: string): string {
  if (by === 'runner') return `the sandbox of ${runner}${open ? `, ${open}` : ''}`;
  if (by === 'box') return network === false ? 'bubblewrap, without network' : 'bubblewrap';
  return why ? `nothing: ${why}` : 'nothing';
}

/** Bubblewrap's options for these places, a folder before what stands in it. What changes nothing is left out. */
export function placeOptions(places: BoxPlaces): string[] {
  const sorted = [...places].sort(([a], [b]) => depthOf(a) - depthOf(b) || (a < b ? -1 : 1));
  return sorted.flatMap(([path, place]) => {
    // The root is there to read before anything else.
    if (path === '/') return [];
    const around = placeAround(places, path);
    if (around && around.kind === place.kind && (place.kind === 'read' || place.kind === 'write')) return [];
    // Where the folder is as it is outside, the link is there.
    if (place.kind === 'link' && (around?.kind === 'read' || around?.kind === 'write')) return [];
    return optionsOf(path, place);
  });
}

function optionsOf(path: string, place: BoxPlace): string[] {
  switch (place.kind) {
    case 'read':
      return ['--ro-bind-try', path, path];
    case 'write':
      return [path.startsWith('/dev/') ? '--dev-bind-try' : '--bind-try', path, path];
    case 'empty':
      return ['--tmpfs', path];
    case 'other':
      return [place.write ? '--bind' : '--ro-bind', place.from, path];
    case 'link':
      return ['--symlink', place.to, path];
  }
}

const depthOf = (path: string): number => (path === '/' ? 0 : path.split('/').length - 1);

/** What holds for the folder that a path stands in. */
export function placeAround(places: BoxPlaces, path: string): BoxPlace | undefined {
  for (let at = path; at !== '/'; ) {
    at = at.slice(0, at.lastIndexOf('/')) || '/';
    const place = places.get(at);
    if (place) return place;
  }
  return undefined;
}
