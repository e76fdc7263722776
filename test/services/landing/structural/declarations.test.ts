import { describe, expect, it } from '@jest/globals';
import { declarationsIn } from '../../../../src/services/landing/structural/declarations.js';

/** Each public declaration, with a plus where a word is said about it. */
const told = async (path: string, text: string) =>
  (await declarationsIn(path, text))?.map(
    ({ name, line, isDocumented }) => `${isDocumented ? '+' : '-'}${name}:${line}`,
  );

describe('what other code can see', () => {
  it.each<[string, string, string[]]>([
    [
      'a.ts',
      '/** Adds. */\nexport function add() {}\nfunction own() {}\nexport const sub = () => 1;\nexport const one = 1;\nexport interface Shape {\n  a: string;\n}\n// A box.\nexport class Box {\n  constructor() {}\n  /** Opens. */\n  open() {}\n  private lock() {}\n  #key() {}\n  shut() {}\n}\nexport default function () {}\n',
      ['+add:2', '-sub:4', '-Shape:6', '+Box:10', '+open:13', '-shut:16', '-default:18'],
    ],
    ['a.js', 'export async function* all() {}\nexport { own };\n', ['-all:1']],
    [
      'a.py',
      'def add(\n    a: int,\n    b: int,\n) -> int:\n    """Adds."""\n    return a + b\n\n\n@overload\ndef sub(a): ...\n\n\ndef sub(a):\n    return 1\n\n\ndef _own(): ...\n\n\nclass Box:\n    """A box."""\n\n    def __init__(self): ...\n\n    @property\n    def size(self):\n        # big\n        return 1\n\n    @size.setter\n    def size(self, to): ...\n\n    def open(self):\n        \'\'\'Opens.\'\'\'\n        def inner(): ...\n',
      ['+add:1', '-sub:13', '+Box:20', '-size:26', '+open:33'],
    ],
    [
      'a.go',
      'package a\n\n// Add adds.\nfunc Add() {}\nfunc Sub() {}\nfunc own() {}\n\n// Box holds.\ntype Box struct{}\n\nfunc (b *Box) Open() {}\nfunc (o other) Open() {}\n\ntype (\n\t// One is one.\n\tOne int\n\tTwo int\n)\n',
      ['+Add:4', '-Sub:5', '+Box:9', '-Open:11', '+One:16', '-Two:17'],
    ],
    ['main.go', 'package main\n\nfunc Add() {}\n', []],
    [
      'a.rs',
      '/// Adds.\n#[inline]\npub fn add() {}\npub(crate) fn own() {}\n// no documentation\npub fn sub() {}\n#[doc = "One."]\npub const ONE: u8 = 1;\npub struct Box;\nimpl Box {\n    /// Opens.\n    pub fn open(&self) {}\n    pub fn shut(&self) {}\n}\nimpl Clone for Box {\n    fn clone(&self) -> Self { Box }\n}\n#[cfg(test)]\nmod tests {\n    pub fn helper() {}\n}\n',
      ['+add:3', '-sub:6', '+ONE:8', '-Box:9', '+open:12', '-shut:13'],
    ],
    [
      'A.java',
      '/** A box. */\npublic class A {\n    public A() {}\n    /** Opens. */\n    public void open() {}\n    // no\n    protected <T> T shut() { return null; }\n    @Override\n    public String toString() { return ""; }\n    void own() {}\n    public interface In {\n        int one();\n    }\n}\nclass Own {}\n',
      ['+A:2', '-A:3', '+open:5', '-shut:7', '-In:11', '-one:12'],
    ],
    [
      'a.h',
      '#ifndef A_H\n#define A_H\n\n/* Adds. */\nint add(int a, int b);\nint add3(int a, int b,\n  int c);\n\nchar *name(void);\nvoid end(void); /* Ends. */\nstatic int own(void);\nextern int count;\n#ifdef __cplusplus\nextern "C" {\n#endif\nvoid open_it(void);\n#ifdef __cplusplus\n}\n#endif\n#endif\n',
      ['+add:5', '+add3:6', '-name:9', '+end:10', '-open_it:16'],
    ],
  ])('%s', async (path, text, expected) => {
    expect(await told(path, text)).toEqual(expected);
  });

  it('is not told of files that no grammar reads', async () => {
    expect(await told('a.rb', 'def add; end\n')).toBeUndefined();
    expect(await told('a.d.ts', 'export function add(): void;\n')).toBeUndefined();
  });
});
