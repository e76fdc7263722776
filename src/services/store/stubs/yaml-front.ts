/**
 * YAML front matter as task files of other tools have it: keys with a scalar, a list in brackets, a list of dashes, or
 * a block of text. Keys that say nothing about a task are left out.
 */

type Value = string | string[];

/** What other tools call the fields of a task. */
const names: Readonly<Record<string, string>> = {
  title: 'title',
  name: 'title',
  slug: 'slug',
  status: 'status',
  priority: 'priority',
  owner: 'owner',
  assignee: 'owner',
  labels: 'labels',
  tags: 'labels',
  depends_on: 'depends_on',
  dependson: 'depends_on',
  dependencies: 'depends_on',
  touches: 'touches',
  goal: 'goal',
  description: 'goal',
  acceptance: 'acceptance',
  acceptance_criteria: 'acceptance',
  runner: 'runner',
  branch: 'branch',
  base: 'base',
};

const lists = new Set(['labels', 'depends_on', 'touches', 'acceptance']);

/** The table that our own front matter would give. What cannot be read as such is left out, never guessed. */
export function readYamlFront(text: string): Record<string, unknown> {
  const table: Record<string, unknown> = {};
  const pairs = pairsOf(text).map(
    ([key, value]) => [key.toLowerCase().replaceAll('-', '_').replaceAll(' ', '_'), value] as const,
  );
  // A field's own name counts before what others call it: a form for issues has a name besides its title.
  const isOwn = ([key]: readonly [string, Value]) => names[key] === key;
  for (const [key, value] of [...pairs.filter(isOwn), ...pairs.filter((pair) => !isOwn(pair))]) {
    const field = names[key];
    if (!field || value.length === 0 || Object.hasOwn(table, field)) continue;
    if (field === 'status') table[field] = statusOf(one(value));
    else if (field === 'priority') Object.assign(table, priorityOf(one(value)));
    else table[field] = lists.has(field) ? [value].flat() : one(value);
  }
  return table;
}

const one = (value: Value): string => (typeof value === 'string' ? value : value.join(', '));

/** Only what is to be done is ready; what was begun or done elsewhere waits for a person. */
function statusOf(text: string): 'draft' | 'ready' {
  return /^(to[ -_]?do|ready|open|pending|new|backlog|)$/i.test(text.trim()) ? 'ready' : 'draft';
}

function priorityOf(text: string): { priority?: string } {
  const plain = text.trim().toLowerCase();
  const known: Record<string, string> = { critical: 'urgent', medium: 'normal', p0: 'urgent', p1: 'high' };
  const name = known[plain] ?? plain;
  return ['urgent', 'high', 'normal', 'low'].includes(name) ? { priority: name } : {};
}

function pairsOf(text: string): [string, Value][] {
  const lines = text.split('\n');
  const pairs: [string, Value][] = [];
  for (let at = 0; at < lines.length; ) {
    const [, key, rest = ''] = /^([\w][\w .-]*?)[ \t]*:(?:[ \t]+(.*))?$/.exec(lines[at]!) ?? [];
    at += 1;
    if (key === undefined) continue;
    const below: string[] = [];
    while (at < lines.length && /^(\s|-\s|-$|$)/.test(lines[at]!)) below.push(lines[at++]!);
    pairs.push([key, readValue(rest, below)]);
  }
  return pairs;
}

function readValue(rest: string, below: readonly string[]): Value {
  const block = /^([|>])[-+]?\d*\s*$/.exec(rest.trim())?.[1];
  if (block) {
    const indent = Math.min(
      ...below.filter((line) => line.trim()).map((line) => /^\s*/.exec(line)![0].length),
    );
    const lines = below.map((line) => line.slice(Number.isFinite(indent) ? indent : 0));
    return (block === '|' ? lines.join('\n') : lines.join(' ').replace(/ {2,}/g, ' ')).trim();
  }
  const items = below.flatMap((line) => /^\s*-\s+(.*)$/.exec(line)?.[1] ?? []);
  if (rest.trim() === '' && items.length > 0) return items.map(scalar);
  const inline = /^\[(.*)\]$/s.exec([rest, ...below].join(' ').trim())?.[1];
  if (inline !== undefined) return inline.split(',').map(scalar).filter(Boolean);
  return scalar([rest, ...below.map((line) => line.trim())].join(' '));
}

/** Without its quotes or a trailing comment. */
function scalar(text: string): string {
  const plain = text.trim();
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(plain);
  if (double) return double[1]!.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1');
  const single = /^'((?:[^']|'')*)'/.exec(plain);
  if (single) return single[1]!.replaceAll("''", "'");
  return plain.replace(/(^|\s)#.*$/, '').trim();
}
