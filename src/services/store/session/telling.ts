/** Tells a person at the screen how far long work of the program has come; other processes are told nothing. */
import { StringDecoder } from 'node:string_decoder';
import type { WorkKind } from '../../../domain/app/work.js';
import { redactSecrets } from '../../../domain/landing/secrets.js';
import { messageOf } from '../../../domain/platform/errors.js';
import type { Progress, RepoSession } from '../types.js';

type Needs = Pick<RepoSession, 'emit' | 'attended'>;

/** How long output is gathered before it is told: a program that floods must not flood the screen. */
const gatherMs = 100;
/** Lines told at once, the last ones. */
const mostLines = 100;
const widest = 400;

/** The same session, whose work is about these tasks: where a person looks, its progress is told. */
export function telling<S extends Needs>(session: S, tasks: readonly string[]): S & { progress?: Progress } {
  return session.attended ? { ...session, progress: progressOf(session, tasks) } : session;
}

function progressOf({ emit }: Needs, tasks: readonly string[]): Progress {
  let gathered: string[] = [];
  let rest = '';
  let timer: NodeJS.Timeout | undefined;
  let told = '';
  const decoder = new StringDecoder('utf8');
  function tell(): void {
    clearTimeout(timer);
    timer = undefined;
    if (gathered.length === 0) return;
    const lines = gathered.slice(-mostLines).map((line) => redactSecrets(line.slice(0, widest)));
    gathered = [];
    emit({ type: 'work.went', tasks, lines });
  }
  return {
    stage(stage) {
      tell();
      const now = JSON.stringify(stage);
      if (now === told) return;
      told = now;
      emit({ type: 'work.went', tasks, stage });
    },
    hear(chunk) {
      const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
      const lines = (rest + text).split(/\r?\n|\r/);
      rest = (lines.pop() ?? '').slice(-widest);
      gathered.push(...lines.filter((line) => line.trim() !== '').slice(-mostLines));
      if (gathered.length > mostLines) gathered = gathered.slice(-mostLines);
      // What the program itself says is a line of its own, in its place.
      if (typeof chunk === 'string') tell();
      else timer ??= setTimeout(tell, gatherMs).unref();
    },
  };
}

/** Does work on a task and tells its beginning and its end. Throws what the work throws. */
export async function tellWork<T>(
  session: RepoSession,
  { task, kind, said }: { task: string; kind: WorkKind; said(result: T): { ok: boolean; text: string } },
  work: (session: RepoSession) => Promise<T>,
): Promise<T> {
  if (!session.attended) return work(session);
  const tasks = [task];
  session.emit({ type: 'work.began', tasks, kind });
  try {
    const result = await work(telling(session, tasks));
    session.emit({ type: 'work.ended', tasks, kind, ...said(result) });
    return result;
  } catch (error) {
    session.emit({ type: 'work.ended', tasks, kind, ok: false, text: messageOf(error) });
    throw error;
  }
}
