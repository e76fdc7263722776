/** Conflicts in formats of databases, builds, clusters and services, with answers that say something else than both sides. */
import type { Conflicted } from './merge-answers.js';

export const conflictsOfFormats: readonly Conflicted[] = [
  {
    path: 'db/report.sql',
    top: 'SELECT name, total\nFROM orders\n',
    bottom: 'LIMIT 10;\n',
    base: 'ORDER BY total\n',
    ours: 'WHERE total > 5\nORDER BY total\n',
    theirs: 'GROUP BY name\nORDER BY total\n',
    wrong: {
      'clauses of a query in an order that it cannot have':
        'GROUP BY name\nWHERE total > 5\nORDER BY total\n',
      'a filter behind the sorting': 'GROUP BY name\nORDER BY total\nWHERE total > 5\n',
      'another direction of sorting': 'WHERE total > 5\nGROUP BY name\nORDER BY total DESC\n',
      'the filter is a filter of groups': 'GROUP BY name\nHAVING total > 5\nORDER BY total\n',
    },
    right: [
      'WHERE total > 5\nGROUP BY name\nORDER BY total\n',
      'WHERE total > 5 GROUP BY name\nORDER BY total\n',
    ],
  },
  {
    path: 'db/schema.sql',
    top: 'CREATE TABLE users (\n  id INT PRIMARY KEY,\n',
    bottom: '  name TEXT\n);\n',
    base: '',
    ours: '  email TEXT NOT NULL,\n',
    theirs: '  team INT REFERENCES teams(id),\n',
    wrong: {
      'a column may be empty that a side forbids': '  email TEXT,\n  team INT REFERENCES teams(id),\n',
      'a column is bound to another table': '  email TEXT NOT NULL,\n  team INT REFERENCES users(id),\n',
      'types are exchanged': '  email INT NOT NULL,\n  team TEXT REFERENCES teams(id),\n',
      'a column has its name twice':
        '  email TEXT NOT NULL,\n  team INT REFERENCES teams(id),\n  email TEXT,\n',
    },
    right: [
      '  team INT REFERENCES teams(id),\n  email TEXT NOT NULL,\n',
      '  email  TEXT NOT NULL,\n  team   INT REFERENCES teams(id),\n',
    ],
  },
  {
    path: 'CMakeLists.txt',
    top: 'project(app)\n',
    bottom: 'install(TARGETS app)\n',
    base: 'add_executable(app main.cc)\n',
    ours: 'add_executable(app main.cc log.cc)\n',
    theirs: 'add_executable(app main.cc net.cc)\n',
    wrong: {
      'a file twice on a short line': 'add_executable(app main.cc log.cc net.cc log.cc)\n',
      'a target twice': 'add_executable(app main.cc log.cc)\nadd_executable(app main.cc net.cc)\n',
      'a library in place of a program': 'add_library(app main.cc log.cc net.cc)\n',
    },
    right: [
      'add_executable(app main.cc log.cc net.cc)\n',
      'add_executable(app\n  main.cc\n  log.cc\n  net.cc\n)\n',
    ],
  },
  {
    path: 'src/CMakeLists.txt',
    top: 'add_library(core a.cc)\n',
    bottom: '',
    base: '',
    ours: 'target_link_libraries(core PUBLIC zlib)\n',
    theirs: 'target_compile_definitions(core PRIVATE FAST=1)\n',
    wrong: {
      'a word of visibility is another one':
        'target_link_libraries(core PRIVATE zlib)\ntarget_compile_definitions(core PRIVATE FAST=1)\n',
      'visibilities are exchanged':
        'target_link_libraries(core PRIVATE zlib)\ntarget_compile_definitions(core PUBLIC FAST=1)\n',
    },
    right: ['target_compile_definitions(core PRIVATE FAST=1)\ntarget_link_libraries(core PUBLIC zlib)\n'],
  },
  {
    path: 'src/router.erl',
    top: 'handle(ping, S) ->\n    {reply, pong, S};\n',
    bottom: 'handle(_, S) ->\n    {noreply, S}.\n',
    base: '',
    ours: 'handle(stop, S) ->\n    {stop, normal, S};\n',
    theirs: 'handle({get, K}, S) ->\n    {reply, maps:get(K, S), S};\n',
    wrong: {
      'a clause twice':
        'handle(stop, S) ->\n    {stop, normal, S};\nhandle({get, K}, S) ->\n    {reply, maps:get(K, S), S};\nhandle(stop, S) ->\n    {noreply, S};\n',
      'the function ends in its middle':
        'handle(stop, S) ->\n    {stop, normal, S}.\nhandle({get, K}, S) ->\n    {reply, maps:get(K, S), S};\n',
      'answers of clauses are exchanged':
        'handle(stop, S) ->\n    {reply, maps:get(K, S), S};\nhandle({get, K}, S) ->\n    {stop, normal, S};\n',
    },
    right: [
      'handle({get, K}, S) ->\n    {reply, maps:get(K, S), S};\nhandle(stop, S) ->\n    {stop, normal, S};\n',
    ],
  },
  {
    path: 'lib/cart.ex',
    top: 'defmodule Cart do\n  def total(items), do: Enum.sum(items)\n',
    bottom: 'end\n',
    base: '',
    ours: '  def discount(:gold), do: 20\n  def discount(_), do: 0\n',
    theirs: '  def empty?([]), do: true\n  def empty?(_), do: false\n',
    wrong: {
      'the clause for all others stands first':
        '  def discount(_), do: 0\n  def discount(:gold), do: 20\n  def empty?([]), do: true\n  def empty?(_), do: false\n',
      'clauses of a function stand apart':
        '  def discount(:gold), do: 20\n  def empty?([]), do: true\n  def discount(_), do: 0\n  def empty?(_), do: false\n',
      'a clause twice':
        '  def discount(:gold), do: 20\n  def discount(_), do: 0\n  def discount(:gold), do: 20\n  def empty?([]), do: true\n  def empty?(_), do: false\n',
    },
    right: [
      '  def empty?([]), do: true\n  def empty?(_), do: false\n  def discount(:gold), do: 20\n  def discount(_), do: 0\n',
      '  def discount(:gold), do: 20\n  def discount(_), do: 0\n\n  def empty?([]), do: true\n  def empty?(_), do: false\n',
    ],
  },
  {
    path: 'infra/main.tf',
    top: 'resource "aws_instance" "web" {\n',
    bottom: '}\n',
    base: '  instance_type = "t3.small"\n',
    ours: '  instance_type = "t3.small"\n  monitoring    = true\n',
    theirs: '  instance_type = "t3.large"\n',
    wrong: {
      'a flag is off': '  instance_type = "t3.large"\n  monitoring    = false\n',
      'the old size': '  instance_type = "t3.small"\n  monitoring    = true\n',
      'a key twice': '  instance_type = "t3.small"\n  monitoring    = true\n  instance_type = "t3.large"\n',
      'a lock is invented':
        '  instance_type = "t3.large"\n  monitoring    = true\n  lifecycle {\n    prevent_destroy = true\n  }\n',
    },
    right: [
      '  instance_type = "t3.large"\n  monitoring    = true\n',
      '  monitoring    = true\n  instance_type = "t3.large"\n',
    ],
  },
  {
    path: 'Dockerfile',
    top: 'FROM node:20\nWORKDIR /app\n',
    bottom: 'CMD ["node", "main.js"]\n',
    base: 'COPY . .\n',
    ours: 'COPY package.json .\nRUN npm ci\nCOPY . .\n',
    theirs: 'COPY . .\nENV PORT=80\nUSER node\n',
    wrong: {
      'a step before what it needs': 'RUN npm ci\nCOPY package.json .\nCOPY . .\nENV PORT=80\nUSER node\n',
      'installs without the rights': 'USER node\nCOPY package.json .\nRUN npm ci\nCOPY . .\nENV PORT=80\n',
      'all is copied twice': 'COPY package.json .\nRUN npm ci\nCOPY . .\nCOPY . .\nENV PORT=80\nUSER node\n',
      'the user is another one': 'COPY package.json .\nRUN npm ci\nCOPY . .\nENV PORT=80\nUSER root\n',
    },
    right: [
      'COPY package.json .\nRUN npm ci\nCOPY . .\nENV PORT=80\nUSER node\n',
      'COPY package.json .\nRUN npm ci\n\nCOPY . .\n\nENV PORT=80\nUSER node\n',
    ],
  },
  {
    path: 'Makefile',
    top: 'all: build\n\n',
    bottom: '\n.PHONY: all\n',
    base: 'build:\n\tgo build ./...\n',
    ours: 'build: gen\n\tgo build ./...\n\ngen:\n\tgo generate ./...\n',
    theirs: 'build:\n\tgo build -race ./...\n',
    wrong: {
      'the dependency is lost': 'build:\n\tgo build -race ./...\n\ngen:\n\tgo generate ./...\n',
      'a rule twice':
        'build: gen\n\tgo build ./...\n\nbuild:\n\tgo build -race ./...\n\ngen:\n\tgo generate ./...\n',
      'errors are ignored': 'build: gen\n\t-go build -race ./...\n\ngen:\n\tgo generate ./...\n',
      'a command stands in another rule': 'build: gen\n\tgo generate ./...\n\ngen:\n\tgo build -race ./...\n',
    },
    right: [
      'build: gen\n\tgo build -race ./...\n\ngen:\n\tgo generate ./...\n',
      'gen:\n\tgo generate ./...\n\nbuild: gen\n\tgo build -race ./...\n',
    ],
  },
  {
    path: 'api/schema.graphql',
    top: 'type Query {\n  me: User\n',
    bottom: '}\n',
    base: '',
    ours: '  posts(first: Int!): [Post!]!\n',
    theirs: '  team(id: ID!): Team @deprecated(reason: "use org")\n',
    wrong: {
      'items may be empty':
        '  posts(first: Int!): [Post]!\n  team(id: ID!): Team @deprecated(reason: "use org")\n',
      'the directive moved':
        '  posts(first: Int!): [Post!]! @deprecated(reason: "use org")\n  team(id: ID!): Team\n',
      'arguments are exchanged':
        '  posts(id: ID!): [Post!]!\n  team(first: Int!): Team @deprecated(reason: "use org")\n',
    },
    right: [
      '  team(id: ID!): Team @deprecated(reason: "use org")\n  posts(first: Int!): [Post!]!\n',
      '  posts(first: Int!): [Post!]!\n\n  team(id: ID!): Team @deprecated(reason: "use org")\n',
    ],
  },
  {
    path: 'api/user.proto',
    top: 'message User {\n  string name = 1;\n',
    bottom: '}\n',
    base: '',
    ours: '  reserved 2;\n  int64 age = 3;\n',
    theirs: '  repeated string mails = 4;\n',
    wrong: {
      'a number that is reserved': '  reserved 2;\n  int64 age = 3;\n  repeated string mails = 2;\n',
      'the type is another one': '  reserved 2;\n  int32 age = 3;\n  repeated string mails = 4;\n',
      'numbers are exchanged': '  reserved 2;\n  int64 age = 4;\n  repeated string mails = 3;\n',
      'a number is free again': '  int64 age = 3;\n  repeated string mails = 4;\n',
    },
    right: [
      '  reserved 2;\n  repeated string mails = 4;\n  int64 age = 3;\n',
      '  reserved 2;\n\n  int64 age = 3;\n  repeated string mails = 4;\n',
    ],
  },
  {
    path: 'src/State.kt',
    top: 'fun label(s: State) = when (s) {\n',
    bottom: '    else -> "none"\n}\n',
    base: '',
    ours: '    is Loading -> "wait"\n',
    theirs: '    is Failed -> s.error ?: "failed"\n',
    wrong: {
      'an arm twice':
        '    is Loading -> "wait"\n    is Failed -> s.error ?: "failed"\n    is Loading -> "none"\n',
      'a default is asserted': '    is Loading -> "wait"\n    is Failed -> s.error!!\n',
      'values are exchanged': '    is Loading -> s.error ?: "failed"\n    is Failed -> "wait"\n',
    },
    right: ['    is Failed -> s.error ?: "failed"\n    is Loading -> "wait"\n'],
  },
  {
    path: 'Sources/Cache.swift',
    top: 'final class Cache {\n',
    bottom: '}\n',
    base: '    var items: [String: Int] = [:]\n',
    ours: '    private var items: [String: Int] = [:]\n',
    theirs: '    var items: [String: Int] = [:]\n    weak var owner: Owner?\n',
    wrong: {
      'the owner is held': '    private var items: [String: Int] = [:]\n    var owner: Owner?\n',
      'visible again': '    var items: [String: Int] = [:]\n    weak var owner: Owner?\n',
      'no longer optional': '    private var items: [String: Int] = [:]\n    weak var owner: Owner!\n',
    },
    right: [
      '    private var items: [String: Int] = [:]\n    weak var owner: Owner?\n',
      '    weak var owner: Owner?\n    private var items: [String: Int] = [:]\n',
    ],
  },
  {
    path: 'src/Orders.cs',
    top: 'public class Orders {\n',
    bottom: '}\n',
    base: '    public Task Save(Order o) => db.Write(o);\n',
    ours: '    public async Task Save(Order o) => await db.Write(o);\n',
    theirs: '    [Authorize]\n    public Task Save(Order o) => db.Write(o);\n',
    wrong: {
      'nobody waits': '    [Authorize]\n    public async Task Save(Order o) => db.Write(o);\n',
      'everybody may': '    [AllowAnonymous]\n    public async Task Save(Order o) => await db.Write(o);\n',
      'the attribute is lost': '    public async Task Save(Order o) => await db.Write(o);\n',
    },
    right: ['    [Authorize]\n    public async Task Save(Order o) => await db.Write(o);\n'],
  },
  {
    path: 'src/Config.php',
    top: '<?php\nreturn [\n',
    bottom: '];\n',
    base: "    'debug' => false,\n",
    ours: "    'debug' => false,\n    'cache' => env('CACHE', 'file'),\n",
    theirs: "    'debug' => env('DEBUG', false),\n",
    wrong: {
      'debug is on': "    'debug' => env('DEBUG', true),\n    'cache' => env('CACHE', 'file'),\n",
      'a key twice':
        "    'debug' => false,\n    'cache' => env('CACHE', 'file'),\n    'debug' => env('DEBUG', false),\n",
      'variables are exchanged':
        "    'debug' => env('CACHE', false),\n    'cache' => env('DEBUG', 'file'),\n",
    },
    right: ["    'cache' => env('CACHE', 'file'),\n    'debug' => env('DEBUG', false),\n"],
  },
  {
    path: 'app/models/user.rb',
    top: 'class User < Base\n',
    bottom: 'end\n',
    base: '  has_many :posts\n',
    ours: '  has_many :posts, dependent: :destroy\n',
    theirs: '  has_many :posts\n  validates :email, presence: true\n',
    wrong: {
      'what depends stays': '  has_many :posts, dependent: :nullify\n  validates :email, presence: true\n',
      'only one of many': '  has_one :posts, dependent: :destroy\n  validates :email, presence: true\n',
      'a check is off': '  has_many :posts, dependent: :destroy\n  validates :email, presence: false\n',
    },
    right: [
      '  has_many :posts, dependent: :destroy\n  validates :email, presence: true\n',
      '  validates :email, presence: true\n  has_many :posts, dependent: :destroy\n',
      '  has_many :posts, dependent: :destroy\n\n  validates :email, presence: true\n',
    ],
  },
];
