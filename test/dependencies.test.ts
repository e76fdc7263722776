/** What may come into this repository from others: by licence, version, size of its say, and known holes. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { knownHole } from './support/known-vulnerable.js';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Locked {
  version: string;
  name?: string;
  license?: string;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
  engines?: { node?: string };
}
const lock: { packages: Record<string, Locked> } = JSON.parse(read('package-lock.json'));
const manifest = JSON.parse(read('package.json'));
/** All but this package itself, by name. */
const installed = Object.entries(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, one]) => ({ ...one, name: one.name ?? path.slice(path.lastIndexOf('node_modules/') + 13) }));
const named = ({ name, version }: { name: string; version: string }) => `${name}@${version}`;

/** Those that let this program be passed on under its own licence. */
const licences = new Set([
  ...['MIT', 'MIT/X11', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['MIT OR Apache-2.0', '(MIT OR CC0-1.0)', 'Python-2.0', 'Unlicense', 'CC0-1.0'],
]);
/** Data, or a licence that stands in the package's files and not in its manifest. */
const licensedOtherwise: Readonly<Record<string, string>> = {
  'caniuse-lite': 'CC-BY-4.0, data that only the build reads',
  buffers: 'MIT/X11 by its author’s word; only blessed-contrib’s pictures reach it, which we do not use',
  'event-stream': 'MIT, in its read-me',
  memorystream: 'MIT, in its manifest’s old form',
  'png-js': 'MIT, at the top of its source',
  sparkline: 'MIT, in its own file',
  'term-canvas': 'MIT, in its read-me',
};
/** Those that would run a program when they are installed. `npm ci --ignore-scripts` works all the same. */
const runAtInstall = ['@parcel/watcher', 'esbuild', 'unrs-resolver'];

describe('a package that is installed', () => {
  it('may be used and passed on', () => {
    const odd = installed.filter(
      ({ name, license }) => !licences.has(license ?? '') && !licensedOtherwise[name],
    );
    expect(odd.map((one) => `${named(one)}: ${one.license}`)).toEqual([]);
  });

  it('is known by the digest of its bytes, and by no address', () => {
    const odd = installed.filter(
      ({ integrity, resolved }) => !/^sha512-/.test(integrity ?? '') || resolved !== undefined,
    );
    expect(odd.map(named)).toEqual([]);
  });

  it('runs on the oldest Node that this program runs on', () => {
    const odd = installed.filter(({ engines }) => engines?.node !== undefined && !admits20(engines.node));
    expect(odd.map((one) => `${named(one)}: ${one.engines?.node}`)).toEqual([]);
    expect(manifest.engines).toEqual({ node: '>=20' });
  });

  it('runs nothing while it is installed, but for a few that are known', () => {
    const scripts = installed.filter((one) => one.hasInstallScript).map(({ name }) => name);
    expect(scripts.filter((name) => !runAtInstall.includes(name))).toEqual([]);
  });

  it('has no hole that is known here', () => {
    expect(
      installed.flatMap((one) => knownHole(one.name, one.version)?.replace(/^/, `${named(one)}: `) ?? []),
    ).toEqual([]);
  });
});

describe('the list of known holes', () => {
  it.each([
    ['xml2js', '0.4.23'],
    ['xml2js', '0.1.14'],
    ['minimist', '1.2.5'],
    ['chalk', '5.6.1'],
    ['flatmap-stream', '9.9.9'],
    ['simple-git', '3.15.1'],
    ['ws', '8.17.0'],
  ])('knows %s %s', (name, version) => expect(knownHole(name, version)).toBeDefined());

  it.each([
    ['xml2js', '0.5.0'],
    ['xml2js', '0.6.2'],
    ['minimist', '0.2.4'],
    ['chalk', '5.6.2'],
    ['glob', '10.1.0'],
    ['ws', '9.0.0'],
  ])('has nothing against %s %s', (name, version) => expect(knownHole(name, version)).toBeUndefined());
});

describe('this package', () => {
  it('names every dependency by one exact version, and brings none along', () => {
    const versions: [string, string][] = Object.entries(manifest.devDependencies);
    expect(versions.filter(([, one]) => !/^(npm:[a-z-]+@)?\d+\.\d+\.\d+$/.test(one))).toEqual([]);
    expect([manifest.dependencies, manifest.optionalDependencies, manifest.peerDependencies]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('starts nothing where it is installed', () => {
    const scripts = ['preinstall', 'install', 'postinstall', 'prepare'].filter(
      (name) => name in manifest.scripts,
    );
    expect(scripts).toEqual([]);
  });

  it.each([
    ['cyclonedx', 'components', 'version'],
    ['spdx', 'packages', 'versionInfo'],
  ])('can list all that it is made from, as %s', (format, list, version) => {
    const argv = ['sbom', '--sbom-format', format, '--package-lock-only', '--offline'];
    const told = JSON.parse(execFileSync('npm', argv, { cwd: root, encoding: 'utf8', maxBuffer: 1e8 }));
    const listed = new Set(told[list].map((one: Record<string, string>) => `${one.name}@${one[version]}`));
    for (const name of Object.keys(manifest.devDependencies)) {
      const at = lock.packages[`node_modules/${name}`]!;
      expect(
        [...listed].some((one) => one === `${name}@${at.version}` || one === `${at.name}@${at.version}`),
      ).toBe(true);
    }
  });

  it('is published with provenance and these lists, by actions that cannot change under it', () => {
    const workflow = read('.github/workflows/release.yml');
    for (const wanted of [
      '--provenance',
      'id-token: write',
      'sbom --sbom-format cyclonedx',
      'sbom --sbom-format spdx',
      'npm pkg set "repository.url=git+$GITHUB_SERVER_URL/$GITHUB_REPOSITORY.git"',
    ]) {
      expect(workflow).toContain(wanted);
    }
    const used = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action]) => action!);
    expect(used.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });
});

/** Whether a range of versions of Node holds one of the twenties. */
function admits20(range: string): boolean {
  return range.split('||').some((part) => {
    const [, sign = '', major] = /^\s*(>=|>|\^|~|=)?\s*v?(\d+|\*)/.exec(part) ?? [];
    if (major === undefined) return part.trim() === '';
    if (major === '*') return true;
    return sign === '>=' || sign === '>' ? Number(major) <= 20 : Number(major) === 20;
  });
}
