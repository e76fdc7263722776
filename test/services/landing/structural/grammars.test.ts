import { describe, expect, it } from '@jest/globals';
import { parserFor } from '../../../../src/services/landing/structural/grammars.js';

describe('the grammars', () => {
  it.each([
    ['a.ts', 'let a: number = f(1);\n'],
    ['a.tsx', 'let a = <b>{c}</b>;\n'],
    ['a.js', 'let a = f(1);\n'],
    ['a.py', 'a = f(1)\n'],
    ['a.go', 'package a\n'],
    ['a.rs', 'fn a() {}\n'],
    ['a.java', 'class A {}\n'],
    ['a.cpp', 'class A {};\n'],
    ['a.h', 'int a(void);\n'],
  ])('read %s', async (path, text) => {
    const parser = await parserFor(path);
    expect(parser?.parse(text)?.rootNode.hasError).toBe(false);
  });

  it('read nothing else', async () => {
    expect(await parserFor('a.txt')).toBeUndefined();
    expect(await parserFor('constructor')).toBeUndefined();
  });
});
