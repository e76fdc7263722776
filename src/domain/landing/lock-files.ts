/** Lock files that are lists of records: what either side added or took away, before their tool looks at them. Pure. */
import { linesOf } from './hunks.js';

/**
 * A `go.sum` with the lines of both sides, sorted. Undefined when they name different hashes for one thing:
 * one of them was tampered with.
 */
export function uniteLines(ours: string, theirs: string): string | undefined {
  const all = [...new Set([...linesOf(ours), ...linesOf(theirs)].map((line) => line.trim()))].filter(Boolean);
  const things = new Set(all.map((line) => line.split(' ').slice(0, 2).join(' ')));
  return things.size === all.length ? `${all.sort().join('\n')}\n` : undefined;
}

const block = /^\[\[package\]\]\r?\n/m;

/** A `Cargo.lock` with the packages of both sides less those either took away, ours first. */
export function uniteCargoLock(base: string, ours: string, theirs: string): string {
  const [b, o, t] = [base, ours, theirs].map(packagesOf) as [Packages, Packages, Packages];
  const kept = [...o.packages].filter(([key]) => t.packages.has(key) || !b.packages.has(key));
  const added = [...t.packages].filter(([key]) => !b.packages.has(key) && !o.packages.has(key));
  const all = [...kept, ...added].sort(([a], [c]) => (a < c ? -1 : 1));
  return o.head + all.map(([, text]) => `[[package]]\n${text.trim()}\n`).join('\n');
}

interface Packages {
  head: string;
  packages: Map<string, string>;
}

function packagesOf(text: string): Packages {
  const [head = '', ...blocks] = text.split(block);
  const field = (one: string, name: string) => new RegExp(`^${name} = "(.*)"`, 'm').exec(one)?.[1];
  const packages = blocks.map((one): [string, string] => {
    const source = field(one, 'source');
    // What has no source is part of the workspace: its version is what the manifest says.
    const key = [field(one, 'name'), ...(source ? [field(one, 'version'), source] : [])].join(' ');
    return [key, one.split(/^\[(?!\[)/m)[0]!];
  });
  return { head, packages: new Map(packages) };
}
