/** Whether a value of a setting says less than the one before. */
import { matchesAny } from '../../platform/glob.js';
import { putsOff } from './stand-ins.js';

/** What makes a setting weaker. */
export type Direction =
  | 'grows'
  | 'shrinks'
  | 'lower'
  | 'off'
  | 'on'
  | 'options'
  | 'changes'
  | 'severity'
  | 'appears'
  | 'manual'
  | 'unless off'
  | 'finds tests'
  | 'stands in'
  | 'zero'
  | 'looks away'
  | 'put off';

type Values = readonly string[];
/** How one setting became weaker; undefined when it did not, or when that cannot be told. */
type Compare = (was: Values, is: Values, now: { isNew: boolean; isGone: boolean }) => string | undefined;

const off = /^(?:false|no|0|off|"?never"?)$/i;
const on = /^(?:true|yes|1|on|always)$/i;
const narrowing =
  /(?:^|\s|=)(?:-k|-m|--ignore\S*|--deselect\S*|--co\b|--collect-only|-p\s*no:(?!(?:warnings|cacheprovider|randomly|random_order|sugar|logging)\b)\S+|--no-cov\b|--cov-fail-under=0|--maxfail\S*|-x|--tag|--exclude\S*|--skip\S*|-DskipTests|--passWithNoTests|--lf|--sw|--last-failed|--noconftest|--continue-on-collection-errors|--suppress-no-test-exit-code)(?=\s|=|$)/g;

/** What no project writes itself, so that no test of its own is there. */
const ofOthers =
  /^\W*(?:node_modules|\.?venv|\.git|\.hg|\.tox|\.nox|__pycache__|site-packages|\.[a-z]+_cache|pragma: no cover)\W*$/;

/** What never runs while tests do, or is not written yet: the manual of a coverage tool leaves it out, no test reaches it. */
const neverReached = (pattern: string) =>
  /^\W*(?:if (?:\w+\.)?TYPE_CHECKING|raise NotImplemented(?:Error)?|(?:\w+\.)?(?:abstractmethod|overload)|class \W*\bProtocol|(?:\w+\.)?assert_never|\.\.\.|\.\{3\})\W*$/.test(
    pattern.replace(/[\\^$()?]/g, ''),
  );

/** What is read by people: no code of the program is called so; a page among the tests may be run as one. */
const prose = /^(?!.*(?:test|spec)).*\.(?:txt|md|rst|adoc|html?)\W*$/i;

const standIn = /(?:stub|mock|fake|dumm|double)/i;
const amongTests = /(?:^|[/:])(?:tests?|__tests__|specs?|e2e|testing|testdata|fixtures)\//;
/** A place in the repository: neither a package nor its version. */
const isPath = (value: string) =>
  /\//.test(value) && !/^(?:npm|https?|git\S*|github|workspace|catalog):|^@[\w-]+\/|node_modules/.test(value);

/** A path may be written in more than one way. */
const spelled = (value: string) => value.replace(/^(?:\.\/)+(?=\w)|(?<=\w)\/$/g, '');
const without = (values: Values, others: Values) => {
  const known = new Set(others.map(spelled));
  return values.filter((value) => !known.has(spelled(value)));
};

const compare: Record<Direction, Compare> = {
  grows(was, is, { isNew }) {
    const more = without(is, was).filter(
      (one) => !ofOthers.test(one) && !prose.test(one) && !neverReached(one),
    );
    return more.length > without(was, is).length && !isNew ? `leaves out ${more[0]} as well` : undefined;
  },
  shrinks(was, is, { isNew, isGone }) {
    const less = without(was, is);
    // Without any, the tool looks everywhere by its own rules.
    if (isNew || isGone || less.length === 0) return undefined;
    if (less.every((one) => is.some((item) => widens(item, one) || one.startsWith(item)))) return undefined;
    return is.length < was.length || without(is, was).length > 0 ? `has ${less[0]} no more` : undefined;
  },
  lower(was, is) {
    const [a, b] = [Number.parseFloat(was[0] ?? ''), Number.parseFloat(is[0] ?? '')];
    if (Number.isNaN(a) || a === 0 || b >= a) return undefined;
    return `is ${is[0] ?? 'gone'}, and was ${was[0]}`;
  },
  on: (was, is) =>
    is.some((item) => on.test(item)) && !was.some((item) => on.test(item)) ? `is ${is[0]} now` : undefined,
  off(was, is, { isNew }) {
    if (was.some((item) => on.test(item)) && is.every((item) => off.test(item)))
      return `is ${is[0] ?? 'gone'}, and was ${was[0]}`;
    return !isNew && was.length === 0 && is.some((item) => off.test(item)) ? `is ${is[0]}` : undefined;
  },
  options(was, is) {
    const many = (list: Values) => list.join(' ').match(narrowing)?.length ?? 0;
    return many(is) > many(was) ? `leaves tests out: ${is.join(' ')}` : undefined;
  },
  changes: (was, is, { isNew }) =>
    !isNew && is.length > 0 && without(was, is).length > 0
      ? `is ${is.join(', ')}, and was ${was.join(', ')}`
      : undefined,
  appears: (was, is) => (was.length === 0 && is.length > 0 ? `is ${is.join(', ')}` : undefined),
  manual: (was, is) =>
    is.includes('manual') && !was.includes('manual') ? 'is manual: it is run by nothing' : undefined,
  'unless off': (was, is) =>
    is.some((item) => off.test(item)) && !was.some((item) => off.test(item)) ? `is ${is[0]}` : undefined,
  'finds tests': (was, is, now) =>
    was.length === 0 && is.length > 0 && !is.some((item) => /test|spec|\$\{|\.\.\.|\w\(/i.test(item))
      ? `looks for tests in ${is.join(', ')} only`
      : compare.shrinks(was, is, now),
  'stands in': (was, is) => {
    const [first] = without(is, was).filter((one) => isPath(one) && standIn.test(one));
    if (first !== undefined) return `leads to ${first}`;
    // What led to the code and leads among the tests now.
    const [moved] = without(is, was).filter((one) => isPath(one) && amongTests.test(one));
    const isRerouted = was.some((one) => isPath(one)) && !was.some((one) => amongTests.test(one));
    return isRerouted && moved !== undefined ? `leads to ${moved}, and led to ${was.join(', ')}` : undefined;
  },
  zero: (was, is) => (is[0] === '0' && was[0] !== '0' ? 'is 0: what is found fails nothing' : undefined),
  'looks away': (was, is) =>
    /^(?:skip|silent)$/.test(is[0] ?? '') && was[0] !== is[0] ? `is ${is[0]}` : undefined,
  'put off': (was, is) => {
    const [first] = without(is, was).filter((one) => putsOff.test(one));
    return first === undefined ? undefined : `asks for ${first}`;
  },
  severity(was, is) {
    const [a, b] = [levelOf(was), levelOf(is)];
    return a !== undefined && b !== undefined && b < a ? `is ${is[0]}, and was ${was[0]}` : undefined;
  },
};

/** How the value of a setting became weaker. `isNew`: the file was not there before. */
export function weakerValue(
  direction: Direction,
  old: Values | undefined,
  now: Values | undefined,
  isNew: boolean,
): string | undefined {
  return compare[direction](old ?? [], now ?? [], { isNew, isGone: now === undefined });
}

/** Which versions of a language are tried is not which checks there are. */
export function versionless(key: string, values: Values | undefined): Values | undefined {
  if (values === undefined || !/env_?list$/.test(key)) return values;
  const version = /\{[^}]*\}|\b(?:py|pypy|python)?\d[\d.]*\b|\bpypy\b/g;
  // Its braces hold commas, at which the file was split.
  const whole = values
    .join(',')
    .replace(/\{[^{}]*\}/g, '')
    .split(',');
  const names = whole.map((value) => value.replace(version, '').replace(/^[-,\s]+|[-,\s]+$/g, ''));
  return [...new Set(names.filter(Boolean))];
}

/** A pattern that finds what the other finds, and more. */
const widens = (wide: string, narrow: string) => wide !== narrow && matchesAny(narrow, [wide]);

function levelOf([first]: readonly string[]): number | undefined {
  if (first === undefined) return undefined;
  const level = {
    off: 0,
    '0': 0,
    allow: 0,
    warn: 1,
    '1': 1,
    warning: 1,
    info: 1,
    error: 2,
    '2': 2,
    deny: 2,
    forbid: 2,
  };
  return (level as Record<string, number>)[first.toLowerCase()];
}
