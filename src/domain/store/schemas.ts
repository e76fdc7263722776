/** JSON Schemas of every file people or other programs may write; compiled at build time, printed by `schema`. */
import { agentFileSchema, configSchema, stubSchema } from './config-schema.js';
import { priorities, taskStatuses } from './task.js';

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const count = { type: 'integer', minimum: 0 } as const;
const verdictAt = { type: 'object', required: ['at'], properties: { at: text } } as const;

/** Tolerant of fields it does not know, so that a newer minor version's data survives. */
const taskSchema = {
  type: 'object',
  required: [
    'id',
    'repo',
    'slug',
    'title',
    'goal',
    'acceptance',
    'status',
    'priority',
    'owner',
    'labels',
    'dependsOn',
    'touches',
    'branch',
    'runIds',
    'attempts',
    'createdAt',
    'updatedAt',
  ],
  properties: {
    id: { type: 'string', minLength: 1 },
    repo: { type: 'string', minLength: 1 },
    // The program makes folders, branches and arguments of it: see isSlug.
    slug: { type: 'string', pattern: '^(?!.*\\.\\.)(?!.*(\\.|\\.lock)$)[a-z0-9][a-z0-9._-]{0,62}$' },
    title: text,
    goal: text,
    acceptance: texts,
    status: { enum: taskStatuses },
    priority: { enum: priorities },
    owner: text,
    labels: texts,
    dependsOn: texts,
    touches: texts,
    runner: text,
    model: text,
    branch: { type: 'string', minLength: 1 },
    branchBy: { enum: ['program', 'person'] },
    startFrom: text,
    base: text,
    head: text,
    worktree: text,
    runIds: texts,
    attempts: count,
    launch: {
      type: 'object',
      required: ['land', 'at'],
      properties: { land: { type: 'boolean' }, at: text },
    },
    validation: verdictAt,
    merge: verdictAt,
    problem: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: text, message: text },
    },
    landedAs: text,
    stub: text,
    createdAt: text,
    updatedAt: text,
  },
};

const registrySchema = {
  type: 'object',
  required: ['schemaVersion', 'rev', 'repos', 'tasks'],
  properties: {
    schemaVersion: { const: 1 },
    rev: count,
    repos: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'path', 'name', 'createdAt'],
        properties: {
          id: text,
          path: text,
          commonDir: text,
          seen: text,
          demo: { const: true },
          name: text,
          createdAt: text,
        },
      },
    },
    tasks: { type: 'array', items: taskSchema },
  },
};

export const schemas = {
  config: configSchema,
  agentFile: agentFileSchema,
  stub: stubSchema,
  registry: registrySchema,
} as const;
