/** Shapes of secrets: found before work lands, and taken out of what is shown, stored or sent to a model. */

const shapes: readonly [string, RegExp][] = [
  ['private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})/],
  ['GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['OpenAI key', /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}/],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/],
  ['Google API key', /\bAIza[0-9A-Za-z_-]{35}/],
  ['Stripe key', /\b[rs]k_live_[0-9A-Za-z]{20,}/],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
];

/** What stands around a secret tells it, or it is longer than a line. */
const passages: readonly [RegExp, string][] = [
  // What a key cannot hold ends it: a first line without the last one hides no code behind it.
  [
    /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\n[+ -]?[A-Za-z-]+: [^\n]*|(?!-----END)[\sA-Za-z0-9+/=\\:,."'-])*(?:-----END [A-Z ]*-----)?/g,
    '[redacted]',
  ],
  [/\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)[^\s"']+/gi, '$1[redacted]'],
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{1,200}:)[^\s/@]{1,200}@/gi, '$1[redacted]@'],
];

/** Names of variables and options whose values are secrets, whatever these look like. */
export const secretName = /key|token|secret|passw|credential|auth(?!or)/i;

/** The values of the variables that are named like secrets. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value && secretName.test(name) ? [value] : []));
}

/** What kind of secret the text seems to hold, or undefined. */
export function secretIn(text: string): string | undefined {
  return shapes.find(([, shape]) => shape.test(text))?.[0];
}

/** The text with everything of a secret's shape, and every one of `values`, replaced. */
export function redactSecrets(text: string, values: readonly string[] = []): string {
  let clean = text;
  for (const value of values) {
    // A short value would also hit ordinary words.
    if (value.length >= 8) clean = clean.replaceAll(value, '[redacted]');
  }
  for (const [shape, instead] of passages) clean = clean.replace(shape, instead);
  for (const [, shape] of shapes) clean = clean.replace(new RegExp(shape, 'g'), '[redacted]');
  return clean;
}
