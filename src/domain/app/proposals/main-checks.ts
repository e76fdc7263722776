/** Of many checks that a CI runs, the few that tell most of a change: what runs everywhere, at the root, without further ado. */
import type { CheckKind } from './kinds.js';

/** So many are taken as they are. */
const few = 12;
/** Of more, so many of each kind. */
const most: Record<CheckKind, number> = { lint: 4, types: 2, build: 3, test: 4 };

interface Weighed {
  name: string;
  kind: CheckKind;
  run: string[];
  from: string;
  variants: string[];
}

/** Says of each check whether it is a main one. */
export function withMain<T extends Weighed>(checks: readonly T[]): (T & { isMain: boolean })[] {
  if (checks.length <= few) return checks.map((check) => ({ ...check, isMain: true }));
  const kinds = Object.keys(most) as CheckKind[];
  const main = new Set(
    kinds.flatMap((kind) =>
      checks
        .filter((check) => check.kind === kind)
        .map((check, at) => ({ check, far: distance(check) + at }))
        .sort((a, b) => a.far - b.far)
        .slice(0, most[kind])
        .map(({ check }) => check),
    ),
  );
  return checks.map((check) => ({ ...check, isMain: main.has(check) }));
}

/** What is for one machine, one version or one danger, and what takes long. */
const special =
  /fuzz|[atm]san|ubsan|sanitiz|valgrind|qemu|cross|\b(?:arm|mips|ppc|s390|riscv|sparc)|aarch|mingw|windows|msvc|macos|\b32|long|nightly|bench|compat|legacy|versions?\b|docker|package|install|static|shared|regression|stress|coverage|musl|bsd|intel|icc|clang-?\d|gcc-?\d|minimal|oldest|\bdocs?\b|example/i;
const plain = /^(?:tests?|check|lint|build|types?|typecheck|fmt|format|clippy|vet|unit)$/;

/** How far a check is from what a person runs before a change is sent. */
function distance({ name, run, from, variants }: Weighed): number {
  const text = run.join(' ');
  const folders = /(?:^|&& )cd |\s-C\s/.test(text) ? 300 : 0;
  const settings = (text.match(/\b[A-Z][A-Z_]*=/g) ?? []).length * 100;
  const asides = special.test(text) || special.test(from) ? 500 : 0;
  return (
    folders +
    settings +
    asides +
    text.length -
    (plain.test(name) ? 200 : 0) -
    40 * Math.min(4, variants.length)
  );
}
