/** Claude Code: `claude -p` with JSON lines, prompt on standard input, permissions by the agent's sandbox. */
import type { Agent } from '../../../domain/agents/agent.js';
import type { LaunchSpec, Runner } from '../types.js';
import { instructionsFile } from './instructions.js';
import { claudeSettings } from './own-settings.js';
import { placesOfProgram } from './places.js';
import { boxed, probeProgram, type RunnerProgram, requireProgram } from './program.js';
import { awsVariables, azureVariables, googleVariables, isOn, networkVariables } from './providers.js';

const claude: RunnerProgram = {
  runner: 'claude',
  title: 'Claude Code',
  program: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',
  needs: ['CLAUDE_CONFIG_DIR'],
};

/**
 * It has no sandbox of its own that works everywhere: what it may do is a matter of its permissions. No person
 * is there to be asked, so what is not allowed here is refused.
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
  confinement: 'box',
  places: (_, env) => placesOfProgram('claude', env),
  attach: (sessionId, settings, env) => [requireProgram(claude, settings, env), '--resume', sessionId],
  envAllow: [
    ...[
      'ANTHROPIC_*',
      'CLAUDE_CONFIG_DIR',
      'CLAUDE_CODE_*',
      'CLAUDE_BASH_*',
      'API_TIMEOUT_MS',
      'MAX_THINKING_TOKENS',
    ],
    ...['MAX_MCP_OUTPUT_TOKENS', 'MCP_TIMEOUT', 'MCP_TOOL_TIMEOUT', 'BASH_DEFAULT_TIMEOUT_MS', 'BASH_MAX_*'],
    ...['DISABLE_*', 'USE_BUILTIN_RIPGREP', 'SLASH_COMMAND_TOOL_CHAR_BUDGET', 'OTEL_*', 'ENABLE_TOOL_SEARCH'],
    // Of the session that we may have been started from, these would make it a part of that.
    ...['!CLAUDE_CODE_ENTRYPOINT', '!CLAUDE_CODE_SSE_PORT', '!CLAUDE_CODE_SESSION*', '!CLAUDE_CODE_CHILD*'],
    ...networkVariables,
  ],
  providerNames: (_, env) => {
    const set = claudeSettings(env);
    return [
      ...(isOn(set.CLAUDE_CODE_USE_BEDROCK) || isOn(set.CLAUDE_CODE_USE_MANTLE) ? awsVariables : []),
      ...(isOn(set.CLAUDE_CODE_USE_VERTEX) ? googleVariables : []),
      ...(isOn(set.CLAUDE_CODE_USE_FOUNDRY) ? azureVariables : []),
    ];
  },
  account: [
    ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_*BASE_URL', 'CLAUDE_CONFIG_DIR'],
    ...[
      'CLAUDE_CODE_OAUTH_TOKEN',
      'CLAUDE_CODE_USE_*',
      'AWS_PROFILE',
      'AWS_ACCESS_KEY_ID',
      'ANTHROPIC_VERTEX_PROJECT_ID',
    ],
  ],
  probe: async (settings, env, options) => ({
    ...(await probeProgram(claude, settings, env, options)),
    can: { deltas: true, steer: false, approvals: false, resume: true, schema: true, usage: true },
  }),
  async prepare(spec, env) {
    const path = requireProgram(claude, spec.settings, env);
    return {
      argv: boxed(spec, [path, ...claudeArguments(spec, await instructionsFile(spec))]),
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
