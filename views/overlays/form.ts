/** A form over the arguments of a command, derived from its schema. */
import { inWords } from '../../src/commands/spelling.js';
import type { AnyCommand, ArgSchema } from '../../src/commands/types.js';
import { fitText, textWidth } from '../../src/domain/platform/width.js';
import type { Canvas, TextSpan } from '../canvas.js';
import { editField, fieldOf } from '../ui/field.js';
import { visibleTop } from '../ui/state.js';
import { overlayFrame, readingWidth } from './frame.js';
import type { Call, FormField, Overlay } from './types.js';

type FormOverlay = Extract<Overlay, { type: 'form' }>;

/**
 * The form for a call: what the call already says is kept and not asked again.
 * @param values known values of the object being edited, by argument name
 */
export function formOverlay(row: AnyCommand, call: Call, values: Record<string, unknown> = {}): Overlay {
  const fields = Object.entries(row.args.properties)
    .filter(([name, schema]) => call.args[name] === undefined && !schema.cliOnly)
    .map(([name, schema]) => formField(name, schema, row.args.required.includes(name), values[name]));
  const about = Object.values(call.args).find((value) => typeof value === 'string');
  return { type: 'form', title: about ? `${row.title}: ${about}` : row.title, call, fields, index: 0 };
}

function formField(name: string, schema: ArgSchema, required: boolean, value: unknown): FormField {
  const kind =
    schema.type === 'boolean'
      ? 'flag'
      : schema.enum
        ? 'choice'
        : schema.type === 'array'
          ? 'list'
          : schema.type === 'integer'
            ? 'whole'
            : 'text';
  const initial = Array.isArray(value) ? value.join(', ') : value === undefined ? '' : String(value);
  return {
    name,
    label: inWords(name),
    help: schema.description,
    kind,
    choices: schema.enum ?? [],
    required,
    field: fieldOf(initial),
    initial,
  };
}

/** The arguments the form says, or what is wrong with it. Unchanged and empty fields are left out. */
export function formResult(
  form: FormOverlay,
): { args: Record<string, unknown> } | { error: string; index: number } {
  const args: Record<string, unknown> = { ...form.call.args };
  for (const [index, { name, label, kind, required, field, initial }] of form.fields.entries()) {
    const text = field.text.trim();
    if (text === '' && required) return { error: `${label} is needed.`, index };
    if (text === initial) continue;
    if (kind === 'flag') args[name] = text === 'yes';
    else if (kind === 'list')
      args[name] = text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean);
    else if (kind === 'whole') {
      if (!/^\d+$/.test(text)) return { error: `${label} is a whole number.`, index };
      args[name] = Number(text);
    } else args[name] = text;
  }
  return { args };
}

/** The form after a key; undefined when the key does nothing here. */
export function formKey(form: FormOverlay, key: string): FormOverlay | undefined {
  const count = form.fields.length;
  const step = { up: -1, 'S-tab': -1, down: 1, tab: 1 }[key];
  if (step !== undefined) return { ...form, index: (form.index + step + count) % count, error: undefined };
  const current = form.fields[form.index];
  if (!current) return undefined;
  const next = changed(current, key);
  if (!next) return undefined;
  return {
    ...form,
    fields: form.fields.map((field, index) => (index === form.index ? next : field)),
    error: undefined,
  };
}

function changed(field: FormField, key: string): FormField | undefined {
  if (field.kind === 'flag' || field.kind === 'choice') {
    const values = field.kind === 'flag' ? ['', 'yes'] : ['', ...field.choices];
    const step = { left: -1, right: 1, space: 1 }[key];
    if (step === undefined) return undefined;
    const at = Math.max(0, values.indexOf(field.field.text));
    return { ...field, field: fieldOf(values[(at + step + values.length) % values.length]!) };
  }
  const edited = editField(field.field, key);
  return edited && { ...field, field: edited };
}

export function paintForm(canvas: Canvas, form: FormOverlay) {
  const label = Math.max(8, ...form.fields.map((field) => textWidth(field.label) + 2));
  const inside = overlayFrame(canvas, {
    width: readingWidth(canvas, 84),
    height: form.fields.length + 4,
    title: form.title,
    foot: '⏎ do it  Tab next  Esc cancel',
  });
  const height = inside.height - 3;
  const top = visibleTop(form.index, Math.max(0, form.index - height + 1), height);
  form.fields.slice(top, top + height).forEach((field, at) => {
    const current = top + at === form.index;
    const name: TextSpan = {
      text: fitText(`${field.label}${field.required ? ' *' : ''}`, label),
      style: current ? 'key' : 'dim',
    };
    canvas.line(inside.x, inside.y + at, inside.width, [
      name,
      ...valueSpans(field, current, inside.width - label),
    ]);
  });
  const current = form.fields[form.index];
  const y = inside.y + inside.height - 2;
  if (form.error) canvas.text(inside.x, y, inside.width, `✗ ${form.error}`, 'bad');
  else if (current) canvas.text(inside.x, y, inside.width, current.help, 'dim');
}

function valueSpans({ kind, field }: FormField, current: boolean, width: number): TextSpan[] {
  if (kind === 'flag' || kind === 'choice') {
    const value = field.text || (kind === 'flag' ? 'no' : '–');
    return [{ text: current ? `← ${value} →` : value }];
  }
  if (!current) return [{ text: field.text }];
  const chars = [...field.text];
  const before = chars.slice(Math.max(0, field.cursor - width + 2), field.cursor).join('');
  return [{ text: before }, { text: '█', style: 'focus' }, { text: chars.slice(field.cursor).join('') }];
}
