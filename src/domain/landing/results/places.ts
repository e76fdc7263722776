/** Places that tools write into free text: the lines of a stack, an arrow at a line of code. */

export interface ToldPlace {
  path: string;
  line: number;
}

export const nowhere: ToldPlace = { path: '', line: 0 };

const place =
  /(?<![\w.@+-])(?:file:\/\/)?((?:[A-Za-z]:)?(?:\.{0,2}\/)?[\w.@+-]+(?:\/[\w.@+-]+)*\.[A-Za-z]\w{0,9}):(\d+)(?::\d+)?/g;
/** Of a runtime or a library: what went wrong went wrong in them, not there. */
const foreign = /(?:^|\/)(?:node_modules|site-packages|dist-packages|\.cargo|rustc)\/|^node:|^\/usr\//;

/** The first place in a text that is the project's own; `nowhere` when it names none. */
export function placeIn(text: string): ToldPlace {
  for (const [, path = '', line] of text.matchAll(place)) {
    if (!foreign.test(path)) return { path, line: Number(line) };
  }
  return nowhere;
}

/** A text in one line, without what only a terminal shows; long ones are cut. */
export function firstLine(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? '';
  return line.trim().slice(0, 500);
}
