/** What a project's own files say can be checked, for the kinds of check that its CI does not run. */

import {
  json,
  justfiles,
  makefiles,
  type ProjectFiles,
  packageManager,
  packageScripts,
  recipesOf,
} from './files.js';

/** Commands by the file that suggests them, the plainest first. */
export function manifestCommands(files: ProjectFiles): { from: string; script: string }[] {
  const found: { from: string; script: string }[] = [];
  const add: Add = (from, ...scripts) => {
    for (const script of scripts) if (script && from) found.push({ from, script });
  };
  for (const language of [packages, recipes, compiled, pythonCommands, jvm, others]) language(files, add);
  return found;
}

type Add = (from: string, ...scripts: (string | false | undefined)[]) => void;

function pythonCommands({ paths, texts }: ProjectFiles, add: Add): void {
  const text = (path: string) => texts.get(path) ?? '';
  const project = text('pyproject.toml');
  const python = ['pyproject.toml', 'setup.py', 'setup.cfg', 'tox.ini', 'noxfile.py'].some((name) =>
    paths.has(name),
  );
  if (!python) return;
  const run = paths.has('uv.lock') ? 'uv run ' : paths.has('poetry.lock') ? 'poetry run ' : '';
  const depends = `${project}\n${[...texts]
    .filter(([path]) => /requirements[^/]*\.txt$/.test(path))
    .map(([, one]) => one)
    .join('\n')}`;
  const names = (tool: string) => new RegExp(`(?:^|["'\\s])${tool}(?=["'\\s=<>~\\[!;]|$)`, 'm').test(depends);
  add('.pre-commit-config.yaml', paths.has('.pre-commit-config.yaml') && 'pre-commit run --all-files');
  const ruff = paths.has('ruff.toml') || paths.has('.ruff.toml') || project.includes('[tool.ruff');
  add('pyproject.toml', ruff && `${run}ruff check .`);
  add('pyproject.toml', ruff && /\[tool\.ruff\.format\]/.test(project) && `${run}ruff format --check .`);
  add('pyproject.toml', project.includes('[tool.black]') && `${run}black --check .`);
  add('.flake8', paths.has('.flake8') && `${run}flake8`);
  const mypy =
    paths.has('mypy.ini') ||
    paths.has('.mypy.ini') ||
    project.includes('[tool.mypy]') ||
    text('setup.cfg').includes('[mypy]');
  const named = /\[tool\.mypy\][^[]*\b(?:files|packages)\s*=/.test(project);
  add('mypy', mypy && `${run}mypy${named ? '' : ' .'}`);
  add(
    'pyproject.toml',
    (paths.has('pyrightconfig.json') || project.includes('[tool.pyright]')) && `${run}pyright`,
  );
  add('tox.ini', (paths.has('tox.ini') || project.includes('[tool.tox')) && 'tox');
  add('noxfile.py', paths.has('noxfile.py') && 'nox');
  const tests = [...paths].some((path) => /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/.test(path));
  const pytest =
    project.includes('[tool.pytest') ||
    names('pytest') ||
    paths.has('pytest.ini') ||
    paths.has('conftest.py') ||
    tests;
  add('pyproject.toml', pytest && `${run || 'python3 -m '}pytest -q`);
}

const firstOf = ({ paths }: ProjectFiles, names: readonly string[]) => names.find((name) => paths.has(name));

function packages(files: ProjectFiles, add: Add): void {
  const { paths } = files;
  if (!paths.has('package.json')) return;
  const scripts = Object.keys(packageScripts(files, ''));
  const manager = packageManager(files);
  const usual =
    /^(?:lint|lint:\w+|eslint|format:check|format-check|check-format|prettier:check|types?|typecheck|type-check|check-types|check:types|tsc|test|test:types|build)$/;
  add('package.json', ...scripts.filter((name) => usual.test(name)).map((name) => `${manager} run ${name}`));
  const depends = JSON.stringify(json(files, 'package.json')?.devDependencies ?? '');
  const isUntold = paths.has('tsconfig.json') && !scripts.some((name) => /type|tsc/.test(name));
  add(
    'tsconfig.json',
    isUntold && depends.includes('"typescript"') && manager === 'npm' && 'npx --no-install tsc --noEmit',
  );
}

function recipes(files: ProjectFiles, add: Add): void {
  const usual = /^(?:lint|check|test|tests|unit|vet|types|typecheck|fmt-check|format-check)$/;
  for (const [names, program] of [
    [makefiles, 'make'],
    [justfiles, 'just'],
  ] as const) {
    const targets = [...recipesOf(files, '', names).keys()].filter((name) => usual.test(name));
    add(firstOf(files, names) ?? '', ...targets.map((name) => `${program} ${name}`));
  }
}

function compiled(files: ProjectFiles, add: Add): void {
  const { paths, texts } = files;
  if (paths.has('Cargo.toml')) {
    const tests = texts.get('Cargo.toml')?.includes('[workspace]') ? 'cargo test --workspace' : 'cargo test';
    add('Cargo.toml', 'cargo fmt --all -- --check', 'cargo clippy --all-targets', tests);
  }
  if (paths.has('go.mod')) {
    add('go.mod', 'go vet ./...', 'go build ./...', 'go test ./...');
    add(
      firstOf(files, ['.golangci.yml', '.golangci.yaml', '.golangci.toml', '.golangci.json']) ?? '',
      'golangci-lint run',
    );
  }
  const cmake = texts.get('CMakeLists.txt');
  if (cmake !== undefined) {
    const hasTests = /enable_testing|include\s*\(\s*CTest/i.test(cmake);
    add('CMakeLists.txt', hasTests ? 'ctest --output-on-failure' : 'cmake --build .');
  }
}

function jvm(files: ProjectFiles, add: Add): void {
  const { paths } = files;
  add('pom.xml', paths.has('pom.xml') && `${paths.has('mvnw') ? './mvnw' : 'mvn'} -B -q verify`);
  const gradle = firstOf(files, [
    'build.gradle',
    'build.gradle.kts',
    'settings.gradle',
    'settings.gradle.kts',
  ]);
  add(gradle ?? '', `${paths.has('gradlew') ? './gradlew' : 'gradle'} check`);
}

function others(files: ProjectFiles, add: Add): void {
  const { paths, texts } = files;
  if (paths.has('composer.json')) {
    const scripts = Object.keys(Object(json(files, 'composer.json')?.scripts));
    const usual = /^(?:lint|cs|cs-check|check-style|phpstan|psalm|test|tests|phpunit|check)$/;
    add('composer.json', ...scripts.filter((name) => usual.test(name)).map((name) => `composer ${name}`));
    add(firstOf(files, ['phpunit.xml', 'phpunit.xml.dist']) ?? '', 'vendor/bin/phpunit');
  }
  const solution = [...paths].find((path) => /^[^/]+\.slnx?$/.test(path));
  if (solution) add(solution, `dotnet build ${solution}`, `dotnet test ${solution}`);
  const hasTasks = /\b(?:task|RSpec|TestTask)\b/.test(texts.get('Rakefile') ?? '');
  add('Rakefile', hasTasks && (paths.has('Gemfile') ? 'bundle exec rake' : 'rake'));
}
