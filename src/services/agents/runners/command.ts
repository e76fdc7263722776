/** Any program that works in a worktree: its arguments come from configuration, its words are shown as they are. */
import { join } from 'node:path';
import { appError } from '../../../domain/platform/errors.js';
import type { RunnerConfig } from '../../../domain/store/config.js';
import { findProgram, writeTo } from '../../platform/index.js';
import type { LaunchSpec, Runner, RunnerProbe } from '../types.js';
import { placesOfProgram } from './places.js';
import { boxed, nothing } from './program.js';

/** Such programs write to both streams, and only together do they read in order. */
const merged = ['sh', '-c', 'exec "$@" 2>&1', 'sh'];

export const commandRunner: Runner = {
  name: 'command',
  confinement: 'box',
  places: ({ args: [program = ''] }, env) => placesOfProgram(program, env),
  envAllow: [],
  account: [],
  probe: async (settings, env) => probe(settings, env),
  async prepare(spec, env) {
    const { problem, path } = probe(spec.settings, env, spec.cwd);
    if (problem || !path) throw appError('runner-not-found', problem ?? 'No command.', { hint: howToSet });
    const prompt = spec.agent.instructions ? `${spec.agent.instructions}\n\n${spec.prompt}` : spec.prompt;
    const promptFile = join(spec.runDir, 'prompt.md');
    await writeTo(promptFile, prompt, { mode: 0o600 });
    const [, ...rest] = spec.settings.args;
    return {
      argv: boxed(spec, [...merged, path, ...rest.map((argument) => filled(argument, spec, promptFile))]),
      env: {},
      stdin: prompt,
      stream: 'command',
    };
  },
};

const howToSet =
  'Set runner.command.args to the program and its arguments, e.g. ["my-agent", "{prompt_file}"].';

function probe(settings: RunnerConfig, env: NodeJS.ProcessEnv, cwd?: string): RunnerProbe {
  const [program] = settings.args;
  const about = { name: 'command', can: nothing } as const;
  if (!program) return { ...about, problem: 'No command is configured.' };
  const path = findProgram(program, env, cwd);
  return path ? { ...about, path } : { ...about, problem: `The program ${program} was not found.` };
}

function filled(argument: string, spec: LaunchSpec, promptFile: string): string {
  const values: Record<string, string> = { prompt_file: promptFile, slug: spec.slug, worktree: spec.cwd };
  return argument.replace(/\{(prompt_file|slug|worktree)\}/g, (_, name: string) => values[name]!);
}
