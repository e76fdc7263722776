/** How a configuration names the form of a report, and where it is. */

const names = [
  ...(['junit', 'cobertura', 'sarif', 'jest', 'vitest', 'eslint', 'go'] as const),
  ...(['lcov', 'tap', 'node', 'pytest', 'cargo', 'tsc', 'lines'] as const),
] as const;

export type Format = (typeof names)[number];

/** What `report` may name, and where: `junit:reports/*.xml` is files, `tap` is the output. */
export const reportPattern = `^(${names.join('|')})(:.+)?$`;

export interface WantedReport {
  format: Format;
  /** Glob of the files; absent where it is the check's output. */
  files?: string;
}

/** A `report` of the configuration, whose form the schema has checked. */
export function wantedReport(text: string): WantedReport {
  const at = text.indexOf(':');
  return at < 0
    ? { format: text as Format }
    : { format: text.slice(0, at) as Format, files: text.slice(at + 1) };
}
