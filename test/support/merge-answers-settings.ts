/** Conflicts in settings of builds, clusters and services, with answers that say something else than both sides. */
import type { Conflicted } from './merge-answers.js';

export const conflictsOfSettings: readonly Conflicted[] = [
  {
    path: 'init.lua',
    top: 'local M = {}\n',
    bottom: 'return M\n',
    base: '',
    ours: 'function M.open(path)\n  return io.open(path, "r")\nend\n',
    theirs: 'function M.size(list)\n  return #list\nend\n',
    wrong: {
      'a mode of writing':
        'function M.open(path)\n  return io.open(path, "w")\nend\nfunction M.size(list)\n  return #list\nend\n',
      'a name for all':
        'function open(path)\n  return io.open(path, "r")\nend\nfunction M.size(list)\n  return #list\nend\n',
    },
    right: [
      'function M.size(list)\n  return #list\nend\nfunction M.open(path)\n  return io.open(path, "r")\nend\n',
    ],
  },
  {
    path: 'flake.nix',
    top: '{ pkgs }: {\n',
    bottom: '}\n',
    base: '  tools = [ pkgs.git ];\n',
    ours: '  tools = [ pkgs.git pkgs.jq ];\n',
    theirs: '  tools = [ pkgs.git ];\n  doCheck = true;\n',
    wrong: {
      'a package twice': '  tools = [ pkgs.git pkgs.jq pkgs.jq ];\n  doCheck = true;\n',
      'the check is off': '  tools = [ pkgs.git pkgs.jq ];\n  doCheck = false;\n',
      'an attribute twice': '  tools = [ pkgs.git pkgs.jq ];\n  tools = [ pkgs.git ];\n  doCheck = true;\n',
    },
    right: [
      '  tools = [ pkgs.git pkgs.jq ];\n  doCheck = true;\n',
      '  doCheck = true;\n  tools = [ pkgs.git pkgs.jq ];\n',
      '  tools = [\n    pkgs.git\n    pkgs.jq\n  ];\n  doCheck = true;\n',
    ],
  },
  {
    path: 'lib/BUILD.bazel',
    top: 'go_library(\n    name = "lib",\n',
    bottom: ')\n',
    base: '    deps = ["//a"],\n',
    ours: '    deps = ["//a", "//b"],\n',
    theirs: '    deps = ["//a"],\n    visibility = ["//app:__pkg__"],\n',
    wrong: {
      'visible to all': '    deps = ["//a", "//b"],\n    visibility = ["//visibility:public"],\n',
      'a dependency stands in the other list':
        '    deps = ["//a"],\n    visibility = ["//app:__pkg__", "//b"],\n',
      'a dependency twice': '    deps = ["//a", "//b", "//b"],\n    visibility = ["//app:__pkg__"],\n',
    },
    right: [
      '    deps = ["//a", "//b"],\n    visibility = ["//app:__pkg__"],\n',
      '    deps = [\n        "//a",\n        "//b",\n    ],\n    visibility = ["//app:__pkg__"],\n',
    ],
  },
  {
    path: '.github/workflows/release.yml',
    top: 'on:\n  push:\njobs:\n  release:\n',
    bottom: '    steps:\n      - run: make\n',
    base: '    runs-on: ubuntu-latest\n',
    ours: '    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n',
    theirs: "    runs-on: ubuntu-latest\n    if: github.ref == 'refs/heads/main'\n",
    wrong: {
      'more rights':
        "    runs-on: ubuntu-latest\n    permissions:\n      contents: write\n    if: github.ref == 'refs/heads/main'\n",
      'for all but main':
        "    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n    if: github.ref != 'refs/heads/main'\n",
      'failures do not count':
        "    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n    if: github.ref == 'refs/heads/main'\n    continue-on-error: true\n",
    },
    right: [
      "    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n    if: github.ref == 'refs/heads/main'\n",
      "    if: github.ref == 'refs/heads/main'\n    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n",
      "    runs-on: ubuntu-latest\n    permissions: { contents: read }\n    if: github.ref == 'refs/heads/main'\n",
    ],
  },
  {
    path: 'compose.yaml',
    top: 'services:\n  web:\n    image: web\n',
    bottom: '  db:\n    image: postgres\n',
    base: '    ports:\n      - "80:80"\n',
    ours: '    ports:\n      - "80:80"\n      - "443:443"\n',
    theirs: '    ports:\n      - "80:80"\n    depends_on:\n      - db\n',
    wrong: {
      'a port leads elsewhere':
        '    ports:\n      - "80:80"\n      - "443:80"\n    depends_on:\n      - db\n',
      'an item of the other list':
        '    ports:\n      - "80:80"\n      - db\n    depends_on:\n      - "443:443"\n',
      'all may do all':
        '    ports:\n      - "80:80"\n      - "443:443"\n    depends_on:\n      - db\n    privileged: true\n',
    },
    right: [
      '    ports:\n      - "80:80"\n      - "443:443"\n    depends_on:\n      - db\n',
      '    depends_on:\n      - db\n    ports:\n      - "80:80"\n      - "443:443"\n',
      "    ports: ['80:80', '443:443']\n    depends_on: [db]\n",
    ],
  },
  {
    path: 'deploy/web.yaml',
    top: 'kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n',
    bottom: '          image: web\n',
    base: '          resources:\n            limits:\n              memory: 128Mi\n',
    ours: '          resources:\n            limits:\n              memory: 256Mi\n',
    theirs:
      '          resources:\n            limits:\n              memory: 128Mi\n              cpu: 500m\n',
    wrong: {
      'another unit':
        '          resources:\n            limits:\n              memory: 256Gi\n              cpu: 500m\n',
      'a request in place of a limit':
        '          resources:\n            limits:\n              memory: 256Mi\n            requests:\n              cpu: 500m\n',
      'the old amount':
        '          resources:\n            limits:\n              memory: 128Mi\n              cpu: 500m\n',
    },
    right: [
      '          resources:\n            limits:\n              memory: 256Mi\n              cpu: 500m\n',
      '          resources:\n            limits:\n              cpu: 500m\n              memory: 256Mi\n',
      '          resources:\n            limits: { memory: 256Mi, cpu: 500m }\n',
    ],
  },
  {
    path: '.env.example',
    top: 'APP=web\n',
    bottom: '',
    base: 'PORT=80\n',
    ours: 'PORT=8080\n',
    theirs: 'PORT=80\nLOG_LEVEL=info\nDEBUG=false\n',
    wrong: {
      'a key twice': 'PORT=8080\nLOG_LEVEL=info\nDEBUG=false\nPORT=80\n',
      'a flag is on': 'PORT=8080\nLOG_LEVEL=info\nDEBUG=true\n',
      'a key without its value': 'PORT=8080\nLOG_LEVEL=\nDEBUG=false\n',
      'a line is off': 'PORT=8080\n# LOG_LEVEL=info\nDEBUG=false\n',
    },
    right: ['PORT=8080\nLOG_LEVEL=info\nDEBUG=false\n', 'LOG_LEVEL=info\nDEBUG=false\nPORT=8080\n'],
  },
  {
    path: 'Cargo.toml',
    top: '[dependencies]\n',
    bottom: '\n[dev-dependencies]\nrand = "0.8"\n',
    base: 'serde = "1.0"\n',
    ours: 'serde = { version = "1.0", features = ["derive"] }\n',
    theirs: 'serde = "1.0"\ntokio = { version = "1", default-features = false }\n',
    wrong: {
      'features for the other': 'serde = "1.0"\ntokio = { version = "1", features = ["derive"] }\n',
      'all features':
        'serde = { version = "1.0", features = ["derive"] }\ntokio = { version = "1", default-features = true }\n',
      optional:
        'serde = { version = "1.0", features = ["derive"], optional = true }\ntokio = { version = "1", default-features = false }\n',
      'any version':
        'serde = { version = "*", features = ["derive"] }\ntokio = { version = "1", default-features = false }\n',
    },
    right: [
      'serde = { version = "1.0", features = ["derive"] }\ntokio = { version = "1", default-features = false }\n',
      'tokio = { version = "1", default-features = false }\nserde = { version = "1.0", features = ["derive"] }\n',
      'serde = { features = ["derive"], version = "1.0" }\ntokio = { version = "1", default-features = false }\n',
    ],
  },
  {
    path: 'go.mod',
    top: 'module example.com/app\n\ngo 1.21\n\nrequire (\n',
    bottom: ')\n',
    base: '\texample.com/a v1.2.0\n',
    ours: '\texample.com/a v1.3.0\n',
    theirs: '\texample.com/a v1.2.0\n\texample.com/b v0.4.1 // indirect\n',
    wrong: {
      'an older version': '\texample.com/a v1.2.0\n\texample.com/b v0.4.1 // indirect\n',
      'a module twice':
        '\texample.com/a v1.3.0\n\texample.com/a v1.2.0\n\texample.com/b v0.4.1 // indirect\n',
      'a version of none': '\texample.com/a v1.3.0\n\texample.com/b v0.5.0 // indirect\n',
    },
    right: ['\texample.com/a v1.3.0\n\texample.com/b v0.4.1 // indirect\n'],
  },
];
