/** The commands that are attacked: what each is to reach, and what a person does next after it was cut off. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskOf, tasksOf } from './checks.mjs';

const fileOn = ({ repo, sandbox }, ref, path) => {
  try {
    return sandbox.run(repo, 'git', 'show', `${ref}:${path}`);
  } catch {
    return undefined;
  }
};
const landed = (slug) => (ground) =>
  taskOf(ground, slug)?.status === 'landed' && fileOn(ground, 'main', `${slug}.txt`) !== undefined;
const holds = (path, text) => existsSync(path) && readFileSync(path, 'utf8').includes(text);

/** How often the agent of a task began: each time it writes a line. */
const startsOf = (ground, slug) => {
  const path = join(ground.worktree(slug), `${slug}.txt`);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0;
};

const again = (argv) => () => argv;
/** A run that was cut off is gone on with, or begun anew where it is over. */
const onWithRun = (ground) => {
  const status = taskOf(ground, 'idle')?.status;
  if (status === 'ready') return ['task', 'run', 'idle', '--wait'];
  return status === 'failed' || status === 'needs-input'
    ? ['task', 'retry', 'idle', '--wait']
    : ['manager', 'monitor'];
};

const row = (name, argv, goal, more = {}) => ({ name, argv, goal, next: again(argv), ...more });

export const scenes = [
  row(
    'add',
    ['task', 'add', 'Three', '--slug', 'three', '--goal', 'g'],
    (ground) => tasksOf(ground).filter(({ slug }) => slug === 'three').length === 1,
  ),
  row(
    'edit',
    ['task', 'edit', 'idle', '--title', 'Changed'],
    (ground) => taskOf(ground, 'idle')?.title === 'Changed',
  ),
  row('remove', ['task', 'remove', 'dirty', '--force', '--yes'], (ground) => !taskOf(ground, 'dirty'), {
    removes: 'dirty',
  }),
  row(
    'worktree add',
    ['task', 'worktree', 'add', 'idle'],
    (ground) =>
      taskOf(ground, 'idle')?.worktree !== undefined &&
      holds(join(ground.worktree('idle'), 'f.txt'), 'a\n') &&
      ground.sandbox.run(ground.worktree('idle'), 'git', 'status', '--porcelain') === '',
  ),
  row(
    'worktree remove',
    ['task', 'worktree', 'remove', 'dirty', '--force', '--yes'],
    (ground) => !taskOf(ground, 'dirty')?.worktree && !existsSync(ground.worktree('dirty')),
  ),
  row(
    'run',
    ['task', 'run', 'idle', '--wait'],
    (ground) =>
      taskOf(ground, 'idle')?.status === 'done' &&
      holds(join(ground.worktree('idle'), 'idle.txt'), 'TOKENAGENT') &&
      fileOn(ground, 'codex-agent/idle', 'idle.txt') !== undefined &&
      startsOf(ground, 'idle') <= taskOf(ground, 'idle').runIds.length,
    { next: onWithRun },
  ),
  row('resolve', ['merge', 'resolve', 'clash'], (ground) =>
    ['ours', 'theirs'].every((word) => fileOn(ground, 'codex-agent/clash', 'main.ts')?.includes(word)),
  ),
  row('land', ['merge', 'land', 'done', '--yes'], landed('done')),
  row('complete', ['task', 'complete', 'done', '--yes'], landed('done')),
  row(
    'restore',
    ['task', 'worktree', 'restore', 'gone'],
    (ground) =>
      taskOf(ground, 'gone')?.worktree !== undefined &&
      holds(join(ground.worktree('gone'), 'new.txt'), 'TRASH'),
  ),
  row(
    'rescue restore',
    ['rescue', 'restore', 'rescue/gone/1'],
    (ground) => fileOn(ground, 'restored/gone/1', 'new.txt') !== undefined,
  ),
  row(
    'gc',
    ['task', 'worktree', 'gc'],
    (ground) => !taskOf(ground, 'cancelled')?.worktree && !existsSync(ground.worktree('cancelled')),
    { saysWhy: /kept cancelled: / },
  ),
];
