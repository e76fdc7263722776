/** The patterns that trains fail in. */
import { shuffled } from './train-ground.mjs';

/**
 * `sets`: sizes of sets that fail only together; `bad`: how many fail alone; `first`: what the check does before it
 * judges; `writes`: how many tasks make the check write to the tree.
 */
export const patterns = {
  alone: { bad: 3 },
  pair: { sets: [2, 2] },
  triple: { sets: [3] },
  mixed: { bad: 2, sets: [2, 3] },
  flaky: { first: '[ $(( $(od -An -N1 -tu1 /dev/urandom) % 10 )) = 0 ] && exit 1' },
  writing: {
    bad: 1,
    writes: 2,
    first: 'for file in work/writes-*; do [ -e "$file" ] && echo x > made-by-the-check; done',
  },
  // What an earlier run left is a failure: an ignored file in the same folder, and a process that still runs.
  leftovers: {
    bad: 1,
    sets: [2],
    first: '[ -e build/left ] && exit 1; mkdir -p build; touch build/left; sleep 600 &',
  },
  red: { files: { 'bad/target': 'x\n' } },
};

/** Tasks in any order, with those that must not land and whom each fails with. */
export function drawTrain({ bad = 0, sets = [], writes = 0, first = '', files = {} }, size) {
  const special = [
    ...Array.from({ length: bad }, (_, at) => `bad-${at + 1}`),
    ...Array.from({ length: writes }, (_, at) => `writes-${at + 1}`),
  ];
  const together = sets.map((many, at) =>
    Array.from({ length: many }, (_, one) => `set-${at + 1}-${one + 1}`),
  );
  const count = size - special.length - together.flat().length;
  const good = Array.from({ length: count }, (_, at) => `good-${at + 1}`);
  const names = shuffled([...special, ...together.flat(), ...good]);
  const inOrder = together.map((set) => names.filter((name) => set.includes(name)));
  const isRed = Object.keys(files).some((path) => path.startsWith('bad/'));
  /** @type {Map<string, string[]>} */
  const guilty = new Map(isRed ? names.map((name) => [name, []]) : special.map((name) => [name, []]));
  for (const set of inOrder) guilty.set(set.at(-1) ?? '', set.slice(0, -1));
  return { names, sets: inOrder, first, guilty, isRed, files: { '.gitignore': 'build/\n', ...files } };
}
