/** What of a home an agent in a box sees: tools and their settings to read, caches to write, and no secrets. */

/**
 * Folders that are taken apart: what is in them is there to read, what is new is private. With the variables that move
 * them, and what in them is there to write: caches, whose content a package manager fetches again.
 */
export interface Apart {
  path: string;
  names?: readonly string[];
  write?: readonly string[];
}

/** In a home. */
export const apartInHome: readonly Apart[] = [
  { path: '.config', names: ['XDG_CONFIG_HOME'] },
  { path: '.local' },
  { path: '.local/share', names: ['XDG_DATA_HOME'], write: ['pnpm/store', 'NuGet/http-cache'] },
  { path: '.local/state', names: ['XDG_STATE_HOME'] },
  {
    path: '.cache',
    names: ['XDG_CACHE_HOME'],
    write: [
      ...['pip', 'uv', 'pnpm', 'yarn', 'go-build', 'deno', 'pypoetry', 'pdm', 'composer', 'bazel', 'ccache'],
      ...['sccache', 'node-gyp', 'turbo', 'nx', 'zig', 'hatch', 'golangci-lint', 'mypy_cache', 'typescript'],
    ],
  },
  { path: '.npm', names: ['npm_config_cache', 'NPM_CONFIG_CACHE'], write: ['_cacache', '_logs'] },
  { path: '.cargo', names: ['CARGO_HOME'], write: ['registry', 'git'] },
  { path: 'go', names: ['GOPATH'], write: ['pkg'] },
  { path: '.m2', write: ['repository', 'wrapper'] },
  {
    path: '.gradle',
    names: ['GRADLE_USER_HOME'],
    write: ['caches', 'wrapper', 'daemon', 'native', 'notifications'],
  },
  { path: '.ivy2', write: ['cache', 'local'] },
  { path: '.sbt', write: ['boot'] },
  { path: '.bun', names: ['BUN_INSTALL'], write: ['install/cache'] },
  { path: '.yarn', write: ['berry/cache'] },
  { path: '.nuget', write: ['packages'] },
  { path: '.pub-cache', names: ['PUB_CACHE'], write: ['hosted', 'git'] },
  { path: '.composer', names: ['COMPOSER_HOME'], write: ['cache'] },
  { path: '.hex', names: ['HEX_HOME'], write: ['packages'] },
  { path: '.stack', names: ['STACK_ROOT'], write: ['pantry', 'snapshots'] },
  { path: '.cabal', names: ['CABAL_DIR'], write: ['packages', 'store'] },
  { path: '.conan2', names: ['CONAN_HOME'], write: ['p'] },
];

/** Caches that a variable names whole. */
export const cacheNames: readonly string[] = [
  ...['PIP_CACHE_DIR', 'UV_CACHE_DIR', 'GOCACHE', 'GOMODCACHE', 'YARN_CACHE_FOLDER', 'NUGET_PACKAGES'],
  ...['COMPOSER_CACHE_DIR', 'DENO_DIR', 'SCCACHE_DIR', 'CCACHE_DIR', 'TURBO_CACHE_DIR', 'NX_CACHE_DIRECTORY'],
];

/** Keys, passwords, sessions of browsers and of other tools, and what was typed: not there for an agent. */
export const hiddenInHome: readonly string[] = [
  ...['.ssh', '.gnupg', '.pki', '.aws', '.azure', '.kube', '.docker', '.oci', '.aliyun', '.fly', '.vercel'],
  ...['.netlify', '.terraform.d', '.terraformrc', '.pulumi', '.chef', '.puppet', '.vault-token', '.s3cfg'],
  ...['.boto', '.gsutil', '.netrc', '.git-credentials', '.pgpass', '.my.cnf', '.mylogin.cnf', '.pypirc'],
  ...['.authinfo', '.authinfo.gpg', '.msmtprc', '.mutt', '.muttrc', '.password-store', '.rclone.conf'],
  ...['.cargo/credentials', '.cargo/credentials.toml', '.gem/credentials', '.composer/auth.json'],
  ...['.m2/settings-security.xml', '.subversion/auth', '.wakatime.cfg', '.ngrok2', '.sops', '.age'],
  ...['.bash_history', '.zsh_history', '.sh_history', '.history', '.python_history', '.node_repl_history'],
  ...['.psql_history', '.mysql_history', '.sqlite_history', '.rediscli_history', '.irb_history', '.lesshst'],
  ...['.mozilla', '.thunderbird', '.electrum', '.bitcoin', '.ethereum', '.Xauthority', '.ICEauthority'],
  ...[
    '.codex',
    '.claude',
    '.claude.json',
    '.claude.json.backup',
    '.gemini',
    '.cursor',
    '.copilot',
    '.continue',
  ],
  ...['.codeium', '.grok', '.factory', '.qwen', '.amp', '.aider.conf.yml'],
];

export const hiddenInConfig: readonly string[] = [
  ...['gh', 'glab-cli', 'hub', 'gcloud', 'op', 'git/credentials', 'rclone', 'google-chrome', 'chromium'],
  ...['BraveSoftware', 'microsoft-edge', 'vivaldi', 'opera', 'Slack', 'discord', 'Signal', 'Bitwarden'],
  ...[
    'keepassxc',
    '1Password',
    'doctl',
    'heroku',
    'netlify',
    'vercel',
    'fly',
    'stripe',
    '.wrangler',
    'pulumi',
  ],
  ...['containers/auth.json', 'sops', 'age', 'pypoetry/auth.toml', 'composer/auth.json', 'opencode', 'goose'],
  ...['github-copilot', 'amp', 'crush', 'Cursor', 'Code/User/globalStorage', 'configstore', 'gnupg', 'ngrok'],
];

export const hiddenInData: readonly string[] = [
  ...['keyrings', 'kwalletd', 'opencode', 'goose', 'crush', 'amp', 'com.vercel.cli', 'heroku', 'gnupg'],
  ...['fish/fish_history', 'evolution', 'TelegramDesktop', 'containers/storage', 'recently-used.xbel'],
];

/** Of /run, what names of hosts and systems without /usr need; the rest is sockets of the person's own services. */
export const shownOfRun: readonly string[] = [
  ...[
    'systemd/resolve',
    'resolvconf',
    'NetworkManager',
    'connman',
    'nscd',
    'current-system',
    'booted-system',
  ],
  ...['opengl-driver', 'host'],
];

/** Lines of npm's settings that hold a secret: registries stay, what logs in at them does not. */
export const npmSecret =
  /^\s*(?:\/\/\S*:)?_?(?:auth|authToken|password|username|email|certfile|keyfile|key)\s*=/;
