/** Text for a shell's command line, in what a person is told to type. */

/** One word of a command line: as it is when a shell takes it so, quoted otherwise. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) && !text.startsWith('~')
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}
