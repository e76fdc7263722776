/** The ways in which real coding CLIs are driven here: which program, with which settings, to which server. */
import { accessSync, chmodSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { clis } from './led.mjs';

const quoted = (value) => JSON.stringify(value);

const codex = (transport) => ({
  program: 'codex',
  runner: 'codex',
  server: 'codex',
  settings: () => ({ 'runner.codex.env_allow': '["FAKE_KEY"]', 'runner.codex.transport': quoted(transport) }),
});
const plain = (program) => ({ program, runner: program, server: 'agent', settings: () => ({}) });
const acp = (program, args, passed) => ({
  program,
  runner: 'acp',
  server: 'agent',
  settings: (path) => ({
    'runner.acp.args': quoted([path ?? program, ...args]),
    'runner.acp.env_allow': quoted(passed),
  }),
});

/** Name → how it is driven. `settings` gets the path of a program that stands for the one on PATH, or nothing. */
export const ways = {
  'codex-exec': codex('exec'),
  'codex-app-server': codex('app-server'),
  claude: plain('claude'),
  opencode: plain('opencode'),
  gemini: plain('gemini'),
  'acp-opencode': acp('opencode', ['acp'], ['OPENCODE_DISABLE_MODELS_FETCH', 'OPENCODE_DISABLE_AUTOUPDATE']),
  'acp-gemini': acp(
    'gemini',
    ['--acp', '--skip-trust'],
    ['GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL', 'GEMINI_CLI_HOME', 'GEMINI_MODEL'],
  ),
};

/** The program's path, or undefined when it is not installed. */
export function pathOf(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Variables and files, below a home of its own, that lead the program to a scenario of the server. */
export function environmentOf(way, servers, scenario, port) {
  return (root) => {
    const agents = join(root, 'config', 'codex-agents', 'agents');
    mkdirSync(agents, { recursive: true });
    writeFileSync(join(agents, 'developer.toml'), `instructions = '''\n${instructions}\n'''\n`);
    if (way.server === 'codex') {
      const home = join(root, 'codex-home');
      mkdirSync(home);
      writeFileSync(join(home, 'config.toml'), servers.codex.config(scenario, { port }));
      return { CODEX_HOME: home, FAKE_KEY: 'x' };
    }
    const url = port ? `http://127.0.0.1:${port}/${scenario}` : servers.agent.url(scenario);
    return clis[way.program]({ home: root, config: join(root, 'config'), url });
  };
}

/** What each agent is told besides its task; it must reach the model as it stands. */
export const instructions = 'You are a bard.\nWrite "songs" & nothing else.';

/** A program of the same name that does the same, and does not end when it is done. */
export function clinging(root, way) {
  const folder = join(root, 'clinging');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, way.program);
  const real = pathOf(way.program);
  writeFileSync(
    path,
    `#!/bin/sh\ncase "$*" in *--version*|*"features list"*) exec '${real}' "$@" ;; esac\n'${real}' "$@"\nexec sleep 311\n`,
  );
  chmodSync(path, 0o755);
  return path;
}
