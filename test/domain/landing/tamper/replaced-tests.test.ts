import { describe, expect, it } from '@jest/globals';
import { weakenedTests } from '../../../../src/domain/landing/tamper/weakened-tests.js';

const told = (path: string, before: string, after: string, words: string[] = []) =>
  weakenedTests([{ path, before, after }], { words: new Set(words) });
const failing = (...given: Parameters<typeof told>) => told(...given).filter(({ explained }) => !explained);

const opens = 'def test_opens():\n    assert door().is_open == 1\n\n\n';
const closes = 'def test_closes():\n    assert shut(door()).is_open == 0\n';
const nested =
  'def test_nested():\n    """Copies what is inside."""\n    inner = Box(1)\n    assert copy_of(Shelf(inner), {"box": 2}) == Shelf(Box(2))\n\n\n';
const replaced =
  'def test_given_box():\n    """Takes what it is given."""\n    other = Crate(one="a")\n    assert copy_of(Crate(one="b"), one="a") == other\n\n\n';

describe('tests in the place of others', () => {
  it('that call the same and claim as much are told, and do not fail', () => {
    expect(told('test_a.py', opens + nested + closes, opens + replaced + closes)).toMatchObject([
      {
        what: 'the test test_nested is missing',
        explained: 'others in its place call the same and claim as much',
      },
    ]);
  });

  it.each<[string, string]>([
    ['stand elsewhere', opens + closes + replaced],
    ['are none', opens + closes],
    ['call nothing of it', opens + replaced.replaceAll('copy_of', 'paint') + closes],
    [
      'claim what always holds',
      `${opens}def test_given_box():\n    copy_of(1)\n    assert True\n\n\n${closes}`,
    ],
    ['are skipped', `${opens}@pytest.mark.skip(reason="later")\n${replaced}${closes}`],
  ])('fail when they %s', (_, after) => {
    expect(failing('test_a.py', opens + nested + closes, after)).toHaveLength(1);
  });

  it('fail when one stands for two', () => {
    const second = nested.replaceAll('nested', 'deep').replaceAll('Shelf', 'Rack').replaceAll('Box', 'Lamp');
    const found = failing('test_a.py', opens + nested + second + closes, opens + replaced + closes);
    expect(found).toHaveLength(2);
  });
});

describe('tests that are read', () => {
  it('leave out examples of Go that say no output: these are compiled, and not run', () => {
    const example = (more = '') => `func ExampleDoor() {\n\tfmt.Println(Open())\n${more}}\n`;
    const head = 'package a\n\n';
    expect(told('a_test.go', head + example(), head)).toEqual([]);
    expect(failing('a_test.go', head + example('\t// Output: 1\n'), head)).toHaveLength(1);
    expect(failing('a_test.go', head + example('\t// Output: 1\n'), head + example())).toHaveLength(1);
  });

  it('go on behind a text over lines that ends at the left edge', () => {
    const test = (...lines: string[]) => `func TestA(t *testing.T) {\n${lines.join('\n')}\n}\n`;
    const text = '\twant := `a\nb\n`';
    const check = '\tif got := Say(); got != want {\n\t\tt.Fatalf("got %s", got)\n\t}';
    const first = '\tif err := Start(); err != nil {\n\t\tt.Fatalf("error: %v", err)\n\t}';
    expect(told('a_test.go', test(first, text, check), test(text, first, check))).toEqual([]);
    expect(failing('a_test.go', test(first, text, check), test(first, text))).toHaveLength(1);
  });

  it('leave out what gives tests of PHP their data, whatever its name', () => {
    const text = (name: string, more = '') =>
      `<?php\nclass ATest {\n  /** @dataProvider ${name} */\n  public function testSays($a) {\n    $this->assertSame('a', say($a));\n  }\n  public function ${name}() {\n    return [['a']];\n  }\n${more}}\n`;
    const other = '  public function testShouts() {\n    $this->assertSame("A", shout("a"));\n  }\n';
    expect(told('ATest.php', text('testWords'), text('provideWords'))).toEqual([]);
    expect(failing('ATest.php', text('testWords', other), text('testWords'))).toHaveLength(1);
  });

  it('go on behind what the preprocessor reads', () => {
    const test = (...lines: string[]) => `TEST(a, b) {\n${lines.map((line) => `${line}\n`).join('')}}\n`;
    const [one, two] = ['  EXPECT_EQ(1, add(0, 1));', '  EXPECT_EQ(2, add(1, 1));'];
    const wide = ['#if HAS_WIDE', '  EXPECT_EQ(3, add(wide(1), 2));', '#endif'];
    expect(told('test/a-test.cc', test(one, two), test(one, ...wide, two))).toEqual([]);
    expect(told('a_test.cc', test(one, two), test(one, ...wide, two))).toEqual([]);
    expect(failing('a_test.cc', test(one, ...wide, two), test(one, ...wide))).toHaveLength(1);
  });
});

describe('what tests say of warnings', () => {
  const body = 'def test_old(recwarn):\n    assert old(1) == 1\n';
  const warned = `${body}    assert 1 == len(recwarn.list)\n`;

  it('goes with the warning', () => {
    expect(failing('test_a.py', warned, body, ['DeprecationWarning'])).toEqual([]);
    expect(failing('test_a.py', warned, body, ['filters'])).toHaveLength(1);
    expect(
      failing('test_a.py', body, 'def test_old(recwarn):\n    old(1)\n', ['DeprecationWarning']),
    ).toHaveLength(1);
  });
});

describe('a condition on the machine', () => {
  const sided = (condition: string) =>
    `def test_a():\n    got = say()\n    if ${condition}:\n        assert got == "new"\n    else:\n        assert got == "old"\n`;
  const [always, never] = ['new', 'old'].map(
    (one) => `def test_a():\n    got = say()\n    assert got == "${one}"\n`,
  );

  it('may go with one of its sides when the other one always runs', () => {
    const before = sided('sys.version_info >= (3,)');
    for (const after of [always!, never!]) {
      expect(failing('test_a.py', before, after)).toEqual([]);
      expect(failing('test_a.py', sided('other()'), after)).toHaveLength(1);
    }
    expect(failing('test_a.py', before, 'def test_a():\n    got = say()\n')).toHaveLength(1);
    expect(failing('test_a.py', before, before.replace(/ {4}else:[\s\S]*$/, ''))).toHaveLength(1);
  });

  it('may go with the tests of one of its sides', () => {
    const one = (title: string, call: string) => `  it "${title}" do\n    assert_equal 1, ${call}\n  end\n`;
    const [fresh, past] = [one('takes one', 'take(:a)'), one('gives none', 'lax { give }')];
    const before = `if RUBY_VERSION >= "1.9"\n${fresh}else\n${past}end\n`;
    const plain = fresh.replace(/^ {2}/gm, '');
    expect(failing('a_test.rb', before, plain)).toEqual([]);
    expect(failing('a_test.rb', before, `if RUBY_VERSION >= "1.9"\n${fresh}end\n`)).toHaveLength(1);
    expect(failing('a_test.rb', before.replace('RUBY_VERSION >= "1.9"', 'ready?'), plain)).toHaveLength(1);
  });
});

describe('a test in whose place another subject is tested', () => {
  const sides = (path: string, head: string, old: string, now: string) =>
    failing(path, head + old, head + now).map(({ what }) => what);
  it('is missing, though a library compares in both', () => {
    const test = (title: string, claim: string) =>
      `test('${title}', () => {\n  assert.equal(${claim});\n});\n\n`;
    const says = test('says', "says(0), 'well'");
    expect(sides('a.test.js', says, test('adds', 'add(1, 2), 3'), test('names', "says(1), 'badly'"))).toEqual(
      ['the test adds is missing'],
    );
  });
  it('is missing, though both have the head of every test', () => {
    const test = (title: string, claim: string) =>
      `func Test${title}(t *testing.T) {\n\tassert.Equal(t, ${claim})\n}\n\n`;
    const says = test('Says', 'Says(0), "well"');
    expect(sides('a_test.go', says, test('Adds', 'Add(1, 2), 3'), test('Names', 'Says(1), "badly"'))).toEqual(
      ['the test TestAdds is missing'],
    );
  });
});
