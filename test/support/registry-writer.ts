/** One writer of the registry storm: changes one shared task and adds its own, and says what was acknowledged. */
import { writeSync } from 'node:fs';
import type { Task } from '../../src/domain/store/task.js';
import { pathsFrom } from '../../src/services/platform/files/paths.js';
import { openRegistry } from '../../src/services/store/registry/index.js';

const [name = '', count = '0'] = process.argv.slice(2);
const registry = openRegistry(pathsFrom(process.env));

for (let n = 1; n <= Number(count); n++) {
  const mark = `${name}-${n}`;
  await registry.update(`storm ${mark}`, (file) => {
    const shared = file.tasks[0]!;
    const own: Task = { ...shared, id: mark, slug: mark, branch: `codex-agent/${mark}`, labels: [] };
    const tasks = file.tasks.map((task) =>
      task === shared ? { ...task, labels: [...task.labels, mark] } : task,
    );
    return { file: { ...file, tasks: [...tasks, own] }, result: undefined };
  });
  writeSync(1, `${mark}\n`);
}
