/** What sort of check a command is, by the tool it runs or by the name that its author gave it. */

export type CheckKind = 'lint' | 'types' | 'test' | 'build';

const ofTools: readonly [CheckKind, RegExp][] = [
  [
    'types',
    /^(?:tsc|vue-tsc|svelte-check|tsd|mypy|pyright|basedpyright|pytype|ty|phpstan|psalm|attw|dmypy|sorbet|srb|flow|pyrefly)$/,
  ],
  [
    'lint',
    /^(?:eslint|stylelint|oxlint|oxfmt|xo|standard|ts-standard|neostandard|prettier|biome|rome|dprint|knip|publint|markdownlint(?:-cli2)?|commitlint|cspell|remark|ls-lint|depcheck|madge|size-limit|sherif|manypkg|syncpack|npm-package-json-lint|sort-package-json|ruff|flake8|pylint|black|isort|autopep8|yapf|autoflake|docformatter|pydocstyle|pyupgrade|bandit|vulture|codespell|pre-commit|prek|check-manifest|twine|pyroma|zizmor|interrogate|slotscheck|towncrier|gofmt|gofumpt|goimports|gci|golangci-lint|staticcheck|revive|govulncheck|gosec|rustfmt|taplo|typos|shellcheck|shfmt|yamllint|actionlint|hadolint|reuse|ktlint|detekt|clang-format|clang-tidy|cppcheck|cpplint|cmake-format|cmake-lint|csharpier|rubocop|standardrb|reek|phpcs|phpcbf|php-cs-fixer|ecs|pint|phpmd|rector|parallel-lint|phplint|terraform|tflint|buf|swiftlint|swiftformat|credo|dialyzer|proselint|vale|composer-normalize|composer-require-checker|composer-unused|infection-lint|forbid)$/,
  ],
  [
    'test',
    /^(?:jest|vitest|mocha|ava|tap|tape|borp|uvu|jasmine|karma|playwright|cypress|wtr|web-test-runner|qunit|testem|lab|nyc|c8|pytest|py\.test|tox|nox|nose2?|trial|unittest|stestr|ctest|bats|roundup|prove|gotestsum|ginkgo|nextest|rspec|minitest|cucumber|phpunit|simple-phpunit|paratest|pest|codecept|behat|phpspec|infection|kahlan|busted|shunit2|testthat|runtests(?:\.py)?)$/,
  ],
  [
    'build',
    /^(?:rollup|webpack|esbuild|tsup|tsdown|unbuild|vite|parcel|rspack|swc|babel|ninja|meson|cmake|bazel|scons|sphinx-build|mkdocs|bundlesize|maturin|cross|xcodebuild|msbuild|javac)$/,
  ],
];

/** The kind that a tool has by itself. */
export const kindOfTool = (name: string): CheckKind | undefined =>
  ofTools.find(([, names]) => names.test(name))?.[0];

const ofNames: readonly [CheckKind, RegExp][] = [
  [
    'types',
    /(?:^|[^a-z])(?:types?|type-?check(?:s|ing)?|check-?types?|typing|tsc|tsd|mypy|pyright|phpstan|psalm|static-?analysis|attw)(?:$|[^a-z])/,
  ],
  [
    'lint',
    /lint|(?:^|[^a-z])(?:styles?|format(?:ting)?|fmt|clippy|vet|spell(?:ing|check)?|codespell|pre-?commit|prettier|eslint|black|flake8|ruff|cs|phpcs|checkstyle|rubocop|licen[cs]es?|header|knip|validate|docstrings?|shellcheck|staticcheck|manifest|forbid|deny|audit-?style|quality)(?:$|[^a-z])/,
  ],
  [
    'test',
    /test|(?:^|[^a-z])(?:spec|specs|unit|units|check|checks|verify|e2e|integration|coverage|cov|smoke|regression|jest|vitest|mocha|ava|tap|phpunit|py\d*|browsers?|ci|doctest|valgrind|[aumt]san)(?:$|[^a-z])/,
  ],
  ['build', /build|(?:^|[^a-z])(?:compile|bundle|all|package|dist|assemble|lib|docs?|transpile)(?:$|[^a-z])/],
];

/** The kind that the name of a script, target, environment or file tells. */
export const kindOfName = (name: string): CheckKind | undefined =>
  ofNames.find(([, shape]) => shape.test(name.toLowerCase()))?.[0];

/** Scripts, targets and jobs that prepare, publish or measure: no check of a change. */
export const noCheck = (name: string): boolean =>
  (/(?:^|[^a-z])(?:install|ci-install|setup|bootstrap|clean|release|publish|deploy|upload|push|watch|serve|start|preview|benchmarks?|benchmarking|bench|perf|profile|fuzz(?:er|ers|ing|test)?|docker|changelog|changeset|prepare|postinstall|bump|tag|nightly|stale|labeler?|sponsors?|coveralls|codecov|report|sync|download|update|upgrade|deps?|dependencies|generate-book|pages|website|codeql|scorecards?|notify|announce|gh-pages)(?:$|[^a-z])/.test(
    name.toLowerCase(),
  ) &&
    !/^(?:test|lint|check)|[:._-](?:check|lint|verify)$/.test(name.toLowerCase())) ||
  /^(?:dev|version|open|start)$/.test(name.toLowerCase());

/** Workflow files that are for something else than the checks of a change. */
export const noCheckFile = (path: string): boolean =>
  /^(?:release|publish|deploy|docker|docs?|website|pages|stale|codeql|scorecards?|nightly|benchmarks?|bench|fuzz|cifuzz|label(?:er|s)?|dependabot|changelog|sponsors?|notify)(?:$|[-_.])/i.test(
    path.slice(path.lastIndexOf('/') + 1),
  );
