/** Commands on configuration. */
import { appError } from '../../domain/platform/errors.js';
import { type LoadedConfig, userOnlyKeys } from '../../domain/store/config.js';
import { configAsToml } from '../../domain/store/toml-text.js';
import { args, at, command, flag, text } from '../define.js';
import type { AnyCommand, CommandContext } from '../types.js';

/** Configuration in force here; outside a repository the user's own. */
async function loadHere(context: CommandContext) {
  const config = await context.services.store();
  const { paths, env, flags } = context;
  const root = await config.repositoryRoot(flags.cwd, paths);
  const leftOut = root && (await config.whyLeftOut({ cwd: flags.cwd, paths, env }));
  if (leftOut) context.emit({ type: 'noted', level: 'warning', message: leftOut });
  return {
    config,
    loaded: await config.loadConfig({ paths, env, ...(root ? { root } : {}) }),
  };
}

interface ShownConfig {
  config: LoadedConfig['config'];
  origins?: LoadedConfig['origins'];
  trusted?: boolean;
}

const show = command({
  id: 'config.show',
  title: 'Show configuration',
  summary: 'Show the configuration in force.',
  args: args({ origin: flag('say where each value came from') }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run({ origin }, context): Promise<ShownConfig> {
    const { config, origins, trusted } = (await loadHere(context)).loaded;
    return origin ? { config, origins, trusted } : { config };
  },
  print: ({ config, origins, trusted }: ShownConfig) => [
    ...(trusted === false
      ? ['# The configuration of the repository is not trusted, so it is not in force.']
      : []),
    ...configAsToml(config, origins),
  ],
});

const get = command({
  id: 'config.get',
  title: 'Get a configuration value',
  summary: 'Print one value, such as run.max_parallel.',
  args: args({ 'key!': at(0, text('dotted key', 'key')) }),
  surfaces: ['cli'],
  dryRun: 'reads',
  async run({ key }, context): Promise<{ key: string; value: unknown; origin: unknown }> {
    const { config, loaded } = await loadHere(context);
    return { key, value: config.getKey(loaded, key), origin: loaded.origins[key] };
  },
  print: ({ value }) => [typeof value === 'string' ? value : JSON.stringify(value)],
});

const set = command({
  id: 'config.set',
  title: 'Set a configuration value',
  summary: 'Set one value, keeping comments and order of the file.',
  args: args({
    'key!': at(0, text('dotted key', 'key')),
    'value!': at(1, text('TOML value, such as 8, true, "text" or ["a"]', 'value')),
    user: flag("in the user's file (the default)"),
    repo: flag("in the repository's file"),
  }),
  surfaces: ['cli'],
  async run({ key, value, user, repo: named }, context) {
    const repo = named ?? (!user && (await wantsRepository(key, context)));
    const { file, config } = await configFile(context, { user, repo });
    const edit = await config.setKey(file, key, value);
    if (!repo) return { file, key };
    const { root } = await context.session();
    return { file, key, trusted: await config.retrustAfterOwnEdit(context.paths, root, file, edit) };
  },
  said: ({ key, file, trusted }) => `Set ${key} in ${file}.${trustSaid(trusted)}`,
});

/** Asked for inside a repository, where a person can answer: most settings are meant for the team or for oneself. */
async function wantsRepository(key: string, context: CommandContext): Promise<boolean> {
  if (!context.ask || context.flags.yes || userOnlyKeys.includes(key)) return false;
  const { repositoryRoot } = await context.services.store();
  const root = await repositoryRoot(context.flags.cwd, context.paths);
  if (!root) return false;
  const question = `Set ${key} for everyone who works on ${root}? (no: only for you, in all repositories)`;
  return context.ask.confirm(question, false);
}

/** What a person's own edit did to the trust in a repository's configuration. */
const trustSaid = (trusted?: boolean): string =>
  trusted === false
    ? ' Something else in it is not trusted, so none of it is in force: codex-agent trust --show, then codex-agent trust.'
    : '';

/** Throws `bad-flags` (usage) when both files are named. */
export function requireOneFile(which: { user?: boolean; repo?: boolean }): void {
  if (!which.user || !which.repo) return;
  throw appError('bad-flags', '--user and --repo name two different files.', {
    kind: 'usage',
    hint: 'Give one of them; --user is the default.',
  });
}

async function configFile(context: CommandContext, which: { user?: boolean; repo?: boolean }) {
  requireOneFile(which);
  const config = await context.services.store();
  const files = config.configFiles(context.paths, which.repo ? (await context.session()).root : undefined);
  return { config, file: which.repo ? files.repository! : files.user };
}

const edit = command({
  id: 'config.edit',
  title: 'Edit configuration',
  summary: 'Open the configuration file in $EDITOR and check it afterwards.',
  args: args({ user: flag("the user's file (the default)"), repo: flag("the repository's file") }),
  surfaces: ['cli'],
  async run(which, context) {
    const { file, config } = await configFile(context, which);
    const edit = await config.editFile(file, context.env);
    if (!which.repo) return { file };
    const { root } = await context.session();
    return { file, trusted: await config.retrustAfterOwnEdit(context.paths, root, file, edit) };
  },
  said: ({ file, trusted }) =>
    `Checked ${file}.${trustSaid(trusted)} \`codex-agent config show\` prints what is in force.`,
});

const validate = command({
  id: 'config.validate',
  title: 'Check configuration',
  summary: 'Check every configuration file; errors name file, line and column.',
  args: args({}),
  surfaces: ['cli'],
  dryRun: 'reads',
  async run(_, context) {
    const config = await context.services.store();
    const root = await config.repositoryRoot(context.flags.cwd, context.paths);
    return { files: await config.validateFiles(context.paths, root) };
  },
});

const path = command({
  id: 'config.path',
  title: 'Configuration paths',
  summary: 'Print where the configuration files are.',
  args: args({}),
  surfaces: ['cli'],
  dryRun: 'reads',
  async run(_, context) {
    const config = await context.services.store();
    return config.configFiles(context.paths, await config.repositoryRoot(context.flags.cwd, context.paths));
  },
  print: ({ user, repository }) => [user, ...(repository ? [repository] : [])],
});

export const configCommands: readonly AnyCommand[] = [show, get, set, edit, validate, path];
