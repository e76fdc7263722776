/** When agents and checks were at work during a day, and the gaps between, by the runs' files and the log of calls. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Spans of work below a state folder: `{ from, to, what }` in milliseconds since 1970.
 * @param check a text by which the calls of checks are known
 */
export function workIn(stateHome, check, now) {
  const state = join(stateHome, 'codex-agents');
  const spans = [];
  for (const name of readdirSync(join(state, 'runs'))) {
    const file = (part) => join(state, 'runs', name, part);
    if (!existsSync(file('pid.json'))) continue;
    const to = existsSync(file('exit.json')) ? statSync(file('exit.json')).mtimeMs : now;
    spans.push({ from: statSync(file('pid.json')).mtimeMs, to, what: name });
  }
  for (const name of readdirSync(join(state, 'log'))) {
    for (const line of readFileSync(join(state, 'log', name), 'utf8')
      .split('\n')
      .filter(Boolean)) {
      const call = JSON.parse(line);
      const thinks = call.kind !== 'git' && /codex-agents-think-/.test(line);
      if (!thinks && !line.includes(check)) continue;
      const to = Date.parse(call.at);
      spans.push({ from: to - call.ms, to, what: thinks ? 'resolver' : 'check' });
    }
  }
  return spans;
}

/** From `from` to `to`: the gaps of `{ from, to, after, before }` in which none of the spans was at work. */
export function gapsBetween(spans, from, to) {
  const gaps = [];
  let reached = from;
  let after = 'the start';
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (span.from > to) break;
    if (span.from > reached) gaps.push({ from: reached, to: span.from, after, before: span.what });
    if (span.to > reached) {
      reached = span.to;
      after = span.what;
    }
  }
  if (to > reached) gaps.push({ from: reached, to, after, before: 'the end' });
  return gaps;
}
