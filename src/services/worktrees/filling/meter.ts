/** How full a worktree is, from what git writes and what is copied; told to the person who looks. */
import { StringDecoder } from 'node:string_decoder';
import type { Progress } from '../../store/index.js';

export interface Meter {
  /** Gets what git says of its progress on standard error. */
  git(chunk: Uint8Array): void;
  /** So many more entries are to be copied. */
  toCopy(entries: number): void;
  copied(entries: number): void;
  /** No more entries are to be copied than those told. */
  allKnown(): void;
}

/** Both halves, tracked files and copied ones, count the same. Full is told by what comes next, never by this. */
const most = 99;

export function createMeter(progress: Progress): Meter {
  const decoder = new StringDecoder('utf8');
  let tracked = 0;
  let wanted = 0;
  let done = 0;
  let known = false;
  let shown = -1;
  function tell(): void {
    const copied = wanted > 0 ? done / wanted : known ? 1 : 0;
    const percent = Math.min(most, Math.floor(50 * tracked + 50 * copied));
    if (percent <= shown) return;
    shown = percent;
    progress.stage({ kind: 'fill', percent });
  }
  tell();
  return {
    git(chunk) {
      // "Updating files:  62% (186/300)", in any language.
      const counts = [...decoder.write(Buffer.from(chunk)).matchAll(/\((\d+)\/(\d+)\)/g)].at(-1);
      if (!counts || Number(counts[2]) === 0) return;
      tracked = Number(counts[1]) / Number(counts[2]);
      tell();
    },
    toCopy(entries) {
      wanted += entries;
    },
    copied(entries) {
      done += entries;
      tell();
    },
    allKnown() {
      known = true;
      tell();
    },
  };
}
