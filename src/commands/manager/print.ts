/** Results of the manager's commands, for people. */
import { formatSpent, type Spent } from '../../domain/agents/cost.js';
import { type SpendReport, spentLine, type WaveSpend } from '../../domain/agents/spend.js';
import { glyphs } from '../../domain/app/selectors.js';
import { nothingChecked } from '../../domain/landing/validation.js';
import type { Task } from '../../domain/store/task.js';
import type { PlanReport } from '../../services/app/index.js';
import { table } from '../table.js';

/** `data` of `manager monitor`. */
interface MonitorReport {
  tasks: (Pick<Task, 'slug' | 'status' | 'problem'> & { reason?: string; spent?: Spent })[];
  spent: SpendReport;
  waves: WaveSpend[];
  /** Something landed meanwhile, and no check is configured that could have held it back. */
  unchecked?: boolean;
}

/** Waves, what is blocked, what may collide, and what was used so far. */
export function planLines(data: PlanReport & { spent?: SpendReport; spentByWave?: WaveSpend[] }): string[] {
  const { waves, blocked, overlaps, spent, spentByWave = [] } = data;
  return [
    ...waves.map((wave) => `wave ${wave.index}: ${wave.tasks.join(', ')}`),
    ...blocked.map(({ slug, reason }) => `blocked: ${slug} ${reason}`),
    ...overlaps.map(({ a, b, paths }) => `may collide: ${a} and ${b} (${paths.join(', ')})`),
    ...(waves.length + blocked.length === 0 ? ['Nothing to launch.'] : []),
    ...(spent ? spentLines(spent, spentByWave) : []),
  ];
}

/** A line for each task, with what it used and what stopped it. */
export function monitorLines({ tasks, spent, waves, unchecked }: MonitorReport): string[] {
  return [
    ...table(
      tasks.map((task) => [
        task.slug,
        `${glyphs[task.status]} ${task.status}`,
        task.spent ? formatSpent(task.spent, spent.currency) : '',
        task.problem?.message ?? task.reason ?? '',
      ]),
    ),
    ...(unchecked ? [nothingChecked] : []),
    ...spentLines(spent, waves),
  ];
}

/** What each wave used, and all of them together. */
function spentLines(spent: SpendReport, waves: readonly WaveSpend[]): string[] {
  if (spent.total.tokens === 0) return [];
  return [
    ...waves.map((wave) => `used by wave ${wave.index}: ${formatSpent(wave.spent, spent.currency)}`),
    spentLine(spent),
  ];
}
