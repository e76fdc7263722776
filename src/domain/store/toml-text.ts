/** Values and configuration as TOML text. */
import type { LoadedConfig } from './config.js';

/** A value on one line. JSON's escapes are TOML's, except for DEL, which TOML wants escaped. */
export function tomlLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlLiteral).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, inner]) => `${tomlKey(key)} = ${tomlLiteral(inner)}`);
    return pairs.length > 0 ? `{ ${pairs.join(', ')} }` : '{}';
  }
  return JSON.stringify(value).replaceAll('\x7f', '\\u007f');
}

const tomlKey = (key: string): string => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key));

/** The configuration in force as a file that could be used; with origins, a comment says where each value came from. */
export function configAsToml(config: LoadedConfig['config'], origins?: LoadedConfig['origins']): string[] {
  return tableLines(config as unknown as Record<string, unknown>, [], origins);
}

function tableLines(
  table: Record<string, unknown>,
  path: readonly string[],
  origins: LoadedConfig['origins'] | undefined,
): string[] {
  const isTable = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const values = Object.entries(table).filter(([, value]) => !isTable(value) && value !== undefined);
  const tables = Object.entries(table).filter((entry): entry is [string, Record<string, unknown>] =>
    isTable(entry[1]),
  );
  const own = values.map(([key, value]) => {
    const found = origins?.[[...path, key].join('.')];
    const where = found && found.origin !== 'default' ? `${found.origin}: ${found.where}` : 'default';
    return `${tomlKey(key)} = ${tomlLiteral(value)}${origins ? ` # ${where}` : ''}`;
  });
  const header =
    path.length > 0 && (own.length > 0 || tables.length === 0)
      ? ['', `[${path.map(tomlKey).join('.')}]`]
      : [];
  return [...header, ...own, ...tables.flatMap(([key, value]) => tableLines(value, [...path, key], origins))];
}
