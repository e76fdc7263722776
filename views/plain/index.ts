/** The dashboard as lines: nothing is redrawn, what changed is said, keys and commands are typed. For screen readers and plain terminals. */
import { createInterface } from 'node:readline';
import type { AppEvent } from '../../src/domain/app/events.js';
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import { callNewsOf } from '../call-news.js';
import { createDesk, type DeskDeps } from '../desk.js';
import { keysFor } from '../keymap.js';
import type { Model } from '../model.js';
import { type CallBy, createCaller } from '../terminal/caller.js';
import { isUtf8 } from '../terminal/modes.js';
import { asciiText, createTheme, type ThemeSpec } from '../theme.js';
import { selectedTask } from '../ui/calls.js';
import { isFree } from '../ui/state.js';
import { goToTask } from '../ui/task-list.js';
import { commandList, helpText, menuLines, settlingKeys, standing } from './lists.js';
import { saidOfEvent, sentencesSince, toldOf } from './news.js';
import { formAfter } from './questions.js';
import { saidSince, seenIn } from './said.js';
import { typedMeans } from './typed.js';

export interface PlainDeps extends DeskDeps {
  env: NodeJS.ProcessEnv;
  readTheme(name: string): ThemeSpec;
  callBy: CallBy;
  /** Where lines come from and go to; default: this process's. With others, signals are left alone. */
  streams?: { input: NodeJS.ReadableStream & { isTTY?: boolean }; output: NodeJS.WritableStream };
  onReady?(
    lend: (<T>(work: () => Promise<T>) => Promise<T>) | undefined,
    leave: () => void,
    leaveWhenFree: (leaving: () => void) => void,
  ): void;
}

export interface PlainEnd {
  reason: 'quit' | 'signal';
  code: number;
}

/** The sizes that pages are laid out for: wide enough for every part, and for no two sides of a diff beside one another. */
const size = { width: 80, height: 60 };

/** Says and asks by lines until the person leaves, or until there is nothing more to read. */
export async function openPlain(deps: PlainDeps): Promise<PlainEnd> {
  await deps.loadRest?.();
  const own = deps.streams === undefined;
  const input = deps.streams?.input ?? process.stdin;
  const output = deps.streams?.output ?? process.stdout;
  const prompts = (input as { isTTY?: boolean }).isTTY === true;
  const utf8 = isUtf8(deps.env);
  const theme = createTheme(deps.readTheme('none'), { ascii: !utf8 });
  let leave: (end: PlainEnd) => void = () => {};
  const ended = new Promise<PlainEnd>((resolve) => {
    leave = resolve;
  });
  const quit = () => leave({ reason: 'quit', code: 0 });

  let prompted = false;
  let begun = false;
  function say(lines: readonly string[]) {
    if (lines.length === 0) return;
    // Each is one line: what is quoted in it begins no other, and does not take its beginning away.
    const safe = lines.map((line) => sanitizeLine(line.replace(/[\r\n\u2028\u2029]+/g, ' '))).join('\n');
    output.write(`${prompted ? '\n' : ''}${utf8 ? safe : asciiText(safe)}\n`);
    prompted = false;
  }
  function prompt() {
    if (!prompts || prompted || !begun) return;
    output.write('> ');
    prompted = true;
  }

  let due: NodeJS.Immediate | undefined;
  let over = false;
  let lent = false;
  let whenFree: (() => void) | undefined;
  const request = () => {
    if (!over && !lent) due ??= setImmediate(flush);
  };

  const desk = createDesk(deps, {
    size: () => size,
    request,
    terminal: {
      quit,
      suspend: () => process.kill(process.pid, 'SIGSTOP'),
      redraw: () => say(standing(desk.model())),
      copy: (text) => say([sanitizeLine(text)]),
      setMouse: () => {},
      setQuiet(on) {
        caller.silence(on);
        deps.onQuiet?.(on);
      },
    },
  });
  // Of all the ways to call a person, a plain terminal has the bell.
  const { callBy } = deps;
  const by = callBy === 'none' || typeof callBy === 'function' ? callBy : 'bell';
  const caller = createCaller(by, (bytes) => {
    if (bytes === '\x07' && prompts) output.write(bytes);
  });

  let told = toldOf(deps.store.state());
  let seen = seenIn(desk.model());
  let events: string[] = [];
  const unsubscribe = deps.store.subscribe((_, event: AppEvent) => {
    events.push(saidOfEvent(event) ?? '');
  });

  /** Says what has changed since the last time: first what happened, then what the person asked for. */
  function flush() {
    due = undefined;
    if (over) return;
    const model = desk.model();
    if (whenFree && isFree(model.ui)) {
      whenFree();
      return quit();
    }
    caller.update(callNewsOf(model.state));
    const happened = [
      ...events.filter(Boolean),
      ...sentencesSince(told, model.state, model.now, (kind) => settlingKeys(kind, model)),
    ];
    events = [];
    told = toldOf(model.state);
    desk.read(model);
    const said = saidSince(seen, model, theme);
    seen = said.seen;
    say([...happened, ...said.lines]);
    const top = model.ui.overlays.at(-1);
    if (said.read && top) {
      // What stands on a page was said whole: what it offers can be taken, or the page is left.
      if (top.type === 'detail' && top.offer)
        desk.dispatch({ type: 'overlay.changed', overlay: { ...top, top: 1e9 } });
      else desk.dispatch({ type: 'overlay.closed' });
      seen = seenIn(desk.model());
    }
    prompt();
  }

  let typed: readonly string[] = [];
  function line(text: string) {
    prompted = false;
    const { ui } = desk.model();
    const overlay = ui.overlays.at(-1);
    if (!overlay) plainLine(text);
    else if (text.trim() === 'esc') {
      typed = [];
      desk.controller.key('esc');
      const left = desk.model().ui.overlays.at(-1);
      const asks = left?.type === 'form' && left.leaving;
      say([asks ? 'What you typed would be lost. esc leaves, any other line goes on.' : 'Left.']);
    } else if (overlay.type === 'form') {
      const { leaving: _, ...form } = overlay;
      const after = formAfter(form, text, typed);
      typed = after.typed;
      desk.dispatch({ type: 'overlay.changed', overlay: after.form });
      if (after.done) desk.controller.key('C-s');
    } else if (overlay.type === 'choice') {
      const word = text.trim().toLowerCase();
      const taken = overlay.choices.find(({ key, label }) => key === word || label.toLowerCase() === word);
      if (taken || word === '') desk.controller.key(taken?.key ?? 'enter');
      else say([`"${text.trim()}" is no answer here: ${overlay.choices.map(({ key }) => key).join(', ')}.`]);
    } else desk.controller.key(text.trim() || 'enter');
    flush();
  }

  function plainLine(text: string) {
    const model = desk.model();
    const meant = typedMeans(text, model);
    switch (meant.type) {
      case 'nothing':
        return say(standing(model));
      case 'wrong':
        return say([`${meant.text} ${keysFor(model.keymap, 'ui.help') || 'help'} lists them.`]);
      case 'menu':
        return say(menuLines(meant.next, model));
      case 'help':
        return say(helpText(model, meant.words));
      case 'palette':
        return say(commandList(model, meant.words));
      case 'search':
        return search(meant.words, model);
      case 'task':
        return select(meant.slug, model);
      case 'command':
        return desk.controller.run({ run: meant.id, args: meant.args, form: false, marked: false });
      case 'keys':
        if (meant.task) select(meant.task, model);
        for (const key of meant.keys) desk.controller.key(key);
    }
  }

  function select(slug: string, model: Model) {
    if (selectedTask(model)?.slug === slug && model.ui.focus === 'tasks') {
      seen = { ...seen, task: undefined, ui: { ...seen.ui, lists: { ...seen.ui.lists } } };
      return;
    }
    const { dispatch } = desk;
    goToTask(slug, { ...desk.controller.context(), model, dispatch, size });
  }

  function search(words: string, { ui }: Model) {
    desk.dispatch({ type: 'filter.opened' });
    desk.dispatch({ type: 'filter.typed', pane: ui.focus, text: words });
    desk.controller.key('enter');
  }

  const reader = createInterface({ input, terminal: false, crlfDelay: Number.POSITIVE_INFINITY });
  reader.on('line', line);
  reader.on('close', () => {
    if (!over) say(['Nothing more is typed, so the dashboard ends. Agents at work go on.']);
    quit();
  });
  const onSignal = (signal: NodeJS.Signals) => {
    if (!lent)
      leave({ reason: 'signal', code: { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal as 'SIGINT'] });
  };
  const signals = own ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : [];
  for (const signal of signals) process.on(signal, onSignal);

  async function lend<T>(work: () => Promise<T>): Promise<T> {
    lent = true;
    caller.pause();
    reader.pause();
    try {
      return await work();
    } finally {
      lent = false;
      reader.resume();
      caller.resume();
      request();
    }
  }
  deps.onReady?.(own && prompts ? lend : undefined, quit, (leaving) => {
    whenFree = leaving;
    request();
  });

  const first = desk.model();
  say([
    `codex-agents ${first.version}: ${first.state.repo?.name ?? ''}, lands on ${first.state.target || 'no branch yet'}.`,
    `Type a key of the screen, a command or a task's name. ${keysFor(first.keymap, 'ui.help')} lists them, ${keysFor(first.keymap, 'ui.quit')} leaves.`,
  ]);
  seen = { ...seen, focus: undefined };
  desk.sync();
  flush();
  say(standing(desk.model()));
  begun = true;
  prompt();

  try {
    return await ended;
  } finally {
    over = true;
    clearImmediate(due);
    for (const signal of signals) process.removeListener(signal, onSignal);
    unsubscribe();
    desk.close();
    caller.stop();
    reader.close();
    input.pause();
  }
}
