/** Signals, suspension, crash and hang-up of the process that owns the terminal. */
import { writeSync } from 'node:fs';
import { restore } from './modes.js';

/** Node's handle behind a terminal stream; undocumented, so every use is guarded. */
interface BlockingHandle {
  _handle?: { setBlocking?(blocking: boolean): void };
}

/** Whether writes to this stream wait for the terminal. Without a handle nothing happens. */
export function setBlocking(stream: NodeJS.WriteStream, blocking: boolean) {
  (stream as unknown as BlockingHandle)._handle?.setBlocking?.(blocking);
}

export interface TerminalOwner {
  /** Frame bytes still queued go out first. */
  flush(): void;
  /** Called before the terminal is given back, so that no other code gives it back a second time. */
  leaving(): void;
  /** Raw mode on again, screen repainted. */
  resume(): void;
  /** The terminal had other sizes a moment ago and may have cut what it showed, also where it has its former one again. */
  resized(): void;
  /** The process was asked to end: 128 + signal number. */
  ended(code: number): void;
  /** The words for an error that nothing has caught, told once the terminal is given back. */
  crashed(error: unknown): string;
}

/** So long after the last change of its size a terminal counts as settled. */
const settledMs = 150;
/** How long the caller may take to finish its writes after a signal before the process ends anyway. */
const graceMs = 3000;

/**
 * Takes over the signals of the terminal until `release` is called.
 * `leave` gives the terminal back (once) and is safe to call at any time, also in an `exit` handler.
 */
export function ownTerminal(owner: TerminalOwner) {
  let left = false;
  let gone = false;
  let lent = false;

  /** Puts the terminal back; a stalled one is waited for, since a lost restore is worse than a late exit. */
  function leave() {
    if (left) return;
    left = true;
    owner.leaving();
    setBlocking(process.stdout, true);
    try {
      writeSync(1, restore);
      process.stdin.setRawMode?.(false);
    } catch (error) {
      // EIO: the terminal is gone, and with it everything there was to restore.
      gone ||= (error as NodeJS.ErrnoException).code === 'EIO';
    }
  }

  function end(signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM') {
    const code = 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal];
    leave();
    setTimeout(() => process.exit(code), graceMs).unref();
    owner.ended(code);
  }

  function hangUp() {
    gone = true;
    end('SIGHUP');
  }

  function onExit() {
    leave();
    if (!gone) return;
    // Node 20 aborts at exit when its terminal vanished (nodejs/node#51519): end by the signal instead.
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  }

  function onCrash(error: unknown) {
    leave();
    writeSync(2, owner.crashed(error));
    process.exit(1);
  }

  /** Stops the whole process as the shell expects of Ctrl-Z; `onContinue` repairs whatever happened meanwhile. */
  function suspend() {
    if (process.platform === 'win32') return;
    owner.flush();
    setBlocking(process.stdout, true);
    try {
      writeSync(1, restore);
    } catch {
      // A terminal that takes no bytes needs no restoring either.
    }
    process.stdin.setRawMode?.(false);
    // SIGTSTP is dropped for orphaned process groups, SIGSTOP never is.
    process.kill(process.pid, 'SIGSTOP');
  }

  /** Another program has the terminal while `work` lasts. Its interrupts are not ours: the group gets them all. */
  async function lend<T>(work: () => Promise<T>): Promise<T> {
    owner.flush();
    setBlocking(process.stdout, true);
    writeSync(1, restore);
    process.stdin.setRawMode?.(false);
    process.stdin.pause();
    lent = true;
    try {
      return await work();
    } finally {
      lent = false;
      if (!left) owner.resume();
    }
  }

  const onContinue = () => {
    if (!left && !lent) owner.resume();
  };
  let settling: NodeJS.Timeout | undefined;
  const onWindow = () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      if (!left && !lent) owner.resized();
    }, settledMs).unref();
  };
  const onInterrupt = () => {
    if (!lent) end('SIGINT');
  };
  const onTerminate = () => end('SIGTERM');
  const onHangUp = () => hangUp();
  const onStdoutError = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EIO' || error.code === 'EPIPE') hangUp();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  process.on('SIGHUP', onHangUp);
  process.on('SIGCONT', onContinue);
  process.on('SIGWINCH', onWindow);
  process.on('exit', onExit);
  process.on('uncaughtException', onCrash);
  process.stdin.on('end', onHangUp);
  process.stdin.on('error', onHangUp);
  process.stdout.on('error', onStdoutError);

  return {
    leave,
    lend,
    suspend,
    release() {
      leave();
      process.removeListener('SIGINT', onInterrupt);
      process.removeListener('SIGTERM', onTerminate);
      process.removeListener('SIGCONT', onContinue);
      process.removeListener('SIGWINCH', onWindow);
      process.removeListener('uncaughtException', onCrash);
      process.stdin.removeListener('end', onHangUp);
      if (gone) return;
      process.removeListener('SIGHUP', onHangUp);
      process.removeListener('exit', onExit);
      process.stdin.removeListener('error', onHangUp);
      process.stdout.removeListener('error', onStdoutError);
    },
  };
}

/**
 * Keeps console output and warnings off the frame while it is up; each line goes to `note` instead.
 * Returns the way to undo it.
 */
export function captureConsole(note: (line: string) => void): () => void {
  const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
  const originals = methods.map((method) => console[method]);
  for (const method of methods) console[method] = (...parts: unknown[]) => note(parts.map(String).join(' '));
  const write = process.stderr.write;
  process.stderr.write = ((chunk: string | Uint8Array) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    for (const line of text.split('\n')) if (line.trim()) note(line);
    return true;
  }) as typeof process.stderr.write;
  return () => {
    methods.forEach((method, index) => {
      console[method] = originals[index]!;
    });
    process.stderr.write = write;
  };
}
