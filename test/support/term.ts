/** A program in a real pseudo-terminal, seen through xterm.js. */
import pty from '@lydell/node-pty';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';

export interface TermOptions {
  columns?: number;
  rows?: number;
  env?: Record<string, string>;
  cwd?: string;
}

/** Starts a program. Always `end()` in the end. */
export function startTerm(file: string, args: readonly string[], options: TermOptions = {}) {
  const { columns = 80, rows = 24 } = options;
  const child = pty.spawn(file, [...args], {
    cols: columns,
    rows,
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', LANG: 'C.UTF-8', ...options.env },
  });
  const term = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  term.loadAddon(new unicode11.Unicode11Addon());
  term.unicode.activeVersion = '11';
  let raw = '';
  let pending = 0;
  let exit: { exitCode: number; signal?: number } | undefined;
  child.onData((data) => {
    raw += data;
    pending += 1;
    term.write(data, () => {
      pending -= 1;
    });
  });
  term.onData((data) => child.write(data));
  child.onExit((status) => {
    exit = status;
  });
  const lines = () => {
    const buffer = term.buffer.active;
    return Array.from(
      { length: term.rows },
      (_, y) => buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '',
    );
  };
  const text = () => lines().join('\n');
  async function until(what: string | RegExp | (() => boolean), ms = 10_000) {
    const holds = () =>
      typeof what === 'function'
        ? what()
        : typeof what === 'string'
          ? text().includes(what)
          : what.test(text());
    const limit = Date.now() + ms;
    while (!holds() || pending > 0) {
      if (Date.now() > limit) throw new Error(`Waited in vain for ${what}. The screen:\n${text()}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  return {
    child,
    pid: child.pid,
    lines,
    text,
    until,
    raw: () => raw,
    forgetRaw: () => {
      raw = '';
    },
    key: (bytes: string) => child.write(bytes),
    /** True while the full-screen buffer is up. */
    alternate: () => term.buffer.active.type === 'alternate',
    async exited() {
      await until(() => exit !== undefined);
      return exit!;
    },
    resize(width: number, height: number) {
      child.resize(width, height);
      term.resize(width, height);
    },
    /** Closes the terminal as closing its window does. */
    hangUp: () => (child as unknown as { destroy(): void }).destroy(),
    end() {
      if (!exit) {
        try {
          process.kill(child.pid, 'SIGKILL');
        } catch {
          // Gone already.
        }
      }
      term.dispose();
    },
  };
}
