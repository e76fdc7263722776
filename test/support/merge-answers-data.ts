/** Conflicts in data, declarations and documents, with wrong and right answers. */
import type { Conflicted } from './merge-answers.js';

const json: Conflicted = {
  path: 'config/limits.json',
  top: '{\n  "limits": {\n    "uploads": 10,\n',
  bottom: '    "depth": 3\n  }\n}\n',
  base: '',
  ours: '    "retries": 5,\n',
  theirs: '    "jitter": 0.25,\n    "burst": 40,\n',
  wrong: {
    'a side is left out': '    "retries": 5,\n',
    'the file does not load': '    "retries": 5\n    "jitter": 0.25,\n    "burst": 40,\n',
    'a key stands twice': '    "retries": 5,\n    "jitter": 0.25,\n    "burst": 40,\n    "retries": 3,\n',
    'a value is invented': '    "retries": 8,\n    "jitter": 0.25,\n    "burst": 40,\n',
    'a key is invented': '    "retries": 5,\n    "jitter": 0.25,\n    "burst": 40,\n    "backoff": 40,\n',
    'a key lands in another section':
      '    "retries": 5,\n    "more": {\n      "jitter": 0.25\n    },\n    "burst": 40,\n',
  },
  right: [
    '    "retries": 5,\n    "jitter": 0.25,\n    "burst": 40,\n',
    '    "jitter": 0.25,\n    "burst": 40,\n    "retries": 5,\n',
    '    "burst": 40,\n    "jitter": 0.25,\n    "retries": 5,\n',
    '    "jitter": 0.25,\n    "retries": 5,\n    "burst": 40,\n',
    '    "retries": 5,\n\n    "jitter": 0.25,\n    "burst": 40,\n',
    '    "retries":  5,\n    "jitter": 0.25,\n    "burst":   40,\n',
  ],
};

const yaml: Conflicted = {
  path: '.github/workflows/ci.yml',
  top: 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n',
  bottom: '  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm run lint\n',
  base: '      - run: npm test\n',
  ours: '      - run: npm ci\n      - run: npm test\n',
  theirs: '      - run: npm test\n      - run: npm run coverage\n',
  wrong: {
    'a side is left out': '      - run: npm ci\n      - run: npm test\n',
    'a step is invented':
      '      - run: npm ci\n      - run: npm test\n      - run: npm run coverage\n      - run: npm publish\n',
    'a step stands twice':
      '      - run: npm ci\n      - run: npm test\n      - run: npm test\n      - run: npm run coverage\n',
    'a step is a comment': '      - run: npm ci\n      - run: npm test\n      # - run: npm run coverage\n',
    'the file does not load': '      - run: npm ci\n      - run: npm test\n     - run: npm run coverage\n',
    'a key lands in another section':
      '      - run: npm ci\n      - run: npm test\n  coverage:\n    steps:\n      - run: npm run coverage\n',
  },
  right: [
    '      - run: npm ci\n      - run: npm test\n      - run: npm run coverage\n',
    '      - run: npm ci\n\n      - run: npm test\n      - run: npm run coverage\n',
    '      - run: npm ci\n      - run: npm test\n\n      - run: npm run coverage\n',
    '      # Install, test, measure.\n      - run: npm ci\n      - run: npm test\n      - run: npm run coverage\n',
    '      - run: npm ci\n      - run: npm test\n      - run: npm run coverage\n\n',
    '      - run: npm ci\n      - run: npm test # both\n      - run: npm run coverage\n',
  ],
};

const toml: Conflicted = {
  path: 'pyproject.toml',
  top: '[project]\nname = "ledger"\nversion = "1.4.0"\n\n[project.optional-dependencies]\ndev = ["pytest"]\n',
  bottom: '\n[tool.black]\nline-length = 100\n',
  base: '',
  ours: 'docs = ["sphinx"]\n',
  theirs: 'lint = ["ruff"]\ntypes = ["mypy"]\n',
  wrong: {
    'a side is left out': 'docs = ["sphinx"]\n',
    'a line of a side is left out': 'docs = ["sphinx"]\nlint = ["ruff"]\n',
    'a key stands twice': 'docs = ["sphinx"]\nlint = ["ruff"]\ntypes = ["mypy"]\ndocs = ["mkdocs"]\n',
    'a key lands in another section': 'docs = ["sphinx"]\n\n[tool.ruff]\nlint = ["ruff"]\ntypes = ["mypy"]\n',
    'the file does not load': 'docs = ["sphinx"]\nlint = ["ruff"\ntypes = ["mypy"]\n',
    'a value is invented': 'docs = ["sphinx", "furo"]\nlint = ["ruff"]\ntypes = ["mypy"]\n',
  },
  right: [
    'docs = ["sphinx"]\nlint = ["ruff"]\ntypes = ["mypy"]\n',
    'lint = ["ruff"]\ntypes = ["mypy"]\ndocs = ["sphinx"]\n',
    'types = ["mypy"]\nlint = ["ruff"]\ndocs = ["sphinx"]\n',
    'docs = [ "sphinx" ]\nlint = ["ruff"]\ntypes = ["mypy"]\n',
    'docs  = ["sphinx"]\nlint  = ["ruff"]\ntypes = ["mypy"]\n',
    'docs = ["sphinx"]\n\nlint = ["ruff"]\ntypes = ["mypy"]\n',
  ],
};

const rust: Conflicted = {
  path: 'src/shape.rs',
  top: 'pub enum Shape {\n    Circle(f64),\n    Square(f64),\n    Line(f64),\n    Point,\n}\n\npub fn area(shape: &Shape) -> f64 {\n    match shape {\n        Shape::Circle(r) => 3.14 * r * r,\n',
  bottom: '        Shape::Point => 0.0,\n    }\n}\n',
  base: '',
  ours: '        Shape::Square(a) => a * a,\n',
  theirs: '        Shape::Line(_) => 0.0,\n',
  wrong: {
    'a side is left out': '        Shape::Square(a) => a * a,\n',
    'a match arm stands twice':
      '        Shape::Square(a) => a * a,\n        Shape::Line(_) => 0.0,\n        Shape::Square(a) => a * a,\n',
    'an operator is another': '        Shape::Square(a) => a + a,\n        Shape::Line(_) => 0.0,\n',
    'a value is invented': '        Shape::Square(a) => a * a,\n        Shape::Line(_) => 1.0,\n',
    'code stands in a comment': '        Shape::Square(a) => a * a,\n        // Shape::Line(_) => 0.0,\n',
    'a call is invented': '        Shape::Square(a) => a.powi(2),\n        Shape::Line(_) => 0.0,\n',
  },
  right: [
    '        Shape::Square(a) => a * a,\n        Shape::Line(_) => 0.0,\n',
    '        Shape::Line(_) => 0.0,\n        Shape::Square(a) => a * a,\n',
    '        Shape::Square(a) => {\n            a * a\n        }\n        Shape::Line(_) => 0.0,\n',
    '        Shape::Square(a) => a * a,\n\n        Shape::Line(_) => 0.0,\n',
    '        // A line has none.\n        Shape::Line(_) => 0.0,\n        Shape::Square(a) => a * a,\n',
    '        Shape::Square(a) =>\n            a * a,\n        Shape::Line(_) => 0.0,\n',
  ],
};

const environment: Conflicted = {
  path: 'src/settings.ts',
  top: "import { read } from './env.js';\n\nexport const settings = {\n  port: read('PORT'),\n",
  bottom: '};\n',
  base: '',
  ours: "  cache: read('CACHE_URL'),\n  region: read('REGION'),\n",
  theirs: "  token: read('API_TOKEN'),\n",
  wrong: {
    'a side is left out': "  cache: read('CACHE_URL'),\n  region: read('REGION'),\n",
    'a secret is written out':
      "  cache: read('CACHE_URL'),\n  region: read('REGION'),\n  token: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',\n",
    'a key stands twice':
      "  cache: read('CACHE_URL'),\n  region: read('REGION'),\n  token: read('API_TOKEN'),\n  region: read('API_TOKEN'),\n",
    'a value is invented':
      "  cache: read('CACHE_URL'),\n  region: 'eu-west-1',\n  token: read('API_TOKEN'),\n",
    'values are exchanged':
      "  cache: read('API_TOKEN'),\n  region: read('REGION'),\n  token: read('CACHE_URL'),\n",
    'a marker is left':
      "  cache: read('CACHE_URL'),\n  region: read('REGION'),\n>>>>>>> theirs\n  token: read('API_TOKEN'),\n",
  },
  right: [
    "  cache: read('CACHE_URL'),\n  region: read('REGION'),\n  token: read('API_TOKEN'),\n",
    "  token: read('API_TOKEN'),\n  cache: read('CACHE_URL'),\n  region: read('REGION'),\n",
    "  cache: read('CACHE_URL'),\n  token: read('API_TOKEN'),\n  region: read('REGION'),\n",
    "  region: read('REGION'),\n  cache: read('CACHE_URL'),\n  token: read('API_TOKEN'),\n",
    "  // Where things are, and who may read them.\n  cache: read('CACHE_URL'),\n  region: read('REGION'),\n  token: read('API_TOKEN'),\n",
    "  cache: read(\n    'CACHE_URL',\n  ),\n  region: read('REGION'),\n  token: read('API_TOKEN'),\n",
  ],
};

export const dataConflicts: readonly Conflicted[] = [json, yaml, toml, rust, environment];
