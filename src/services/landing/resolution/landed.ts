/** What landed on the target since a branch left it, in words for a model. */
import type { Task } from '../../../domain/store/task.js';
import { type RepoSession, tasksOf } from '../../store/index.js';
import type { Sides } from './types.js';

/** Tasks that landed since the branch left the target, then what the commits that touched the files say. */
export async function landedMeanwhile(
  session: RepoSession,
  { head, target }: Sides,
  paths: readonly string[],
): Promise<string> {
  const range = `${head}..${target}`;
  const commits = await session.git.run(['rev-list', '--max-count=1000', range, '--']);
  const landed = new Set(commits.stdout.split('\n'));
  const tasks = tasksOf(await session.registry.read(), session.repo.id)
    .filter((task) => task.landedAs && landed.has(task.landedAs))
    .slice(-20)
    .map((task) => `- task: ${task.title}: ${task.goal.slice(0, 500)}${wanted(task)}`);
  const subjects = await session.git.run(
    ['log', '--format=- commit: %s', '--max-count=20', range, '--', ...paths],
    { env: { GIT_LITERAL_PATHSPECS: '1' } },
  );
  return [...tasks, subjects.stdout.trim()].filter(Boolean).join('\n') || 'Nothing is known about it.';
}

const wanted = ({ acceptance }: Task): string =>
  acceptance.length > 0 ? ` (accepted when: ${acceptance.join('; ').slice(0, 500)})` : '';
