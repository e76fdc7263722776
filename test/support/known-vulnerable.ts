/**
 * Versions of packages that must not come back: holes that have an advisory, and versions that were published by
 * thieves. For what is built or installed here, and what such packages pull in. To be added to, never taken from.
 */

interface Vulnerable {
  name: string;
  /** From the first bad version on (default: all), up to the first good one. */
  ranges?: readonly (readonly [from: string, below: string])[];
  exactly?: readonly string[];
  why: string;
}

/** Published on 8 September 2025 with a thief of wallets in them. */
const stolenInSeptember: Readonly<Record<string, string>> = {
  'ansi-regex': '6.2.1',
  'ansi-styles': '6.2.2',
  backslash: '0.2.1',
  chalk: '5.6.1',
  'chalk-template': '1.1.1',
  color: '5.0.1',
  'color-convert': '3.1.1',
  'color-name': '2.0.1',
  'color-string': '2.1.1',
  debug: '4.4.2',
  'error-ex': '1.3.3',
  'has-ansi': '6.0.1',
  'is-arrayish': '0.3.3',
  'simple-swizzle': '0.2.3',
  'slice-ansi': '7.1.1',
  'strip-ansi': '7.1.1',
  'supports-color': '10.2.1',
  'supports-hyperlinks': '4.1.1',
  'wrap-ansi': '9.0.1',
};

const knownVulnerable: readonly Vulnerable[] = [
  ...Object.entries(stolenInSeptember).map(([name, version]) => ({
    name,
    exactly: [version],
    why: 'malware',
  })),
  { name: '@ctrl/tinycolor', exactly: ['4.1.1', '4.1.2'], why: 'malware, a worm' },
  { name: 'event-stream', exactly: ['3.3.6'], why: 'malware' },
  { name: 'flatmap-stream', why: 'malware' },
  { name: 'ua-parser-js', exactly: ['0.7.29', '0.8.0', '1.0.0'], why: 'malware' },
  { name: 'coa', exactly: ['2.0.3', '2.0.4', '2.1.1', '2.1.3', '3.0.1', '3.1.3'], why: 'malware' },
  { name: 'rc', exactly: ['1.2.9', '1.3.9', '2.3.9'], why: 'malware' },
  { name: 'colors', exactly: ['1.4.1', '1.4.2', '1.4.44-liberty-2'], why: 'sabotage' },
  { name: 'eslint-config-prettier', exactly: ['8.10.1', '9.1.1', '10.1.6', '10.1.7'], why: 'malware' },
  { name: 'eslint-plugin-prettier', exactly: ['4.2.2', '4.2.3'], why: 'malware' },
  { name: 'synckit', exactly: ['0.11.9'], why: 'malware' },
  { name: '@pkgr/core', exactly: ['0.2.8'], why: 'malware' },
  { name: 'napi-postinstall', exactly: ['0.3.1'], why: 'malware' },
  { name: 'xml2js', ranges: [['0', '0.5.0']], why: 'CVE-2023-0842, GHSA-776f-qx25-q3cc' },
  {
    name: 'minimist',
    ranges: [
      ['0', '0.2.4'],
      ['1.0.0', '1.2.6'],
    ],
    why: 'CVE-2021-44906',
  },
  { name: 'braces', ranges: [['0', '3.0.3']], why: 'CVE-2024-4068' },
  { name: 'micromatch', ranges: [['0', '4.0.8']], why: 'CVE-2024-4067' },
  {
    name: 'cross-spawn',
    ranges: [
      ['0', '6.0.6'],
      ['7.0.0', '7.0.5'],
    ],
    why: 'CVE-2024-21538',
  },
  {
    name: 'ws',
    ranges: [
      ['0', '5.2.4'],
      ['6.0.0', '6.2.3'],
      ['7.0.0', '7.5.10'],
      ['8.0.0', '8.17.1'],
    ],
    why: 'CVE-2024-37890',
  },
  {
    name: 'semver',
    ranges: [
      ['0', '5.7.2'],
      ['6.0.0', '6.3.1'],
      ['7.0.0', '7.5.2'],
    ],
    why: 'CVE-2022-25883',
  },
  {
    name: 'brace-expansion',
    ranges: [
      ['0', '1.1.12'],
      ['2.0.0', '2.0.2'],
    ],
    why: 'CVE-2025-5889',
  },
  { name: 'lodash', ranges: [['0', '4.17.21']], why: 'CVE-2021-23337' },
  {
    name: 'js-yaml',
    ranges: [
      ['0', '3.14.2'],
      ['4.0.0', '4.1.1'],
    ],
    why: 'CVE-2025-64718',
  },
  {
    name: 'glob',
    ranges: [
      ['10.2.0', '10.5.0'],
      ['11.0.0', '11.1.0'],
    ],
    why: 'CVE-2025-64756',
  },
  {
    name: 'ansi-regex',
    ranges: [
      ['3.0.0', '3.0.1'],
      ['4.0.0', '4.1.1'],
      ['5.0.0', '5.0.1'],
      ['6.0.0', '6.0.1'],
    ],
    why: 'CVE-2021-3807',
  },
  { name: 'simple-git', ranges: [['0', '3.16.0']], why: 'CVE-2022-25860, commands by arguments' },
  { name: 'esbuild', ranges: [['0', '0.25.0']], why: 'GHSA-67mh-4wv8-2f99' },
  { name: '@babel/traverse', ranges: [['0', '7.23.2']], why: 'CVE-2023-45133' },
  { name: '@babel/helpers', ranges: [['0', '7.26.10']], why: 'CVE-2025-27789' },
  { name: 'marked', ranges: [['0', '4.0.10']], why: 'CVE-2022-21680, CVE-2022-21681' },
  { name: 'underscore', ranges: [['1.3.2', '1.12.1']], why: 'CVE-2021-23358' },
  { name: 'path-to-regexp', ranges: [['0', '0.1.12']], why: 'CVE-2024-52798' },
  { name: 'tar', ranges: [['0', '6.2.1']], why: 'CVE-2024-28863' },
  { name: 'word-wrap', ranges: [['0', '1.2.4']], why: 'CVE-2023-26115' },
  {
    name: 'json5',
    ranges: [
      ['0', '1.0.2'],
      ['2.0.0', '2.2.2'],
    ],
    why: 'CVE-2022-46175',
  },
  {
    name: 'form-data',
    ranges: [
      ['0', '2.5.4'],
      ['3.0.0', '3.0.4'],
      ['4.0.0', '4.0.4'],
    ],
    why: 'CVE-2025-7783',
  },
  { name: 'ajv', ranges: [['0', '6.12.3']], why: 'CVE-2020-15366' },
  { name: 'smol-toml', ranges: [['0', '1.3.1']], why: 'GHSA-pqhp-25j4-6hq9' },
  { name: 'yaml', ranges: [['2.0.0', '2.2.2']], why: 'CVE-2023-2251' },
  { name: 'zod', ranges: [['0', '3.22.3']], why: 'CVE-2023-4316' },
  {
    name: 'debug',
    ranges: [
      ['0', '2.6.9'],
      ['3.0.0', '3.1.0'],
    ],
    why: 'CVE-2017-16137',
  },
  { name: 'ms', ranges: [['0', '2.0.0']], why: 'CVE-2017-20162' },
];

/** Why this version must not be used; undefined when nothing is known against it. */
export function knownHole(name: string, version: string): string | undefined {
  const found = knownVulnerable.filter((one) => one.name === name).find((one) => isOne(one, version));
  return found?.why;
}

function isOne({ ranges, exactly }: Vulnerable, version: string): boolean {
  if (!ranges && !exactly) return true;
  const within = ranges?.some(([from, below]) => !isBelow(version, from) && isBelow(version, below));
  return within === true || exactly?.includes(version) === true;
}

/** By number; what stands behind a hyphen plays no part. */
function isBelow(version: string, other: string): boolean {
  const [a, b] = [version, other].map((text) => text.split('-')[0]!.split('.').map(Number));
  for (const n of [0, 1, 2]) {
    const difference = (a![n] ?? 0) - (b![n] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
