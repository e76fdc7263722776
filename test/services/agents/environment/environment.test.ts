import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { passesName } from '../../../../src/domain/platform/environment.js';
import { type Config, defaultConfig } from '../../../../src/domain/store/config.js';
import { allowedFor, everyAgent } from '../../../../src/services/agents/environment/allowed.js';
import { sweepEnvironments } from '../../../../src/services/agents/environment/wish.js';
import { runnerFor } from '../../../../src/services/agents/runners/index.js';
import { listRuns } from '../../../../src/services/agents/runs/index.js';
import { drive, launch, requestLaunch } from '../../../../src/services/app/manager/index.js';
import { makeSandbox, type Sandbox, type SandboxSession } from '../../../support/sandbox.js';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.cleanup());

/** Which of these variables an agent of the runner gets, when all of them are set in the terminal. */
const gets = (runner: string, env: NodeJS.ProcessEnv, config: Partial<Config> = {}): string[] => {
  const patterns = [
    ...everyAgent,
    ...allowedFor(runnerFor(runner), { ...defaultConfig, ...config }, { envAllow: [] }, env),
  ];
  return Object.keys(env).filter((name) => passesName(name, patterns));
};
const all = (names: string) => Object.fromEntries(names.split(' ').map((name) => [name, '1']));

describe('what an agent gets', () => {
  const toolchain =
    'JAVA_HOME VIRTUAL_ENV SSH_AUTH_SOCK GOPATH CARGO_HOME RUSTUP_HOME NVM_DIR PNPM_HOME DOCKER_HOST TZ COLORTERM SSL_CERT_DIR REQUESTS_CA_BUNDLE NODE_USE_SYSTEM_CA LC_TIME PYENV_ROOT ANDROID_HOME GRADLE_USER_HOME BUN_INSTALL RUSTUP_TOOLCHAIN CONDA_PREFIX';
  test.each(['claude', 'codex', 'opencode', 'gemini', 'acp', 'command', 'demo'])(
    '%s: toolchains',
    (runner) => {
      expect(gets(runner, all(toolchain))).toEqual(toolchain.split(' '));
    },
  );

  const aws = 'AWS_REGION AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ROLE_ARN';
  test.each([
    ['claude', `CLAUDE_CODE_USE_BEDROCK ${aws} ANTHROPIC_BEDROCK_BASE_URL CLAUDE_CODE_SKIP_BEDROCK_AUTH`],
    [
      'claude',
      'CLAUDE_CODE_USE_VERTEX ANTHROPIC_VERTEX_PROJECT_ID CLOUD_ML_REGION VERTEX_REGION_CLAUDE_4_0_SONNET GOOGLE_APPLICATION_CREDENTIALS',
    ],
    [
      'claude',
      'CLAUDE_CODE_USE_FOUNDRY ANTHROPIC_FOUNDRY_RESOURCE ANTHROPIC_FOUNDRY_API_KEY AZURE_CLIENT_ID AZURE_TENANT_ID',
    ],
    ['claude', 'ANTHROPIC_BASE_URL ANTHROPIC_AUTH_TOKEN ANTHROPIC_DEFAULT_OPUS_MODEL HTTPS_PROXY no_proxy'],
    [
      'codex',
      'CODEX_HOME OPENAI_API_KEY OPENAI_BASE_URL OPENAI_ORGANIZATION AZURE_OPENAI_API_KEY OPENROUTER_API_KEY',
    ],
    [
      'gemini',
      'GEMINI_API_KEY GOOGLE_GENAI_USE_VERTEXAI GOOGLE_CLOUD_PROJECT GOOGLE_CLOUD_LOCATION CLOUDSDK_CONFIG',
    ],
    ['opencode', 'GROQ_API_KEY MISTRAL_API_KEY AZURE_RESOURCE_NAME GOOGLE_VERTEX_PROJECT OPENROUTER_API_KEY'],
    ['opencode', `AWS_BEARER_TOKEN_BEDROCK ${aws}`],
    ['acp', 'ANTHROPIC_API_KEY OPENAI_API_KEY GEMINI_API_KEY CODEX_HOME'],
  ])('%s: %s', (runner, names) => expect(gets(runner, all(names))).toEqual(names.split(' ')));

  test('a provider that is not switched on lets nothing through, nor does one of another runner', () => {
    expect(gets('claude', all(aws))).toEqual([]);
    expect(gets('claude', { ...all(aws), CLAUDE_CODE_USE_BEDROCK: '0' })).toEqual([
      'CLAUDE_CODE_USE_BEDROCK',
    ]);
    expect(gets('claude', all('OPENAI_API_KEY GITHUB_TOKEN CLAUDE_CODE_SSE_PORT'))).toEqual([]);
    expect(gets('command', all('ANTHROPIC_API_KEY OPENAI_API_KEY'))).toEqual([]);
  });

  test('what Codex reads keys and headers from by its own configuration', () => {
    const home = join(sandbox.root, 'codex-home');
    mkdirSync(home);
    writeFileSync(
      join(home, 'config.toml'),
      '[model_providers.x]\nenv_key = "MY_GATEWAY_KEY"\nenv_http_headers = { "X-Team" = "TEAM_NAME", "X-B" = "B_NAME" }\n',
    );
    expect(gets('codex', { CODEX_HOME: home, ...all('MY_GATEWAY_KEY TEAM_NAME B_NAME OTHER_KEY') })).toEqual(
      'CODEX_HOME MY_GATEWAY_KEY TEAM_NAME B_NAME'.split(' '),
    );
  });

  test('what a person allows, by patterns', () => {
    expect(
      gets('command', all('MY_ONE MY_TWO OTHER NODE_OPTIONS'), { env_allow: ['MY_*', 'NODE_OPTIONS'] }),
    ).toEqual(['MY_ONE', 'MY_TWO']);
  });
});

describe('the terminal that asks', () => {
  const open = async (env: NodeJS.ProcessEnv): Promise<SandboxSession> => {
    const path = join(sandbox.root, 'agent.sh');
    writeFileSync(path, '#!/bin/sh\nenv | sort > seen.env\n');
    chmodSync(path, 0o755);
    return sandbox.session(
      join(sandbox.root, 'repo'),
      {
        runner: {
          default: 'command',
          fallback: [],
          command: { path: '', args: [path], model: '', env_allow: ['WHERE'] },
        } as never,
        worktree: { spare: 0, setup: [['sh', '-c', 'echo "$JAVA_HOME" > setup.out']] } as never,
      },
      { env },
    );
  };
  beforeEach(() => void sandbox.repo());

  test('gives its environment to the agent and to the set-up, whichever process drives', async () => {
    const asking = await open({ ...sandbox.env, WHERE: 'asking', JAVA_HOME: '/asking', SECRET_THING: 's' });
    await sandbox.task(asking, 'a');
    await requestLaunch(asking, { tasks: ['a'], land: false });
    const driving = await open({ ...sandbox.env, WHERE: 'driving', ONLY_HERE: 'x', DOCKER_HOST: 'driving' });
    const { tasks } = await drive(driving, { until: 'rest' });
    const seen = readFileSync(join(tasks[0]!.worktree!, 'seen.env'), 'utf8');
    expect(seen).toContain('\nWHERE=asking\n');
    expect(seen).not.toMatch(/driving|ONLY_HERE|SECRET_THING/);
    expect(readFileSync(join(tasks[0]!.worktree!, 'setup.out'), 'utf8')).toBe('/asking\n');
    expect((await listRuns(driving.paths))[0]!.heldBack).toEqual(['SECRET_THING']);
    const noted = driving.events.flatMap((event) => (event.type === 'noted' ? [event.message] : []));
    expect(noted.join()).toContain('Held back from command: SECRET_THING');
  });

  test('its environment is a private file without what is held back, gone with the wish', async () => {
    const asking = await open({ ...sandbox.env, ANTHROPIC_API_KEY: 'sk-key', SECRET_THING: 'hush' });
    await sandbox.task(asking, 'a');
    await requestLaunch(asking, { tasks: ['a'], land: false });
    const folder = join(asking.paths.stateDir, 'wishes', 'r1');
    const [name] = readdirSync(folder);
    const file = join(folder, name!);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(file, 'utf8')).not.toContain('hush');
    expect(readFileSync(join(asking.paths.dataDir, 'tasks.json'), 'utf8')).not.toContain('sk-key');
    await sweepEnvironments(asking, [{ launch: { land: false, at: '', environment: name!.slice(0, -5) } }]);
    expect(readdirSync(folder)).toHaveLength(1);
    await sweepEnvironments(asking, []);
    // One that was made a moment ago may not be named yet.
    expect(readdirSync(folder)).toHaveLength(1);
    utimesSync(file, new Date(0), new Date(0));
    await sweepEnvironments(asking, []);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('asked again from another terminal, it is that one', async () => {
    const first = await open({ ...sandbox.env, WHERE: 'first' });
    await sandbox.task(first, 'a');
    await requestLaunch(first, { tasks: ['a'], land: false });
    const second = await open({ ...sandbox.env, WHERE: 'second' });
    await launch(second, { tasks: ['a'], land: false, wait: true });
    const task = (await second.registry.read()).tasks[0]!;
    expect(readFileSync(join(task.worktree!, 'seen.env'), 'utf8')).toContain('\nWHERE=second\n');
  });
});
