/** Names of variables: which pass from a person's terminal to what we start, and which never do. Patterns may hold `*`. */

/** Whom it is run as and where: every program needs them. */
export const systemNames: readonly string[] = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'TMPDIR', 'LANG', 'LANGUAGE', 'LC_*', 'XDG_*'],
  ...['TZ', 'TZDIR', 'COLORTERM', 'NO_COLOR', 'FORCE_COLOR', 'CLICOLOR', 'CLICOLOR_FORCE', 'CI'],
];

/** Where toolchains are installed and how they are set up; none of these is a secret. */
export const toolchainNames: readonly string[] = [
  ...[
    'JAVA_HOME',
    'JDK_HOME',
    'JRE_HOME',
    'JAVA_HOME_*',
    'MAVEN_HOME',
    'M2_HOME',
    'MAVEN_OPTS',
    'GRADLE_HOME',
  ],
  ...['GRADLE_USER_HOME', 'GRADLE_OPTS', 'ANDROID_*', 'KOTLIN_HOME', 'SCALA_HOME', 'SBT_OPTS', 'SDKMAN_DIR'],
  ...['VIRTUAL_ENV', 'VIRTUAL_ENV_PROMPT', 'CONDA_*', 'MAMBA_*', 'PYENV_*', 'PYTHONUNBUFFERED', 'PYTHONUTF8'],
  ...[
    'PIPX_HOME',
    'PIPENV_VENV_IN_PROJECT',
    'POETRY_HOME',
    'POETRY_VIRTUALENVS_*',
    'PIP_CACHE_DIR',
    'UV_CACHE_DIR',
  ],
  ...['UV_PYTHON', 'UV_PYTHON_INSTALL_DIR', 'UV_PROJECT_ENVIRONMENT', 'UV_LINK_MODE', 'UV_OFFLINE'],
  ...['GOPATH', 'GOROOT', 'GOBIN', 'GOCACHE', 'GOMODCACHE', 'GOPROXY', 'GOPRIVATE', 'GONOSUMDB', 'GONOPROXY'],
  ...['GOFLAGS', 'GOTOOLCHAIN', 'GOSUMDB', 'GO111MODULE', 'GOENV', 'GOOS', 'GOARCH', 'CGO_*'],
  ...[
    'CARGO_HOME',
    'CARGO_TARGET_DIR',
    'CARGO_BUILD_*',
    'CARGO_INCREMENTAL',
    'CARGO_NET_OFFLINE',
    'RUSTUP_*',
  ],
  ...['RUSTFLAGS', 'RUST_BACKTRACE', 'RUSTC_WRAPPER', 'SCCACHE_DIR', 'CCACHE_DIR'],
  ...[
    'NVM_DIR',
    'NVM_BIN',
    'NVM_INC',
    'FNM_*',
    'VOLTA_HOME',
    'N_PREFIX',
    'NODENV_ROOT',
    'ASDF_*',
    'MISE_*',
    'RTX_*',
  ],
  ...['PNPM_HOME', 'BUN_INSTALL', 'DENO_DIR', 'DENO_INSTALL', 'YARN_CACHE_FOLDER', 'YARN_GLOBAL_FOLDER'],
  ...['COREPACK_HOME', 'COREPACK_ENABLE_*', 'NPM_CONFIG_PREFIX', 'NPM_CONFIG_CACHE', 'NPM_CONFIG_REGISTRY'],
  ...[
    'npm_config_prefix',
    'npm_config_cache',
    'npm_config_registry',
    'NODE_ENV',
    'TURBO_CACHE_DIR',
    'NX_CACHE_DIRECTORY',
  ],
  ...[
    'RBENV_*',
    'RVM_*',
    'rvm_path',
    'GEM_HOME',
    'GEM_PATH',
    'BUNDLE_PATH',
    'BUNDLE_GEMFILE',
    'BUNDLE_APP_CONFIG',
  ],
  ...[
    'COMPOSER_HOME',
    'COMPOSER_CACHE_DIR',
    'PHPENV_ROOT',
    'PHP_INI_SCAN_DIR',
    'PERL5LIB',
    'PERL_LOCAL_LIB_ROOT',
  ],
  ...[
    'DOTNET_ROOT',
    'DOTNET_CLI_*',
    'DOTNET_NOLOGO',
    'NUGET_PACKAGES',
    'MSBUILD*',
    'PUB_CACHE',
    'FLUTTER_ROOT',
  ],
  ...[
    'SWIFTLY_*',
    'DEVELOPER_DIR',
    'SDKROOT',
    'MACOSX_DEPLOYMENT_TARGET',
    'HOMEBREW_PREFIX',
    'HOMEBREW_CELLAR',
  ],
  ...[
    'HOMEBREW_REPOSITORY',
    'NIX_*',
    'IN_NIX_SHELL',
    'LOCALE_ARCHIVE',
    'GUIX_*',
    'STACK_ROOT',
    'CABAL_DIR',
    'GHCUP_*',
  ],
  ...[
    'OPAM*',
    'OCAML*',
    'MIX_*',
    'HEX_HOME',
    'ERL_AFLAGS',
    'JULIA_*',
    'R_HOME',
    'R_LIBS',
    'R_LIBS_USER',
    'ZIG_*',
  ],
  ...[
    'CC',
    'CXX',
    'AR',
    'LD',
    'CFLAGS',
    'CXXFLAGS',
    'CPPFLAGS',
    'LDFLAGS',
    'MAKEFLAGS',
    'CMAKE_*',
    'PKG_CONFIG_PATH',
  ],
  ...['VCPKG_ROOT', 'CONAN_HOME', 'CUDA_HOME', 'CUDA_PATH', 'CUDA_VISIBLE_DEVICES', 'ROCM_PATH'],
  ...[
    'LIBRARY_PATH',
    'CPATH',
    'C_INCLUDE_PATH',
    'CPLUS_INCLUDE_PATH',
    'PKG_CONFIG_LIBDIR',
    'MESON_*',
    'LLVM_*',
  ],
  ...[
    'LIBCLANG_PATH',
    'PROTOC',
    'OPENSSL_DIR',
    'RUSTDOCFLAGS',
    'RUST_TEST_THREADS',
    'CARGO_TERM_*',
    'CARGO_PROFILE_*',
  ],
  ...[
    'GOWORK',
    'GOEXPERIMENT',
    'GOAMD64',
    'GOARM',
    'GOTMPDIR',
    'MAVEN_ARGS',
    'JAVA_OPTS',
    'ANT_HOME',
    'LEIN_HOME',
  ],
  ...[
    'COURSIER_*',
    'BAZELISK_*',
    'USE_BAZEL_VERSION',
    'NVS_HOME',
    'PROTO_HOME',
    'NODE_VERSION',
    'PIXI_*',
    'RYE_HOME',
  ],
  ...[
    'POETRY_CACHE_DIR',
    'POETRY_CONFIG_DIR',
    'WORKON_HOME',
    'UV_TOOL_DIR',
    'UV_TOOL_BIN_DIR',
    'PRE_COMMIT_HOME',
  ],
  ...['PYTHONDONTWRITEBYTECODE', 'PYTHONHASHSEED', 'PYTHONIOENCODING', 'PYTHONPYCACHEPREFIX', 'MPLBACKEND'],
  ...[
    'EMSDK',
    'WASI_SDK_PATH',
    'IDF_PATH',
    'ZEPHYR_BASE',
    'PICO_SDK_PATH',
    'QTDIR',
    'QT_*',
    'VULKAN_SDK',
    'KERL_*',
  ],
  ...[
    'LUA_PATH',
    'LUA_CPATH',
    'RUBYLIB',
    'ELM_HOME',
    'NIMBLE_DIR',
    'KUBECONFIG',
    'HF_HOME',
    'OMP_NUM_THREADS',
  ],
  ...[
    'DOCKER_HOST',
    'DOCKER_CONTEXT',
    'DOCKER_CONFIG',
    'DOCKER_CERT_PATH',
    'DOCKER_TLS_VERIFY',
    'DOCKER_BUILDKIT',
  ],
  ...['CONTAINER_HOST', 'COMPOSE_*', 'TESTCONTAINERS_*', 'BUILDKIT_*', 'PODMAN_*'],
  ...['PLAYWRIGHT_BROWSERS_PATH', 'PUPPETEER_CACHE_DIR', 'PUPPETEER_EXECUTABLE_PATH', 'CYPRESS_CACHE_FOLDER'],
  ...['CHROME_BIN', 'CHROME_PATH', 'CHROMEDRIVER_PATH', 'DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY'],
  ...[
    'SSH_AUTH_SOCK',
    'SSH_AGENT_PID',
    'GNUPGHOME',
    'DBUS_SESSION_BUS_ADDRESS',
    'WSL_DISTRO_NAME',
    'WSL_INTEROP',
  ],
];

/** Where certificates are that a company's network needs. */
export const certificateNames: readonly string[] = [
  ...[
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'NODE_EXTRA_CA_CERTS',
    'NODE_USE_SYSTEM_CA',
    'NODE_TLS_REJECT_UNAUTHORIZED',
  ],
  ...[
    'REQUESTS_CA_BUNDLE',
    'CURL_CA_BUNDLE',
    'PIP_CERT',
    'CARGO_HTTP_CAINFO',
    'AWS_CA_BUNDLE',
    'NIX_SSL_CERT_FILE',
  ],
];

/**
 * How a person's git is found, set up and let out. Not what leads it to another repository, and not who commits: what a
 * run commits bears its mark.
 */
export const gitNames: readonly string[] = [
  ...['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_EXEC_PATH', 'GIT_TEMPLATE_DIR'],
  ...['GIT_CONFIG_COUNT', 'GIT_CONFIG_KEY_*', 'GIT_CONFIG_VALUE_*', 'GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL'],
  ...['GIT_CEILING_DIRECTORIES', 'GIT_DISCOVERY_ACROSS_FILESYSTEM', 'GIT_ALLOW_PROTOCOL'],
  ...['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_SSH_VARIANT', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH'],
  'GIT_LFS_SKIP_SMUDGE',
];

/** How programs find their way out. An address may hold a password: only what a person configured gets these. */
export const proxyNames: readonly string[] = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'FTP_PROXY'].flatMap((name) => [
    name,
    name.toLowerCase(),
  ]),
  ...['NODE_USE_ENV_PROXY', 'GLOBAL_AGENT_HTTP_PROXY', 'GLOBAL_AGENT_HTTPS_PROXY'],
];

/** Never passed on, whatever asks for it: these make programs load code or look at another repository. */
const refused = /^(NODE_OPTIONS|NODE_PATH|BASH_ENV|ENV|LD_.*|DYLD_.*|GIT_.*)$/;

/** Whether a name is of this pattern; `*` stands for any characters, none included. */
export function matchesName(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === pattern;
  const last = rest.pop()!;
  if (name.length < first.length + last.length) return false;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  // Each part where it is found first leaves the most room for those behind it.
  let left = name.slice(first.length, name.length - last.length);
  for (const part of rest) {
    const at = left.indexOf(part);
    if (at < 0) return false;
    left = left.slice(at + part.length);
  }
  return true;
}

/** Whether a variable of this name passes: one pattern lets it, none that begins with `!` takes it out again. */
export function passesName(name: string, patterns: readonly string[]): boolean {
  if (refused.test(name) && !gitNames.some((pattern) => matchesName(name, pattern))) return false;
  const out = patterns.some((pattern) => pattern.startsWith('!') && matchesName(name, pattern.slice(1)));
  return !out && patterns.some((pattern) => matchesName(name, pattern));
}

/** The variables whose names pass. */
export function pickVariables(
  env: Readonly<Record<string, string | undefined>>,
  patterns: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && passesName(name, patterns) ? [[name, value]] : [],
    ),
  );
}

/** What a shell and a terminal set for themselves: holding that back is no news. */
const noise =
  /^(_|SHLVL|PWD|OLDPWD|PS\d|PROMPT.*|HIST.*|LS_COLORS|LSCOLORS|LESS.*|PAGER|EDITOR|VISUAL|MANPATH|INFOPATH|MAIL|HOSTNAME|HOSTTYPE|OSTYPE|MACHTYPE|COLUMNS|LINES|TERM_.*|TMUX.*|STY|WINDOWID|VTE_.*|ITERM.*|KITTY.*|ALACRITTY.*|WEZTERM.*|GNOME_.*|KDE_.*|DESKTOP_.*|SESSION_.*|SSH_(TTY|CONNECTION|CLIENT)|VSCODE_.*|ZSH.*|BASH.*|FISH.*|STARSHIP.*|P9K.*|npm_.*|NODE|INIT_CWD|GPG_TTY|SUDO_.*|WT_.*|BROWSER|CODEX_AGENTS?_.*|SECURITYSESSIONID|__.*|Apple_.*|COMMAND_MODE|GIT_.*)$/;

/** Names that are set and do not pass, without those of the shell itself; sorted. */
export function heldBack(
  env: Readonly<Record<string, string | undefined>>,
  patterns: readonly string[],
): string[] {
  return Object.keys(env)
    .filter((name) => env[name] !== undefined && !noise.test(name) && !passesName(name, patterns))
    .sort();
}
