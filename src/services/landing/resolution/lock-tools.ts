/**
 * Which program makes which lock file anew, offline and without running anything of the repository's.
 * A row is data: what stands in the file before, the command, and where it runs.
 */
import { uniteCargoLock, uniteLines } from '../../../domain/landing/lock-files.js';

/** The texts of a lock file in conflict. */
export interface LockTexts {
  /** As git left it, in markers. */
  marked: string;
  base: string;
  ours: string;
  theirs: string;
}

export interface LockTool {
  names: readonly string[];
  /** The command as reports name it; without one the start is the result. */
  command?: readonly string[];
  /**
   * What keeps it quiet and harmless: settings of the repository must not name programs to run, and those of the
   * command line win over them.
   */
  more?: (places: { folder: string; scratch: string }) => readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Variables of the person that it needs besides. */
  passes?: readonly string[];
  /** Run in an empty folder: the program believes settings that it finds where it runs. */
  elsewhere?: boolean;
  /** What the file holds before the program runs; undefined: the sides contradict each other. */
  start(texts: LockTexts): string | undefined;
  /** Throws when the result is no such file. */
  verify?(text: string): void;
}

/** These read a lock file in conflict as the union of both sides. */
const asMarked = ({ marked }: LockTexts) => marked;

const npm: LockTool = {
  names: ['package-lock.json', 'npm-shrinkwrap.json'],
  command: ['npm', 'install', '--package-lock-only', '--offline', '--ignore-scripts'],
  more: () => [
    ...['--git=/bin/false', '--script-shell=/bin/false', '--node-options='],
    ...['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'],
  ],
  start: asMarked,
  verify: JSON.parse,
};

const pnpm: LockTool = {
  names: ['pnpm-lock.yaml'],
  command: ['pnpm', 'install', '--lockfile-only', '--offline', '--ignore-scripts'],
  more: () => [
    ...['--ignore-pnpmfile', '--no-frozen-lockfile', '--config.manage-package-manager-versions=false'],
    ...['--config.script-shell=/bin/false', '--config.node-options=', '--reporter=append-only'],
  ],
  start: asMarked,
};

const yarn: LockTool = {
  names: ['yarn.lock'],
  command: ['yarn', 'install', '--offline', '--ignore-scripts'],
  more: ({ scratch }) => [
    ...['--no-default-rc', '--non-interactive', '--no-progress', '--no-bin-links', '--silent'],
    ...['--ignore-engines', '--ignore-platform', '--modules-folder', scratch],
  ],
  env: { YARN_IGNORE_PATH: '1', COREPACK_ENABLE_PROJECT_SPEC: '0', COREPACK_ENABLE_NETWORK: '0' },
  // From version 2 on it loads plugins out of the repository, and has no option against that.
  start: ({ marked }) => (/^__metadata:/m.test(marked) ? undefined : marked),
};

const cargo: LockTool = {
  names: ['Cargo.lock'],
  command: ['cargo', 'update', '--workspace', '--offline'],
  more: ({ folder }) => ['--quiet', '--color=never', '--manifest-path', `${folder}/Cargo.toml`],
  passes: ['CARGO_HOME', 'RUSTUP_HOME'],
  elsewhere: true,
  start: ({ base, ours, theirs }) => uniteCargoLock(base, ours, theirs),
};

/** Hashes of everything either side needs: more than needed does no harm. */
const goSum: LockTool = {
  names: ['go.sum'],
  start: ({ ours, theirs }) => uniteLines(ours, theirs),
};

const tools: readonly LockTool[] = [npm, pnpm, yarn, cargo, goSum];

/** The row of a lock file, when one is known. */
export const lockToolFor = (name: string): LockTool | undefined =>
  tools.find((tool) => tool.names.includes(name));
