/** The demo's six tasks, in three waves. The two of the second wave change the same lines of src/cli.js. */

interface DemoTask {
  slug: string;
  title: string;
  goal: string;
  acceptance: string[];
  dependsOn: string[];
  touches: string[];
  priority?: string;
}

const first = ['fair-split', 'real-dates'];
const second = ['settle-up', 'monthly-report'];

const tasks: readonly DemoTask[] = [
  {
    slug: 'fair-split',
    title: 'Share out odd cents fairly',
    goal: 'Balances are rounded, so they do not add up to zero. Split amounts so that no cent is lost.',
    acceptance: ['shares add up to the amount', 'balances add up to zero'],
    dependsOn: [],
    touches: ['src/money.js', 'src/ledger.js', 'test/split.test.js'],
    priority: 'high',
  },
  {
    slug: 'real-dates',
    title: 'Accept only dates of the calendar',
    goal: 'Any text passes for a date today. Refuse what is not a day of the calendar.',
    acceptance: ['31 June is refused', 'a date knows its month'],
    dependsOn: [],
    touches: ['src/dates.js', 'src/cli.js', 'test/dates.test.js'],
  },
  {
    slug: 'settle-up',
    title: 'Say who pays whom',
    goal: 'Add a settle command: the transfers that make everybody even, as few as a simple rule gives.',
    acceptance: ['after the transfers every balance is zero', 'settle is a command'],
    dependsOn: first,
    touches: ['src/settle.js', 'src/cli.js', 'test/settle.test.js'],
  },
  {
    slug: 'monthly-report',
    title: 'Report what each month cost',
    goal: 'Add a months command: the sum of every month, earliest first.',
    acceptance: ['months are sorted', 'months is a command'],
    dependsOn: first,
    touches: ['src/monthly.js', 'src/cli.js', 'test/monthly.test.js'],
  },
  {
    slug: 'csv-export',
    title: 'Export entries for a spreadsheet',
    goal: 'Add a csv command that writes every entry as comma-separated values.',
    acceptance: ['commas and quotes survive'],
    dependsOn: second,
    touches: ['src/csv.js', 'src/cli.js', 'test/csv.test.js'],
  },
  {
    slug: 'tour-guide',
    title: 'Bring the guide up to date',
    goal: 'The README should show settling up and the months, and a test should hold it to what there is.',
    acceptance: ['every command the README shows exists'],
    dependsOn: second,
    touches: ['README.md', 'test/readme.test.js'],
    priority: 'low',
  },
];

/** Stubs by path below `.codex-agent/`. */
export function demoTasks(): Record<string, string> {
  return Object.fromEntries(tasks.map((task) => [`tasks/${task.slug}.md`, stubOf(task)]));
}

function stubOf(task: DemoTask): string {
  const list = (items: readonly string[]) => JSON.stringify(items);
  return [
    '+++',
    `title = ${JSON.stringify(task.title)}`,
    `slug = ${JSON.stringify(task.slug)}`,
    'status = "ready"',
    `priority = ${JSON.stringify(task.priority ?? 'normal')}`,
    `depends_on = ${list(task.dependsOn)}`,
    `touches = ${list(task.touches)}`,
    '+++',
    '',
    task.goal,
    '',
    '## Acceptance',
    '',
    ...task.acceptance.map((line) => `- ${line}`),
    '',
  ].join('\n');
}
