/** Runs held by a host: the program bundled from source, fake agents that speak the protocols. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { build } from 'esbuild';
import type { Agent } from '../../src/domain/agents/agent.js';
import type { RunIntent, RunView } from '../../src/domain/agents/run.js';
import { inspectRun, launchRun, prepareRun, stopRun } from '../../src/services/agents/runs/index.js';
import { makeFolder } from './folder.js';
import { until } from './runs.js';
import { makeSandbox, type SandboxSession } from './sandbox.js';

const fixture = (name: string) => join(process.cwd(), 'test/fixtures/agents', name);

/** Bundles the host into a folder; returns the path of the program. */
export async function buildHost(folder: string): Promise<string> {
  const outfile = join(folder, 'host.cjs');
  await build({
    entryPoints: [join(process.cwd(), 'src/host.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
    outfile,
  });
  return outfile;
}

export const developer: Agent = {
  name: 'developer',
  runner: 'codex',
  runnerOrigin: 'default',
  sandbox: 'workspace-write',
  envAllow: [],
  instructions: 'Be kind.',
  timeouts: {},
  layers: [],
};

interface HostedOptions {
  /** Agent, or its runner only. */
  agent?: Partial<Agent>;
  prompt: string;
  resume?: string;
  attempt?: number;
  run?: Partial<SandboxSession['config']['run']>;
  /** Arguments of the fake ACP agent. */
  acp?: string[];
  auth?: string;
}

/** A sandbox with a task whose worktree is a folder of its own; runs in it are held by the host. */
export async function makeHosted(host: string) {
  const sandbox = makeSandbox();
  const home = join(sandbox.root, 'codex-home');
  const bin = join(sandbox.root, 'bin');
  for (const folder of [home, bin]) mkdirSync(folder);
  copyFileSync(fixture('two-way-codex.mjs'), join(bin, 'codex'));
  Object.assign(sandbox.env, {
    PATH: `${bin}:${process.env.PATH}`,
    CODEX_HOME: home,
    CODEX_AGENTS_HOST: host,
  });
  const root = sandbox.repo();
  const started: { session: SandboxSession; runId: string }[] = [];

  async function start(options: HostedOptions): Promise<{ session: SandboxSession; intent: RunIntent }> {
    const { agent, prompt, resume, attempt = started.length + 1, run = {}, acp = [], auth = '' } = options;
    const settings = { path: '', args: [], model: '', env_allow: [] };
    const session = await sandbox.session(root, {
      run: { approvals: 'always', kill_grace: '500ms', connect_timeout: '5s', ...run },
      runner: {
        codex: { ...settings, transport: 'app-server' },
        acp: { ...settings, args: [fixture('acp-agent.mjs'), ...acp], auth },
      },
    });
    const task = await sandbox.task(session, `song-${attempt}`, { worktree: root, branch: 'main' });
    const intent = await prepareRun(session, {
      task,
      agent: { ...developer, ...agent },
      prompt,
      attempt,
      ...(resume ? { resume } : {}),
    });
    started.push({ session, runId: intent.runId });
    await launchRun(session, intent);
    return { session, intent };
  }

  return {
    sandbox,
    root,
    home,
    start,
    /** How the app-server fails to start. */
    mode: (text: string) => writeFileSync(join(home, 'mode'), text),
    over: (session: SandboxSession, runId: string): Promise<RunView> =>
      until(async () => {
        // Looking at processes again and again would take the time that they need.
        if (!existsSync(join(session.paths.runsDir, runId, 'exit.json'))) return undefined;
        const view = await inspectRun(session.paths, runId);
        return view.status ? view : undefined;
      }, 20_000),
    /** What a live run asks, once it asks. */
    asks: (session: SandboxSession, runId: string) =>
      until(async () => {
        if (!existsSync(join(session.paths.runsDir, runId, 'pending.json'))) return undefined;
        return (await inspectRun(session.paths, runId)).approvals;
      }, 20_000),
    read: (session: SandboxSession, runId: string, name: string) =>
      readFileSync(join(session.paths.runsDir, runId, name), 'utf8'),
    async cleanup() {
      for (const { session, runId } of started) {
        await stopRun(session.paths, runId, 'interrupt').catch(() => undefined);
      }
      sandbox.cleanup();
    },
  };
}

export type Hosted = Awaited<ReturnType<typeof makeHosted>>;

/** For a whole suite: the host is bundled once, and each test is given a place of its own. */
export function hostEachTest(use: (hosted: Hosted) => void): void {
  let folder: ReturnType<typeof makeFolder>;
  let program: string;
  let hosted: Hosted;
  beforeAll(async () => {
    folder = makeFolder();
    program = await buildHost(folder.path);
  });
  afterAll(() => folder.cleanup());
  beforeEach(async () => {
    hosted = await makeHosted(program);
    use(hosted);
  });
  afterEach(() => hosted.cleanup());
}
