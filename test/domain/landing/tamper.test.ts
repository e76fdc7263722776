import { describe, expect, it } from '@jest/globals';
import { changedDefinitions, holdsTests, weakenedTests } from '../../../src/domain/landing/tamper.js';

const weaker = (path: string, before: string, after: string) => weakenedTests([{ path, before, after }]);

const js = (body: string) => `describe('sum', () => {\n  it('adds', () => {\n${body}  });\n});\n`;
const py = (body: string) => `def test_adds():\n${body}\n`;
const go = (body: string) => `func TestAdds(t *testing.T) {\n${body}}\n`;
const rust = (head: string, body: string) => `#[test]\n${head}fn adds() {\n${body}}\n`;
const java = (head: string, body: string) =>
  `class ATest {\n  @Test\n${head}  void adds() {\n${body}  }\n}\n`;
const ruby = (body: string) => `describe Sum do\n  it 'adds' do\n${body}  end\nend\n`;
const goAsserts = '\tif sum(1, 1) != 2 {\n\t\tt.Fatal("no")\n\t}\n';

describe('tests are weaker', () => {
  it.each([
    ['a.test.ts', js('    expect(sum(1, 1)).toBe(2);\n'), ''],
    ['a.test.ts', js('    expect(sum(1, 1)).toBe(2);\n'), js('')],
    ['a.test.ts', js('    expect(sum(1, 1)).toBe(2);\n'), js('    expect(true).toBe(true);\n')],
    [
      'a.test.ts',
      js('    expect(sum(1, 1)).toBe(2);\n'),
      js('    expect(sum(1, 1)).toBe(2);\n').replace('it(', 'it.skip('),
    ],
    [
      'a.test.ts',
      js('    expect(sum(1, 1)).toBe(2);\n'),
      js('    expect(sum(1, 1)).toBe(2);\n').replace('it(', 'it.only('),
    ],
    ['test_a.py', py('    assert add(1, 1) == 2'), py('    pass')],
    ['test_a.py', py('    assert add(1, 1) == 2'), `@pytest.mark.skip\n${py('    assert add(1, 1) == 2')}`],
    ['test_a.py', py('    assert add(1, 1) == 2'), ''],
    ['a_test.go', go(goAsserts), go(`\tt.Skip("later")\n${goAsserts}`)],
    ['a_test.go', go(goAsserts), go('')],
    [
      'src/lib.rs',
      rust('', '    assert_eq!(add(1, 1), 2);\n'),
      rust('#[ignore]\n', '    assert_eq!(add(1, 1), 2);\n'),
    ],
    ['src/lib.rs', rust('', '    assert_eq!(add(1, 1), 2);\n'), 'fn other() {}\n'],
    [
      'ATest.java',
      java('', '    assertEquals(2, add(1, 1));\n'),
      java('  @Disabled\n', '    assertEquals(2, add(1, 1));\n'),
    ],
    ['ATest.java', java('', '    assertEquals(2, add(1, 1));\n'), java('', '')],
    ['spec/a_spec.rb', ruby('    expect(sum).to eq 2\n'), ruby('')],
    ['spec/a_spec.rb', ruby('    expect(sum).to eq 2\n'), ruby('    skip\n    expect(sum).to eq 2\n')],
    ['spec/a_spec.rb', ruby('    expect(sum).to eq 2\n'), 'describe Sum do\nend\n'],
  ])('in %s', (path, before, after) => {
    expect(holdsTests(path)).toBe(true);
    expect(weaker(path, before, after)).not.toEqual([]);
    expect(weaker(path, before, before)).toEqual([]);
    expect(weaker(path, '', after === '' ? before : before)).toEqual([]);
  });
});

describe('tests are as strong', () => {
  const one = js('    expect(sum(1, 1)).toBe(2);\n');
  it('in another file, under another name, and with more beside them', () => {
    const moved = [
      { path: 'a.test.ts', before: one, after: '' },
      { path: 'b.test.ts', before: '', after: one },
    ];
    expect(weakenedTests(moved)).toEqual([]);
    expect(weaker('a.test.ts', one, one.replace("'adds'", "'adds numbers'"))).toEqual([]);
    expect(weaker('a.test.ts', one, `${one}${one.replace('adds', 'more')}`)).toEqual([]);
  });
});

describe('the definition of a check', () => {
  const pack = (scripts: object) => JSON.stringify({ scripts });
  const change = (path: string, before: string, after: string, run: string[]) =>
    changedDefinitions([{ path, before, after }], [run]);

  it.each<[string, string, string, string[]]>([
    ['package.json', pack({ test: 'jest' }), pack({ test: 'true' }), ['npm', 'test']],
    [
      'package.json',
      pack({ 'test:all': 'jest' }),
      pack({ 'test:all': 'true' }),
      ['sh', '-c', 'npm run -s test:all'],
    ],
    ['package.json', pack({ test: 'jest' }), pack({ test: 'jest', pretest: 'rm -r test' }), ['npm', 'test']],
    ['Makefile', 'test:\n\tgo test\n', 'test:\n\ttrue\n', ['make', 'test']],
    ['conftest.py', 'import x\n', 'import y\n', ['python3', '-m', 'pytest']],
    ['check.sh', 'run\n', 'true\n', ['sh', './check.sh']],
  ])('%s is told when it changes', (path, before, after, run) => {
    expect(change(path, before, after, run)).toHaveLength(1);
  });

  it('is not what no check reads', () => {
    const [before, after] = [pack({ test: 'jest' }), pack({ test: 'jest', build: 'tsc' })];
    expect(change('package.json', before, after, ['npm', 'test'])).toEqual([]);
    expect(change('Makefile', 'a', 'b', ['npm', 'test'])).toEqual([]);
  });
});
