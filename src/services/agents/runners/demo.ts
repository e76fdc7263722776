/** The demo: a scripted agent that plays a story. No model, no network; it says so in its first line. */
import { existsSync } from 'node:fs';
import { appError } from '../../../domain/platform/errors.js';
import { assetPath } from '../../platform/index.js';
import type { Runner } from '../types.js';
import { nothing } from './program.js';

/** Overrides `--speed` of runner.demo.args for everything started from this environment. */
const speedVariable = 'CODEX_AGENTS_DEMO_SPEED';
/** Names the program to run instead of the one in the package; for tests, which run from source. */
const programVariable = 'CODEX_AGENTS_DEMO_AGENT';

/** It takes messages, and asks where a person can answer. */
const can = { ...nothing, steer: true, approvals: true };

export const demoRunner: Runner = {
  name: 'demo',
  confinement: 'none',
  envAllow: [],
  account: [],
  async probe(_, env) {
    try {
      return { name: 'demo', can, path: programPath(env) };
    } catch {
      return { name: 'demo', can, problem: 'dist/demo-agent.mjs is missing: run npm run build.' };
    }
  },
  async prepare({ settings, slug, runDir, attended, approvalTimeoutMs }, env) {
    const story = settings.path || assetPath('demo/story.json');
    if (!existsSync(story)) throw appError('runner-not-found', `The demo's story ${story} does not exist.`);
    const speed = env[speedVariable];
    return {
      argv: [
        process.execPath,
        programPath(env),
        '--story',
        story,
        '--task',
        slug,
        ...settings.args,
        ...['--run', runDir],
        ...(attended ? ['--answer-within', String(approvalTimeoutMs)] : []),
        ...(speed ? ['--speed', speed] : []),
      ],
      env: {},
      stdin: '',
      stream: 'demo',
    };
  },
};

const programPath = (env: NodeJS.ProcessEnv): string =>
  env[programVariable] || assetPath('dist/demo-agent.mjs');
