import { describe, expect, it } from '@jest/globals';
import { type Case, judge } from '../../../support/judged-answer.js';

type Row = readonly [path: string, before: string, ours: string, theirs: string];

/** One side begins a section, an item or a block; the other goes on in the one that stands before. */
const rows: readonly Row[] = [
  ['a.yaml', 'list:\n  - name: a\n    value: 1\n', '  - name: b\n    value: 2\n', '    extra: 3\n'],
  ['ci.yml', 'include:\n  - os: a\n    v: 1\n', '  - os: b\n    v: 2\n', '    w: 3\n'],
  ['deploy.yaml', 'containers:\n- name: a\n  image: a\n', '- name: b\n  image: b\n', '  ports:\n  - 80\n'],
  [
    '.github/workflows/a.yml',
    'jobs:\n  t:\n    steps:\n    - run: a\n',
    '  l:\n    steps:\n    - run: l\n',
    '    - run: b\n',
  ],
  [
    'docker-compose.yml',
    'services:\n  a:\n    image: a\n',
    '  b:\n    image: b\n',
    '    ports:\n      - "80"\n',
  ],
  ['play.yml', '- name: a\n  shell: a\n', '- name: b\n  shell: b\n', '  when: c\n'],
  ['a.toml', '[[bin]]\nname = "a"\n', '\n[[bin]]\nname = "b"\n', 'path = "x"\n'],
  ['b.toml', '[a]\nx = 1\n', '\n[b]\ny = 2\n', 'z = 3\n'],
  ['hosts.ini', '[web]\nw1\n', '\n[db]\nd1\n', 'w2\n'],
  ['x.service', '[Unit]\nDescription=x\n', '\n[Service]\nExecStart=/x\n', 'After=y\n'],
  ['Makefile', 'all:\n\tcc a\n', '\nclean:\n\trm a\n', '\tcc b\n'],
  ['justfile', 'build:\n    cc a\n', '\nclean:\n    rm a\n', '    cc b\n'],
  ['Dockerfile', 'FROM a AS build\nRUN x\n', '\nFROM b\nCOPY --from=build /x /x\n', 'RUN y\n'],
  ['config.ssh', 'Host a\n  User x\n', '\nHost b\n  User y\n', '  Port 22\n'],
  ['NOTES.md', '## A\n\n- a\n', '\n## B\n\n- b\n', '- c\n'],
  ['a.rst', 'A\n===\n\n* a\n', '\nB\n===\n\n* b\n', '* c\n'],
  ['a.py', 'if x:\n    a()\n', 'if y:\n    b()\n', '    c()\n'],
  ['a.rb', 'it "a" do\n  a\n', 'end\n\nit "b" do\n  b\n', '  c\n'],
  ['a.ex', 'def a do\n  a()\n', 'end\n\ndef b do\n  b()\n', '  c()\n'],
  ['a.pug', 'ul\n  li\n    a x\n', '  li\n    a y\n', '    a z\n'],
  ['a.sass', '.a\n  color: red\n', '.b\n  color: blue\n', '  margin: 0\n'],
  ['a.haml', '%ul\n  %li\n    a\n', '  %li\n    b\n', '    c\n'],
  [
    'a.kt',
    'class A {\n    fun a() {\n        a()\n',
    '    }\n\n    fun b() {\n        b()\n',
    '        c()\n',
  ],
];

const given = ([path, before, ours, theirs]: Row, answer: string): Case => ({
  path,
  around: [before, ''],
  ours,
  theirs,
  answer,
});

describe('what one side adds', () => {
  it.each(rows.map((row) => [row[0], row] as const))(
    'in %s is refused below a head of the other',
    (_, row) => {
      expect(judge(given(row, row[2] + row[3])).join('\n')).toMatch(/stands? below|missing|neither side has/);
    },
  );
  it.each(rows.map((row) => [row[0], row] as const))('in %s passes below its own', (_, row) => {
    expect(judge(given(row, row[3] + row[2])).join('\n')).not.toMatch(/stands? below/);
  });
});

it.each<[string, Row, string]>([
  [
    'lines of the preprocessor at the edge',
    ['a.c', 'void f(void)\n{\n\ta();\n', '#ifdef X\n\tx();\n#endif\n', '\tb();\n'],
    '#ifdef X\n\tx();\n#endif\n\tb();\n',
  ],
  [
    'comments at the edge',
    ['a.py', 'def f():\n    a()\n', '# b()\n    x()\n', '    b()\n'],
    '# b()\n    x()\n    b()\n',
  ],
  [
    'two sections, each with its own lines',
    ['a.ini', '[a]\nx = 1\n', '\n[b]\ny = 1\n', '\n[c]\ny = 1\n'],
    '\n[b]\ny = 1\n\n[c]\ny = 1\n',
  ],
])('knows %s for no heads', (_, row, answer) => {
  expect(judge(given(row, answer)).join('\n')).not.toMatch(/stands? below/);
});
