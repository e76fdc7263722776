/** Claude Code: `claude -p` with JSON lines, prompt on standard input, permissions by the agent's sandbox. */
import type { Agent } from '../../../domain/agents/agent.js';
import type { LaunchSpec, Runner } from '../types.js';
import { instructionsFile } from './instructions.js';
import { networkVariables } from './network.js';
import { probeProgram, type RunnerProgram, requireProgram } from './program.js';

const claude: RunnerProgram = {
  runner: 'claude',
  title: 'Claude Code',
  program: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',
  needs: ['CLAUDE_CONFIG_DIR'],
};

/**
 * It has no sandbox of its own that works everywhere: what it may do is a matter of its permissions. Nobody
 * is there to be asked, so whatever is not allowed here is refused.
 */
const permissions: Readonly<Record<Agent['sandbox'], readonly string[]>> = {
  'read-only': ['--permission-mode', 'default', '--disallowedTools', 'Edit,Write,NotebookEdit,Bash'],
  'workspace-write': ['--permission-mode', 'acceptEdits', '--allowedTools', 'Bash'],
  full: ['--permission-mode', 'bypassPermissions'],
};

/** Its own ten retries take minutes; we have retries of our own after these. */
const maxRetries = '4';

export const claudeRunner: Runner = {
  name: 'claude',
  attach: (sessionId, settings, env) => [requireProgram(claude, settings, env), '--resume', sessionId],
  envAllow: [
    'ANTHROPIC_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_BASE_URL',
    'ANTHROPIC_CUSTOM_HEADERS',
    'ANTHROPIC_MODEL',
    'ANTHROPIC_SMALL_FAST_MODEL',
    'CLAUDE_CONFIG_DIR',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'CLAUDE_CODE_MAX_RETRIES',
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
    'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
    'API_TIMEOUT_MS',
    ...networkVariables,
  ],
  probe: async (settings, env, options) => ({
    ...(await probeProgram(claude, settings, env, options)),
    can: { deltas: true, steer: false, approvals: false, resume: true, schema: true, usage: true },
  }),
  async prepare(spec, env) {
    const path = requireProgram(claude, spec.settings, env);
    return {
      argv: [path, ...claudeArguments(spec, await instructionsFile(spec))],
      env: {
        DISABLE_AUTOUPDATER: '1',
        ...(env.CLAUDE_CODE_MAX_RETRIES ? {} : { CLAUDE_CODE_MAX_RETRIES: maxRetries }),
        // Root may not switch permissions off, unless it says that it stands in a sandbox: `full` says so.
        ...(spec.agent.sandbox === 'full' && process.getuid?.() === 0 ? { IS_SANDBOX: '1' } : {}),
      },
      stdin: spec.prompt,
      stream: 'claude',
    };
  },
};

/** JSON lines need --verbose. No prompt among the arguments: --allowedTools would swallow it. */
function claudeArguments({ agent, settings, resume }: LaunchSpec, instructions?: string): string[] {
  const model = agent.model || settings.model;
  return [
    '-p',
    '--output-format',
    'stream-json',
    '--verbose',
    '--include-partial-messages',
    ...permissions[agent.sandbox],
    ...(instructions ? ['--append-system-prompt-file', instructions] : []),
    ...(model ? ['--model', model] : []),
    ...(resume ? ['--resume', resume] : []),
    ...settings.args,
  ];
}
