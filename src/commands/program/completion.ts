/** Shell completion scripts, made from the registry's rows. */
import { flagOf } from '../spelling.js';
import type { AnyCommand } from '../types.js';

export const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

interface Word {
  /** Words typed so far, joined by blanks. */
  after: string;
  word: string;
  summary: string;
}

/** Every word that can follow, with what it means. */
function words(rows: readonly AnyCommand[], about: Readonly<Record<string, string>>): Word[] {
  const found = new Map<string, Word>();
  for (const row of rows) {
    if (!row.surfaces.includes('cli')) continue;
    const path = row.id.split('.');
    for (const [index, word] of path.entries()) {
      const after = path.slice(0, index).join(' ');
      const summary =
        index === path.length - 1 ? row.summary : (about[path.slice(0, index + 1).join('.')] ?? '');
      if (!found.has(`${after}/${word}`)) found.set(`${after}/${word}`, { after, word, summary });
    }
    for (const [name, schema] of Object.entries(row.args.properties)) {
      if (schema.position !== undefined && !schema.yieldsTo) continue;
      const flag = flagOf(name);
      found.set(`${path.join(' ')}/${flag}`, {
        after: path.join(' '),
        word: flag,
        summary: schema.description,
      });
    }
  }
  return [...found.values()];
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The script that a person sources in that shell: it completes words and flags of every row. */
export function completionScript(
  shell: Shell,
  rows: readonly AnyCommand[],
  groups: Readonly<Record<string, string>>,
): string {
  const all = words(rows, groups);
  const prefixes = [...new Set(all.map((entry) => entry.after))];
  const cases = prefixes.map((after) => ({
    after,
    entries: all.filter((entry) => entry.after === after),
  }));
  switch (shell) {
    case 'bash':
      return [
        '_codex_agent() {',
        '  local path="" word',
        '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        '    case $word in -*) ;; *) path="${path:+$path }$word" ;; esac',
        '  done',
        '  local words=""',
        '  case $path in',
        ...cases.map(
          ({ after, entries }) =>
            `    ${quoted(after)}) words=${quoted(entries.map((entry) => entry.word).join(' '))} ;;`,
        ),
        '  esac',
        '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
        '}',
        'complete -o default -F _codex_agent codex-agent',
      ].join('\n');
    case 'zsh':
      return [
        '#compdef codex-agent',
        '_codex_agent() {',
        '  local path="${(j: :)${words[2,CURRENT-1]:#-*}}"',
        '  local -a found',
        '  case $path in',
        ...cases.map(
          ({ after, entries }) =>
            `    ${quoted(after)}) found=(${entries
              .map((entry) => quoted(`${entry.word}:${entry.summary.replaceAll(':', ' ')}`))
              .join(' ')}) ;;`,
        ),
        '  esac',
        "  if (( $#found )); then _describe 'codex-agent' found; else _files; fi",
        '}',
        'compdef _codex_agent codex-agent',
      ].join('\n');
    case 'fish':
      return [
        'function __codex_agent_path',
        "    string join ' ' -- (string match -v -- '-*' (commandline -opc)[2..])",
        'end',
        ...all.map((entry) => {
          const test = quoted(`test (__codex_agent_path) = ${JSON.stringify(entry.after)}`);
          const what = entry.word.startsWith('--')
            ? `-l ${entry.word.slice(2)}`
            : `-f -a ${quoted(entry.word)}`;
          return `complete -c codex-agent -n ${test} ${what} -d ${quoted(entry.summary)}`;
        }),
      ].join('\n');
  }
}
