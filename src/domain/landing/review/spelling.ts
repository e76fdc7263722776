/** Comments as they are typed: `src/a.ts:12:question: why twice?`, and as one message to the agent. */
import { appError } from '../../platform/errors.js';
import type { DiffFile } from '../diff.js';
import { type CommentKind, commentKinds, quotedLines, type ReviewComment } from './comments.js';

export interface TypedComment {
  path: string;
  side: 'new' | 'old';
  line: number;
  kind: CommentKind;
  text: string;
}

/**
 * Reads `file:line:text`, `file:-line:text` for a line of the old file, and `file:text` about a whole file. The text may
 * begin with the kind and a colon; without it, it is an issue. Throws `bad-comment` (usage).
 * @param paths the files of the diff, so that a colon in a name is no end of it
 */
export function parseComment(typed: string, paths: readonly string[]): TypedComment {
  const named = [...paths].sort((a, b) => b.length - a.length).find((path) => typed.startsWith(`${path}:`));
  const path = named ?? typed.slice(0, Math.max(0, typed.indexOf(':')));
  const rest = typed.slice(path.length + 1);
  const placed = /^(-?)(\d*):([\s\S]*)$/.exec(rest);
  const words = (placed ? placed[3]! : rest).trim();
  const kind = commentKinds.find((one) => words.toLowerCase().startsWith(`${one}:`));
  const text = (kind ? words.slice(kind.length + 1) : words).trim();
  if (path === '' || text === '') {
    throw appError('bad-comment', `${JSON.stringify(typed)} names no file, or says nothing about it.`, {
      kind: 'usage',
      hint: 'Give file:line:text, e.g. "src/a.ts:12:question: why twice?"; file:text is about the whole file.',
    });
  }
  return {
    path,
    side: placed?.[1] === '-' ? 'old' : 'new',
    line: Number(placed?.[2] || 0),
    kind: kind ?? 'issue',
    text,
  };
}

/** Reads `file:line` and `file:-line`. Throws `bad-place` (usage). */
export function parsePlace(
  typed: string,
  paths: readonly string[],
): Pick<TypedComment, 'path' | 'side' | 'line'> {
  const named = [...paths].sort((a, b) => b.length - a.length).find((path) => typed.startsWith(`${path}:`));
  const path = named ?? typed.replace(/:-?\d+$/, '');
  const placed = /^:(-?)(\d+)$/.exec(typed.slice(path.length));
  if (placed) return { path, side: placed[1] === '-' ? 'old' : 'new', line: Number(placed[2]) };
  throw appError('bad-place', `${JSON.stringify(typed)} is no line of a file.`, {
    kind: 'usage',
    hint: 'Give file:line, e.g. src/a.ts:12; a removed line has a minus: src/a.ts:-12.',
  });
}

/** `src/a.ts:12`, `src/a.ts (before, line 12)` or `src/a.ts`. */
export function placeName({ path, side, line }: Pick<TypedComment, 'path' | 'side' | 'line'>): string {
  if (line === 0) return path;
  return side === 'new' ? `${path}:${line}` : `${path} (before, line ${line})`;
}

/** What the agent is told: every comment with the lines that it is about, and what the person adds. */
export function requestForChanges(
  comments: readonly ReviewComment[],
  files: readonly DiffFile[],
  options: { commit: string; words?: string },
): string {
  const { commit, words } = options;
  const head = `A person has reviewed your work as of commit ${commit.slice(0, 12)} and asks for changes.`;
  const how =
    comments.length > 0
      ? 'Change the code for each issue; follow a suggestion or say why not; answer each question in your last message. Change nothing else.'
      : '';
  return [head, how, words?.trim() ?? '', ...comments.map((comment, at) => one(comment, at, files))]
    .filter((part) => part !== '')
    .join('\n\n');
}

const signs = { added: '+', removed: '-', context: ' ' } as const;

function one(comment: ReviewComment, at: number, files: readonly DiffFile[]): string {
  const { kind, place, text } = comment;
  const file = files.find(({ path }) => path === place.path);
  const shown = file ? quotedLines(file, place) : [];
  const quoted = shown.map((line) => `    ${String(line.line).padStart(5)} ${signs[line.kind]} ${line.text}`);
  const bare = shown.length === 0 && place.quote !== '' ? [`    ${place.quote}`] : [];
  return [
    `${at + 1}. ${kind}, ${placeName(place)}`,
    ...quoted,
    ...bare,
    ...text.split('\n').map((line) => `   ${line}`),
  ].join('\n');
}
