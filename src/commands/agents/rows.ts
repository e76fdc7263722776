/** Commands on agents: their roles, what they are told, and the programs that carry them out. */
import { agentNames } from '../../domain/agents/agent.js';
import { abilitiesOf } from '../../domain/agents/run.js';
import { ExitCode } from '../../domain/platform/errors.js';
import { requireOneFile } from '../config/rows.js';
import { args, at, command, flag, oneOf } from '../define.js';
import { table } from '../table.js';
import type { AnyCommand } from '../types.js';

const agentArg = at(0, oneOf(agentNames, 'which agent'));

const list = command({
  id: 'agents.list',
  title: 'List agents',
  summary: 'List the agents, what carries each of them out, and the runners found.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run(_, context) {
    const session = await context.session();
    const { listAgents, probeRunners } = await context.services.agents();
    const agents = await listAgents(session);
    return {
      agents: agents.map(({ instructions: _text, layers: _layers, ...agent }) => agent),
      runners: await probeRunners(session.config, context.env, { cacheDir: context.paths.cacheDir }),
    };
  },
  print: ({ agents, runners }) => [
    ...table(agents.map((agent) => [agent.name, agent.runner, agent.model ?? '', agent.runnerOrigin])),
    '',
    ...table(
      runners.map(({ name, version, path, problem, can }) => [
        name,
        version ?? '–',
        path ?? '',
        problem ?? abilitiesOf(can),
      ]),
    ),
  ],
});

const show = command({
  id: 'agents.show',
  title: 'Show an agent',
  summary: 'Show what an agent is told, layer by layer, and where each layer came from.',
  args: args({ 'name!': agentArg }),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run({ name }, context) {
    const { loadAgent } = await context.services.agents();
    return { agent: await loadAgent(await context.session(), name) };
  },
  print: ({ agent }) => [
    ...(agent.refused ?? []).map((sentence) => `! ${sentence}`),
    ...agent.layers.flatMap(({ layer, origin, mode, text }) => [
      `— ${layer}: ${origin} (${mode})`,
      text.trimEnd(),
      '',
    ]),
  ],
});

const edit = command({
  id: 'agents.edit',
  title: 'Edit an agent',
  summary: "Open an agent's file in $EDITOR and check it afterwards.",
  args: args({
    'name!': agentArg,
    user: flag('your own file (the default)'),
    repo: flag("the repository's file, which the team shares and each member has to trust"),
  }),
  surfaces: ['cli'],
  async run({ name, user, repo }, context) {
    requireOneFile({ user, repo });
    const { editAgent } = await context.services.agents();
    const work = async () => editAgent(await context.session(), name, repo ? 'repository' : 'user');
    return context.lendTerminal ? context.lendTerminal(work) : work();
  },
  said: ({ path }) => `Checked ${path}. \`codex-agent agents show\` tells what is in force.`,
});

const validate = command({
  id: 'agents.validate',
  title: 'Check agents',
  summary: 'Check every agent file and prompt; each problem names file, line and column.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run(_, context) {
    const config = await context.services.store();
    const { validateAgents } = await context.services.agents();
    const root = await config.repositoryRoot(context.flags.cwd, context.paths);
    return { files: await validateAgents(context.paths, root) };
  },
  print: ({ files }) =>
    files.length === 0
      ? ['There are no agent files and no prompts: the built-in ones are in force.']
      : files.flatMap(({ path, problem, hint }) =>
          problem ? [`✗ ${problem}`, ...(hint ? [`    ${hint}`] : [])] : [`✓ ${path}`],
        ),
  exit: ({ files }) => (files.some((file) => file.problem) ? ExitCode.failure : ExitCode.ok),
});

export const agentCommands: readonly AnyCommand[] = [list, show, edit, validate];
