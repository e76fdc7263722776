/** What GitHub's workflows run for a change: their steps, with the values of their matrices put in. */
import { type CiStep, checkVariables } from './ci-step.js';
import { below, isRecord, type ProjectFiles } from './files.js';
import { noCheck, noCheckFile } from './kinds.js';

type Values = ReadonlyMap<string, string>;
const mostCombinations = 40;

/** The steps of all workflows that look at changes, in the order of their files. */
export function githubSteps(files: ProjectFiles): CiStep[] {
  return [...files.data]
    .filter(([path]) => /^\.(?:github|forgejo|gitea)\/workflows\/[^/]+\.ya?ml$/.test(path))
    .flatMap(([path, data]) =>
      isRecord(data) && looksAtChanges(data.on ?? data.true) ? stepsOf(files, path, data) : [],
    );
}

function looksAtChanges(on: unknown): boolean {
  const names = typeof on === 'string' ? [on] : Array.isArray(on) ? on : isRecord(on) ? Object.keys(on) : [];
  const push = isRecord(on) && isRecord(on.push) ? on.push : undefined;
  const onlyTags =
    push !== undefined && 'tags' in push && !('branches' in push) && !('branches-ignore' in push);
  return names.some((name) =>
    name === 'push'
      ? !onlyTags
      : /^(?:pull_request(?:_target)?|merge_group|workflow_call)$/.test(String(name)),
  );
}

function stepsOf(files: ProjectFiles, file: string, workflow: Record<string, unknown>): CiStep[] {
  if (noCheckFile(file)) return [];
  const jobs = isRecord(workflow.jobs) ? workflow.jobs : {};
  return Object.entries(jobs).flatMap(([id, job]) => {
    // A toolchain is called nightly, not the time of day.
    if (
      !isRecord(job) ||
      noCheck(id.replace(/nightly/i, '')) ||
      isForOtherEvents(job.if) ||
      !Array.isArray(job.steps)
    )
      return [];
    const defaults = [workflow.defaults, job.defaults].map((one) =>
      isRecord(one) && isRecord(one.run) ? one.run : {},
    );
    const flags = Object.fromEntries(
      Object.entries(checkVariables(workflow.env)).filter(([name]) => /FLAGS$/.test(name)),
    );
    return combinationsOf(job.strategy).flatMap((matrix) => {
      const values = new Map(matrix);
      for (const env of [workflow.env, job.env]) {
        if (isRecord(env))
          for (const [name, value] of Object.entries(env))
            values.set(`env.${name}`, filled(String(value ?? ''), values));
      }
      const place = {
        files,
        file,
        job: id,
        values,
        folder: '',
        here: isHere(filled(String(job['runs-on'] ?? ''), values)),
        env: { ...flags, ...checkVariables(allFilled(job.env, values)) },
        run: Object.assign({}, ...defaults) as Record<string, unknown>,
      };
      return (job.steps as unknown[]).flatMap((step) => readStep(step, place));
    });
  });
}

interface JobPlace {
  files: ProjectFiles;
  file: string;
  job: string;
  values: Values;
  folder: string;
  here: boolean;
  env: Record<string, string>;
  run: Record<string, unknown>;
}

function readStep(step: unknown, place: JobPlace): CiStep[] {
  if (!isRecord(step) || isForOtherEvents(step.if)) return [];
  const { values } = place;
  const name = String(step.name ?? '');
  const condition = String(step.if ?? '');
  const elsewhere =
    /(?:==\s*'(?:Windows|macOS|windows-\S+|macos-\S+)'|(?<!!\s*)startsWith\([^)]*'(?:windows|macos))/.test(
      condition,
    );
  const shell = String(step.shell ?? place.run.shell ?? '');
  const here = place.here && !elsewhere && !/^(?:pwsh|powershell|cmd|msys2)/.test(shell);
  const wanted = step['working-directory'] ?? place.run['working-directory'];
  const folder =
    below(place.folder, filled(String(wanted ?? '.'), values).replace(/^\$\{?GITHUB_WORKSPACE\}?/, '')) ?? '';
  const env = { ...place.env, ...checkVariables(allFilled(step.env, values)) };
  const base = { file: place.file, job: place.job, name, folder, env, here };
  if (typeof step.run === 'string') {
    const script = filled(step.run, values);
    const used = [...values].flatMap(([key, value]): [string, string][] => {
      const name = /^env\.(\w+)$/.exec(key)?.[1];
      return name && value !== '' && new RegExp(`\\$\\{?${name}\\b`).test(script) && !value.includes('${{')
        ? [[name, value]]
        : [];
    });
    return [{ ...base, env: { ...Object.fromEntries(used), ...env }, script }];
  }
  if (typeof step.uses !== 'string') return [];
  if (step.uses.startsWith('./')) return composite(step.uses, step.with, { ...place, folder, env, here });
  const script = scriptOfAction(step.uses, isRecord(step.with) ? step.with : {}, values);
  const at =
    isRecord(step.with) && step.with['working-directory'] ? String(step.with['working-directory']) : '.';
  return script ? [{ ...base, folder: below(folder, filled(at, values)) ?? folder, script }] : [];
}

/** An action that the repository itself holds. */
function composite(uses: string, inputs: unknown, place: JobPlace): CiStep[] {
  const folder = below('', uses) ?? '';
  const action =
    place.files.data.get(`${folder}/action.yml`) ?? place.files.data.get(`${folder}/action.yaml`);
  if (!isRecord(action) || !isRecord(action.runs) || !Array.isArray(action.runs.steps)) return [];
  const values = new Map(place.values);
  for (const [name, input] of Object.entries(isRecord(action.inputs) ? action.inputs : {})) {
    if (isRecord(input) && input.default !== undefined) values.set(`inputs.${name}`, String(input.default));
  }
  for (const [name, value] of Object.entries(isRecord(inputs) ? inputs : {})) {
    values.set(`inputs.${name}`, filled(String(value), place.values));
  }
  return action.runs.steps.flatMap((step: unknown) => readStep(step, { ...place, values, run: {} }));
}

/** What well-known actions run. */
function scriptOfAction(uses: string, given: Record<string, unknown>, values: Values): string | undefined {
  const get = (key: string) =>
    given[key] === undefined ? '' : filled(String(given[key]), values).replace(/\s+/g, ' ').trim();
  const line = (...parts: string[]) => parts.filter(Boolean).join(' ');
  const known: readonly [RegExp, () => string][] = [
    [/^golangci\/golangci-lint-action@/, () => line('golangci-lint run', get('args'))],
    [/^dominikh\/staticcheck-action@/, () => 'staticcheck ./...'],
    [/^golang\/govulncheck-action@/, () => 'govulncheck ./...'],
    [
      /^(?:pre-commit\/action|j178\/prek-action)@/,
      () => line('pre-commit run', get('extra_args') || '--all-files'),
    ],
    [/^psf\/black@/, () => line('black', get('options') || '--check --diff', get('src') || '.')],
    [/^(?:astral-sh|chartboost)\/ruff-action@/, () => line('ruff', get('args') || 'check', get('src'))],
    [/^isort\/isort-action@/, () => 'isort --check-only .'],
    [/^jakebailey\/pyright-action@/, () => 'pyright'],
    [/^codespell-project\/actions-codespell@/, () => line('codespell', get('path'))],
    [/^crate-ci\/typos@/, () => line('typos', get('files'))],
    [/^actions-rs\/cargo@/, () => line('cargo', get('command'), get('args'))],
    [/^actions-rs\/clippy-check@/, () => line('cargo clippy', get('args'))],
    [/^actions-rust-lang\/rustfmt@/, () => 'cargo fmt --all -- --check'],
    [/^EmbarkStudios\/cargo-deny-action@/, () => line('cargo deny', get('command') || 'check')],
    [
      /^(?:gradle\/(?:gradle-build-action|actions\/setup-gradle)|burrunan\/gradle-cache-action)@/,
      () => (get('arguments') ? line('./gradlew', get('arguments')) : ''),
    ],
    [/^DavidAnson\/markdownlint-cli2-action@/, () => line('markdownlint-cli2', get('globs'))],
    [/^(?:rhysd|raven-actions)\/actionlint@/, () => 'actionlint'],
    [/^ludeeus\/action-shellcheck@/, () => "sh -c 'git ls-files *.sh | xargs shellcheck'"],
  ];
  return known.find(([shape]) => shape.test(uses))?.[1]() || undefined;
}

function isForOtherEvents(condition: unknown): boolean {
  const text = String(condition ?? '');
  if (text.includes('||')) return false;
  return (
    /(?:^|[^!])(?:event_name\s*==\s*'(?:schedule|workflow_dispatch|release|workflow_run)'|startsWith\(\s*github\.ref,\s*'refs\/tags|failure\(\)|cancelled\(\))/.test(
      text,
    ) || /^(?:\$\{\{)?\s*false/.test(text)
  );
}

/** An unknown runner is taken for one of ours. */
const isHere = (runner: string) => !/windows|macos|win-|osx|freebsd/i.test(runner);

/** Each combination of a matrix as values; those of other systems come last. */
function combinationsOf(strategy: unknown): [string, string][][] {
  const matrix = isRecord(strategy) && isRecord(strategy.matrix) ? strategy.matrix : {};
  let all: Record<string, unknown>[] = [{}];
  for (const [key, choices] of Object.entries(matrix)) {
    if (key === 'include' || key === 'exclude' || !Array.isArray(choices)) continue;
    all = choices
      .flatMap((choice: unknown) => all.map((one) => ({ ...one, [key]: choice })))
      .slice(0, mostCombinations);
  }
  const hasKeys = Object.keys(all[0] ?? {}).length > 0;
  const included = Array.isArray(matrix.include) ? matrix.include.filter(isRecord) : [];
  for (const extra of included) {
    const shared = Object.keys(extra).filter((key) => hasKeys && key in (all[0] ?? {}));
    const fits = all.filter(
      (one) => hasKeys && shared.every((key) => String(one[key]) === String(extra[key])),
    );
    if (fits.length > 0) for (const one of fits) Object.assign(one, { ...extra, ...one });
    else all.push({ ...extra });
  }
  if (!hasKeys && included.length > 0) all = all.filter((one) => Object.keys(one).length > 0);
  return all
    .slice(0, mostCombinations)
    .map((one) => flat('matrix', one))
    .sort((a, b) => Number(isForeign(a)) - Number(isForeign(b)));
}

const isForeign = (values: [string, string][]) =>
  values.some(([, value]) => /^(?:windows|macos)-/.test(value));

const flat = (name: string, value: unknown): [string, string][] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([key, one]) => flat(`${name}.${key}`, one))
    : [[name, Array.isArray(value) ? JSON.stringify(value) : String(value ?? '')]];

/** A text with its expressions evaluated; one that cannot be stays. */
function filled(text: string, values: Values): string {
  return text.replace(
    /\$\{\{\s*([\s\S]*?)\s*\}\}/g,
    (whole, expression: string) => evaluated(expression, values) ?? whole,
  );
}

const allFilled = (env: unknown, values: Values): Record<string, string> =>
  isRecord(env)
    ? Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, filled(String(value ?? ''), values)]),
      )
    : {};

function evaluated(expression: string, values: Values): string | undefined {
  for (const operand of expression.split(/\s*\|\|\s*/)) {
    const chosen = /^(.+?)\s*&&\s*('[^']*')$/.exec(operand);
    const value = chosen
      ? isTrue(chosen[1]!, values)
        ? chosen[2]!.slice(1, -1)
        : ''
      : simple(operand, values);
    if (value === undefined) return undefined;
    if (value !== '' && value !== 'false') return value;
  }
  return '';
}

function simple(operand: string, values: Values): string | undefined {
  const literal = /^'([^']*)'$/.exec(operand)?.[1];
  if (literal !== undefined) return literal;
  const format = /^format\(\s*'([^']*)'\s*,\s*(.+)\)$/.exec(operand);
  if (format) {
    const args = format[2]!.split(/\s*,\s*/).map((one) => simple(one, values) ?? '');
    return format[1]!.replace(/\{(\d)\}/g, (_, at: string) => args[Number(at)] ?? '');
  }
  if (/^(?:matrix|env|inputs)\.[\w.-]+$/.test(operand)) return values.get(operand) ?? '';
  // Where the work is: the folder that a check starts in.
  if (/^(?:runner|github)\.workspace$/.test(operand)) return '.';
  return undefined;
}

function isTrue(condition: string, values: Values): boolean {
  const [left = '', sign = '', right = ''] = condition.split(/\s*(==|!=)\s*/);
  const value = simple(left, values) ?? '';
  if (sign === '') return value !== '' && value !== 'false';
  return (value === (simple(right, values) ?? right)) === (sign === '==');
}
