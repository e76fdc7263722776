/**
 * What `init` proposes, and what CI runs: `npm run bench -- proposals <repository>…`. The commands that CI runs are
 * found in the raw text of its files by the names of tools, apart from how `init` reads them. Repositories are only read.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { loadInside } from './inside.mjs';

const { project, gits } = await loadInside({
  project: 'services/app/init/project',
  gits: 'services/platform/git/git',
});
const isDetailed = process.env.DETAILS === '1';

/** Lines in which a tool of checks stands first, behind what only starts it. */
const start = String.raw`^(?:[A-Z_]\w*=\S+ +|env +|time +|xvfb-run(?: -a)? +|uv run (?:--?\S+ +(?:[\w-]+ +(?=-|tox|pre-commit|pytest|nox|mypy|ruff))?)*|uvx (?:--\S+ +\S+ +)?|poetry run +|bundle exec +|npx +(?:--?\S+ +)*|bin/|vendor/bin/|\./|python3? -m +|php +|bash (?=\S*scripts?/))*`;
const tool = String.raw`(?:npm (?:run(?:-script)?|test|t|rum)\b|yarn (?!install|add|global|config|dlx|--version)|pnpm (?!install|i\b|add|-v|config|publish|store|dlx|pack|exec playwright install|playwright install)|bun (?:run|test|\./)|make\b|just\b|tox\b|nox\b|pytest\b|ruff\b|mypy\b|black\b|flake8\b|isort\b|pre-commit run|cargo (?:\+\S+ )?(?:test|build|check|clippy|fmt|doc|hack|deny|nextest|miri|xtask)\b|go (?:test|vet|build)\b|golangci-lint run|mvnw?\b|gradlew?\b|dotnet (?:build|test|format)|composer (?!install|update|config|require|global|self|remove|dump)|phpunit|simple-phpunit|phpstan|psalm|php-cs-fixer|rake\b|rspec\b|rubocop\b|ctest\b|cmake --build|meson (?:test|compile)|ninja\b|shellcheck\b|codespell\b|mdbook build|tsc\b|eslint\b|prettier\b|vitest\b|jest\b|(?:scripts?|ci|tests?)/[\w./-]+(?<!\.(?:txt|json|md|toml|conf|ini|lock)))(?=\s|$)(?!:$)`;
const shape = new RegExp(start + tool);
// What prepares, packs or prints is no check, and what mends is left out on purpose.
const noCheck =
  /install|bootstrap|create-deb|print-test-failures|artifacts|build-\S+-image|image-|defconfig|prettier --write|--remove-dev-deps update|codspeed|deploy|publish|release|upload|coveralls|codecov|benchmark|\bbench\b|--version|clean\b|docker|generate-book|mdbook|\bpack\b|changelog|fuzz|-DskipTests|tox.*--notest|audit|GITHUB_OUTPUT|setup|build_book|composer bin \S+ update|^\S+:$|runtime set|dev:prepare|-v$|\.exe|sysctl|^ci\/ubuntu/i;

/** Commands of CI files that a change sets off, as raw text. */
function rawCommands(git) {
  const files = git(['ls-tree', '-r', '--name-only', 'HEAD'])
    .split('\n')
    .filter((path) =>
      /^\.github\/(?:workflows\/[^/]+|actions\/.+)\.ya?ml$|^\.(?:travis|gitlab-ci|cirrus)\.yml$|^\.circleci\/config\.yml$|^azure-pipelines\.yml$|^Jenkinsfile$/.test(
        path,
      ),
    );
  const found = new Map();
  for (const file of files) {
    if (
      /release|publish|deploy|stale|codeql|scorecard|fuzz|bench|docs|nightly|docker|sponsor/i.test(
        basename(file),
      )
    )
      continue;
    const text = git(['show', `HEAD:${file}`]);
    if (
      file.includes('workflows') &&
      !/\bpush\b|pull_request|merge_group|workflow_call/.test(text.split(/^jobs:/m)[0])
    )
      continue;
    for (const line of text.replace(/\\\n\s*/g, ' ').split('\n')) {
      // There an item of a list is a step or a value of a matrix, and never a command.
      if (file.startsWith('.github/') && /^\s*- (?!run:)/.test(line)) continue;
      const said = line
        .trim()
        .replace(/^- (?:run|script|command): |^(?:run|script|command): |^- /, '')
        .replace(/^["']|["']$/g, '')
        .replace(/^[|>]-?$/, '');
      // Commands may be handed to a program that runs several, each in quotes, and one may be left behind by the shell.
      for (const part of said.split(/\s*(?:&&|;|" +"|& \w+=\$!)\s*/)) {
        const command = part.trim().replace(/"$/, '');
        if (shape.test(command) && !noCheck.test(command) && !command.startsWith('#'))
          found.set(normal(command), command);
      }
    }
  }
  return [...found.values()];
}

/** Without what changes from one run of a matrix to the next. */
const normal = (command) =>
  command
    .replace(/\$\{\{.*?\}\}/g, '*')
    .replace(/\s+/g, ' ')
    .replace(/["']/g, '')
    .trim();

/** Whether a proposal runs the command, or names it among the forms of a check. */
function isCovered(command, { checks }) {
  // A variable may be set before what is run, in a statement of its own.
  const parts = normal(command)
    .replace(/^(?:[A-Z_]\w*=\S* )+/, (assigned) => assigned.replaceAll(' ', '*'))
    .split('*')
    .map((one) => one.trim())
    .filter((one) => one.length > 1);
  return checks.some(({ run, found, variants }) =>
    [run.join(' '), run.at(-1), found, ...variants].some((text) => {
      let at = 0;
      return (
        text !== undefined &&
        parts.every((part) => {
          at = normal(text).indexOf(part, at);
          return at >= 0;
        })
      );
    }),
  );
}

const sum = { raw: 0, covered: 0, proposals: 0 };
console.log('project                       CI runs  proposed for them       proposals   left out');
for (const path of process.argv.slice(2)) {
  const root = resolve(path);
  const git = (args) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', maxBuffer: 1e8 });
  const commonDir = existsSync(join(root, '.git')) ? join(root, '.git') : root;
  const door = await gits.openGit({ root, commonDir, env: process.env });
  const proposals = await project.proposalsFor(door, git(['rev-parse', 'HEAD']).trim());
  const raw = rawCommands(git);
  const missed = raw.filter(
    (command) =>
      !isCovered(command, proposals) &&
      !proposals.left.some((one) => normal(one.command).includes(normal(command))),
  );
  sum.raw += raw.length;
  sum.covered += raw.length - missed.length;
  sum.proposals += proposals.checks.length;
  const share = raw.length > 0 ? `${(((raw.length - missed.length) / raw.length) * 100).toFixed(0)} %` : '-';
  console.log(
    `${basename(root).padEnd(30)}${String(raw.length).padStart(7)}${String(raw.length - missed.length).padStart(10)} ${share.padStart(6)}${String(proposals.checks.length).padStart(16)}${String(proposals.left.length).padStart(11)}`,
  );
  for (const command of missed) console.log(`    missed: ${command.slice(0, 140)}`);
  for (const { command, from } of proposals.left)
    console.log(`    writes: ${command.slice(0, 100)} (${from})`);
  if (isDetailed)
    for (const { name, kind, run, from, found, variants } of proposals.checks)
      console.log(
        `    ${kind.padEnd(5)} ${name.padEnd(18)} ${JSON.stringify(run).slice(0, 200)}  <${from}>${found ? ` for: ${found}` : ''}${variants.length ? ` +${variants.length}` : ''}`,
      );
}
if (sum.raw > 0)
  console.log(
    `all: ${sum.covered} of ${sum.raw}, ${((sum.covered / sum.raw) * 100).toFixed(1)} %; ${sum.proposals} proposals`,
  );
