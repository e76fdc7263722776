/** The screen in a real pseudo-terminal: what it leaves behind, whatever ends it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { startTerm, type TermOptions } from '../support/term.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'codex-agents-screen-'));
const program = join(folder, 'program.mjs');
let term: ReturnType<typeof startTerm>;

beforeAll(async () => {
  const { oneScreenFile } = await import(pathToFileURL(join(root, 'scripts/blessed-plugin.mjs')).href);
  await build({
    entryPoints: [join(root, 'test/fixtures/screen/program.ts')],
    outfile: program,
    ...oneScreenFile,
  });
});
afterEach(() => term.end());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the program under a shell that prints the terminal's settings before and after it. */
function underShell(mode = 'plain', options: TermOptions = {}) {
  term = startTerm(
    '/bin/sh',
    [
      '-c',
      `stty -a > "${folder}/before"; "$0" "$@"; code=$?; stty -a > "${folder}/after"; echo "code=$code"`,
    ].concat([process.execPath, program, root, mode]),
    options,
  );
  return term;
}

function direct(mode = 'plain', options: TermOptions = {}) {
  term = startTerm(process.execPath, [program, root, mode], options);
  return term;
}

function restored() {
  const settings = (name: string) => execFileSync('cat', [join(folder, name)], { encoding: 'utf8' });
  expect(settings('after')).toBe(settings('before'));
  expect(term.alternate()).toBe(false);
  expect(term.raw()).toContain('\x1b[?25h');
  expect(term.raw().lastIndexOf('\x1b[?2004l')).toBeGreaterThan(term.raw().lastIndexOf('\x1b[?2004h'));
}

/** Id of the node process below the shell. */
function programPid(): number {
  const found = execFileSync('ps', ['-o', 'pid=,ppid=,comm=', '-e'], { encoding: 'utf8' });
  const row = found
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, parent]) => Number(parent) === term.pid);
  return Number(row?.[0]);
}

describe('the terminal is as it was', () => {
  test('after q', async () => {
    underShell();
    await term.until('1 Tasks');
    expect(term.alternate()).toBe(true);
    term.key('q');
    await term.until('code=0');
    restored();
  });

  test('after q, with no answer left behind that the terminal gives late', async () => {
    const rest = 'stty -icanon min 0 time 5; dd bs=64 count=1 2>/dev/null | od -An -c | tr -d " \\n"; echo .';
    const argv = ['-c', `"$0" "$@"; printf left=; ${rest}`, process.execPath, program, root, 'plain'];
    term = startTerm('/bin/sh', argv);
    await term.until('1 Tasks');
    term.key('q');
    await new Promise((resolve) => setTimeout(resolve, 20));
    term.key('\x1b]11;rgb:0000/0000/0000\x07');
    await term.until('left=');
    await term.until(/left=.*\./);
    expect(term.text()).toContain('left=.');
  });

  test('after Ctrl-C', async () => {
    underShell();
    await term.until('1 Tasks');
    term.key('\x03');
    await term.until('code=0');
    restored();
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('after %s, with exit code %i', async (signal, code) => {
    underShell();
    await term.until('1 Tasks');
    process.kill(programPid(), signal);
    await term.until(`code=${code}`);
    restored();
  });

  test('after an exception, which is readable on the normal screen', async () => {
    underShell('throw');
    await term.until('code=1');
    restored();
    expect(term.text()).toContain('Error: broken on purpose');
  });

  test('while suspended, and the screen is back after fg', async () => {
    term = startTerm('/bin/bash', ['--norc', '-i'], { env: { PS1: 'shell> ' } });
    await term.until('shell>');
    term.key(`'${process.execPath}' '${program}' '${root}' plain\n`);
    await term.until('1 Tasks');
    term.key('\x1a');
    await term.until('Stopped');
    expect(term.alternate()).toBe(false);
    term.key('echo in-the-shell\n');
    await term.until(/^in-the-shell/m);
    term.key('fg\n');
    await term.until('1 Tasks');
    expect(term.alternate()).toBe(true);
    term.key('j');
    await term.until(() => term.lines()[6]!.includes('▶'));
    term.key('q');
    await term.until(() => !term.alternate());
    term.key('exit\n');
    await term.exited();
  });
});

describe('a terminal that misbehaves', () => {
  test('closed: the program ends by the signal, without an abort', async () => {
    direct();
    await term.until('1 Tasks');
    term.hangUp();
    expect(await term.exited()).toMatchObject({ signal: constants.signals.SIGHUP });
  });

  test('resized a hundred times at once: the page is whole, and it is left as ever', async () => {
    underShell('plain', { columns: 100, rows: 30 });
    await term.until('q quit');
    const shown = () => term.text().replace(/ +$/gm, '');
    const [whole, pid] = [shown(), programPid()];
    for (let at = 0; at < 100; at++) {
      term.resize(40 + ((at * 7) % 120), 8 + ((at * 5) % 40));
      process.kill(pid, 'SIGWINCH');
    }
    term.resize(100, 30);
    await term.until(() => shown() === whole);
    // A terminal that is back at its size may have cut what it showed meanwhile.
    const drawn = () => term.raw().split('1 Tasks').length;
    const before = drawn();
    process.kill(pid, 'SIGWINCH');
    await term.until(() => drawn() > before);
    term.key('q');
    await term.until('code=0');
    restored();
  });

  test('stalled: the program goes on, and what is shown afterwards is current', async () => {
    underShell('busy', { columns: 120, rows: 40 });
    await term.until('1 Tasks');
    term.child.pause();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    term.child.resume();
    await term.until('beat');
    term.key('q');
    await term.until('code=0');
    const gap = Number(/worst gap (\d+) ms/.exec(term.text())?.[1]);
    expect(gap).toBeLessThan(1200);
    restored();
  });
});

describe('what the terminal sends', () => {
  test('split sequences, replies and pastes are not keys', async () => {
    direct();
    await term.until('1 Tasks');
    term.key('\x1b');
    term.key('[');
    term.key('B');
    await term.until(() => term.lines()[6]!.includes('▶'));
    term.key('\x1b[?62;22c\x1b[>0;10;1c\x1b[1;1R\x1b]11;rgb:0000/0000/0000\x07\x1b[I\x1b[O');
    term.key('\x1b[200~q\nq\x03q\x1b[201~');
    term.key('\x1b[106u');
    await term.until(() => term.lines()[7]!.includes('▶'));
    expect(term.text()).toContain('Pasted text was ignored');
    expect(term.alternate()).toBe(true);
  });

  test.each(['xterm-kitty', 'tmux-256color', 'foot', 'vt100'])(
    'TERM=%s is drawn in colours without a word on stderr',
    async (name) => {
      direct('plain', { env: { TERM: name } });
      await term.until('1 Tasks');
      expect(term.raw()).toContain('48;5;236');
      expect(term.raw()).not.toContain('Error on');
    },
  );

  test('with 10,000 tasks a key is on the screen as soon as with ten', async () => {
    const few = await keyTimes('20');
    const many = await keyTimes('10000');
    // What the machine does beside makes both slower.
    expect(many).toBeLessThan(few * 3 + 20);
  });

  /** Milliseconds from a key to the screen, the median. */
  async function keyTimes(tasks: string): Promise<number> {
    direct('plain', { env: { TASKS: tasks }, columns: 120, rows: 40 });
    await term.until('Task number');
    const selected = () => term.lines().findIndex((line) => line.includes('▶'));
    const times: number[] = [];
    for (let i = 1; i <= 15; i++) {
      const before = selected();
      const start = performance.now();
      term.key('j');
      await term.until(() => selected() > before);
      times.push(performance.now() - start);
      // Two keys within a frame share it; that is not what is measured here.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    term.end();
    return times.sort((a, b) => a - b)[7]!;
  }
});
