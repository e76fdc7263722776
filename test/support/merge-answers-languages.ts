/** Conflicts in further languages and formats, with wrong and right answers. */
import type { Conflicted } from './merge-answers.js';

export const conflictsOfLanguages: readonly Conflicted[] = [
  {
    path: 'app/models/order.rb',
    top: 'class Order\n  def total\n    sum = 0\n',
    bottom: '    sum\n  end\nend\n',
    base: '    items.each { |i| sum += i.price }\n',
    ours: '    items.each { |i| sum += i.price * i.count }\n',
    theirs: '    return 0 if cancelled?\n    items.each { |i| sum += i.price }\n',
    wrong: {
      'rb unless for if': '    return 0 unless cancelled?\n    items.each { |i| sum += i.price * i.count }\n',
      'rb comment': '    # return 0 if cancelled?\n    items.each { |i| sum += i.price * i.count }\n',
      'rb =begin block':
        '=begin\n    return 0 if cancelled?\n=end\n    items.each { |i| sum += i.price * i.count }\n',
      'rb return first':
        '    return 0\n    return 0 if cancelled?\n    items.each { |i| sum += i.price * i.count }\n',
      'rb guard after':
        '    items.each { |i| sum += i.price * i.count }\n    return 0 if cancelled?\n    return sum\n',
    },
    right: [
      '    return 0 if cancelled?\n    items.each { |i| sum += i.price * i.count }\n',
      '    if cancelled?\n      return 0\n    end\n    items.each { |i| sum += i.price * i.count }\n',
    ],
  },
  {
    path: 'src/Cart.php',
    top: '<?php\nclass Cart {\n  public function add($item) {\n',
    bottom: '  }\n}\n',
    base: '    $this->items[] = $item;\n',
    ours: '    $this->items[] = $item;\n    $this->total += $item->price;\n',
    theirs:
      '    if ($item === null) { throw new InvalidArgumentException("item"); }\n    $this->items[] = $item;\n',
    wrong: {
      'php !==':
        '    if ($item !== null) { throw new InvalidArgumentException("item"); }\n    $this->items[] = $item;\n    $this->total += $item->price;\n',
      'php -=':
        '    if ($item === null) { throw new InvalidArgumentException("item"); }\n    $this->items[] = $item;\n    $this->total -= $item->price;\n',
      'php # comment':
        '    # if ($item === null) { throw new InvalidArgumentException("item"); }\n    $this->items[] = $item;\n    $this->total += $item->price;\n',
      'php doubled push':
        '    if ($item === null) { throw new InvalidArgumentException("item"); }\n    $this->items[] = $item;\n    $this->items[] = $item;\n    $this->total += $item->price;\n',
      'php if(false)':
        '    if (false) { if ($item === null) { throw new InvalidArgumentException("item"); } }\n    $this->items[] = $item;\n    $this->total += $item->price;\n',
    },
    right: [
      '    if ($item === null) { throw new InvalidArgumentException("item"); }\n    $this->items[] = $item;\n    $this->total += $item->price;\n',
      '    if ($item === null) {\n      throw new InvalidArgumentException("item");\n    }\n    $this->items[] = $item;\n    $this->total += $item->price;\n',
    ],
  },
  {
    path: 'app/src/Repo.kt',
    top: 'class Repo {\n    fun load(id: Int): User? {\n',
    bottom: '    }\n}\n',
    base: '        return db.find(id)\n',
    ours: '        val cached = cache[id]\n        if (cached != null) return cached\n        return db.find(id)\n',
    theirs: '        require(id > 0)\n        return db.find(id)\n',
    wrong: {
      'kt > to >=':
        '        require(id >= 0)\n        val cached = cache[id]\n        if (cached != null) return cached\n        return db.find(id)\n',
      'kt == null':
        '        require(id > 0)\n        val cached = cache[id]\n        if (cached == null) return cached\n        return db.find(id)\n',
      'kt after return':
        '        val cached = cache[id]\n        if (cached != null) return cached\n        return db.find(id)\n        require(id > 0)\n',
      'kt val twice':
        '        require(id > 0)\n        val cached = cache[id]\n        val cached = cache[id]\n        if (cached != null) return cached\n        return db.find(id)\n',
      'kt swallowed':
        '        runCatching { require(id > 0) }\n        val cached = cache[id]\n        if (cached != null) return cached\n        return db.find(id)\n',
    },
    right: [
      '        require(id > 0)\n        val cached = cache[id]\n        if (cached != null) return cached\n        return db.find(id)\n',
      '        require(id > 0)\n\n        val cached = cache[id]\n        if (cached != null) {\n            return cached\n        }\n        return db.find(id)\n',
    ],
  },
  {
    path: 'Api/Startup.cs',
    top: 'public void Configure(IServiceCollection services)\n{\n    services.AddLogging();\n',
    bottom: '}\n',
    base: '',
    ours: '    services.AddSingleton<IClock, Clock>();\n',
    theirs: '    services.AddScoped<IMailer, Mailer>();\n    services.AddHealthChecks();\n',
    wrong: {
      'cs lifetimes exchanged':
        '    services.AddScoped<IClock, Clock>();\n    services.AddSingleton<IMailer, Mailer>();\n    services.AddHealthChecks();\n',
      'cs #if false':
        '    services.AddSingleton<IClock, Clock>();\n#if false\n    services.AddScoped<IMailer, Mailer>();\n#endif\n    services.AddHealthChecks();\n',
      'cs types exchanged':
        '    services.AddSingleton<IClock, Mailer>();\n    services.AddScoped<IMailer, Clock>();\n    services.AddHealthChecks();\n',
    },
    right: [
      '    services.AddScoped<IMailer, Mailer>();\n    services.AddHealthChecks();\n    services.AddSingleton<IClock, Clock>();\n',
    ],
  },
  {
    path: 'lib/router.ex',
    top: 'defmodule Router do\n  use Plug.Router\n  get "/", do: send_resp(conn, 200, "ok")\n',
    bottom: 'end\n',
    base: '',
    ours: '  get "/users", to: Users\n',
    theirs: '  post "/users", to: Users.Create\n  delete "/users/:id", to: Users.Delete\n',
    wrong: {
      'ex verbs exchanged':
        '  post "/users", to: Users\n  get "/users", to: Users.Create\n  delete "/users/:id", to: Users.Delete\n',
      'ex route twice':
        '  get "/users", to: Users\n  get "/users", to: Users\n  post "/users", to: Users.Create\n  delete "/users/:id", to: Users.Delete\n',
    },
    right: [
      '  get "/users", to: Users\n  post "/users", to: Users.Create\n  delete "/users/:id", to: Users.Delete\n',
    ],
  },
  {
    path: 'init.lua',
    top: 'local M = {}\n',
    bottom: 'return M\n',
    base: '',
    ours: 'function M.open(path)\n  return io.open(path, "r")\nend\n',
    theirs:
      'function M.save(path, s)\n  local f = assert(io.open(path, "w"))\n  f:write(s)\n  f:close()\nend\n',
    wrong: {
      'lua modes exchanged':
        'function M.open(path)\n  return io.open(path, "w")\nend\nfunction M.save(path, s)\n  local f = assert(io.open(path, "r"))\n  f:write(s)\n  f:close()\nend\n',
      'lua --[[ ]]':
        'function M.open(path)\n  return io.open(path, "r")\nend\n--[[\nfunction M.save(path, s)\n  local f = assert(io.open(path, "w"))\n  f:write(s)\n  f:close()\nend\n]]\n',
    },
    right: [
      'function M.save(path, s)\n  local f = assert(io.open(path, "w"))\n  f:write(s)\n  f:close()\nend\nfunction M.open(path)\n  return io.open(path, "r")\nend\n',
    ],
  },
  {
    path: 'db/queries/report.sql',
    top: 'SELECT o.id, o.total\nFROM orders o\n',
    bottom: 'ORDER BY o.id;\n',
    base: 'WHERE o.total > 0\n',
    ours: "WHERE o.total > 0\n  AND o.state = 'paid'\n",
    theirs: 'JOIN users u ON u.id = o.user_id\nWHERE o.total > 0\n',
    wrong: {
      'sql LEFT JOIN': "LEFT JOIN users u ON u.id = o.user_id\nWHERE o.total > 0\n  AND o.state = 'paid'\n",
      'sql <>': "JOIN users u ON u.id = o.user_id\nWHERE o.total > 0\n  AND o.state <> 'paid'\n",
      'sql -- comment': "-- JOIN users u ON u.id = o.user_id\nWHERE o.total > 0\n  AND o.state = 'paid'\n",
    },
    right: ["JOIN users u ON u.id = o.user_id\nWHERE o.total > 0\n  AND o.state = 'paid'\n"],
  },
  {
    path: 'infra/main.tf',
    top: 'resource "aws_instance" "web" {\n  ami = "ami-1"\n',
    bottom: '}\n',
    base: '  instance_type = "t3.micro"\n',
    ours: '  instance_type = "t3.large"\n',
    theirs: '  instance_type = "t3.micro"\n  monitoring    = true\n',
    wrong: {
      'tf attr twice': '  instance_type = "t3.large"\n  instance_type = "t3.micro"\n  monitoring    = true\n',
      'tf new attr': '  instance_type = "t3.large"\n  monitoring    = true\n  ebs_optimized = true\n',
      'tf block nested': '  instance_type = "t3.large"\n  tags {\n    monitoring    = true\n  }\n',
    },
    right: ['  instance_type = "t3.large"\n  monitoring = true\n'],
  },
  {
    path: 'Dockerfile',
    top: 'FROM node:20\nWORKDIR /app\n',
    bottom: 'CMD ["node", "server.js"]\n',
    base: 'COPY . .\n',
    ours: 'COPY package.json .\nRUN npm ci\nCOPY . .\n',
    theirs: 'COPY . .\nEXPOSE 8080\n',
    wrong: {
      'docker USER root': 'USER root\nCOPY package.json .\nRUN npm ci\nCOPY . .\nEXPOSE 8080\n',
      'docker copy twice': 'COPY . .\nCOPY package.json .\nRUN npm ci\nCOPY . .\nEXPOSE 8080\n',
      'docker || true': 'COPY package.json .\nRUN npm ci || true\nCOPY . .\nEXPOSE 8080\n',
    },
    right: ['COPY package.json .\nRUN npm ci\nCOPY . .\n\nEXPOSE 8080\n'],
  },
  {
    path: 'Makefile',
    top: 'all: build\n\n',
    bottom: 'clean:\n\trm -rf out\n',
    base: 'build:\n\tcc -o out main.c\n',
    ours: 'build:\n\tcc -O2 -o out main.c\n',
    theirs: 'build: gen\n\tcc -o out main.c\n\ngen:\n\t./gen.sh\n',
    wrong: {
      'make - prefix': 'build: gen\n\t-cc -O2 -o out main.c\n\ngen:\n\t./gen.sh\n',
      'make spaces': 'build: gen\n    cc -O2 -o out main.c\n\ngen:\n    ./gen.sh\n',
      'make target twice':
        'build: gen\n\tcc -O2 -o out main.c\n\ngen:\n\t./gen.sh\n\nbuild:\n\tcc -O2 -o out main.c\n',
      'make dependency lost': 'build:\n\tcc -O2 -o out main.c\n\ngen:\n\t./gen.sh\n',
    },
    right: ['build: gen\n\tcc -O2 -o out main.c\n\ngen:\n\t./gen.sh\n'],
  },
  {
    path: 'nginx.conf',
    top: 'server {\n  listen 80;\n',
    bottom: '}\n',
    base: '',
    ours: '  location /api {\n    proxy_pass http://api;\n  }\n',
    theirs: '  location /static {\n    root /srv;\n    expires 1d;\n  }\n',
    wrong: {
      'nginx expires in other':
        '  location /api {\n    proxy_pass http://api;\n    expires 1d;\n  }\n  location /static {\n    root /srv;\n  }\n',
      'nginx nested':
        '  location /api {\n    proxy_pass http://api;\n  location /static {\n    root /srv;\n    expires 1d;\n  }\n  }\n',
    },
    right: [
      '  location /static {\n    root /srv;\n    expires 1d;\n  }\n\n  location /api {\n    proxy_pass http://api;\n  }\n',
    ],
  },
  {
    path: 'schema.graphql',
    top: 'type User {\n  id: ID!\n',
    bottom: '}\n',
    base: '  name: String\n',
    ours: '  name: String!\n',
    theirs: '  name: String\n  email: String @deprecated\n',
    wrong: {
      'gql nullable': '  name: String\n  email: String! @deprecated\n',
      'gql twice': '  name: String!\n  name: String\n  email: String @deprecated\n',
    },
    right: ['  name: String!\n  email: String @deprecated\n'],
  },
  {
    path: 'deploy/web.yaml',
    top: 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n        - name: web\n          image: web:1\n',
    bottom: '',
    base: '',
    ours: '          env:\n            - name: MODE\n              value: prod\n',
    theirs: '          resources:\n            limits:\n              memory: 1Gi\n',
    wrong: {
      'k8s limits in env':
        '          env:\n            - name: MODE\n              value: prod\n              limits:\n                memory: 1Gi\n          resources:\n',
      'k8s dedented':
        '          env:\n            - name: MODE\n              value: prod\n      resources:\n        limits:\n          memory: 1Gi\n',
    },
    right: [
      '          resources:\n            limits:\n              memory: 1Gi\n          env:\n            - name: MODE\n              value: prod\n',
    ],
  },
  {
    path: 'scripts/deploy.sh',
    top: '#!/bin/bash\nset -e\n',
    bottom: 'echo done\n',
    base: 'rsync -a out/ host:/srv\n',
    ours: 'rsync -a --delete out/ host:/srv\n',
    theirs: '[ -d out ] || exit 1\nrsync -a out/ host:/srv\n',
    wrong: {
      'sh && exit': '[ -d out ] && exit 1\nrsync -a --delete out/ host:/srv\n',
      'sh || true': '[ -d out ] || exit 1\nrsync -a --delete out/ host:/srv || true\n',
      'sh set +e': 'set +e\n[ -d out ] || exit 1\nrsync -a --delete out/ host:/srv\n',
      'sh heredoc': ': <<X\n[ -d out ] || exit 1\nX\nrsync -a --delete out/ host:/srv\n',
    },
    right: [
      '[ -d out ] || exit 1\n\nrsync -a --delete out/ host:/srv\n',
      'if [ ! -d out ]; then\n  exit 1\nfi\nrsync -a --delete out/ host:/srv\n',
    ],
  },
];
