/** Files of a repository that other programs than ours instruct or configure coding agents with. */

/** In any folder: coding CLIs take them from the folder that they work in, and from those below. */
const instructions = /(^|\/)((AGENTS|CLAUDE|GEMINI)(\.(override|local))?\.md|\.cursorrules)$/i;

/** At the top, with all that is below: settings that start programs, servers, commands, skills and rules. */
const settings =
  /^(\.(claude|codex|gemini|opencode|agents|cursor)\/.+|\.github\/(copilot-instructions\.md|instructions\/.+)|opencode\.jsonc?|\.mcp\.json)$/i;

/** Whether a file that git tracks is one of them. */
export const isAgentFile = (path: string): boolean => instructions.test(path) || settings.test(path);

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

/** Other files that instructions bring in, as `@docs/rules.md`: paths relative to the file that names them. */
export function importsIn(text: string): string[] {
  const named = [...text.matchAll(/(?:^|\s)@((?:\.{1,2}\/)*[\w.-][\w./-]{0,300})/g)];
  return [...new Set(named.map(([, path = '']) => path.replace(/[.,:]+$/, '')))];
}
