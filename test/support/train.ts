/** A repository with finished tasks, each on a branch of its own, and a check that judges the merged tree. */
import { readFileSync } from 'node:fs';
import type { CheckConfig } from '../../src/domain/store/config.js';
import type { Task } from '../../src/domain/store/task.js';
import { requireTask } from '../../src/services/store/tasks/index.js';
import { makeSandbox, type Sandbox } from './sandbox.js';
import { addWork, openTestSession, type TestSession } from './thinking.js';

/**
 * Fails when a file of `bad/` is there, or both files that a line of `pairs` names. Counts its runs in `runs`,
 * outside of the tree. With `loud` it names the files.
 */
const judge = (runs: string, loud: boolean) => `
echo run >> '${runs}'
failed=0
for file in bad/*; do [ -e "$file" ] && { failed=1; ${loud ? 'echo "broken: $file"' : ':'}; }; done
[ -e pairs ] && while read -r a b; do
  [ -e "$a" ] && [ -e "$b" ] && { failed=1; ${loud ? 'echo "at $a:1, called from $b:2"' : ':'}; }
done < pairs
[ -e hang ] && kill -9 $$
exit $failed`;

export interface TrainGround {
  sandbox: Sandbox;
  root: string;
  session: TestSession;
  /** How often the check was run. */
  runs(): number;
  task(slug: string): Promise<Task>;
  /** A finished task that adds these files. */
  work(slug: string, files?: Record<string, string | null>, more?: Partial<Task>): Promise<Task>;
  cleanup(): void;
}

export async function trainGround(
  what: {
    loud?: boolean;
    files?: Record<string, string>;
    checks?: CheckConfig[];
    session?: Partial<TestSession>;
  } = {},
): Promise<TrainGround> {
  const sandbox = makeSandbox();
  const runs = `${sandbox.root}/runs`;
  sandbox.write(sandbox.root, { runs: '' });
  const root = sandbox.repo({ 'README.md': 'hello\n', pairs: 'work/left work/right\n', ...what.files });
  const run = ['sh', '-c', judge(runs, what.loud === true)];
  const checks = what.checks ?? [{ name: 'test', kind: 'test', run, timeout: '20s', when: [] }];
  const opened = await openTestSession(sandbox, root, {
    validator: { checks },
    resolver: { strategies: ['rerere', 'whitespace'] },
  });
  const session = { ...opened, ...what.session };
  return {
    sandbox,
    root,
    session,
    runs: () => readFileSync(runs, 'utf8').split('\n').length - 1,
    task: (slug) => requireTask(session, slug),
    async work(slug, files = { [`work/${slug}`]: `${slug}\n` }, more = {}) {
      const { dependsOn = [], priority } = more;
      const draft = {
        title: `Do ${slug}`,
        slug,
        goal: `${slug} is done.`,
        dependsOn,
        ...(priority ? { priority } : {}),
      };
      return addWork(sandbox, session, draft, files);
    },
    cleanup: () => sandbox.cleanup(),
  };
}
