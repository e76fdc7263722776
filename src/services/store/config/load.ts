/** The configuration in force: defaults < user < repository < environment < flags. */

import { appError } from '../../../domain/platform/errors.js';
import { nearest } from '../../../domain/platform/nearest.js';
import {
  type Config,
  defaultConfig,
  type LoadedConfig,
  type Origin,
  userOnlyKeys,
} from '../../../domain/store/config.js';
import { isTable, type Table } from '../../../domain/store/config-table.js';
import { schemas } from '../../../domain/store/schemas.js';
import { tightened } from '../../../domain/store/tightened.js';
import { isTaskVariable } from '../../../domain/worktrees/variables.js';
import { type Paths, readText } from '../../platform/index.js';
import { isUsable, readTrust } from '../trust/index.js';
import { checkTable, knownKeys, parseToml, readDocument, schemaOf } from './check.js';
import { configFiles } from './files.js';

interface LoadOptions {
  paths: Paths;
  /** Main worktree; without it only the user's configuration counts. */
  root?: string;
  env: NodeJS.ProcessEnv;
  /** Dotted key → value. */
  flags?: Record<string, unknown>;
}

interface ConfigLayer {
  origin: Origin;
  where: string;
  table: Table;
}

/**
 * Loads and checks all layers. The repository's is used only when its exact bytes are trusted, and never for
 * the keys that only the user may set. Throws `toml-syntax` and `config-invalid` with file, line and column.
 */
export async function loadConfig({ paths, root, env, flags = {} }: LoadOptions): Promise<LoadedConfig> {
  const warnings: string[] = [];
  const files = configFiles(paths, root);
  const layers: ConfigLayer[] = [
    { origin: 'default', where: 'default', table: defaultConfig as unknown as Table },
  ];
  const userText = await readText(files.user);
  if (userText !== undefined) {
    const table = await readDocument({ where: files.user, text: userText }, 'config');
    layers.push({ origin: 'user', where: files.user, table });
  }
  const trust = root ? await readTrust(paths, root) : undefined;
  const repositoryBytes = trust?.inputs.bytes.get('.codex-agent/config.toml');
  if (trust && isUsable(trust.state) && repositoryBytes) {
    const where = files.repository!;
    const table = await readDocument({ where, text: repositoryBytes.toString('utf8') }, 'config');
    const own = layers.find(({ origin }) => origin === 'user')?.table ?? {};
    const allowed = tightened(
      { users: own, defaults: defaultConfig as unknown as Table },
      withoutUserOnly(table, where, warnings),
      (loosened) => warnings.push(`${where} would loosen ${loosened}.`),
    );
    layers.push({ origin: 'repository', where, table: allowed });
  }
  layers.push(...(await environmentLayers(env, warnings)), ...(await flagLayers(flags)));

  const origins: LoadedConfig['origins'] = {};
  let merged: Table = {};
  const overruled: Record<string, unknown> = {};
  for (const layer of layers) {
    const before = { config: merged as unknown as Config, origins: { ...origins } };
    merged = overlay(merged, layer.table, layer, origins);
    if (layer.origin !== 'repository') continue;
    for (const key of Object.keys(before.origins)) {
      const isUsers = before.origins[key]?.origin === 'user' && origins[key]?.origin === 'repository';
      if (isUsers) overruled[key] = getKey(before, key);
    }
  }
  confineCommand(merged as unknown as Config, origins);
  return {
    config: merged as unknown as Config,
    origins,
    ...(Object.keys(overruled).length > 0 ? { overruled } : {}),
    trusted: !trust || isUsable(trust.state),
    ...(trust && !isUsable(trust.state) ? { trustHash: trust.state.hash } : {}),
    ...(trust?.state.changes ? { trustChanges: trust.state.changes } : {}),
    ...(trust?.state.told ? { trustTold: trust.state.told } : {}),
    ...(trust?.state.origin ? { trustOrigin: trust.state.origin } : {}),
    warnings,
  };
}

/** Value of a dotted key, a table included. Throws `unknown-key` (usage) with the nearest one. */
export function getKey(loaded: Pick<LoadedConfig, 'config' | 'origins'>, key: string): unknown {
  let value: unknown = loaded.config;
  for (const part of key.split('.')) {
    if (!isTable(value) || !Object.hasOwn(value, part)) throw unknownKey(key, Object.keys(loaded.origins));
    value = value[part];
  }
  return value;
}

/** What to throw for a key that does not exist. */
export function unknownKey(key: string, known: readonly string[]) {
  const near = nearest(key, known, 1)[0] ?? known.find((other) => other.endsWith(`.${key}`));
  return appError('unknown-key', `There is no configuration key ${JSON.stringify(key)}.`, {
    kind: 'usage',
    hint: near ? `Did you mean ${near}?` : '`codex-agent config show` prints them all.',
  });
}

/** Tables are merged key by key; anything else, arrays included, is replaced. Notes where each leaf came from. */
function overlay(
  under: Table,
  over: Table,
  layer: ConfigLayer,
  origins: LoadedConfig['origins'],
  prefix = '',
): Table {
  const result: Table = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const name = `${prefix}${key}`;
    if (isTable(value)) {
      const below = result[key];
      result[key] = overlay(isTable(below) ? below : {}, value, layer, origins, `${name}.`);
    } else {
      result[key] = value;
      origins[name] = { origin: layer.origin, where: layer.where };
    }
  }
  return result;
}

/**
 * The command runner is no program of ours to confine, since only the person knows what theirs needs. One that the
 * repository names gets the sandbox that the person asked for by `sandbox.mode`.
 */
function confineCommand({ runner }: Config, origins: LoadedConfig['origins']): void {
  const from = (key: string) => origins[key]?.origin ?? 'default';
  const isTheirs =
    from('runner.command.args') === 'repository' && from('runner.command.sandbox') === 'default';
  if (isTheirs && from('sandbox.mode') !== 'default') runner.command.sandbox = '';
}

function withoutUserOnly(table: Table, where: string, warnings: string[], prefix = ''): Table {
  const kept: Table = {};
  for (const [key, value] of Object.entries(table)) {
    const name = `${prefix}${key}`;
    if (userOnlyKeys.includes(name)) {
      warnings.push(`${where} sets ${name}, which only your own configuration may set; it is ignored.`);
    } else {
      kept[key] = isTable(value) ? withoutUserOnly(value, where, warnings, `${name}.`) : value;
    }
  }
  return kept;
}

/** `CODEX_AGENT_RUN__MAX_PARALLEL=8` sets `run.max_parallel`. */
async function environmentLayers(env: NodeJS.ProcessEnv, warnings: string[]): Promise<ConfigLayer[]> {
  const prefix = 'CODEX_AGENT_';
  const layers: ConfigLayer[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(prefix) || text === undefined || isTaskVariable(name)) continue;
    const keys = name.slice(prefix.length).toLowerCase().split('__');
    const node = schemaOf(schemas.config, keys);
    if (!node || node.properties) {
      const near = nearest(keys.join('.'), knownKeys(schemas.config), 1)[0];
      warnings.push(
        `${name} is not a setting of codex-agents${near ? `; did you mean ${envName(near)}?` : ''}`,
      );
      continue;
    }
    const table = nest(keys, valueFrom(text, node));
    layers.push(await checkedLayer({ origin: 'environment', where: name, table }));
  }
  return layers;
}

const envName = (key: string) => `CODEX_AGENT_${key.replaceAll('.', '__').toUpperCase()}`;

async function flagLayers(flags: Record<string, unknown>): Promise<ConfigLayer[]> {
  return Promise.all(
    Object.entries(flags).map(([key, value]) =>
      checkedLayer({ origin: 'flag', where: key, table: nest(key.split('.'), value) }),
    ),
  );
}

async function checkedLayer(layer: ConfigLayer): Promise<ConfigLayer> {
  const problem = await checkTable(layer.table, 'config', { where: layer.where, text: '' });
  if (problem) throw problem;
  return layer;
}

/**
 * A TOML value as a person types it where quotes are a nuisance: text that is no TOML value, or that stands
 * where a string is wanted, is that string.
 */
export function valueFrom(
  text: string,
  node: { type?: string; enum?: readonly unknown[] } | undefined,
): unknown {
  const wantsText =
    node?.type === 'string' || node?.enum?.every((choice) => typeof choice === 'string') === true;
  try {
    const { value, ...more } = parseToml({ where: 'value', text: `value = ${text}` });
    if (Object.keys(more).length > 0) throw appError('toml-syntax', 'value: this is more than one value.');
    return wantsText && typeof value !== 'string' ? text : value;
  } catch (error) {
    if (wantsText || /^[\w./:@ -]*$/.test(text)) return text;
    throw error;
  }
}

function nest(keys: readonly string[], value: unknown): Table {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Table;
}
