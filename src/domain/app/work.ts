/** Long work of the program itself on a task: filling its worktree, checking, resolving and landing it. Pure. */
import { formatDuration, plural } from '../platform/units.js';

export type WorkKind = 'filling' | 'checking' | 'resolving' | 'landing';

/** What the work is at now. */
export interface WorkStage {
  kind: 'fill' | 'set-up' | 'check' | 'judge' | 'resolve';
  /** The check, command or way that is tried. */
  name?: string;
  /** Which of how many it is, from 1. */
  at?: number;
  of?: number;
  /** How much of it is done, 0 to 100. */
  percent?: number;
}

/** Work as it goes on; the newest of a task stays when it is over, until other work or a run begins. */
export interface OwnWork {
  kind: WorkKind;
  since: string;
  /** How many tasks land together. */
  size?: number;
  stage?: WorkStage & { since: string };
  /** The last lines of what was done and printed, oldest first; raw. */
  lines: readonly string[];
  ended?: { at: string; ok: boolean; text: string };
}

export type Works = Readonly<Record<string, OwnWork>>;

export type WorkEvent =
  | { type: 'work.began'; tasks: readonly string[]; kind: WorkKind }
  | { type: 'work.went'; tasks: readonly string[]; stage?: WorkStage; lines?: readonly string[] }
  | { type: 'work.ended'; tasks: readonly string[]; kind: WorkKind; ok: boolean; text: string };

const keptLines = 200;

/** Why a signal was aborted: a person stopped this very work; the program goes on. */
export const stoppedByPerson = 'stopped by a person';

/** The work on each task after an event. What is begun within other work of the same task is a part of that. */
export function withWork(works: Works, event: WorkEvent, at: string): Works {
  const changed = event.tasks.flatMap((slug): [string, OwnWork][] => {
    const next = workAfter(works[slug], event, at);
    return next && next !== works[slug] ? [[slug, next]] : [];
  });
  return changed.length === 0 ? works : { ...works, ...Object.fromEntries(changed) };
}

const parts: Partial<Record<WorkKind, WorkStage['kind']>> = { checking: 'check', resolving: 'resolve' };

function workAfter(work: OwnWork | undefined, event: WorkEvent, at: string): OwnWork | undefined {
  const goes = work && !work.ended ? work : undefined;
  switch (event.type) {
    case 'work.began': {
      const part = parts[event.kind];
      if (goes && goes.kind !== event.kind && part) return { ...goes, stage: { kind: part, since: at } };
      const size = event.tasks.length > 1 ? { size: event.tasks.length } : {};
      return { kind: event.kind, since: at, lines: [], ...size };
    }
    case 'work.went': {
      if (!goes) return undefined;
      const lines = event.lines?.length ? [...goes.lines, ...event.lines].slice(-keptLines) : goes.lines;
      return { ...goes, lines, ...(event.stage ? { stage: stageAfter(goes, event.stage, at) } : {}) };
    }
    case 'work.ended': {
      if (!goes) return undefined;
      const { stage: _, ...rest } = goes;
      return goes.kind === event.kind ? { ...rest, ended: { at, ok: event.ok, text: event.text } } : rest;
    }
  }
}

/** The same stage goes on counting from its beginning. */
function stageAfter({ stage }: OwnWork, next: WorkStage, at: string): OwnWork['stage'] {
  const same = stage && stage.kind === next.kind && stage.name === next.name && stage.at === next.at;
  return { ...next, since: same ? stage.since : at };
}

/** What work of the program a task has that is not over. */
export function workUnderWay(works: Works, slug: string): OwnWork | undefined {
  const work = works[slug];
  return work?.ended ? undefined : work;
}

/** Slugs that are worked on, with the kind; the same object as long as it says the same. */
export function busyOf(works: Works, before: Readonly<Record<string, WorkKind>>): typeof before {
  const now = Object.entries(works).filter(([, work]) => !work.ended);
  const same =
    now.length === Object.keys(before).length && now.every(([slug, { kind }]) => before[slug] === kind);
  return same ? before : Object.fromEntries(now.map(([slug, { kind }]) => [slug, kind]));
}

/** What is being done, in the words of a row: "filling worktree 62 %", "checking 3 of 4: types 12s". */
export function workWords(work: OwnWork, now: number): string {
  const { kind, stage } = work;
  const time = elapsed(stage?.since ?? work.since, now);
  const part = stage && partWords(stage);
  switch (kind) {
    case 'filling':
      if (!stage) return `waits to be filled${time}`;
      return stage.kind === 'fill' ? `filling worktree ${stage.percent ?? 0} %` : `${part}${time}`;
    case 'checking':
      if (stage?.kind === 'check') return `checking${placed(stage)}${named(stage)}${time}`;
      return `checking: ${part ?? 'merging'}${time}`;
    case 'resolving':
      return stage?.kind === 'resolve'
        ? `resolving${named(stage)}${time}`
        : `resolving${part ? `: ${part}` : ''}${time}`;
    case 'landing': {
      const what = work.size ? `landing ${work.size}` : 'landing';
      if (part) return `${what}: ${part}${time}`;
      return `${what}${work.size ? ' together' : ''}${time}`;
    }
  }
}

/** What is checked or resolved is so in a worktree of its own, which has to be filled and set up as well. */
function partWords(stage: WorkStage): string {
  switch (stage.kind) {
    case 'fill':
      return `filling ${stage.percent ?? 0} %`;
    case 'set-up':
      return `set-up${placed(stage)}${named(stage)}`;
    case 'check':
      return placed(stage) === '' && stage.name
        ? `checking ${stage.name}`
        : `checking${placed(stage)}${named(stage)}`;
    case 'judge':
      return 'review';
    case 'resolve':
      return `resolving${named(stage)}`;
  }
}

const placed = ({ at, of }: WorkStage): string => (at && of && of > 1 ? ` ${at} of ${of}` : '');
const named = (stage: WorkStage): string => (stage.name ? `: ${stage.name}` : '');

function elapsed(since: string, now: number): string {
  const ms = now - Date.parse(since);
  return ms >= 1_000 ? ` ${ms < 10_000 ? `${Math.floor(ms / 1_000)}s` : formatDuration(ms)}` : '';
}

/** What is stopped when it is, to be asked about: "filling the worktree of parser". */
export function workOn({ kind, size }: OwnWork, slug: string): string {
  if (kind === 'filling') return `filling the worktree of ${slug}`;
  if (kind === 'resolving') return `resolving the conflicts of ${slug}`;
  return `${kind} ${slug}${size ? ` and ${plural(size - 1, 'other')}` : ''}`;
}

/** How much is done, 0 to 1; undefined where that is not known. */
export function shareDone({ stage }: OwnWork): number | undefined {
  if (stage?.percent !== undefined) return stage.percent / 100;
  return stage?.at && stage.of ? (stage.at - 1) / stage.of : undefined;
}
