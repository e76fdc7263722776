/** Secrets in what a change adds: by their shape, by the name beside them, and by how random they look. */
import type { PolicyConfig } from '../../store/policies.js';
import { isGenerated } from '../generated.js';
import { secretIn, secretName } from '../secrets.js';
import { isTestFile } from '../tamper/test-files.js';
import type { PolicyEvidence } from '../validation.js';
import type { JudgedChange } from './judge.js';
import { addedLines } from './lines.js';
import { globs } from './parameters.js';
import { entropyOf, ruleValues } from './secret-rules.js';

/** What `secrets.allow` names: the first of the kind, the value, made short. Nothing of the value can be read from it. */
export function fingerprintOf(value: string): string {
  // FNV-1a of 64 bits: it only has to tell values apart.
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(value)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

interface Found {
  kind: string;
  value: string;
  /** Known by its shape alone. */
  sure: boolean;
}

export function secrets({ files }: JudgedChange, config: PolicyConfig): PolicyEvidence[] {
  const allow = new Set(globs(config, 'allow'));
  return files.flatMap((file) => {
    const { path, change } = file;
    if (change === 'deleted' || isGenerated(path) || tooArtful.test(path)) return [];
    const found = addedLines(file).flatMap(({ text, line }) =>
      secretsIn(path, text).map((one) => ({ ...one, line })),
    );
    return found
      .map(({ kind, value, sure, line }) => ({
        path,
        line,
        what: kind,
        id: fingerprintOf(value),
        ...(isMild(path, kind, sure) ? { mild: true } : {}),
      }))
      .filter(({ id }) => !allow.has(id))
      .map((one) => ({ ...one, what: `${one.what}, fingerprint ${one.id}` }));
  });
}

/** Pictures as text, fonts, maps and lists of checksums are long and random, and no secret. */
const tooArtful =
  /\.(?:svg|map|ipynb|lock|sum|csv|tsv|pbxproj|snap|min\.\w+)$|(?:^|\/)(?:checksums?|sha\d+sums?|\.secrets\.baseline)[^/]*$/i;
const prose =
  /\.(?:md|mdx|rst|txt|adoc|html?|tex)$|(?:^|\/)(?:docs?|documentation|examples?|samples?|demo|playground|website)\//i;
const sample =
  /\.(?:example|sample|template|tmpl|dist|defaults?|test|in)$|(?:^|\/)\.env\.(?:example|sample|test|template|defaults?)/i;

/** What stands in a test, a document or a sample is told: a key of a test server opens nothing. */
function isMild(path: string, kind: string, sure: boolean): boolean {
  if (sample.test(path)) return true;
  if (!sure) return isTestFile(path) || prose.test(path);
  return kind === 'private key' && (isTestFile(path) || prose.test(path));
}

function secretsIn(path: string, text: string): Found[] {
  if (text.length > 20_000) return [];
  const known = secretIn(text);
  if (known !== undefined) {
    const value =
      known === 'private key'
        ? text.trim()
        : (/[A-Za-z0-9_-]{16,}/.exec(
            text.slice(text.search(/AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|sk-|xox|AIza|[rs]k_live_|npm_/)),
          )?.[0] ?? text.trim());
    if (known === 'private key' ? !isQuotedKey(text) : !isPlaceholder(value))
      return [{ kind: known, value, sure: !isTyped(value) || known === 'private key' }];
    return [];
  }
  for (const { name, value } of ruleValues(text)) {
    if (isPlaceholder(value)) continue;
    // A name beside letters and digits may be anything that is called so.
    const sure = /^[A-Za-z]{2,}[-_]|^ey|^[A-Z]{3,}/.test(value);
    if (sure || looksRandom(value)) return [{ kind: name, value, sure: sure && !isTyped(value) }];
  }
  return named(path, text);
}

/** The first line of a key that stands in quotes with nothing behind it, as programs that read keys have it. */
const isQuotedKey = (text: string) =>
  /["'`(]-----BEGIN[A-Z ]*-----["'`)]/.test(text) ||
  /BEGIN[A-Z ]*-----.{0,3}(?:\.\.\.|…|<|\$\{)/.test(text) ||
  /includes\(|startsWith\(|HasPrefix|test\(|match/.test(text);

const assignment =
  /(?:^|[\s"'`{,(;.[-])([A-Za-z][\w.-]{0,60})["'`\]]?\s*(?::=|=>|=|:)\s*(?:[A-Za-z]\w*\s*\(\s*)?["'`]?([^\s"'`,;()<>{}[\]]{8,200})["'`]?/g;

/** A value that looks random beside a name that says it is secret. In a file of variables it need not look so. */
function named(path: string, text: string): Found[] {
  const ofVariables = /(?:^|\/)\.env(?:\.[\w-]+)?$/.test(path) && !sample.test(path);
  if (/^\s*(?:#|\/\/)/.test(text) && ofVariables) return [];
  return [...text.matchAll(assignment)].flatMap(([, name = '', value = '']): Found[] => {
    if (!isNamedSecret(name) || isPlaceholder(value)) return [];
    if (ofVariables && !/^(?:true|false|null|\d+)$/i.test(value))
      return [{ kind: `a value of ${name}`, value, sure: true }];
    const quoted = new RegExp(`["'\`]${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}["'\`]`).test(text);
    const isSetting = /\.(?:ya?ml|toml|ini|cfg|conf|properties|env)$/.test(path);
    if (!(quoted || isSetting) || !looksRandom(value)) return [];
    return [{ kind: `a value of ${name}`, value, sure: false }];
  });
}

const isNamedSecret = (name: string) =>
  (secretName.test(name) || /\bpwd\b|apikey|private/i.test(name)) &&
  !/public|keyword|key(?:s|board|code|name|id|path|file|type|word|value|size|length|pair|store|down|up|press|frame)|token(?:s|type|kind|ize\w*|name|count|limit|url|uri|path|file|endpoint)|monkey|hash|checksum|integrity|sha\d*|digest|author|primary|foreign|cache|sort|partition|index|passwordfield|placeholder|label|regex|pattern|message|error|url$|path$|file$|dir$/i.test(
    name,
  );

/** Letters, digits and more in turn, none of them a word: as a machine makes it. */
function looksRandom(value: string): boolean {
  if (value.length < 16 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (
    /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value) ||
    /^https?:|^\/|^\.\/|\$\{|^sha\d+-/.test(value)
  )
    return false;
  const words = value.match(/[a-z]{5,}|[A-Z][a-z]{4,}/g)?.join('').length ?? 0;
  return words < value.length / 2 && entropyOf(value) >= (/^[0-9a-f]+$/i.test(value) ? 3 : 3.5);
}

const placeholders =
  /example|sample|dummy|fake|placeholder|changeme|change_me|your[-_]?|my[-_]?(?:secret|token|key|pass)|insert|redacted|xxx|\*{3}|\.\.\.|<.*>|test[-_]?(?:key|token|secret|pass)|todo|not[-_]?a[-_]?|^(?:secret|password|token|key)s?\d*$|process\.env|os\.environ|getenv|secrets\.|vault|\$\(|\$[A-Z_{]|\{\{|%[sdv(]|@@/i;

/** What people write where a secret is to stand. */
function isPlaceholder(value: string): boolean {
  return (
    placeholders.test(value) || new Set(value).size < Math.min(6, value.length / 3) || entropyOf(value) < 2
  );
}

/** The alphabet or the digits in a row: typed, not made. */
const isTyped = (value: string) => /abcdefg|1234567|qwerty|0{8}|foobar|deadbeef/i.test(value);
