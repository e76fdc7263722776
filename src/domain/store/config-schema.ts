/** The JSON Schemas that configuration files, agent files and stubs are checked by. */
import { type RunnerName, runnerNames } from '../agents/run.js';
import { reportPattern } from '../landing/results/format-names.js';
import { hookNames, notificationKinds, perRunner } from './config.js';
import { policySchemas } from './policies.js';

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const texts = { type: 'array', items: text } as const;
const argvs = { type: 'array', items: { type: 'array', items: text, minItems: 1 } } as const;
const duration = { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*(ms|s|m|h|d)$' } as const;
const size = { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*([kKMGT]?B)$' } as const;
const durationOrNone = { type: 'string', pattern: `^$|${duration.pattern}` } as const;
const amount = { type: 'number', minimum: 0 } as const;
const sizeOrNone = { type: 'string', pattern: `^$|${size.pattern}` } as const;
const count = (minimum: number) => ({ type: 'integer', minimum }) as const;
const table = (properties: Record<string, object>, required: string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length > 0 ? { required } : {}),
});
/** Below a worktree, by a path that leads nowhere else. */
const pathInside = {
  type: 'string',
  pattern: '^(?!/)(?!(.*/)?\\.{1,2}(/|$))(?!(.*/)?\\.[gG][iI][tT](/|$))[^\\0-\\x1f]*[^/\\0-\\x1f]$',
} as const;
const report = { type: 'string', pattern: reportPattern } as const;
const runnerKeys = { path: text, args: texts, model: text, env_allow: texts };

const sandboxModes = ['auto', 'on', 'off'];
const sandbox = { enum: ['', ...sandboxModes] };

/** Keys that only some runners have. */
const moreRunnerKeys: Partial<Record<RunnerName, Record<string, object>>> = {
  codex: { transport: { enum: ['auto', 'exec', 'app-server'] } },
  claude: { sandbox },
  opencode: { sandbox },
  gemini: { sandbox },
  acp: { auth: text, sandbox },
  command: { sandbox },
};

/** JSON Schema of one configuration file (every key optional). */
export const configSchema = table({
  schema: { const: 1 },
  target: text,
  worktree: table({
    root: text,
    branch: { type: 'string', pattern: '\\{(slug|id)\\}' },
    base: text,
    fetch: flag,
    include: texts,
    exclude: texts,
    env_files: texts,
    setup: argvs,
    teardown: argvs,
    setup_timeout: duration,
    spare: count(0),
    snapshot: flag,
    max_copy: size,
    lock_file: { enum: ['warn', 'install', 'ignore'] },
    min_free: size,
    max_disk: sizeOrNone,
    submodules: flag,
    trash_for: durationOrNone,
    trash_size: sizeOrNone,
    open: table({ shell: texts, editor: texts, files: texts }),
  }),
  run: table({
    max_parallel: count(1),
    total_timeout: duration,
    idle_timeout: duration,
    connect_timeout: duration,
    kill_grace: duration,
    max_output: size,
    keep_for: durationOrNone,
    keep_size: sizeOrNone,
    retries: count(0),
    agent_commits: flag,
    full_access: flag,
    approvals: { enum: ['never', 'ask', 'always'] },
    approval_timeout: duration,
  }),
  runner: table({
    ...perRunner((name) => table({ ...runnerKeys, ...moreRunnerKeys[name] })),
    default: { enum: runnerNames },
    fallback: { type: 'array', items: { enum: runnerNames } },
  }),
  sandbox: table({ mode: { enum: sandboxModes }, network: flag, read: texts, write: texts, hide: texts }),
  env_allow: texts,
  model: table({
    base_url: text,
    api_key_env: text,
    model: text,
    api: { enum: ['auto', 'responses', 'chat'] },
    context: { type: 'integer', minimum: 0 },
    connect_timeout: duration,
    idle_timeout: duration,
    total_timeout: duration,
  }),
  validator: table({
    checks: {
      type: 'array',
      items: table(
        {
          name: text,
          kind: { enum: ['test', 'lint', 'types', 'build', 'other'] },
          run: { type: 'array', items: text, minItems: 1 },
          timeout: duration,
          when: texts,
          needs: texts,
          retries: count(0),
          rewrites: texts,
          report: { anyOf: [report, { type: 'array', items: report }] },
          env: { type: 'array', items: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*(=|\\*?$)' } },
        },
        ['name', 'run'],
      ),
    },
    max_parallel: count(0),
    auto_fix: flag,
    max_fix_attempts: count(0),
    policies: table(policySchemas()),
  }),
  resolver: table({
    strategies: { type: 'array', items: { enum: ['rerere', 'whitespace', 'structural', 'ai'] } },
    max_attempts: count(1),
    max_conflicts: count(1),
    max_file_bytes: size,
    side_test: table({ run: texts, path: pathInside, timeout: duration }),
  }),
  manager: table({
    land: flag,
    budget_tokens: count(0),
    budget_cost: amount,
    budget_period: durationOrNone,
  }),
  git: table({
    filters: {
      type: 'object',
      additionalProperties: table({ clean: text, smudge: text, process: text, required: flag }),
    },
    hooks: { type: 'array', items: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
    trailers: { type: 'array', items: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9-]*: .+$' } },
  }),
  prices: {
    type: 'object',
    properties: { currency: text },
    additionalProperties: table({ input: amount, cached: amount, output: amount, currency: text }, [
      'input',
      'output',
    ]),
  },
  hooks: table(Object.fromEntries(hookNames.map((name) => [name, argvs]))),
  agents: table({ fallback_files: texts }),
  ui: table({
    keymap: text,
    theme: text,
    glyphs: { enum: ['auto', 'ascii'] },
    mouse: flag,
    escape_time: duration,
    motion: { enum: ['full', 'reduced'] },
    notifications: { anyOf: [{ enum: notificationKinds }, { ...texts, minItems: 1 }] },
    plain: flag,
  }),
});

/** What may be used: tokens, money in the currency of `prices`. */
const budget = table({ tokens: count(0), cost: amount });

/** JSON Schema of `agents/<agent>.toml`. */
export const agentFileSchema = table({
  runner: text,
  model: text,
  sandbox: { enum: ['read-only', 'workspace-write', 'full'] },
  instructions: text,
  instructions_file: text,
  mode: { enum: ['append', 'replace'] },
  timeouts: table({ total: duration, idle: duration, connect: duration }),
  budget,
  env_allow: texts,
});

/** JSON Schema of a stub's front matter. */
export const stubSchema = table({
  title: { type: 'string', minLength: 1 },
  slug: text,
  goal: text,
  acceptance: texts,
  status: { enum: ['draft', 'ready'] },
  priority: { enum: ['urgent', 'high', 'normal', 'low'] },
  owner: text,
  labels: texts,
  depends_on: texts,
  touches: texts,
  runner: text,
  model: text,
  budget,
  branch: text,
  base: text,
});
