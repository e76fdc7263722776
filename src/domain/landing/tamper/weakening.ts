/** What is found where a change weakens its own judgement. */

/** One thing that tests say less than before. */
export interface Weakening {
  path: string;
  line: number;
  what: string;
  /** Whether something in the change explains it: the person is told, the work does not fail for it. */
  explained?: string;
}

/** `about`: the words that are gone, for what may go with the code that it tests. */
export interface Found extends Weakening {
  about?: string;
}

/** What a change did outside of its tests. */
export interface SourceChange {
  /** Words that went. */
  words: ReadonlySet<string>;
  /** Folders of which a source file was deleted. */
  folders: ReadonlySet<string>;
  /** Lines with assertions that say something, which were added. */
  claims: readonly string[];
}

/** Words that may name something: long enough not to be everywhere. */
export const namingWords = (text: string): string[] => text.match(/[A-Za-z_$][\w$-]{3,}/g) ?? [];
