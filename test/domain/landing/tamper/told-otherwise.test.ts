import { describe, expect, it } from '@jest/globals';
import { parseDiff } from '../../../../src/domain/landing/diff.js';
import { claimsIn } from '../../../../src/domain/landing/tamper/claims.js';
import { sourceChange } from '../../../../src/domain/landing/tamper/sources.js';
import { weakenedTests } from '../../../../src/domain/landing/tamper/weakened-tests.js';
import { changeOf } from '../../../support/seeds/change.js';

const failing = (files: Record<string, readonly [string, string]>, reverted: string[] = []) => {
  const { files: diff, texts } = changeOf(files);
  return weakenedTests(texts, sourceChange(diff, texts, reverted.map(parseDiff))).filter(
    ({ explained }) => !explained,
  );
};
const go = (name: string, ...lines: string[]) =>
  `func ${name}(t *testing.T) {\n${lines.map((line) => `\t${line}\n`).join('')}}\n\n`;
const check = (text: string) => `if ${text} { t.Errorf("want ${text}") }`;

describe('what other tests say as well', () => {
  const collect = go('TestCollect', 'c := NewCollector()', 'c.Collect(out)', check('a'), check('b'));
  const less = go('TestCollect', 'c := NewCollector()', 'c.Collect(out)', check('a'));
  const beside = go('TestSweep', 'c := NewCollector()', 'c.Collect(out)', check('x'), check('y'));
  const code: [string, string] = ['func Collect() {\n\tsend(1)\n}\n', 'func Collect() {\n\tsend(2)\n}\n'];

  it('are new tests beside a change of the code that call the same and claim twice as much', () => {
    expect(failing({ 'a_test.go': [collect, less + beside], 'a.go': code })).toEqual([]);
  });

  it.each<[string, Record<string, [string, string]>]>([
    ['the code is as it was', { 'a_test.go': [collect, less + beside] }],
    ['they are not there', { 'a_test.go': [collect, less], 'a.go': code }],
    ['they claim as little', { 'a_test.go': [collect, less + beside.replace(check('y'), '')], 'a.go': code }],
    [
      'they call something else',
      { 'a_test.go': [collect, less + beside.replaceAll('Collect', 'Paint')], 'a.go': code },
    ],
  ])('does not excuse anything when %s', (_, files) => {
    expect(failing(files)).toHaveLength(1);
  });

  const rows = (title: string, make: string, ...more: string[]) =>
    `it(${title}, () => {\n  const store = ${make};\n  store.count = 5;\n${more.map((one) => `  ${one}\n`).join('')}});\n`;
  const stays = 'expect(store.count).toBe(5);';

  it('is a test that is made for each of many cases', () => {
    const before = rows("'keeps of options'", 'useOptions()', stays) + rows("'keeps'", 'useSetup()', stays);
    const looped = `for (const name in stores) {\n${rows('`keeps ${name}`', 'stores[name]()', stays)}}\n`;
    expect(failing({ 'a.test.ts': [before, looped] })).toEqual([]);
    expect(failing({ 'a.test.ts': [before, looped.replace(stays, 'store.count;')] })).not.toEqual([]);
  });

  it('is one of two tests of the same name that says the same', () => {
    const one = rows("'keeps'", 'useSetup()', stays);
    const more = rows("'keeps'", 'useSetup()', stays, 'expect(store.name).toBe(1);');
    expect(failing({ 'a.test.ts': [one + more, more] })).toEqual([]);
    expect(failing({ 'a.test.ts': [more + more.replace('toBe(1)', 'toBe(2)'), more] })).toHaveLength(1);
  });

  it('is a test that is to fail, as Rust called it before', () => {
    const test = (how: string) => `#[test]\n#[${how}]\nfn test_index() {\n    assert_eq!(at(9), 1);\n}\n`;
    expect(failing({ 'tests/a.rs': [test('should_fail'), test('should_panic')] })).toEqual([]);
    expect(failing({ 'tests/a.rs': [test('inline'), test('should_panic')] })).toHaveLength(1);
  });

  it('is an exception that is asked for, and a helper of its own with what it expects', () => {
    const test = (...lines: string[]) => `@Test public void closes() {\n${lines.join('\n')}\n}\n`;
    const asks = (kind: string) =>
      `    try {\n      sink.emit();\n      fail();\n    } catch (${kind} expected) {\n    }`;
    const [closed, encoded] = ['    assertEquals(3, sink.size());', '    assertEncoded("3f", "0");'];
    const path = 'src/test/java/SinkTest.java';
    expect(failing({ [path]: [test(closed), test(closed, asks('IOException'))] })).toEqual([]);
    expect(failing({ [path]: [test(closed), test(closed, asks('AssertionError'))] })).toHaveLength(1);
    expect(failing({ [path]: [test(asks('IOException')), test(encoded)] })).toEqual([]);
  });

  it('is a step that the test takes twice in other words', () => {
    const test = (...lines: string[]) =>
      `def test_a():\n    with raises(ValueError):\n        pass\n${lines.map((line) => `    ${line}\n`).join('')}`;
    const raises = (call: string) => ['with pytest.raises(ValueError):', `    ${call}`];
    const [one, same, other] = [raises('post(url, "a")'), raises('post(url, u("a"))'), raises('put(url)')];
    expect(failing({ 'test_a.py': [test(...one, ...same), test(...one)] })).toEqual([]);
    expect(failing({ 'test_a.py': [test(...one, ...other), test(...one)] })).toHaveLength(1);
    expect(failing({ 'test_a.py': [test(...one, ...one), test(...one)] })).toHaveLength(1);
  });
});

describe('a commit that is taken back', () => {
  const [test, code] = [
    "  it 'sets more' do\n    jar.should include('b')\n  end\n",
    '  def set(key, o = {})\n    put key, o.ad(v)\n  end\n',
  ];
  const spec = (more: string) =>
    `describe Jar do\n  it 'sets' do\n    jar.should include('a')\n  end\n${more}end\n`;
  const added = (path: string, text: string) =>
    `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -0,0 +1,${text.split('\n').length - 1} @@\n${text.replace(/^/gm, '+').replace(/\+$/, '')}`;
  const commit = added('spec/jar_spec.rb', test) + added('lib/jar.rb', code);
  const back: Record<string, [string, string]> = {
    'spec/jar_spec.rb': [spec(test), spec('')],
    'lib/jar.rb': [code, '  def set(key)\n    put key\n  end\n'],
  };

  it('takes the tests along that came with it', () => {
    expect(failing(back)).toHaveLength(1);
    expect(failing(back, [commit])).toEqual([]);
  });

  it('takes no others along, and none when its code stays', () => {
    const older = { ...back, 'spec/jar_spec.rb': [spec(test), 'describe Jar do\nend\n'] as [string, string] };
    expect(failing(older, [commit])).not.toEqual([]);
    expect(failing({ 'spec/jar_spec.rb': back['spec/jar_spec.rb']! }, [commit])).toHaveLength(1);
  });
});

describe('assertions without brackets', () => {
  it('are read with what they are about, so that they go with it', () => {
    const text = "    env['rack.multi'].must_equal false\n    body.should.be(1)\n";
    expect(claimsIn(text, text).map((claim) => claim.text)).toEqual([
      "env['rack.multi'].must_equal false",
      'body.should.be(1)',
    ]);
  });

  it('count in Ruby, and one of a name of its own is no comparison of values', () => {
    const text = "assert_equal 1, sum\nassert_body '<a></a>'\nassert ok?\nassertion = 1\nassert_equal 1, 1\n";
    expect(claimsIn(text, text).map(({ weight }) => weight)).toEqual([
      'strong',
      'strong',
      'strong',
      'trivial',
    ]);
  });
});

it('a line that a tool made, with a hundred thousand values set, is read at once', () => {
  const line = `${'a=1;'.repeat(100_000)}expect(a).toBe(1);`;
  const begun = performance.now();
  expect(claimsIn(line, line).map(({ weight }) => weight)).toEqual(['strong']);
  expect(performance.now() - begun).toBeLessThan(10_000);
});
