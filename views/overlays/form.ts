/** A form over the arguments of a command, derived from its schema. */
import { inWords, namesIn } from '../../src/commands/spelling.js';
import type { AnyCommand, ArgSchema } from '../../src/commands/types.js';
import { titleIn } from '../../src/domain/app/selectors.js';
import type { AppState } from '../../src/domain/app/state.js';
import { editField, fieldOf } from '../ui/field.js';
import { offerKey, offersFor } from './form-offers.js';
import type { FormField, FormOverlay, Invocation, Overlay, OverlayAnswer } from './types.js';

/**
 * The form for a call: what the call already says is kept and not asked again.
 * @param about known values of the object being edited, by argument name, and what there is to choose from
 */
export function formOverlay(
  row: AnyCommand,
  call: Invocation,
  { values = {}, state }: { values?: Record<string, unknown> | undefined; state?: AppState } = {},
): Overlay {
  const own = typeof call.args.task === 'string' ? call.args.task : undefined;
  const fields = Object.entries(row.args.properties)
    .filter(([name, schema]) => call.args[name] === undefined && !schema.cliOnly)
    .map(([name, schema]) => {
      const field = formField(name, schema, row.args.required.includes(name), values[name]);
      const offers = state ? offersFor(schema, state, own) : [];
      return offers.length > 0 ? { ...field, offers } : field;
    });
  const first = Object.values(call.args).find((value) => typeof value === 'string');
  const about = first && own === first ? titleIn(state?.tasks ?? [])(own) : first;
  return { type: 'form', title: about ? `${row.title}: ${about}` : row.title, call, fields, index: 0 };
}

function formField(name: string, schema: ArgSchema, required: boolean, value: unknown): FormField {
  const { lines = false } = schema;
  const initial = initialText(value, lines);
  return {
    name,
    label: inWords(name),
    help: schema.description,
    kind: kindOf(schema),
    choices: schema.enum ?? [],
    required,
    field: fieldOf(initial, lines),
    initial,
  };
}

function kindOf({ type, enum: choices }: ArgSchema): FormField['kind'] {
  if (type === 'boolean') return 'flag';
  if (choices) return 'choice';
  return ({ array: 'list', integer: 'whole', string: 'text' } as const)[type];
}

function initialText(value: unknown, lines: boolean): string {
  if (Array.isArray(value)) return value.join(lines ? '\n' : ', ');
  if (typeof value === 'boolean') return value ? 'yes' : '';
  return value === undefined ? '' : String(value);
}

/** The arguments the form says, or what is wrong with it. Unchanged and empty fields are left out. */
export function formResult(
  form: FormOverlay,
): { args: Record<string, unknown> } | { error: string; index: number } {
  const args: Record<string, unknown> = { ...form.call.args };
  for (const [index, { name, label, kind, required, field, initial }] of form.fields.entries()) {
    const text = trimmed(field.text);
    if (text === '' && required) return { error: `${label} must not be empty.`, index };
    if (text === trimmed(initial)) continue;
    if (kind === 'flag') args[name] = text === 'yes';
    else if (kind === 'list') args[name] = field.lines ? linesIn(text) : namesIn(text);
    else if (kind === 'whole') {
      if (!/^\d+$/.test(text)) return { error: `${label} must be a whole number.`, index };
      args[name] = Number(text);
    } else args[name] = text;
  }
  return { args };
}

/** The text without blank lines around it and blanks at its end; the first of several lines keeps its indentation. */
function trimmed(text: string): string {
  const rest = text.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
  return rest.includes('\n') ? rest : rest.trim();
}

/** The lines as items, each without the dash or star of a list before it. */
function linesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*[-*]\s+/, '').trim())
    .filter(Boolean);
}

/** Whether something was typed that leaving would lose. */
export const isTyped = ({ fields }: FormOverlay): boolean =>
  fields.some(({ field, initial }) => trimmed(field.text) !== trimmed(initial));

/** Whether Enter does what the form is for: on the button, and after a text of many lines; what follows is optional. */
export const entersHere = ({ index, fields }: FormOverlay): boolean =>
  fields.length === 1 || index === fields.length || fields[index]!.field.lines === true;

/** What a key does to a form: Enter goes on to the next field, or does what the form is for; ctrl-s does it anywhere. */
export function formAnswer(overlay: FormOverlay, key: string): OverlayAnswer | undefined {
  const { leaving, ...form } = overlay;
  const offered = form.fields[form.index] && offerKey(form.fields[form.index]!, key);
  if (offered) return { overlay: withField(form, offered) };
  if (key === 'C-s' || (key === 'enter' && entersHere(form)))
    return { overlay: form, effect: { type: 'submit', form } };
  if (key === 'enter') return { overlay: { ...form, index: form.index + 1, error: undefined } };
  if (key === 'C-e' && form.fields[form.index]?.field.lines)
    return { overlay: form, effect: { type: 'edit', form } };
  const next = formKey(form, key);
  // Esc read at once with a key looks like that key with alt, which means nothing here: it is told apart by who calls.
  const goesOn = leaving && !key.startsWith('M-');
  return next || goesOn ? { overlay: next ?? form } : undefined;
}

function withField(form: FormOverlay, next: FormField): FormOverlay {
  const fields = form.fields.map((field, index) => (index === form.index ? next : field));
  return { ...form, fields, error: undefined };
}

function formKey(form: FormOverlay, key: string): FormOverlay | undefined {
  const current = form.fields[form.index];
  const next = current && changed(current, key);
  if (next) return withField(form, next);
  const count = form.fields.length + (form.fields.length > 1 ? 1 : 0);
  const step = { up: -1, 'S-tab': -1, down: 1, tab: 1 }[key];
  if (step === undefined) return undefined;
  return { ...form, index: (form.index + step + count) % count, error: undefined };
}

function changed(field: FormField, key: string): FormField | undefined {
  if (field.kind === 'flag' || field.kind === 'choice') {
    const step = { left: -1, right: 1, space: 1 }[key];
    if (step === undefined) return undefined;
    const values = valuesOf(field);
    const at = Math.max(0, values.indexOf(field.field.text));
    return { ...field, field: fieldOf(values[(at + step + values.length) % values.length]!) };
  }
  const edited = editField(field.field, key);
  const { chosen: _, ...rest } = field;
  return edited && { ...rest, field: edited };
}

/** The values that left and right go through. One that is set can be changed, but not taken away. */
function valuesOf({ kind, choices, initial }: FormField): readonly string[] {
  if (kind === 'flag') return ['', 'yes'];
  return initial === '' ? ['', ...choices] : choices;
}
