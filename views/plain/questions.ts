/** What lies over the panes, asked and answered by lines. Pure. */
import { sanitizeLine } from '../../src/domain/platform/sanitize.js';
import type { Model } from '../model.js';
import { paintApproval } from '../overlays/approval.js';
import type { FormField, FormOverlay, Overlay } from '../overlays/types.js';
import type { Theme } from '../theme.js';
import { fieldOf } from '../ui/field.js';
import { painted } from './lists.js';

/** The lines that ask. */
export function askedBy(
  overlay: Extract<Overlay, { type: 'choice' | 'approval' | 'detail' | 'form' }>,
  model: Model,
  theme: Theme,
): string[] {
  if (overlay.type === 'form') return fieldAsked(overlay);
  if (overlay.type === 'approval') return painted(theme, (canvas) => paintApproval(canvas, overlay, model));
  if (overlay.type === 'detail') {
    const offer = overlay.offer ? [`y: ${overlay.offer.label}. An empty line goes back.`] : [];
    return [`${overlay.title}:`, ...overlay.lines.map(({ text }) => text), ...offer];
  }
  const choices = overlay.choices.map(
    ({ key, label }, at) => `  ${key}: ${label}${at === overlay.index ? ' (empty line)' : ''}`,
  );
  return [`${overlay.title}: ${overlay.lines.join(' ')}`, ...choices];
}

function fieldAsked({ fields, index, title, error }: FormOverlay): string[] {
  const one = fields[index];
  if (!one) return [`${title}: an empty line goes on, esc goes back.`];
  const now = one.field.text === '' ? '' : ` Now: ${one.field.text.split('\n').join(' / ')}.`;
  return [
    ...(error ? [error] : []),
    ...(index === 0 && !error ? [`${title}. An empty line keeps what is there, esc goes back.`] : []),
    `${one.label}${one.required ? ' (required)' : ''}: ${one.help}.${choicesOf(one)}${now} ${endOf(one)}`.trimEnd(),
  ];
}

const choicesOf = ({ kind, choices }: FormField): string =>
  kind === 'flag' ? ' Yes or no.' : choices.length > 0 ? ` One of ${choices.join(', ')}.` : '';

const endOf = ({ field }: FormField): string =>
  field.lines ? 'Several lines; a line with a dot ends them.' : 'A dot keeps this and all that follow.';

/**
 * The form after a typed line. `typed`: lines of the field so far, where it takes several.
 * `done`: what is filled in is to be sent.
 */
export function formAfter(
  form: FormOverlay,
  line: string,
  typed: readonly string[],
): { form: FormOverlay; typed: readonly string[]; done: boolean } {
  const one = form.fields[form.index];
  if (!one) return { form, typed: [], done: true };
  if (one.field.lines) {
    const begun = typed.length > 0;
    if (line !== '.' && (begun || line !== '')) return { form, typed: [...typed, line], done: false };
    return next(form, begun ? { ...one, field: fieldOf(typed.join('\n'), true) } : one);
  }
  if (line.trim() === '.') return { form, typed: [], done: true };
  const text = line.trim();
  if (text === '') return next(form, one);
  const value = answerIn(one, text);
  if (value === undefined) {
    return { form: { ...form, error: `${sanitizeLine(text)} is no answer here.` }, typed: [], done: false };
  }
  return next(form, { ...one, field: fieldOf(value) });
}

function next(form: FormOverlay, field: FormField) {
  const fields = form.fields.map((one, at) => (at === form.index ? field : one));
  const done = form.index === form.fields.length - 1;
  const index = done ? form.index : form.index + 1;
  return { form: { ...form, fields, index, error: undefined }, typed: [], done };
}

/** `-` empties a field. */
function answerIn({ kind, choices }: FormField, text: string): string | undefined {
  if (text === '-') return '';
  if (kind === 'flag') return /^y(es)?$/i.test(text) ? 'yes' : /^no?$/i.test(text) ? '' : undefined;
  if (kind === 'choice') return choices.find((choice) => choice === text);
  return text;
}
