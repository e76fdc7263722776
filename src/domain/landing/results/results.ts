/** What a tool said in a form that is known: tests with their counts, and problems with their places. */

export interface Problem {
  /** A test that failed, or something that a tool complains about. */
  kind: 'test' | 'finding';
  /** The test by its full name, or the rule. */
  name: string;
  /** '' and 0 where no place is told. */
  path: string;
  line: number;
  message: string;
  severity: 'error' | 'warning';
}

export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Of a file, the lines that could have been run, each with how often it was. */
export type CoveredLines = ReadonlyMap<number, number>;

/** Of a file, the lines that were run and those that could have been, e.g. `{ hit: "1-5,8", missed: "6" }`. */
export interface CoveredFile {
  hit: string;
  missed: string;
}

/** Lines of a change that could be run, and which of them were not. */
export interface ChangedCoverage {
  lines: number;
  missed: { path: string; lines: string }[];
}

export interface Results {
  /** Absent where the tool tells of failures only, or runs no tests. */
  tests?: TestCounts;
  problems: Problem[];
  /** Lines by path. */
  coverage?: ReadonlyMap<string, CoveredLines>;
}

/** Reads a text; undefined when it is not of the form. Throws nothing. */
export type Reader = (text: string) => Results | undefined;

/** What makes two problems the same on two trees: lines move, names and words stay. */
const sameProblem = ({ kind, name, path, message }: Problem): string =>
  kind === 'test' ? `test\n${name}` : [kind, name, path, message].join('\n');

/** The problems that another tree does not have: of equal ones, those beyond the other's number. */
export function newProblems(now: readonly Problem[], before: readonly Problem[]): Problem[] {
  const left = new Map<string, number>();
  for (const problem of before) {
    const id = sameProblem(problem);
    left.set(id, (left.get(id) ?? 0) + 1);
  }
  return now.filter((problem) => {
    const id = sameProblem(problem);
    const known = left.get(id) ?? 0;
    left.set(id, known - 1);
    return known <= 0;
  });
}

/** Several results as one: of a check with more than one report. */
export function joined(all: readonly Results[]): Results {
  const counts = all.flatMap(({ tests }) => tests ?? []);
  const coverage = new Map(all.flatMap((one) => [...(one.coverage ?? [])]));
  return {
    problems: all.flatMap(({ problems }) => problems),
    ...(counts.length > 0 ? { tests: addCounts(counts) } : {}),
    ...(coverage.size > 0 ? { coverage } : {}),
  };
}

export function addCounts(counts: readonly TestCounts[]): TestCounts {
  const sum = (of: keyof TestCounts) => counts.reduce((all, one) => all + one[of], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** The results with paths as the repository has them: absolute ones below one of these folders become relative. */
export function withPathsBelow(results: Results, folders: readonly string[]): Results {
  const relative = (path: string) => pathBelow(path, folders);
  return {
    ...results,
    problems: results.problems.map((problem) => {
      const path = relative(problem.path);
      // A file that could not be run is called by its path.
      return { ...problem, path, name: problem.name === problem.path ? path : problem.name };
    }),
    ...(results.coverage
      ? { coverage: new Map([...results.coverage].map(([path, lines]) => [relative(path), lines])) }
      : {}),
  };
}

function pathBelow(path: string, folders: readonly string[]): string {
  const plain = path.replace(/^file:\/\/(?=\/)/, '').replaceAll('\\', '/');
  const folder = folders.find((one) => plain.startsWith(`${one}/`));
  return (folder ? plain.slice(folder.length + 1) : plain).replace(/^(?:\.\/)+/, '');
}
