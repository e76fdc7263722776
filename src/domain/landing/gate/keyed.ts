/** Lines that give a key its value, in languages and formats whose keys only their own signs tell. Pure. */
import type { ScopedLine } from './scopes.js';

interface Shape {
  path: RegExp;
  /** What the block begins with; `top`: the line stands in no block. */
  block: RegExp | 'top' | 'any';
  /** Its first group is the key. Matched with what stands between quotes. */
  line: RegExp;
  kind: string;
}

const key = String.raw`("[^"]*"|'[^']*'|:?[\w@][\w.?!-]*)`;
const opened = /[{[(]$/;
/** No function, loop or condition: a block of values. */
const valued = /(?:[=:,([%@#]|=>|\breturn|\bext|^)\s*[{[(]$/;
const called = /[\w)]\s*\($/;
/** The body of a type. */
const typed = /\b(?:class|trait|struct|record|interface)\b.*\{$/;

const shapes: readonly Shape[] = [
  {
    path: /\.(?:rb|rake|exs?|[eh]rl|php|pl|pm)$/,
    block: opened,
    line: new RegExp(`^${key}\\s*=>`),
    kind: 'key',
  },
  { path: /\.exs?$/, block: valued, line: /^("[^"]*"|[\w?!]+):\s/, kind: 'key' },
  {
    path: /\.(?:lua|nix|psd?1|psm1)$/,
    block: valued,
    line: /^\[?("[^"]*"|'[^']*'|[\w.]+)\]?\s*=(?!=)/,
    kind: 'key',
  },
  { path: /\.(?:swift|dart|groovy|gradle)$/, block: /[[{(]$/, line: /^("[^"]*"|'[^']*')\s*:/, kind: 'key' },
  {
    path: /\.gradle(?:\.kts)?$/,
    block: /\b(?:ext|extra|android|\w*[cC]onfig|versions)\s*\{$/,
    line: /^([\w.]+)\s*=(?!=)/,
    kind: 'value',
  },
  { path: /\.kts?$/, block: called, line: /^("[^"]*"|[\w.]+)\s+to\s/, kind: 'key' },
  { path: /\.(?:scala|sc)$/, block: called, line: /^("[^"]*"|[\w.]+)\s*->/, kind: 'key' },
  {
    path: /\.java$/,
    block: /\b(?:Map|ImmutableMap)\.of\s*\($/,
    line: /^("[^"]*"|[\w.]+)\s*,\s*\S/,
    kind: 'key',
  },
  { path: /\.cs$/, block: /\{$/, line: /^\[("[^"]*"|[\w.]+)\]\s*=(?!=)/, kind: 'key' },
  { path: /\.rs$/, block: /\b\w*Map::from\(? ?\[$|\[$/, line: /^\(("[^"]*")\s*,/, kind: 'key' },
  { path: /\.clj[cs]?$|\.edn$/, block: /\{$/, line: /^\{?(:[\w./?!*-]+)\s+\S/, kind: 'key' },
  { path: /\.prisma$/, block: /^(?:model|type|enum)\b.*\{$/, line: /^(\w+)(?:\s|$)/, kind: 'field' },
  {
    path: /\.(?:graphql|gql)$/,
    block: /\b(?:type|input|interface|enum)\b.*\{$/,
    line: /^(\w+)\s*(?:[:(]|$)/,
    kind: 'field',
  },
  {
    path: /\.sql$/i,
    block: /\bCREATE\s+TABLE\b.*\($/i,
    line: /^(?!(?:PRIMARY|FOREIGN|UNIQUE|CHECK|CONSTRAINT|INDEX|KEY)\b)(["`]?\w+["`]?)\s+\w/i,
    kind: 'column',
  },
  {
    path: /\.(?:pyi?|bzl|bazel|star)$|(?:^|\/)(?:BUILD|WORKSPACE)$/,
    block: called,
    line: /^(\w+)\s*=(?!=)/,
    kind: 'argument',
  },
  {
    path: /(?:^|\/)CMakeLists\.txt$|\.cmake$/,
    block: 'top',
    line: /^(set\(\s*\w+|option\(\s*\w+|project\(\s*\w+)/i,
    kind: 'variable',
  },
  {
    path: /requirements[^/]*\.(?:txt|in)$|constraints[^/]*\.txt$/,
    block: 'any',
    line: /^([\w.-]+)(?:\[[^\]]*\])?\s*(?:[=<>~!]=|[<>]|@)/,
    kind: 'requirement',
  },
  {
    path: /(?:^|\/)Gemfile$|\.gemspec$/,
    block: 'any',
    line: /^(?:gem|\w+\.add(?:_\w+)?_dependency)[\s(]+(["'][^"']+["'])/,
    kind: 'gem',
  },
  { path: /(?:^|\/)CODEOWNERS$/, block: 'any', line: /^([^#\s]\S*)\s+\S*@/, kind: 'path' },
  { path: /\.strings$/, block: 'any', line: /^("(?:\\.|[^"])*")\s*=/, kind: 'key' },
  {
    path: /\.(?:sh|bash|zsh)$|(?:^|\/)\.(?:bashrc|profile|zshrc)$/,
    block: 'top',
    line: /^(?:function\s+)?(\w[\w-]*)\s*\(\)/,
    kind: 'function',
  },
  {
    path: /\.(?:sh|bash|zsh)$/,
    block: 'top',
    line: /^(?:(?:export|readonly|declare)\s+)+([A-Z][A-Z0-9_]*)=(?!.*\$)/,
    kind: 'variable',
  },
  { path: /\.(?:sh|bash|zsh)$/, block: 'top', line: /^([A-Z][A-Z0-9_]*)=(?!.*\$)/, kind: 'variable' },
  { path: /\.php$/, block: 'top', line: /^define\(\s*("[^"]*"|'[^']*')/i, kind: 'constant' },
  {
    path: /\.php$/,
    block: typed,
    line: /^(?:(?:public|private|protected|static|readonly|var|final)\s+)+(?:\??[\w|\\]+\s+)?(\$\w+)\s*[=;]/,
    kind: 'property',
  },
  {
    path: /\.php$/,
    block: 'any',
    line: /^(?:(?:final|public|private|protected)\s+)*const\s+(?:\??[\w|\\]+\s+)?(\w+)\s*=/,
    kind: 'constant',
  },
  {
    path: /\.cs$/,
    block: typed,
    line: /^(?!.*\b(?:class|struct|record|interface|enum|namespace|delegate|event|explicit|implicit)\b)(?:\w+\s+)*[\w<>[\],.?]+\s+(\w+)\s*(?:\{\s*(?:get|set|init|private|protected|internal)\b|=>)/,
    kind: 'property',
  },
  { path: /\.(?:rb|rake)$/, block: 'any', line: /^([A-Z]\w*)\s*=(?![=~>])/, kind: 'constant' },
  { path: /(?:^|\/)schema\.rb$/, block: 'top', line: /^(ActiveRecord::Schema\S*\.define)\(/, kind: 'call' },
  {
    path: /\.pyi?$/,
    block: /^class\b/,
    line: /^(?!(?:else|try|finally|lambda)\b)([a-z_]\w*)\s*:\s*[^\s:]/,
    kind: 'field',
  },
  {
    path: /\.pyi?$/,
    block: 'any',
    line: /^(@[\w.]+\.(?:route|get|post|put|patch|delete)\(\s*["'][^"']*["'].*\))$/,
    kind: 'route',
  },
  {
    path: /\.(?:java|kts?)$/,
    block: 'any',
    line: /^(@(?:Get|Post|Put|Patch|Delete)Mapping\(\s*(?:(?:value|path)\s*=\s*)?"[^"]*"\s*\))/,
    kind: 'route',
  },
  {
    path: /\.[cm]?[jt]s$/,
    block: 'any',
    line: /^((?:app|router|server|routes?)\.(?:get|post|put|patch|delete)\(\s*["'`]\/[^"'`]*["'`])\s*,/,
    kind: 'route',
  },
  {
    path: /\.sql$/i,
    block: 'any',
    line: /^(ALTER\s+TABLE\s+\S+\s+ADD\s+COLUMN\s+(?:IF\s+NOT\s+EXISTS\s+)?\S+)\s/i,
    kind: 'column',
  },
  {
    path: /(?:^|\/)go\.mod$/,
    block: /^require\s*\($/,
    line: /^([\w./~-]+)\s+v\d[^=]*$/,
    kind: 'requirement',
  },
  {
    path: /(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$/,
    block: /^ports:$/,
    line: /^-\s*["']?((?:[\d.]+:)?\d+):\d+/,
    kind: 'port',
  },
  { path: /\.github\/workflows\/.*\.ya?ml$/, block: /^steps:$/, line: /^-\s*id:\s*(\S+)$/, kind: 'step' },
  {
    path: /(?:^|\/)(?:Docker|Container)file(?:\.\w+)?$|\.dockerfile$/i,
    block: 'any',
    line: /^FROM\s.*\sAS\s+(\S+)/i,
    kind: 'stage',
  },
  {
    path: /(?:^|\/)(?:Docker|Container)file(?:\.\w+)?$|\.dockerfile$/i,
    block: 'any',
    line: /^((?:ENV|ARG|LABEL)\s+[\w.-]+)[=\s]/i,
    kind: 'instruction',
  },
];

/** Whether keys of such a file are told here, though other checks pass its format over. */
export const isKeyed = (path: string): boolean => shapes.some((shape) => shape.path.test(path));

/** The key that the line gives a value. */
export function keyIn(path: string, { raw, scope }: ScopedLine): { kind: string; name: string } | undefined {
  for (const { path: files, block, line, kind } of shapes) {
    if (!files.test(path)) continue;
    const fits =
      block === 'any' ||
      (block === 'top' ? !scope.parent : scope.parent !== undefined && block.test(scope.header));
    const name = fits ? line.exec(raw)?.[1] : undefined;
    // With double and with single quotes it is one key.
    if (name) return { kind, name: name.replace(/^'(.*)'$/, '"$1"') };
  }
  return undefined;
}
