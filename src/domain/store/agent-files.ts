/** Files of a repository that other programs than ours instruct or configure coding agents with. */

/** In any folder: coding CLIs take them from the folder that they work in, and from those below. */
const instructions = /(^|\/)((AGENTS|CLAUDE|GEMINI)(\.(override|local))?\.md|\.cursorrules)$/i;

/** In any folder, with all that is below: settings that start programs, servers, commands, skills and rules. */
const settings =
  /(^|\/)\.(claude|codex|gemini|opencode|agents|cursor)(\/.+|$)|^(opencode\.jsonc?|\.mcp\.json)$/i;

/** Rules that an editor gives to its model. */
const rules = /(^|\/)\.cursor\/rules\/.+|^\.github\/(copilot-instructions\.md|instructions\/.+)$/i;

/** Below settings, what coding CLIs give their agents before anything else. */
const givenAtFirst = /\/(rules\/.+|(AGENTS|CLAUDE|GEMINI)(\.\w+)?\.md)$/i;

/** Whether a file that git tracks is one of them. */
export const isAgentFile = (path: string): boolean =>
  instructions.test(path) || settings.test(path) || rules.test(path);

/** Keys of the front matter of a page that neither run something nor allow it. */
const harmless = /^(name|description|argument-hint|model|color):|^\s*$|^\s+[^\s:]+(\s[^:]*)?$/;

/**
 * Whether a file does no more than tell coding CLIs something, as code and its comments do: it starts nothing, and
 * is not what every agent is given at first. A page below their settings may name programs and allow them.
 */
export function isOnlyRead(path: string, text: string | undefined): boolean {
  if (rules.test(path)) return true;
  if (settings.test(path))
    return /\.md$/i.test(path) && !givenAtFirst.test(path) && text !== undefined && startsNothing(text);
  return path.includes('/') || !instructions.test(path);
}

function startsNothing(text: string): boolean {
  if (/!`|```!/.test(text)) return false;
  if (!/^\uFEFF?\s*---/.test(text)) return true;
  const front = /^---\r?\n([\s\S]*?)\r?\n---\r?(\n|$)/.exec(text)?.[1];
  // What ends a line in YAML.
  return front?.split(/\r\n?|[\n\u0085\u2028\u2029]/).every((line) => harmless.test(line)) === true;
}

/** Of those at the top, what counts although git does not track it; files for one person alone do not. */
export const isSharedInstruction = (name: string): boolean =>
  instructions.test(name) && !/\.local\.md$/i.test(name);

/** The same of settings, by their whole path. */
export const sharedSettings: readonly string[] = [
  '.claude/settings.json',
  '.codex/config.toml',
  '.cursor/mcp.json',
  '.gemini/settings.json',
  '.github/copilot-instructions.md',
  '.mcp.json',
  'opencode.json',
  'opencode.jsonc',
];

/** Says that documents changed since the repository was trusted, and what to do about that. */
export function toldWords(paths: readonly string[]): string {
  const names = paths.slice(0, 3).join(', ') + (paths.length > 3 ? ` and ${paths.length - 3} more` : '');
  return `Changed since you trusted this repository: ${names}. That instructs coding CLIs and can run nothing: \`codex-agent trust --show\` shows it, \`codex-agent trust\` takes it as seen.`;
}

/** Other files that instructions bring in, as `@docs/rules.md`: paths relative to the file that names them. */
export function importsIn(text: string): string[] {
  const named = [...text.matchAll(/(?:^|\s)@((?:\.{1,2}\/)*[\w.-][\w./-]{0,300})/g)];
  return [...new Set(named.map(([, path = '']) => path.replace(/[.,:]+$/, '')))];
}
