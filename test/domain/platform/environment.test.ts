import { describe, expect, test } from '@jest/globals';
import {
  heldBack,
  matchesName,
  passesName,
  pickVariables,
} from '../../../src/domain/platform/environment.js';

describe('patterns of names', () => {
  test.each([
    ['AWS_REGION', 'AWS_*', true],
    ['AWS', 'AWS_*', false],
    ['MY_AWS_REGION', 'AWS_*', false],
    ['GROQ_API_KEY', '*_API_KEY', true],
    ['A_B_C', 'A_*_C', true],
    ['AxB', 'A.B', false],
    ['PATHS', 'PATH', false],
    ['ANY', '*', true],
  ])('%s by %s: %s', (name, pattern, matches) => expect(matchesName(name, pattern)).toBe(matches));

  test('what is taken out again stays out, and some names never pass', () => {
    const patterns = ['CLAUDE_*', '!CLAUDE_CODE_SSE_PORT', '*'];
    expect(passesName('CLAUDE_CONFIG_DIR', patterns)).toBe(true);
    expect(passesName('CLAUDE_CODE_SSE_PORT', patterns)).toBe(false);
    const never = ['NODE_OPTIONS', 'LD_PRELOAD', 'BASH_ENV', 'GIT_DIR', 'DYLD_INSERT_LIBRARIES'];
    for (const name of [
      ...never,
      'GIT_INDEX_FILE',
      'GIT_COMMITTER_EMAIL',
      'GIT_CONFIG',
      'GIT_CONFIG_PARAMETERS',
    ]) {
      expect(passesName(name, ['*', name])).toBe(false);
    }
    expect(passesName('GIT_CONFIG_GLOBAL', ['GIT_CONFIG_GLOBAL'])).toBe(true);
  });

  test('what is held back is told by name, without what shells set for themselves', () => {
    const env = {
      PATH: '/bin',
      AWS_REGION: 'r',
      MY_TOKEN: 't',
      PS1: '$',
      _: '/x',
      OLDPWD: '/',
      GONE: undefined,
    };
    expect(heldBack(env, ['PATH'])).toEqual(['AWS_REGION', 'MY_TOKEN']);
    expect(pickVariables(env, ['PATH', 'MY_*', 'GONE'])).toEqual({ PATH: '/bin', MY_TOKEN: 't' });
  });
});
