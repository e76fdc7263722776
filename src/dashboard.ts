/** Opens the screen on a repository: store, feed, keys, transcripts. Second half of the composition root. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallBy, ConflictReader, mergeKeymapTables, ReviewReader } from '../views/index.js';
import type { invoke } from './commands/invoke.js';
import { typedAs } from './commands/spelling.js';
import type { CommandContext, GlobalFlags } from './commands/types.js';
import type { AppEvent } from './domain/app/events.js';
import { sharedOf, sharesOther } from './domain/app/shared.js';
import { type AppState, emptyState, reduce } from './domain/app/state.js';
import { type Call, isNotable } from './domain/platform/call.js';
import { appError, type ExitCode } from './domain/platform/errors.js';
import { parseDuration } from './domain/platform/units.js';
import type { Feed, Findings } from './services/app/index.js';
import type { Services } from './services/index.js';
import type { Paths } from './services/platform/index.js';
import { assetPath, causedBy, runApart } from './services/platform/index.js';
import type { RepoSession } from './services/store/index.js';
import { stoppableWorks } from './stoppable-works.js';
import { createStore, type Store } from './store/store.js';

interface DashboardOptions {
  cwd: string;
  flags: GlobalFlags;
  paths: Paths;
  services: Services;
  /** Handed over, since this piece would bring copies of all commands. */
  registry: CommandContext['registry'];
  invoke: typeof invoke;
  version: string;
  env: NodeJS.ProcessEnv;
  /** Tells every call of this process. Returns the way to stop. */
  onCall(listener: (call: Call) => void): () => void;
  /** The words for an error that nothing has caught. */
  crashed(error: unknown): string;
}

/** Opens the screen; resolves with the exit code when the person has left it. Agents go on. */
export async function openDashboard(options: DashboardOptions): Promise<ExitCode> {
  for (;;) {
    const code = await showOnce(options);
    if (code !== 'again') return code;
  }
}

/** Resolves with `again` when what the screen was opened with is different now. */
async function showOnce(options: DashboardOptions): Promise<ExitCode | 'again'> {
  const { cwd, paths, services, env } = options;
  const { commands } = options.registry;
  const store = createStore<AppState, AppEvent>(reduce, emptyState);
  const ending = new AbortController();
  const { createMarksKeeper, firstEvents, openSession, readMarks } = await services.store();
  const [opened, views, { parse }] = await Promise.all([
    openSession({ cwd, paths, env, emit: store.dispatch, signal: ending.signal }),
    import('../views/index.js'),
    import('smol-toml'),
  ]);
  const { mergeKeymapTables, openScreen, parseKeymap, parseTheme } = views;
  let liveTranscript: typeof import('./services/agents/runs/live.js')['liveTranscript'];
  let quiet = false;
  const session = { ...opened, attended: true, quiet: () => quiet };
  const warnings = session.config.run.full_access
    ? await (await services.agents()).standingWarnings(session)
    : [];
  for (const event of await firstEvents(session, warnings)) store.dispatch(event);
  const context = contextOf(options, session);
  const works = stoppableWorks();
  context.cancelWork = works.cancel;
  context.shown = store.state;
  let again = false;
  let painted = () => {};
  const firstPaint = new Promise<void>((resolve) => {
    painted = resolve;
  });
  let reopenWhenFree = () => {};
  const onReady = (
    lend: CommandContext['lendTerminal'],
    leave: () => void,
    leaveWhenFree: (leaving: () => void) => void,
  ) => {
    painted();
    if (lend) context.lendTerminal = lend;
    context.reopenScreen = () => {
      again = true;
      leave();
    };
    reopenWhenFree = () => {
      leaveWhenFree(() => {
        again = true;
      });
    };
  };
  let feed: Feed | undefined;
  let selected: string | undefined;
  const focus = () =>
    feed?.focus(selected, store.state().tasks.find((task) => task.slug === selected)?.runIds);
  context.lookAgain = () => feed?.refresh();
  const desk = {
    store,
    commands,
    keymap: parseKeymap(
      await keymapTable(session, mergeKeymapTables),
      commands.map((row) => row.id),
    ),
    invoke: (id: string, args: Record<string, unknown>) =>
      store.busy(
        causedBy(typedAs(id), () => works.within(context, (own) => options.invoke(id, args, own))).finally(
          () => feed?.acted(),
        ),
      ),
    async loadRest() {
      ({ liveTranscript } = await import('./services/agents/runs/live.js'));
    },
    openTranscript: (runId: string, onChange: () => void) => liveTranscript(paths, runId, onChange),
    readPages: async (slug: string) => {
      const { requireTask } = await services.store();
      const { readPages } = await services.app();
      return readPages(session, await requireTask(session, slug));
    },
    async editText(text: string) {
      const { editText } = await services.app();
      const write = () => editText(session, text);
      return context.lendTerminal ? context.lendTerminal(write) : write();
    },
    readMonitor: monitorOf(store, session, services),
    reviews: reviewReader(session, services),
    conflicts: conflictReader(session, services),
    readTheme: (name: string) => parseTheme(name, themeTables(name, session, parse)),
    mouse: session.config.ui.mouse,
    marks: { before: await readMarks(session), keep: createMarksKeeper(session) },
    callBy: callBy(session, services),
    onQuiet(on: boolean) {
      quiet = on;
    },
    version: options.version,
    env: options.flags.color === false ? { ...env, NO_COLOR: '1' } : env,
    onReady,
    onSelect(slug?: string) {
      selected = slug;
      focus();
    },
  };
  const { ui } = session.config;
  const plain = options.flags.plain || ui.plain || env.TERM === 'dumb';
  const screen = plain
    ? (await import('../views/plain/index.js')).openPlain(desk)
    : openScreen({
        ...desk,
        terminfoDir: assetPath('terminfo'),
        theme: ui.theme,
        ascii: ui.glyphs === 'ascii',
        calm: ui.motion === 'reduced',
        escapeMs: parseDuration(ui.escape_time),
        crashed: options.crashed,
      });
  // What looks and drives is half of the program: it is loaded when the person has something to look at.
  await Promise.race([firstPaint, screen]);
  const { startFeed } = await services.app();
  const endStarter = runApart(join(assetPath('dist'), 'starter.js'));
  feed = startFeed(session, findingsOf(store), () => reopenWhenFree());
  focus();
  const stopCalls = options.onCall((call) => {
    if (isNotable(call)) store.dispatch({ type: 'call.ended', call });
  });
  const { code, reason } = await screen;
  ending.abort();
  await feed.stop();
  stopCalls();
  // After a signal the terminal may be gone, and then no output would ever drain.
  if (reason === 'signal') process.exit(code);
  // A command that was under way comes to a safe stop first.
  await store.idle();
  endStarter();
  return again ? 'again' : (code as ExitCode);
}

/** What this screen knows, for the screens beside it. */
const findingsOf = (store: Store<AppState, AppEvent>): Findings => ({
  current: () => sharedOf(store.state(), `process ${process.pid}`),
  subscribe(listener) {
    let before = store.state();
    return store.subscribe((state) => {
      const other = sharesOther(before, state);
      before = state;
      if (other) listener();
    });
  },
});

/** How the monitor reads; what it compares its readings with is kept for as long as the screen is open. */
function monitorOf(store: Store<AppState, AppEvent>, session: RepoSession, services: Services) {
  let reader: ReturnType<Awaited<ReturnType<Services['app']>>['monitorReader']> | undefined;
  return async () => {
    reader ??= (await services.app()).monitorReader(session);
    return reader(store.state());
  };
}

/** How the page of a review reads; the area that knows it is loaded with the first review. */
function reviewReader(session: RepoSession, services: Services): ReviewReader {
  return {
    read: async (subject) => (await (await services.landing()).readReview(session, subject)).review,
    text: async ({ head, base }, side, path) =>
      (await services.landing()).textIn(session, side === 'new' ? head : base, path),
    colours: async (path, text) => (await services.landing()).coloursOf(path, text),
    why: async (subject, place) => (await services.landing()).whyHunk(session, subject, place),
  };
}

/** How the page of a conflict reads. */
function conflictReader(session: RepoSession, services: Services): ConflictReader {
  return {
    async read(slug) {
      const { requireTask } = await services.store();
      const { readConflict } = await services.landing();
      return (await readConflict(session, await requireTask(session, slug))).document;
    },
    colours: async (path, text) => (await services.landing()).coloursOf(path, text),
  };
}

/** The default keys, over them the keymap that the configuration names, over both the person's own. Throws `no-keymap`. */
async function keymapTable(session: RepoSession, merge: typeof mergeKeymapTables): Promise<unknown> {
  const { parse } = await import('smol-toml');
  const { keymap } = session.config.ui;
  const layers = [...new Set(['default.toml', `${keymap}.toml`])].map((name) =>
    join(assetPath('keymaps'), name),
  );
  if (readIfThere(layers.at(-1)!) === undefined) {
    throw appError('no-keymap', `There is no keymap "${keymap}" (ui.keymap).`, {
      kind: 'usage',
      hint: 'Set it to default, vim or emacs.',
    });
  }
  return [...layers, join(session.paths.configDir, 'keymap.toml')]
    .flatMap((file) => readIfThere(file) ?? [])
    .map((text) => parse(text) as unknown)
    .reduce((below, above) => merge(below, above));
}

/** The person's own theme of this name, else the program's, with those that it lies over before it. Throws `no-theme`. */
function themeTables(name: string, session: RepoSession, parse: (text: string) => unknown): unknown[] {
  const folders = [join(session.paths.configDir, 'themes'), assetPath('themes')];
  const tables: unknown[] = [];
  const used: string[] = [];
  for (let next: unknown = name; typeof next === 'string'; ) {
    const file = `${next}.toml`;
    // A theme over the program's one of the same name is read from the next folder.
    const place = used.includes(next) ? folders.slice(1) : folders;
    const text =
      isThemeName(next) && used.length < 8
        ? place.map((one) => readIfThere(join(one, file))).find(Boolean)
        : undefined;
    if (text === undefined) {
      throw appError('no-theme', `There is no theme "${next}" (ui.theme).`, {
        kind: 'usage',
        hint: `Set it to auto, dark, light, contrast, 16 or none, or make ${join(folders[0]!, file)}.`,
      });
    }
    used.push(next);
    const table = parse(text);
    tables.unshift(table);
    next = (table as { base?: unknown }).base;
  }
  return tables;
}

const isThemeName = (name: string): boolean => /^[\w-]{1,40}$/.test(name);

/** How the person is called; a program is started for each call and not waited for. */
function callBy(session: RepoSession, services: Services): CallBy {
  const kind = session.config.ui.notifications;
  if (kind === true) return 'bell';
  if (kind === false) return 'none';
  if (kind !== 'desktop' && typeof kind === 'string') return kind;
  return (call) => void services.store().then(({ callPerson }) => callPerson(session, kind, call));
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function contextOf(options: DashboardOptions, session: RepoSession): CommandContext {
  const { version, services, registry, paths, env, flags } = options;
  return {
    version,
    services,
    paths,
    env,
    flags: { ...flags, cwd: session.root },
    emit: session.emit,
    signal: session.signal,
    registry,
    repository: async () => ({ ...session, commonDir: session.git.commonDir }),
    session: async () => session,
    trustedSession: async () => (await services.store()).requireTrusted(session),
  };
}
