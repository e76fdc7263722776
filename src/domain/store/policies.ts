/** The policies: which there are, their levels, their parameters and what these may be. Judged in `landing/policies`. */

/** From the mildest: `hold` keeps work from landing until a person has approved it, and fails nothing. */
export const levels = ['off', 'warn', 'hold', 'fail'] as const;
export type Level = (typeof levels)[number];

export interface PolicyConfig {
  level: Level;
  [parameter: string]: unknown;
}

const count = { type: 'integer', minimum: 0 } as const;
const share = { type: 'number', minimum: 0, maximum: 1 } as const;
const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const patterns = texts;
const size = { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*([kKMGT]?B)$' } as const;

interface Declared {
  level: Level;
  /** Parameter → its default and the schema of its values. */
  parameters?: Record<string, readonly [unknown, object]>;
}

/** What builds and checks a change where it is hosted. */
const ofCi = [
  '.github/workflows/**',
  '.github/actions/**',
  '.github/CODEOWNERS',
  '.github/*.{yml,yaml}',
  'CODEOWNERS',
  '.gitlab-ci.yml',
  '.gitlab/**',
  '.circleci/**',
  '.travis.yml',
  '.drone.{yml,jsonnet}',
  '.buildkite/**',
  '.woodpecker{.yml,/**}',
  '.cirrus.yml',
  '.semaphore/**',
  '.teamcity/**',
  '.ci/**',
  '{.,}appveyor.yml',
  '{.,}azure-pipelines{.yml,/**}',
  'bitbucket-pipelines.yml',
  'Jenkinsfile*',
  '.husky/**',
];

const declared = {
  changed_lines: { level: 'warn', parameters: { max: [1500, count] } },
  changed_files: { level: 'warn', parameters: { max: [100, count] } },
  file_size: { level: 'fail', parameters: { max: ['5 MB', size] } },
  binary_files: {
    level: 'warn',
    parameters: {
      allow: [
        [
          '**/*.{png,jpg,jpeg,gif,webp,avif,ico,svg,woff,woff2,ttf,otf,pdf}',
          '**/{test,tests,fixtures,testdata}/**',
        ],
        texts,
      ],
    },
  },
  forbidden_paths: {
    level: 'fail',
    parameters: {
      paths: [
        [
          '**/.git',
          '**/.git/**',
          '**/.gitmodules',
          '**/.gitattributes',
          '**/.gitconfig',
          '**/.lfsconfig',
          '.codex-agent/**',
        ],
        texts,
      ],
    },
  },
  protected_paths: { level: 'fail', parameters: { paths: [ofCi, texts] } },
  forbidden_patterns: { level: 'fail', parameters: { patterns: [[], patterns] } },
  conflict_markers: { level: 'fail' },
  secrets: { level: 'fail', parameters: { allow: [[], texts] } },
  weakened_tests: { level: 'fail' },
  check_definitions: { level: 'fail' },
  fewer_tests: { level: 'fail' },
  changed_coverage: { level: 'off', parameters: { min: [0.8, share], ignore: [[], texts] } },
  changed_expectations: { level: 'hold' },
  dropped_commits: { level: 'hold' },
  unplaced_errors: { level: 'hold' },
  suppressions: { level: 'warn', parameters: { max: [0, count] } },
  new_dependencies: { level: 'warn', parameters: { allow: [[], texts] } },
  tests_required: { level: 'off', parameters: { sources: [[], texts] } },
  line_length: { level: 'off', parameters: { max: [120, count] } },
  doc_coverage: { level: 'off', parameters: { min: [0.8, share] } },
  licence_header: {
    level: 'off',
    parameters: { text: ['SPDX-License-Identifier:', text], paths: [[], texts] },
  },
  commit_hygiene: {
    level: 'off',
    parameters: { max_subject: [72, count], pattern: ['', text] },
  },
} as const satisfies Record<string, Declared>;

export type PolicyName = keyof typeof declared;

const table: Record<PolicyName, Declared> = declared;

/** Policies that make the checks they are about fail, so that no commit can be approved in spite of them. */
export const afterChecks = ['fewer_tests', 'changed_coverage'] as const satisfies readonly PolicyName[];

const levelsOf = (name: string) =>
  afterChecks.some((one) => one === name) ? levels.filter((level) => level !== 'hold') : levels;

/** Names of all policies. */
export const policyNames = Object.keys(table) as PolicyName[];

/** Each policy with its level and parameters, where no configuration says otherwise. */
export const defaultPolicies = (): Record<string, PolicyConfig> =>
  Object.fromEntries(
    Object.entries(table).map(([name, { level, parameters = {} }]) => [
      name,
      { level, ...Object.fromEntries(Object.entries(parameters).map(([key, [value]]) => [key, value])) },
    ]),
  );

/** Schema of each policy's table. */
export const policySchemas = (): Record<string, object> =>
  Object.fromEntries(
    Object.entries(table).map(([name, { parameters = {} }]) => [
      name,
      {
        type: 'object',
        additionalProperties: false,
        properties: {
          level: { enum: levelsOf(name) },
          ...Object.fromEntries(Object.entries(parameters).map(([key, [, schema]]) => [key, schema])),
        },
      },
    ]),
  );
