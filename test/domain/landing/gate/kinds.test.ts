import { describe, expect, it } from '@jest/globals';
import { judgeResolution } from '../../../../src/domain/landing/gate/judge.js';
import { type Part, parseConflicts } from '../../../../src/domain/landing/hunks.js';
import { type Case, good, judge, loop } from '../../../support/judged-answer.js';

describe('right answers pass, however they are put', () => {
  it.each([
    ['as the sides have it', good],
    [
      'in another order',
      `${loop.theirs.split('\n')[0]}\n  if (item.refunded) continue;\n  sum += item.price * discount;\n`,
    ],
    ['with a comment', `  // refunds do not count\n${good}`],
    [
      'over more lines',
      good.replace('if (item.refunded) continue;', 'if (item.refunded) {\n    continue;\n  }'),
    ],
  ])('%s', (_, answer) => {
    expect(judge({ ...loop, answer })).toEqual([]);
  });

  it.each<[string, Case]>([
    [
      'with a command rewritten that may fail in one side',
      {
        path: 'stop.sh',
        base: 'stop app\n',
        ours: 'stop app || true\n',
        theirs: 'stop app --now\n',
        answer: 'stop app --now || true\n',
      },
    ],
    [
      'with a column of each side',
      {
        path: 'all.csv',
        base: 'name,n\na,1\n',
        ours: 'name,n,size\na,1,9\n',
        theirs: 'name,n,kind\na,1,x\n',
        answer: 'name,n,size,kind\na,1,9,x\n',
      },
    ],
    [
      'with keys of a map in order of name',
      {
        path: 'all.php',
        around: ['$all = [\n', '];\n'],
        base: "    'alpha' => 1,\n",
        ours: "    'alpha' => 1,\n    'delta' => 4,\n    'beta' => 2,\n",
        theirs: "    'alpha' => 1,\n    'gamma' => 3,\n",
        answer: "    'alpha' => 1,\n    'beta' => 2,\n    'delta' => 4,\n    'gamma' => 3,\n",
      },
    ],
    [
      'with other blanks before what is no command of a rule',
      {
        path: 'Makefile',
        base: 'SRC = a.c\n',
        ours: 'SRC = \\\n\ta.c \\\n\tb.c\n',
        theirs: 'SRC = a.c c.c\n',
        answer: 'SRC = \\\n  a.c \\\n  b.c \\\n  c.c\n',
      },
    ],
  ])('%s', (_, one) => {
    expect(judge(one)).toEqual([]);
  });
});

describe('wrong answers are refused, and the refusal names what is wrong', () => {
  it.each<[string, Case, RegExp]>([
    [
      'a side that is left in a comment only',
      { ...loop, answer: good.replace('  if', '  // if') },
      /only in a comment/,
    ],
    [
      'a side that is left in a string only',
      {
        ...loop,
        answer: good.replace('if (item.refunded) continue;', 'log("if (item.refunded) continue");'),
      },
      /only in a comment or a string/,
    ],
    [
      'a line that is missing though its words are elsewhere',
      {
        ...loop,
        around: ['for (const refunded of all) {\n  if (refunded) continue;\n}\n', ''],
        answer: good.split('\n').slice(1).join('\n'),
      },
      /the line "if \(item.refunded\) continue;" that ours added is missing/,
    ],
    [
      'a line that both sides left as it was',
      { ...loop, answer: good.split('\n').slice(0, 2).join('\n').concat('\n') },
      /"sum \+= item.price \* discount;" that theirs added is missing/,
    ],
    [
      'a version of neither side',
      {
        path: 'go.mod',
        base: 'require a v1.2.0\n',
        ours: 'require a v1.2.3\n',
        theirs: 'require a v1.2.0\nrequire b v1.0.0\n',
        answer: 'require a v1.2.9\nrequire b v1.0.0\n',
        reason: 'drops 3',
      },
      /the value 9/,
    ],
    [
      'a line that a side deleted',
      {
        path: 'a.js',
        base: 'old(value);\nkeep();\n',
        ours: 'keep();\n',
        theirs: 'old(value);\nkeep();\nmore();\n',
        answer: 'old(value);\nkeep();\nmore();\n',
      },
      /"old\(value\);" that ours deleted is back/,
    ],
    [
      'a constant declared twice',
      { ...loop, answer: good.replace('  sum', '  const discount = item.discount ?? 0;\n  sum') },
      /discount/,
    ],
    [
      'a line of each side in one line',
      {
        ...loop,
        answer:
          '  if (item.refunded) continue;  const discount = item.discount ?? 0;\n  sum += item.price * discount;\n',
      },
      /two lines in one/,
    ],
    [
      'two versions of one line',
      {
        ...loop,
        ours: '  sum += item.price * item.count;\n',
        theirs: '  sum += item.price * (1 - item.discount);\n',
        answer: '  sum += item.price * item.count;\n  sum += item.price * (1 - item.discount);\n',
      },
      /two versions of one line/,
    ],
    ['a call of neither side', { ...loop, answer: `${good}  audit(item);\n` }, /neither side calls audit/],
    ['a value of neither side', { ...loop, answer: good.replace('?? 0', '?? 15') }, /the value 15/],
    [
      'a text of neither side',
      { ...loop, answer: good.replace('?? 0', '?? "none"') },
      /neither side has "none"/,
    ],
    ['a condition turned round', { ...loop, answer: good.replace('(item', '(!item') }, /item.refunded/],
    [
      'a comparison turned round',
      {
        path: 'a.py',
        base: 'x = 1\n',
        ours: 'if a < limit:\n    x = 2\n',
        theirs: 'x = 1\ny = 3\n',
        answer: 'if a > limit:\n    x = 2\ny = 3\n',
      },
      /"a > limit" is in neither side/,
    ],
    [
      'a statement behind a return',
      {
        path: 'a.js',
        around: ['function f(x) {\n  const y = x;\n', '}\n'],
        ours: '  return y;\n',
        theirs: '  log(y);\n',
        answer: '  return y;\n  log(y);\n',
      },
      /"log\(y\);" stands behind/,
    ],
    [
      'a statement behind a raise',
      {
        path: 'a.py',
        around: ['def f(x):\n', ''],
        ours: '    raise Wrong(x)\n',
        theirs: '    note(x)\n',
        answer: '    raise Wrong(x)\n    note(x)\n',
      },
      /"note\(x\)" stands behind/,
    ],
    [
      'two lines in one',
      {
        path: 'a.go',
        around: ['func f() {\n', ''],
        base: '\tmu.Unlock()\n}\n',
        ours: '}\n',
        theirs: '\tmore()\n\tmu.Unlock()\n}\n',
        answer: '\tmore()}\n',
      },
      /two lines in one/,
    ],
  ])('%s', (_, given, problem) => {
    expect(judge(given).join('\n')).toMatch(problem);
  });
});

describe('data files', () => {
  it.each<[string, Case, RegExp]>([
    [
      'JSON without a comma',
      {
        path: 'a.json',
        around: ['{\n  "x": 0,\n', '}\n'],
        ours: '  "a": 1\n',
        theirs: '  "b": 2\n',
        answer: '  "a": 1\n  "b": 2\n',
      },
      /does not load.*","/,
    ],
    [
      'TOML that says a table twice',
      { path: 'a.toml', ours: '[a]\nx = 1\n', theirs: '[a]\ny = 2\n', answer: '[a]\nx = 1\n[a]\ny = 2\n' },
      /does not load/,
    ],
    [
      'XML with a tag left open',
      {
        path: 'a.xml',
        around: ['<r>\n', '</r>\n'],
        ours: '<a>1</a>\n',
        theirs: '<b>2</b>\n',
        answer: '<a>1</a>\n<b>2\n',
      },
      /does not load/,
    ],
    [
      'YAML indented like nothing',
      {
        path: 'a.yml',
        around: ['s:\n', ''],
        ours: '  a: 1\n',
        theirs: '  b: 2\n',
        answer: '  a: 1\n    b: 2\n',
      },
      /does not load/,
    ],
    [
      "a key in the other side's table",
      {
        path: 'Cargo.toml',
        around: ['[dev]\na = "1"\n', ''],
        ours: '\n[lints]\nworkspace = true\n',
        theirs: 'b = "2"\n',
        answer: '\n[lints]\nworkspace = true\nb = "2"\n',
      },
      /lints\.b/,
    ],
    [
      "a step in the other side's job",
      {
        path: '.github/workflows/ci.yml',
        around: ['jobs:\n  test:\n    steps:\n      - run: a\n', ''],
        ours: '  lint:\n    steps:\n      - run: l\n',
        theirs: '      - run: b\n',
        answer: '  lint:\n    steps:\n      - run: l\n      - run: b\n',
      },
      /jobs\.(?:test|lint)\.steps/,
    ],
    [
      "a key in the other side's section",
      {
        path: 'a.ini',
        around: ['[a]\nx = 1\n', ''],
        ours: '[b]\ny = 2\n',
        theirs: 'z = 3\n',
        answer: '[b]\ny = 2\nz = 3\n',
      },
      /\[b\] z/,
    ],
    [
      "a key in the other side's object",
      {
        path: 'a.json',
        around: ['{\n  "a": {\n    "x": 1,\n', '  }\n}\n'],
        ours: '    "w": 0\n  },\n  "b": {\n    "y": 2\n',
        theirs: '    "z": 3\n',
        answer: '    "w": 0\n  },\n  "b": {\n    "y": 2,\n    "z": 3\n',
      },
      /b\.z/,
    ],
  ])('%s', (_, given, problem) => {
    expect(judge(given).join('\n')).toMatch(problem);
  });
});

describe('tests', () => {
  const suite = (body: string) => `test('adds', () => {\n${body}});\n`;
  const asserts = '  expect(add(1, 2)).toBe(3);\n  expect(add(0, 0)).toBe(0);\n';
  const given = {
    path: 'a.test.js',
    ours: suite(asserts),
    theirs: "test('other', () => {\n  expect(1).toBe(1);\n});\n",
  };
  it.each<[string, string, RegExp]>([
    ['are not emptied', suite(''), /emptied/],
    ['assert no less', suite('  expect(add(1, 2)).toBe(3);\n'), /asserts less/],
    ['assert nothing weaker', suite(asserts.replace('toBe(3)', 'toBeTruthy()')), /weaker/],
    ['are not left early', suite(`  return;\n${asserts}`), /returns early/],
  ])('%s', (_, changed, problem) => {
    expect(judge({ ...given, answer: changed + given.theirs, reason: 'drops 3' }).join('\n')).toMatch(
      problem,
    );
  });

  it('skips of both sides are not added together', () => {
    const skip = (name: string) => `it.skip('${name}', () => {\n  expect(1).toBe(1);\n});\n`;
    const [ours, theirs] = [skip('one'), skip('two')];
    expect(judge({ path: 'a.test.js', ours, theirs, answer: ours + theirs })).toContain('a test was skipped');
  });
});

it('a secret in any hunk is refused', () => {
  const hunk = (ours: string, theirs: string) => `<<<<<<< a\n${ours}||||||| b\n=======\n${theirs}>>>>>>> c\n`;
  const parts = parseConflicts(`${hunk('a\n', 'b\n')}middle\n${hunk('c\n', 'd\n')}`) as Part[];
  const text = (one: string, two: string) => `${one}middle\n${two}`;
  const key = `AKIA${'X'.repeat(16)}`;
  const sides = { base: text('', ''), ours: text('a\n', 'c\n'), theirs: text('b\n', 'd\n') };
  const judged = (result: string) =>
    judgeResolution({ path: 'a.txt', parts, ...sides, result, trusted: true });
  expect(judged(text('a\nb\n', 'c\nd\n'))).toEqual([]);
  expect(judged(text('a\nb\n', `c\nd\n${key}\n`))).toEqual([
    'an answer holds what looks like a secret (AWS access key)',
  ]);
});

describe('a comparison of which one side changes a word and the other the sign', () => {
  const limit: Case = {
    path: 'src/sessions.py',
    around: ['def follow(resp):\n', '        raise TooMany(resp)\n'],
    base: '    if len(seen) >= self.limit:\n',
    ours: '    if len(seen) >= self.limit_of(resp):\n',
    theirs: '    if len(seen) > self.limit:\n',
    answer: '    if len(seen) > self.limit_of(resp):\n',
  };
  it('has both', () => {
    expect(judge(limit)).toEqual([]);
  });
  it.each(['<', '<=', '==', '!='])('is not turned round with %s', (sign) => {
    const answer = limit.answer.replace('>', sign);
    expect(judge({ ...limit, answer }).join()).toMatch(/is in neither side/);
  });
});
