/** Commands on configuration and on agents. */
import { type Agent, type AgentName, agentNames } from '../domain/agents/agent.js';
import { appError, ExitCode } from '../domain/platform/errors.js';
import type { CheckedFile, RunnerProbe } from '../services/agents/index.js';
import { args, at, command, flag, oneOf, text } from './define.js';
import { printers } from './printers.js';
import type { AnyCommand, CommandContext } from './types.js';

/** Configuration in force here; outside a repository the user's own. */
async function loadHere(context: CommandContext) {
  const config = await context.services.store();
  const root = await config.repositoryRoot(context.flags.cwd);
  return {
    config,
    root,
    loaded: await config.loadConfig({ paths: context.paths, env: context.env, ...(root ? { root } : {}) }),
  };
}

const show = command<{ origin?: boolean }, unknown>({
  id: 'config.show',
  title: 'Show configuration',
  summary: 'Show the configuration in force.',
  args: args({ origin: flag('say where each value came from') }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run({ origin }, context) {
    const { loaded } = await loadHere(context);
    return origin
      ? { config: loaded.config, origins: loaded.origins, trusted: loaded.trusted }
      : { config: loaded.config };
  },
});

const get = command<{ key: string }, { key: string; value: unknown; origin: unknown }>({
  id: 'config.get',
  title: 'Get a configuration value',
  summary: 'Print one value, such as run.max_parallel.',
  args: args({ 'key!': at(0, text('dotted key', 'key')) }),
  surfaces: ['cli'],
  print: printers['config.get'],
  dryRun: 'reads',
  async run({ key }, context) {
    const { config, loaded } = await loadHere(context);
    return { key, value: config.getKey(loaded, key), origin: loaded.origins[key] };
  },
});

interface SetArgs {
  key: string;
  value: string;
  user?: boolean;
  repo?: boolean;
}

const set = command<SetArgs, { file: string; key: string }>({
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
  said: ({ key, file }) => `Set ${key} in ${file}.`,
  async run({ key, value, user, repo }, context) {
    const { file, config } = await configFile(context, { user, repo });
    const edit = await config.setKey(file, key, value);
    if (repo) await config.retrustAfterOwnEdit(context.paths, (await context.session()).root, file, edit);
    return { file, key };
  },
});

async function configFile(context: CommandContext, which: { user?: boolean; repo?: boolean }) {
  if (which.user && which.repo) {
    throw appError('bad-flags', 'Give --user or --repo, not both.', { kind: 'usage' });
  }
  const config = await context.services.store();
  const files = config.configFiles(context.paths, which.repo ? (await context.session()).root : undefined);
  return { config, file: which.repo ? files.repository! : files.user };
}

const edit = command<{ user?: boolean; repo?: boolean }, { file: string }>({
  id: 'config.edit',
  title: 'Edit configuration',
  summary: 'Open the configuration file in $EDITOR and check it afterwards.',
  args: args({ user: flag("the user's file (the default)"), repo: flag("the repository's file") }),
  surfaces: ['cli'],
  async run(which, context) {
    const { file, config } = await configFile(context, which);
    await config.editFile(file, context.env);
    return { file };
  },
});

const validate = command<object, { files: string[] }>({
  id: 'config.validate',
  title: 'Check configuration',
  summary: 'Check every configuration file; errors name file, line and column.',
  args: args({}),
  surfaces: ['cli'],
  dryRun: 'reads',
  async run(_, context) {
    const config = await context.services.store();
    const root = await config.repositoryRoot(context.flags.cwd);
    return { files: await config.validateFiles(context.paths, root) };
  },
});

const path = command<object, { user: string; repository?: string }>({
  id: 'config.path',
  title: 'Configuration paths',
  summary: 'Print where the configuration files are.',
  args: args({}),
  surfaces: ['cli'],
  print: printers['config.path'],
  dryRun: 'reads',
  async run(_, context) {
    const config = await context.services.store();
    return config.configFiles(context.paths, await config.repositoryRoot(context.flags.cwd));
  },
});

interface AgentsReport {
  agents: Omit<Agent, 'instructions' | 'layers'>[];
  runners: RunnerProbe[];
}

const agentsList = command<object, AgentsReport>({
  id: 'agents.list',
  title: 'List agents',
  summary: 'List the agents, what carries each of them out, and the runners found.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  print: printers['agents.list'],
  dryRun: 'reads',
  async run(_, context) {
    const session = await context.session();
    const { listAgents } = await context.services.agents();
    const { probeRunners } = await context.services.agents();
    const agents = await listAgents(session);
    return {
      agents: agents.map(({ instructions: _text, layers: _layers, ...agent }) => agent),
      runners: await probeRunners(session.config, context.env, { cacheDir: context.paths.cacheDir }),
    };
  },
});

const agentsShow = command<{ name: AgentName }, { agent: Agent }>({
  id: 'agents.show',
  title: 'Show an agent',
  summary: 'Show what an agent is told, layer by layer, and where each layer came from.',
  args: args({ 'name!': at(0, oneOf(agentNames, 'which agent')) }),
  surfaces: ['cli', 'screen'],
  print: printers['agents.show'],
  dryRun: 'reads',
  async run({ name }, context) {
    const { loadAgent } = await context.services.agents();
    return { agent: await loadAgent(await context.session(), name) };
  },
});

const agentsEdit = command<{ name: AgentName; user?: boolean; repo?: boolean }, CheckedFile>({
  id: 'agents.edit',
  title: 'Edit an agent',
  summary: "Open an agent's file in $EDITOR and check it afterwards.",
  args: args({
    'name!': at(0, oneOf(agentNames, 'which agent')),
    user: flag('your own file (the default)'),
    repo: flag("the repository's file, which the team shares and everybody has to trust"),
  }),
  surfaces: ['cli'],
  said: ({ path }) => `Checked ${path}. \`codex-agent agents show\` tells what is in force.`,
  async run({ name, user, repo }, context) {
    if (user && repo) throw appError('bad-flags', 'Give --user or --repo, not both.', { kind: 'usage' });
    const { editAgent } = await context.services.agents();
    const work = async () => editAgent(await context.session(), name, repo ? 'repository' : 'user');
    return context.lendTerminal ? context.lendTerminal(work) : work();
  },
});

const agentsValidate = command<object, { files: CheckedFile[] }>({
  id: 'agents.validate',
  title: 'Check agents',
  summary: 'Check every agent file and prompt; each problem names file, line and column.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  print: printers['agents.validate'],
  dryRun: 'reads',
  async run(_, context) {
    const config = await context.services.store();
    const { validateAgents } = await context.services.agents();
    const root = await config.repositoryRoot(context.flags.cwd);
    return { files: await validateAgents(context.paths, root) };
  },
  exit: ({ files }) => (files.some((file) => file.problem) ? ExitCode.failure : ExitCode.ok),
});

export const configCommands: readonly AnyCommand[] = [
  show,
  get,
  set,
  edit,
  validate,
  path,
  agentsList,
  agentsShow,
  agentsEdit,
  agentsValidate,
];
