/** Where a task works, in the registry; with a range of ports of its own, so that servers started in several of them do not meet. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import type { Task } from '../../../domain/store/task.js';
import type { RepoSession } from '../../store/index.js';
import type { SetupPlace } from '../filling/setup.js';

/** Ports in a range; the task has the first one and those after it. */
const portsPerWorktree = 10;
/** Below the ports that systems hand out by themselves (32768 on Linux, 49152 elsewhere). */
const first = 20_000;
const ranges = 1_200;

/**
 * Records where a task works, and gives it its range of ports. The slug chooses the range, so that it is likely to
 * be the same in a new registry. Ranges are left out that another task of this user has, or where a program
 * listens.
 */
export async function takePlace(
  session: Pick<RepoSession, 'registry'>,
  task: Task,
  where: { worktree: string; branch: string; base: string },
): Promise<SetupPlace> {
  const busy = new Set<number>();
  for (let tries = 0; ; tries++) {
    const port = await record(session, task, where, busy);
    if (task.port !== undefined || tries >= 20 || (await isFree(port))) {
      return { path: where.worktree, slug: task.slug, port };
    }
    busy.add(port);
  }
}

function record(
  session: Pick<RepoSession, 'registry'>,
  { id, slug, repo }: Task,
  where: Partial<Task>,
  busy: ReadonlySet<number>,
): Promise<number> {
  return session.registry.update('task.worktree', (file) => {
    const known = file.tasks.find((task) => task.id === id)?.port;
    const taken = new Set(file.tasks.flatMap((task) => (task.id !== id && task.port ? [task.port] : [])));
    const keeps = known !== undefined && !busy.has(known);
    const port = keeps ? known : freeRange(`${repo}/${slug}`, taken, busy);
    const tasks = file.tasks.map((task) => (task.id === id ? { ...task, ...where, port } : task));
    return { file: { ...file, tasks }, result: port };
  });
}

function freeRange(name: string, taken: ReadonlySet<number>, busy: ReadonlySet<number>): number {
  const start = createHash('sha256').update(name).digest().readUInt32BE(0) % ranges;
  const ports = Array.from({ length: ranges }, (_, at) => first + ((start + at) % ranges) * portsPerWorktree);
  return ports.find((port) => !taken.has(port) && !busy.has(port)) ?? ports[0]!;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => done(true)));
  });
}
