/** What is found where a change weakens its own judgement. */
import type { ReadTest } from './read-tests.js';

/** One thing that tests say less than before. */
export interface Weakening {
  path: string;
  line: number;
  /** The line is one of the file as it was: what stood there is not there any more. */
  isOld?: true;
  what: string;
  /** Whether something in the change explains it: the person is told, the work does not fail for it. */
  explained?: string;
  /** What in the change may be the reason for it, which only a person can tell: the work waits for that person. */
  held?: string;
}

/** `about`: the words that are gone, for what may go with the code that it tests. */
export interface Found extends Weakening {
  about?: string;
  /** The test as it was, and how many claims of it are gone, for what other tests may say as well. */
  of?: { test: ReadTest; claims: number };
  /** It may be right: claims of a test became weaker. Whether that test has other lines than before, for the most part. */
  isAnew?: boolean;
}

/** What a change did outside of its tests. */
export interface SourceChange {
  /** Words that went, and members, each with the dot before it, that are given no value any more. */
  words: ReadonlySet<string>;
  /** Of the words: names of code that is gone, and that has not only got another name. */
  names: ReadonlySet<string>;
  /** Folders of which a source file was deleted. */
  folders: ReadonlySet<string>;
  /** Files that are as they were before a commit that the change takes back, code and tests. */
  back: ReadonlySet<string>;
  /** Whether a line of code is another. */
  isChanged: boolean;
  /** Tags of build conditions that came to the code. */
  tags: ReadonlySet<string>;
  /** Lines that came to what tests read: texts and data beside them. */
  data: number;
  /** Lines with assertions that say something, which were added. */
  claims: readonly string[];
}

/** Words that may name something: long enough not to be everywhere. */
export const namingWords = (text: string): string[] => text.match(/[A-Za-z_$][\w$-]{3,}/g) ?? [];
