/** Packages that a change begins to depend on. */
import { parse } from 'smol-toml';
import { matchesAny } from '../../platform/glob.js';
import type { PolicyConfig } from '../../store/policies.js';
import type { PolicyEvidence } from '../validation.js';
import type { JudgedChange } from './judge.js';
import { globs } from './parameters.js';

const manifests: readonly [RegExp, (text: string) => string[]][] = [
  [/(?:^|\/)package\.json$/, ofPackage],
  [/(?:^|\/)pyproject\.toml$/, ofPyproject],
  [/(?:^|\/)(?:requirements[\w.-]*|constraints)\.(?:txt|in)$/, (text) => lines(text).map(requirement)],
  [
    /(?:^|\/)go\.mod$/,
    (text) =>
      [...text.matchAll(/^(?:require\s+|\t)([\w./~-]+\.[\w./~-]+)\s+v\S+(?!.*\/\/ indirect)/gm)].map(
        (one) => one[1]!,
      ),
  ],
  [/(?:^|\/)Cargo\.toml$/, ofCargo],
  [
    /(?:^|\/)pom\.xml$/,
    (text) =>
      [
        ...text
          .replace(/<!--[\s\S]*?-->/g, '')
          .matchAll(/<dependency>\s*<groupId>([^<]+)<\/groupId>\s*<artifactId>([^<]+)</g),
      ].map((one) => `${one[1]}:${one[2]}`),
  ],
  [
    /\.gradle(?:\.kts)?$/,
    (text) =>
      [
        ...text.matchAll(
          /\b(?:implementation|api|compileOnly|runtimeOnly|testImplementation|kapt|annotationProcessor)\s*\(?\s*["']([^"':]+:[^"':]+)/g,
        ),
      ].map((one) => one[1]!),
  ],
  [/(?:^|\/)Gemfile$/, (text) => [...text.matchAll(/^\s*gem\s+["']([^"']+)/gm)].map((one) => one[1]!)],
  [/(?:^|\/)composer\.json$/, (text) => keysOf(json(text), ['require', 'require-dev'])],
  [
    /(?:^|\/)CMakeLists\.txt$/,
    (text) =>
      [...text.matchAll(/\b(?:find_package|FetchContent_Declare)\s*\(\s*(\w+)/g)].map((one) => one[1]!),
  ],
];

/** Whether a file of this name says what the code depends on. */
export const isManifest = (path: string): boolean => manifests.some(([shape]) => shape.test(path));

export function newDependencies({ texts }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const allow = globs(config, 'allow');
  return texts.flatMap(({ path, before, after }) => {
    const read = manifests.find(([shape]) => shape.test(path))?.[1];
    if (!read || before === '' || after === '') return [];
    const old = new Set(read(before));
    return [...new Set(read(after))]
      .filter((name) => name !== '' && !old.has(name) && !matchesAny(name, allow))
      .map((name) => ({ path, line: lineOf(after, name), what: `depends on ${name} now`, id: name }));
  });
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('-'));
const requirement = (line: string) => (/^[\w.-]+/.exec(line.trim())?.[0] ?? '').toLowerCase();

function json(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function toml(text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keysOf = (table: Record<string, unknown>, names: readonly string[]) =>
  names.flatMap((name) => (isTable(table[name]) ? Object.keys(table[name]) : []));

function ofPackage(text: string): string[] {
  return keysOf(json(text), ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']);
}

function ofPyproject(text: string): string[] {
  const {
    project = {},
    tool = {},
    'dependency-groups': groups = {},
  } = toml(text) as Record<string, Record<string, unknown>>;
  const listed = [
    project.dependencies,
    ...Object.values((project['optional-dependencies'] as object) ?? {}),
    ...Object.values(groups),
  ];
  const named = listed.flatMap((list) =>
    Array.isArray(list) ? list.filter((one) => typeof one === 'string').map(requirement) : [],
  );
  const poetry = (tool.poetry ?? {}) as Record<string, unknown>;
  return [...named, ...keysOf(poetry, ['dependencies', 'dev-dependencies'])];
}

function ofCargo(text: string): string[] {
  const names: string[] = [];
  const walk = (table: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(table)) {
      if (!isTable(value)) continue;
      if (/^(?:dev-|build-)?dependencies$/.test(name)) names.push(...Object.keys(value));
      else walk(value);
    }
  };
  walk(toml(text));
  return names;
}

function lineOf(text: string, name: string): number {
  const at = text.indexOf(name.includes(':') ? name.slice(name.indexOf(':') + 1) : name);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}
