/** Commands about the program as a whole; those on a repository as a whole are in the files beside this one. */

import { ExitCode } from '../../domain/platform/errors.js';
import type { DemoReport } from '../../services/app/index.js';
import { args, at, command, oneOf, text, whole } from '../define.js';
import type { AnyCommand } from '../types.js';
import { completionScript, shells } from './completion.js';
import { logsRow } from './logs.js';
import { doctorRow, initRow, shellRow } from './set-up.js';
import { statusRow } from './status.js';
import { trustRow } from './trust.js';
import { validateRow } from './validate.js';

const demo = command({
  id: 'demo',
  title: 'Demo',
  summary: 'Make a sample repository and play six tasks on it with scripted agents: no key, no network.',
  args: args({
    folder: text('where to make it, or go on with one made before; default: a new temporary folder', 'path'),
    speed: whole('percent of human pace; 0 is as fast as possible', 0),
  }),
  surfaces: ['cli'],
  streams: true,
  async run({ folder, speed }, context): Promise<DemoReport | { root: string; lines: string[] }> {
    const { prepareDemo, playDemo } = await context.services.app();
    const { paths, env, emit, signal, openScreen } = context;
    const pace = speed ?? (openScreen ? 100 : 0);
    const root = await prepareDemo({ paths, env, speed: pace, ...(folder ? { folder } : {}) });
    if (!openScreen) return playDemo({ root, paths, env, emit, signal });
    await openScreen(root);
    const word = /^[\w./-]+$/.test(root) ? root : JSON.stringify(root);
    return {
      root,
      lines: [`The demo stays in ${root}; \`codex-agent demo ${word}\` goes on with it.`],
    };
  },
  print: ({ lines }) => lines,
  exit: (data) => ('ok' in data && !data.ok ? ExitCode.failure : ExitCode.ok),
});

const schema = command({
  id: 'schema',
  title: 'Print a schema',
  summary: 'Print the JSON Schema of a file: config, agent, stub or registry.',
  args: args({ 'name!': at(0, oneOf(['config', 'agent', 'stub', 'registry'], 'which file')) }),
  surfaces: ['cli'],
  dryRun: 'reads',
  async run({ name }) {
    const { schemas } = await import('../../domain/store/schemas.js');
    const { agentFile: agent, stub, registry } = schemas;
    if (name !== 'config') return { agent, stub, registry }[name];
    const { describedSchema } = await import('../../domain/store/config-words.js');
    const { defaultConfig } = await import('../../domain/store/config.js');
    return describedSchema(schemas.config, defaultConfig);
  },
  print: (data) => [JSON.stringify(data, null, 2)],
});

const completion = command({
  id: 'completion',
  title: 'Shell completion',
  summary: 'Print a completion script to source in your shell.',
  args: args({ 'shell!': at(0, oneOf(shells, 'which shell')) }),
  surfaces: ['cli'],
  dryRun: 'reads',
  async run({ shell }, { registry }) {
    return { script: completionScript(shell, registry.commands, registry.groups) };
  },
  print: ({ script }) => [script],
});

const version = command({
  id: 'version',
  title: 'Version',
  summary: 'Print the version.',
  args: args({}),
  surfaces: ['cli', 'screen'],
  dryRun: 'reads',
  async run(_, context) {
    return { version: context.version, node: process.version, platform: process.platform };
  },
  print: (data) => [data.version],
});

export const programCommands: readonly AnyCommand[] = [
  initRow,
  statusRow,
  validateRow,
  demo,
  doctorRow,
  trustRow,
  shellRow,
  schema,
  completion,
  version,
  logsRow,
];
