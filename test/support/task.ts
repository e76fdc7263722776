/** A task as the registry holds it, for tests that do not care about most of its fields. */
import type { Task } from '../../src/domain/store/task.js';

export function makeTask(slug: string, more: Partial<Task> = {}): Task {
  return {
    id: `id-${slug}`,
    repo: 'r1',
    slug,
    title: `Do ${slug}`,
    goal: '',
    acceptance: [],
    status: 'ready',
    priority: 'normal',
    owner: '',
    labels: [],
    dependsOn: [],
    touches: [],
    branch: `codex-agent/${slug}`,
    runIds: [],
    attempts: 0,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}
