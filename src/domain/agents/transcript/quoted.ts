/** Texts of others within a Markdown document of ours. What they hold must neither end nor imitate our own marks. */

/** Begins every line that this program writes itself; no text of others may hold it. */
export const ownMark = '▍';

/** Text on one line. */
export const inline = (text: string): string => unmarked(text).replace(/\s+/g, ' ').trim();

/** Text on one line as code, whatever ticks are in it. */
export function inlineCode(text: string): string {
  const line = inline(text);
  const ticks = '`'.repeat(longestTicks(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${line}${pad}${ticks}`;
}

/** A fence longer than any in the text, so that nothing breaks out of it; a text over `most` loses its middle. */
export function fenced(text: string, language = '', most = 20_000): string {
  const ticks = '`'.repeat(Math.max(2, longestTicks(text)) + 1);
  const over = text.length - most;
  const kept =
    over <= 0 ? text : `${text.slice(0, most / 2)}\n… ${over} characters more …\n${text.slice(-most / 2)}`;
  return `${ticks}${language}\n${kept.trimEnd()}\n${ticks}`;
}

/** Markdown that an agent wrote: its HTML is shown as text, and a fence that it left open is closed. */
export function foreignMarkdown(text: string): string {
  let open: string | undefined;
  const lines = unmarked(text)
    .trim()
    .split('\n')
    .map((line) => {
      const ticks = /^\s{0,3}(`{3,}|~{3,})(.*)$/.exec(line);
      if (open !== undefined) {
        const [, mark = '', rest = ''] = ticks ?? [];
        if (mark.startsWith(open) && rest.trim() === '') open = undefined;
        return line;
      }
      open = ticks?.[1];
      return ticks ? line : withoutHtml(line);
    });
  return [...lines, ...(open === undefined ? [] : [open])].join('\n');
}

/** Text of several lines as a quotation. */
export const quote = (text: string): string =>
  text.trim() === ''
    ? ''
    : foreignMarkdown(text)
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n');

/** HTML could hide what follows it, in comments or folded parts; in code it is only text. */
const withoutHtml = (line: string): string =>
  line
    .split(/(`[^`]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/<(?=[a-z/!?])/gi, '&lt;')))
    .join('');

const unmarked = (text: string): string => text.replaceAll(ownMark, '|');

const longestTicks = (text: string): number =>
  [...text.matchAll(/`+/g)].reduce((most, [ticks]) => Math.max(most, ticks.length), 0);
