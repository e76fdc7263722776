import { describe, expect, it } from '@jest/globals';
import { judge } from '../../../support/judged-answer.js';

type Both = [what: string, path: string, before: string, ours: string, theirs: string, after: string];

/** What the gate says when an answer holds both additions. */
const both = ([, path, before, ours, theirs, after]: Both) =>
  judge({ path, around: [before, after], ours, theirs, answer: ours + theirs });

const phpClass = '<?php\nclass A\n{\n';
const pythonClass = '@dataclass\nclass A:\n';
const goStruct = 'package a\ntype A struct {\n';
const javaClass = 'class A {\n';
const steps = 'on: push\njobs:\n  a:\n    steps:\n';
const ports = 'services:\n  a:\n    ports:\n';

describe('two additions of one thing are refused', () => {
  it.each<Both>([
    ['a constant of PHP', 'a.php', phpClass, '  const R = 3;\n', '  private const R = 5;\n', '}\n'],
    ['one with a type', 'a.php', phpClass, '  const int R = 3;\n', '  const string R = "a";\n', '}\n'],
    ['a defined constant', 'a.php', '<?php\n', "define('R', 3);\n", 'define("R", 5);\n', 'f();\n'],
    ['a property of PHP', 'a.php', phpClass, '  public ?int $r;\n', '  protected $r = 5;\n', '}\n'],
    [
      'a value of a case',
      'a.php',
      '<?php\nenum S: string {\n',
      "  case R = 'r';\n",
      "  case T = 'r';\n",
      '}\n',
    ],
    ['a field of Python', 'a.py', pythonClass, '    r: int = 1\n', '    r: str = "a"\n', '    z: int = 0\n'],
    [
      'a route of Python',
      'a.py',
      'import x\n',
      '@app.get("/r")\ndef a():\n    return 1\n',
      '@app.get("/r")\ndef b():\n    return 2\n',
      'f()\n',
    ],
    ['a key of Go', 'a.go', goStruct, '\tR int `json:"r"`\n', '\tS string `json:"r,omitempty"`\n', '}\n'],
    [
      'a mapping of Java',
      'A.java',
      javaClass,
      '  @GetMapping("/r")\n  String a() { return "a"; }\n',
      '  @GetMapping("/r")\n  String b() { return "b"; }\n',
      '}\n',
    ],
    [
      'a property of C#',
      'A.cs',
      'class A\n{\n',
      '  public int R { get; set; }\n',
      '  public string R => "a";\n',
      '}\n',
    ],
    ['a constant of Ruby', 'a.rb', 'class A\n', '  R = 1\n', '  R = 2\n', 'end\n'],
    [
      'the version of a schema',
      'db/schema.rb',
      '',
      'ActiveRecord::Schema[7.0].define(version: 1) do\n',
      'ActiveRecord::Schema[7.0].define(version: 2) do\n',
      'end\n',
    ],
    [
      'a column of a migration',
      'V2__a.sql',
      '-- a\n',
      'ALTER TABLE a ADD COLUMN r INT;\n',
      'ALTER TABLE a ADD COLUMN r TEXT;\n',
      'SELECT 1;\n',
    ],
    ['a stage', 'Dockerfile', 'FROM a\n', 'FROM a AS r\nRUN b\n', 'FROM c AS r\nRUN d\n', 'FROM z\n'],
    [
      'a step',
      '.github/workflows/ci.yml',
      steps,
      '      - id: r\n        run: a\n',
      '      - id: r\n        run: b\n',
      '      - run: c\n',
    ],
    ['a port', 'compose.yaml', ports, '      - "80:1"\n', "      - '80:2'\n", '    image: x\n'],
    [
      'a module of Go',
      'go.mod',
      'module a\nrequire (\n',
      '\texample.org/r v1.0.0\n',
      '\texample.org/r v1.1.0\n',
      ')\n',
    ],
    [
      'a route of JavaScript',
      'a.js',
      'const app = x();\n',
      "app.get('/r', a);\n",
      "app.get('/r', b);\n",
      'app.listen();\n',
    ],
  ])('%s', (...given) => {
    expect(both(given)).not.toEqual([]);
  });
});

describe('two additions that only look alike pass', () => {
  it.each<Both>([
    ['constants of one type', 'a.php', phpClass, '  const int R = 3;\n', '  const int S = 5;\n', '}\n'],
    [
      'guarded constants',
      'a.php',
      '<?php\n',
      "if (!defined('R')) {\n  define('R', 3);\n}\n",
      "if (!defined('S')) {\n  define('S', 5);\n}\n",
      'f();\n',
    ],
    [
      'properties of one type',
      'a.php',
      phpClass,
      '  private int $r = 3;\n',
      '  private int $s = 5;\n',
      '}\n',
    ],
    [
      'cases of two values',
      'a.php',
      '<?php\nenum S: string {\n',
      "  case R = 'r';\n",
      "  case T = 't';\n",
      '}\n',
    ],
    [
      'names of two functions',
      'a.py',
      'class A:\n',
      '    def r(self):\n        x: int = 1\n        return x\n',
      '    def s(self):\n        x: int = 1\n        return x\n',
      '    z = 1\n',
    ],
    [
      'one address for two methods',
      'a.py',
      'import x\n',
      '@app.route("/r", methods=["GET"])\ndef a():\n    return 1\n',
      '@app.route("/r", methods=["POST"])\ndef b():\n    return 2\n',
      'f()\n',
    ],
    ['fields without a key', 'a.go', goStruct, '\tR int `json:"-"`\n', '\tS string `json:"-"`\n', '}\n'],
    [
      'overloads of C#',
      'A.cs',
      'class A\n{\n',
      '  public int R(int a) => 1;\n',
      '  public int R(string a) => 2;\n',
      '}\n',
    ],
    [
      'constants of two classes',
      'a.rb',
      'module Z\n',
      '  class A\n    R = 1\n  end\n',
      '  class B\n    R = 1\n  end\n',
      'end\n',
    ],
    [
      'columns of two tables',
      'V2__a.sql',
      '-- a\n',
      'ALTER TABLE a ADD COLUMN r INT;\n',
      'ALTER TABLE b ADD COLUMN r TEXT;\n',
      'SELECT 1;\n',
    ],
    ['ports', 'compose.yaml', ports, '      - "80:1"\n', '      - "81:1"\n', '    image: x\n'],
    [
      'get and post',
      'a.js',
      'const app = x();\n',
      "app.get('/r', a);\n",
      "app.post('/r', b);\n",
      'app.listen();\n',
    ],
  ])('%s', (...given) => {
    expect(both(given)).toEqual([]);
  });
});
