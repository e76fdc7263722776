/** The command line: a commander tree made from the registry's rows. */

import { Argument, Command as Commander, InvalidArgumentError, Option } from 'commander';
import { flagOf, namesIn } from '../commands/spelling.js';
import type { AnyCommand, ArgSchema, GlobalFlags } from '../commands/types.js';
import { nearest } from '../domain/platform/nearest.js';
import { sanitizeText } from '../domain/platform/sanitize.js';
import { folderFrom, type Request } from './request.js';

/**
 * Builds the parser. `onRequest` gets what was asked for. Parse errors and help are thrown as commander's own
 * errors (code `commander.*`) after their text went to `write`.
 * @param about what each group of commands is about, by its words joined with dots
 */
export function buildProgram(
  rows: readonly AnyCommand[],
  about: Readonly<Record<string, string>>,
  version: string,
  write: { out(text: string): void; err(text: string): void },
  onRequest: (request: Request) => void,
): Commander {
  const program = new Commander('codex-agent')
    .description(
      'Direct many coding agents at once, each in a worktree of its own, and land what they make. Without a command: the dashboard.',
    )
    .version(version, '-V, --version', 'print the version')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: write.out,
      writeErr: write.err,
      // What was typed may have been pasted, and is told again.
      outputError: (text, out) => out(withDashHint(sanitizeText(text))),
    });
  addGlobalOptions(program);
  program.helpCommand('help [command]', 'show the commands, or the arguments of one');
  // The program works without a command as well, so that it takes an unknown one for an argument too many.
  program.allowExcessArguments().action(() => {
    const [word] = program.args;
    if (word !== undefined) unknownWord(program, word, rows);
    onRequest({ args: {}, flags: flagsOf(program) });
  });

  const groups = new Map<string, Commander>([['', program]]);
  /** The command that holds those below these words; made when it is first needed. */
  function groupFor(path: readonly string[]): Commander {
    const key = path.join('.');
    const known = groups.get(key);
    if (known) return known;
    const group = groupFor(path.slice(0, -1)).command(path[path.length - 1]!);
    group.description(about[key] ?? '').exitOverride();
    groups.set(key, group);
    return group;
  }
  for (const row of rows) {
    if (!row.surfaces.includes('cli')) continue;
    const path = row.id.split('.');
    const leaf = groupFor(path.slice(0, -1)).command(path[path.length - 1]!);
    leaf.allowExcessArguments(false);
    leaf.showHelpAfterError(`\`codex-agent ${path.join(' ')} --help\` shows its arguments.`);
    leaf.summary(row.summary).description(row.summary);
    for (const [name, schema] of positional(row)) leaf.addArgument(argument(name, schema, row));
    for (const [name, schema] of flags(row)) leaf.addOption(option(name, schema, row));
    leaf.action(() => onRequest({ id: row.id, args: argsOf(row, leaf), flags: flagsOf(program) }));
  }
  return program;
}

function unknownWord(program: Commander, word: string, rows: readonly AnyCommand[]): never {
  const known = program.commands.map((command) => command.name());
  const near = nearest(word, known, 1);
  const deeper = deeperCommands(word, rows);
  const meant = deeper.some((path) => path.endsWith(` ${word}`)) ? deeper : near.length > 0 ? near : deeper;
  const hint =
    meant.length > 0 ? `Did you mean ${meant.join(' or ')}?` : '`codex-agent --help` lists the commands.';
  program.error(`error: unknown command '${word}'\n${hint}`, { code: 'commander.unknownCommand' });
}

/** Commands below a group that are called like this word, or nearly so: `land` is `merge land`. */
function deeperCommands(word: string, rows: readonly AnyCommand[]): string[] {
  const paths = rows.filter(({ surfaces }) => surfaces.includes('cli')).map(({ id }) => id.split('.'));
  const lasts = paths.map((path) => path.at(-1)!);
  const [last] = lasts.includes(word) ? [word] : nearest(word, lasts);
  return paths.filter((path) => path.at(-1) === last).map((path) => path.join(' '));
}

/** A text that begins with a dash is no option; what to write instead is told beside the error. */
function withDashHint(text: string): string {
  const given = /unknown option '(-[^']*\s[^']*)'/.exec(text)?.[1];
  return given
    ? `${text}Text that begins with a dash goes behind --, as in: codex-agent task add -- '${given}'\n`
    : text;
}

function addGlobalOptions(program: Commander): void {
  program
    .option('-C <dir>', 'work as if started in this folder')
    .option('--json', 'print one JSON document, or one event a line')
    .option('--no-tui', 'never open the dashboard')
    .option('--plain', 'the dashboard as lines, without redrawing, for screen readers')
    .option('--no-input', 'never ask; exit 7 when an answer is needed')
    .option('-y, --yes', 'answer confirmations with yes')
    .option('--dry-run', 'show what would be done')
    .option('-q, --quiet', 'print only results')
    .option('-v, --verbose', 'print events as they happen')
    .option('--trace', 'print every git call, process and model request as it ends')
    .option('--no-color', 'no colours')
    .option('--color', 'colours, also when output is not a terminal');
}

const positional = (row: AnyCommand) =>
  Object.entries(row.args.properties)
    .filter(([, schema]) => schema.position !== undefined)
    .sort(([, a], [, b]) => a.position! - b.position!);

const flags = (row: AnyCommand) =>
  Object.entries(row.args.properties).filter(
    ([, schema]) => schema.position === undefined || schema.yieldsTo !== undefined,
  );

function argument(name: string, schema: ArgSchema, row: AnyCommand): Argument {
  const label = schema.type === 'array' ? `${name}...` : name;
  const required = row.args.required.includes(name);
  const made = new Argument(required ? `<${label}>` : `[${label}]`, schema.description);
  return schema.enum ? made.choices(schema.enum) : made;
}

function option(name: string, schema: ArgSchema, row: AnyCommand): Option {
  const spelled = `${schema.short ? `-${schema.short}, ` : ''}${flagOf(name)}`;
  if (schema.type === 'boolean') return new Option(spelled, schema.description);
  const made = new Option(`${spelled} <${schema.value ?? 'value'}>`, schema.description);
  if (row.args.required.includes(name) && !schema.yieldsTo) made.makeOptionMandatory();
  if (schema.enum) made.choices(schema.enum);
  if (schema.type === 'integer') made.argParser(parseWhole);
  if (schema.type === 'array')
    made.argParser((text: string, before?: string[]) => [...(before ?? []), ...split(text, schema)]);
  return made;
}

function parseWhole(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** Names may be given at once with commas; sentences are given one at a time. */
function split(text: string, schema: ArgSchema): string[] {
  return schema.lines ? [text] : namesIn(text);
}

function argsOf(row: AnyCommand, leaf: Commander): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [index, [name]] of positional(row).entries()) {
    const value = leaf.processedArgs[index];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) found[name] = value;
  }
  const options = leaf.opts();
  for (const [name] of flags(row)) {
    const negated = /^no[A-Z]/.test(name);
    const key = negated ? name[2]!.toLowerCase() + name.slice(3) : name;
    const value = negated ? options[key] === false || undefined : options[key];
    if (value === undefined) continue;
    const { yieldsTo } = row.args.properties[name]!;
    if (yieldsTo && found[name] !== undefined && options[yieldsTo] === undefined)
      found[yieldsTo] = found[name];
    found[name] = value;
  }
  return found;
}

function flagsOf(program: Commander): GlobalFlags {
  const options = program.opts();
  return {
    cwd: folderFrom((options.C as string | undefined) ?? '.'),
    json: options.json === true,
    tui: options.tui !== false,
    plain: options.plain === true,
    input: options.input !== false,
    yes: options.yes === true,
    dryRun: options.dryRun === true,
    quiet: options.quiet === true,
    verbose: options.verbose === true,
    trace: options.trace === true,
    color: program.getOptionValueSource('color') === 'cli' ? options.color === true : undefined,
  };
}
