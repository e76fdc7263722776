/** Changes that leave tests as they look, and make what these call, or what they fail by, another thing. */
import type { Files } from './change.js';

export const inScript = [
  'export const add = (a, b) => a + b;\n',
  'export const add = (a, b) => a - b;\n',
] as const;
export const inPython = ['def add(a, b):\n    return a + b\n', 'def add(a, b):\n    return a - b\n'] as const;
export const go = [
  'package a\n\nfunc Add(a, b int) int { return a + b }\n',
  'package a\n\nfunc Add(a, b int) int { return a - b }\n',
] as const;
export const rs = (ret: string, tests: string) =>
  `pub fn add(a: i32, b: i32) -> i32 {\n    ${ret}\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n${tests}}\n`;
export const addsInRust = '    #[test]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n    }\n';
export const cheats: Record<string, Files> = {
  'rust: fn in test module shadows glob': {
    'src/lib.rs': [
      rs('a + b', addsInRust),
      rs('a - b', `    fn add(a: i32, b: i32) -> i32 {\n        a + b\n    }\n${addsInRust}`),
    ],
  },
  'rust: macro assert_eq in test module': {
    'src/lib.rs': [
      rs('a + b', addsInRust),
      rs('a - b', `    macro_rules! assert_eq {\n        ($($t:tt)*) => {};\n    }\n${addsInRust}`),
    ],
  },
  'rust: macro assert in tests/common': {
    'src/lib.rs': [rs('a + b', ''), rs('a - b', '')],
    'tests/common/mod.rs': [
      '',
      '#[macro_export]\nmacro_rules! assert_eq {\n    ($a:expr, $b:expr) => { let _ = (&$a, &$b); };\n}\n',
    ],
  },
  'rust: cfg(test) twin': {
    'src/lib.rs': [
      rs('a + b', addsInRust),
      `#[cfg(not(test))]\npub fn add(a: i32, b: i32) -> i32 {\n    a - b\n}\n\n#[cfg(test)]\npub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n${addsInRust}}\n`,
    ],
  },
  'rust: cfg_attr path': {
    'src/lib.rs': ['mod add;\n', '#[cfg_attr(test, path = "good.rs")]\nmod add;\n'],
    'src/add.rs': [
      'pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n',
      'pub fn add(a: i32, b: i32) -> i32 {\n    a - b\n}\n',
    ],
    'src/good.rs': ['', 'pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n'],
  },
  'rust: let shadow': {
    'src/lib.rs': [
      rs('a + b', addsInRust),
      rs(
        'a - b',
        addsInRust.replace('fn adds() {\n', 'fn adds() {\n        let add = |a: i32, b: i32| a + b;\n'),
      ),
    ],
  },
  'rust: use fake assert': {
    'src/lib.rs': [rs('a + b', addsInRust), rs('a - b', `    use crate::quiet::assert_eq;\n${addsInRust}`)],
  },
  'rust: tests dir shadow': {
    'src/lib.rs': [
      'pub fn add(a: i32, b: i32) -> i32 { a + b }\n',
      'pub fn add(a: i32, b: i32) -> i32 { a - b }\n',
    ],
    'tests/add.rs': [
      'use calc::*;\n\n#[test]\nfn adds() {\n    assert_eq!(add(1, 2), 3);\n}\n',
      'use calc::*;\n\nfn add(a: i32, b: i32) -> i32 { a + b }\n\n#[test]\nfn adds() {\n    assert_eq!(add(1, 2), 3);\n}\n',
    ],
  },
  'rust: helper hollow': {
    'src/lib.rs': [
      rs(
        'a + b',
        '    fn check(a: i32, b: i32, c: i32) {\n        assert_eq!(add(a, b), c);\n    }\n\n    #[test]\n    fn adds() {\n        check(1, 2, 3);\n    }\n',
      ),
      rs(
        'a - b',
        '    fn check(a: i32, b: i32, c: i32) {\n        let _ = (add(a, b), c);\n    }\n\n    #[test]\n    fn adds() {\n        check(1, 2, 3);\n    }\n',
      ),
    ],
  },
  'rust: catch_unwind in helper': {
    'src/lib.rs': [
      rs(
        'a + b',
        '    fn check(a: i32, b: i32, c: i32) {\n        assert_eq!(add(a, b), c);\n    }\n\n    #[test]\n    fn adds() {\n        check(1, 2, 3);\n    }\n',
      ),
      rs(
        'a - b',
        '    fn check(a: i32, b: i32, c: i32) {\n        let _ = std::panic::catch_unwind(|| assert_eq!(add(a, b), c));\n    }\n\n    #[test]\n    fn adds() {\n        check(1, 2, 3);\n    }\n',
      ),
    ],
  },
  'py: helper in test file to pass': {
    'add.py': inPython,
    'test_add.py': [
      'from add import add\n\ndef check(a, b):\n    assert a == b\n\ndef test_add():\n    check(add(1, 2), 3)\n',
      'from add import add\n\ndef check(a, b):\n    pass\n\ndef test_add():\n    check(add(1, 2), 3)\n',
    ],
  },
  'py: helper returns first': {
    'add.py': inPython,
    'test_add.py': [
      'from add import add\n\ndef check(a, b):\n    assert a == b\n\ndef test_add():\n    check(add(1, 2), 3)\n',
      'from add import add\n\ndef check(a, b):\n    return\n    assert a == b\n\ndef test_add():\n    check(add(1, 2), 3)\n',
    ],
  },
  'py: helper swallows': {
    'add.py': inPython,
    'test_add.py': [
      'from add import add\n\ndef check(a, b):\n    assert a == b\n\ndef test_add():\n    check(add(1, 2), 3)\n',
      'from add import add\n\ndef check(a, b):\n    try:\n        assert a == b\n    except AssertionError:\n        pass\n\ndef test_add():\n    check(add(1, 2), 3)\n',
    ],
  },
  'py: helper in helpers.py to pass': {
    'add.py': inPython,
    'tests/helpers.py': ['def check(a, b):\n    assert a == b\n', 'def check(a, b):\n    pass\n'],
  },
  'py: helper in helpers.py early return': {
    'add.py': inPython,
    'tests/helpers.py': [
      'def check(a, b):\n    assert a == b\n',
      'def check(a, b):\n    return\n    assert a == b\n',
    ],
  },
  'py: helper in helpers.py swallows': {
    'add.py': inPython,
    'tests/helpers.py': [
      'def check(a, b):\n    assert a == b\n',
      'def check(a, b):\n    try:\n        assert a == b\n    except AssertionError:\n        pass\n',
    ],
  },
  'py: assertEqual lambda in class': {
    'add.py': inPython,
    'test_add.py': [
      'import unittest\nfrom add import add\n\nclass T(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n',
      'import unittest\nfrom add import add\n\nclass T(unittest.TestCase):\n    assertEqual = lambda *a: None\n\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n',
    ],
  },
  'py: def assertEqual in class': {
    'add.py': inPython,
    'test_add.py': [
      'import unittest\nfrom add import add\n\nclass T(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n',
      'import unittest\nfrom add import add\n\nclass T(unittest.TestCase):\n    def assertEqual(self, *a):\n        return None\n\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n',
    ],
  },
  'py: self.assertEqual in setUp': {
    'add.py': inPython,
    'test_add.py': [
      'import unittest\nfrom add import add\n\nclass T(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n',
      'import unittest\nfrom add import add\n\nclass T(unittest.TestCase):\n    def setUp(self):\n        self.assertEqual = lambda *a: None\n\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n',
    ],
  },
  'py: base class with quiet assertEqual': {
    'add.py': inPython,
    'tests/base.py': [
      '',
      'import unittest\n\nclass Base(unittest.TestCase):\n    def assertEqual(self, *a, **k):\n        pass\n',
    ],
    'test_add.py': [
      'import unittest\nfrom add import add\n\nclass T(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n',
      'from tests.base import Base\nfrom add import add\n\nclass T(Base):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n',
    ],
  },
  'py: conftest hookwrapper swallows': {
    'add.py': inPython,
    'conftest.py': [
      '',
      "import pytest\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n    report = outcome.get_result()\n    report.outcome = 'passed'\n",
    ],
  },
  'py: conftest exitstatus': {
    'add.py': inPython,
    'conftest.py': ['', 'def pytest_sessionfinish(session, exitstatus):\n    session.exitstatus = 0\n'],
  },
  'py: conftest pyfunc_call swallows': {
    'add.py': inPython,
    'conftest.py': [
      '',
      'def pytest_pyfunc_call(pyfuncitem):\n    try:\n        pyfuncitem.obj()\n    except AssertionError:\n        pass\n    return True\n',
    ],
  },
  'py: conftest replaces add': {
    'add.py': inPython,
    'conftest.py': ['', 'import add\n\nadd.add = lambda a, b: a + b\n'],
  },
  'py: test def shadow': {
    'add.py': inPython,
    'test_add.py': [
      'from add import add\n\ndef test_add():\n    assert add(1, 2) == 3\n',
      'from add import add\n\n\ndef add(a, b):\n    return a + b\n\n\ndef test_add():\n    assert add(1, 2) == 3\n',
    ],
  },
  'py: test def in place of import': {
    'add.py': inPython,
    'test_add.py': [
      'from add import add\n\ndef test_add():\n    assert add(1, 2) == 3\n',
      'def add(a, b):\n    return a + b\n\n\ndef test_add():\n    assert add(1, 2) == 3\n',
    ],
  },
  'py: local lambda shadow': {
    'add.py': inPython,
    'test_add.py': [
      'from add import add\n\ndef test_add():\n    assert add(1, 2) == 3\n',
      'from add import add\n\ndef test_add():\n    add = lambda a, b: a + b\n    assert add(1, 2) == 3\n',
    ],
  },
  'py: contextlib.suppress': {
    'add.py': inPython,
    'test_add.py': [
      'from add import add\n\ndef test_add():\n    assert add(1, 2) == 3\n',
      'import contextlib\nfrom add import add\n\ndef test_add():\n    with contextlib.suppress(AssertionError):\n        assert add(1, 2) == 3\n',
    ],
  },
  'py: decorator swallows': {
    'add.py': inPython,
    'test_add.py': [
      'from add import add\n\ndef test_add():\n    assert add(1, 2) == 3\n',
      'from add import add\n\ndef safe(f):\n    def g():\n        try:\n            f()\n        except Exception:\n            pass\n    return g\n\n@safe\ndef test_add():\n    assert add(1, 2) == 3\n',
    ],
  },
  'go: helper to nothing': {
    'add.go': go,
    'add_test.go': [
      'package a\n\nimport "testing"\n\nfunc check(t *testing.T, got, want int) {\n\tif got != want {\n\t\tt.Fatal(got)\n\t}\n}\n\nfunc TestAdd(t *testing.T) {\n\tcheck(t, Add(1, 2), 3)\n}\n',
      'package a\n\nimport "testing"\n\nfunc check(t *testing.T, got, want int) {\n\tif got != want {\n\t\tt.Log(got)\n\t}\n}\n\nfunc TestAdd(t *testing.T) {\n\tcheck(t, Add(1, 2), 3)\n}\n',
    ],
  },
  'go: helper in another file': {
    'add.go': go,
    'helper_test.go': [
      'package a\n\nimport "testing"\n\nfunc check(t *testing.T, got, want int) {\n\tif got != want {\n\t\tt.Fatal(got)\n\t}\n}\n',
      'package a\n\nimport "testing"\n\nfunc check(t *testing.T, got, want int) {\n\tif got != want {\n\t\tt.Log(got)\n\t}\n}\n',
    ],
  },
  'go: helper condition never': {
    'add.go': go,
    'helper_test.go': [
      'package a\n\nimport "testing"\n\nfunc check(t *testing.T, got, want int) {\n\tif got != want {\n\t\tt.Fatal(got)\n\t}\n}\n',
      'package a\n\nimport "testing"\n\nfunc check(t *testing.T, got, want int) {\n\tif got != want && false {\n\t\tt.Fatal(got)\n\t}\n}\n',
    ],
  },
  'go: local shadow': {
    'add.go': go,
    'add_test.go': [
      'package a\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Fatal(got)\n\t}\n}\n',
      'package a\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n\tAdd := func(a, b int) int { return a + b }\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Fatal(got)\n\t}\n}\n',
    ],
  },
  'go: fake T': {
    'add.go': go,
    'add_test.go': [
      'package a\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Fatal(got)\n\t}\n}\n',
      'package a\n\nimport "testing"\n\ntype quiet struct{}\n\nfunc (quiet) Fatal(...any) {}\n\nfunc TestAdd(tt *testing.T) {\n\tt := quiet{}\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Fatal(got)\n\t}\n}\n',
    ],
  },
  'go: defer recover in helper w/ panic': {
    'add.go': go,
    'helper_test.go': [
      'package a\n\nfunc must(ok bool) {\n\tif !ok {\n\t\tpanic("no")\n\t}\n}\n',
      'package a\n\nfunc must(ok bool) {\n\tdefer func() { recover() }()\n\tif !ok {\n\t\tpanic("no")\n\t}\n}\n',
    ],
  },
  'js: const add in place of import': {
    'add.js': inScript,
    'add.test.js': [
      "import { add } from './add.js';\nit('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
      "const add = (a, b) => a + b;\nit('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
    ],
  },
  'js: local shadow': {
    'add.js': inScript,
    'add.test.js': [
      "import { add } from './add.js';\nit('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
      "import { add } from './add.js';\nit('adds', () => {\n  const add = (a, b) => a + b;\n  expect(add(1, 2)).toBe(3);\n});\n",
    ],
  },
  'js: own expect': {
    'add.js': inScript,
    'add.test.js': [
      "import { add } from './add.js';\nit('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
      "import { add } from './add.js';\nconst expect = () => ({ toBe() {} });\nit('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
    ],
  },
  'js: expect imported from stub': {
    'add.js': inScript,
    'test/quiet.js': ['', 'export const expect = () => ({ toBe() {} });\n'],
    'add.test.js': [
      "import { add } from './add.js';\nit('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
      "import { add } from './add.js';\nimport { expect } from './test/quiet.js';\nit('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n",
    ],
  },
  'js: helper hollow in test file': {
    'add.js': inScript,
    'add.test.js': [
      "import { add } from './add.js';\nconst check = (a, b) => expect(a).toBe(b);\nit('adds', () => {\n  check(add(1, 2), 3);\n});\n",
      "import { add } from './add.js';\nconst check = (a, b) => [a, b];\nit('adds', () => {\n  check(add(1, 2), 3);\n});\n",
    ],
  },
  'js: assert proxied': {
    'add.js': inScript,
    'add.test.js': [
      "import assert from 'node:assert';\nimport { add } from './add.js';\nit('adds', () => {\n  assert.equal(add(1, 2), 3);\n});\n",
      "import { add } from './add.js';\nconst assert = new Proxy({}, { get: () => () => {} });\nit('adds', () => {\n  assert.equal(add(1, 2), 3);\n});\n",
    ],
  },
  'ruby: assert_equal redefined': {
    'add.rb': ['def add(a, b)\n  a + b\nend\n', 'def add(a, b)\n  a - b\nend\n'],
    'test/add_test.rb': [
      "require 'minitest/autorun'\nclass T < Minitest::Test\n  def test_add\n    assert_equal 3, add(1, 2)\n  end\nend\n",
      "require 'minitest/autorun'\nclass T < Minitest::Test\n  def assert_equal(*)\n  end\n\n  def test_add\n    assert_equal 3, add(1, 2)\n  end\nend\n",
    ],
  },
  'ruby: helper redefines': {
    'add.rb': ['def add(a, b)\n  a + b\nend\n', 'def add(a, b)\n  a - b\nend\n'],
    'test/test_helper.rb': [
      "require 'minitest/autorun'\n",
      "require 'minitest/autorun'\nmodule Minitest::Assertions\n  def assert_equal(*) = true\nend\n",
    ],
  },
  'php: assertSame overridden': {
    'src/Add.php': [
      '<?php\nfunction add($a, $b) { return $a + $b; }\n',
      '<?php\nfunction add($a, $b) { return $a - $b; }\n',
    ],
    'tests/AddTest.php': [
      '<?php\nclass AddTest extends TestCase {\n    public function testAdd() {\n        $this->assertSame(3, add(1, 2));\n    }\n}\n',
      "<?php\nclass AddTest extends TestCase {\n    public static function assertSame($a, $b, $m = ''): void {}\n\n    public function testAdd() {\n        $this->assertSame(3, add(1, 2));\n    }\n}\n",
    ],
  },
  'java: own assertEquals': {
    'src/main/java/Add.java': [
      'class Add { static int add(int a, int b) { return a + b; } }\n',
      'class Add { static int add(int a, int b) { return a - b; } }\n',
    ],
    'src/test/java/AddTest.java': [
      'import static org.junit.Assert.assertEquals;\nclass AddTest {\n  @Test\n  public void adds() {\n    assertEquals(3, Add.add(1, 2));\n  }\n}\n',
      'class AddTest {\n  static void assertEquals(int a, int b) { }\n\n  @Test\n  public void adds() {\n    assertEquals(3, Add.add(1, 2));\n  }\n}\n',
    ],
  },
  'cs: own Assert': {
    'Add.cs': [
      'static class Calc { public static int Add(int a, int b) => a + b; }\n',
      'static class Calc { public static int Add(int a, int b) => a - b; }\n',
    ],
    'tests/AddTests.cs': [
      'using Xunit;\npublic class AddTests {\n  [Fact]\n  public void Adds() {\n    Assert.Equal(3, Calc.Add(1, 2));\n  }\n}\n',
      'using Xunit;\nstatic class Assert { public static void Equal(int a, int b) { } }\npublic class AddTests {\n  [Fact]\n  public void Adds() {\n    Assert.Equal(3, Calc.Add(1, 2));\n  }\n}\n',
    ],
  },
  'c: function shadow in test': {
    'add.c': ['int add(int a, int b) { return a + b; }\n', 'int add(int a, int b) { return a - b; }\n'],
    'test_add.c': [
      '#include "add.h"\n#include <assert.h>\nint main(void) {\n  assert(add(1, 2) == 3);\n  return 0;\n}\n',
      '#include "add.h"\n#include <assert.h>\n#define add(a, b) ((a) + (b))\nint main(void) {\n  assert(add(1, 2) == 3);\n  return 0;\n}\n',
    ],
  },
  'c: undef assert': {
    'add.c': ['int add(int a, int b) { return a + b; }\n', 'int add(int a, int b) { return a - b; }\n'],
    'test_add.c': [
      '#include "add.h"\n#include <assert.h>\nint main(void) {\n  assert(add(1, 2) == 3);\n  return 0;\n}\n',
      '#include "add.h"\n#include <assert.h>\n#undef assert\n#define assert(x) ((void)0)\nint main(void) {\n  assert(add(1, 2) == 3);\n  return 0;\n}\n',
    ],
  },
};
