/** Slugs: short names of tasks that are safe as a folder, a branch and an argument. */
import { appError } from '../platform/errors.js';

const slugForm = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** True for a slug that is safe as a folder, a branch and an argument. */
export function isSlug(text: string): boolean {
  return slugForm.test(text) && !text.includes('..') && !text.endsWith('.') && !text.endsWith('.lock');
}

/** Throws `bad-slug` (usage) unless the text is a slug. */
export function requireSlug(text: string): string {
  if (isSlug(text)) return text;
  throw appError('bad-slug', `${JSON.stringify(text)} cannot be a slug.`, {
    kind: 'usage',
    hint: 'Use 1 to 63 of a-z, 0-9, dot, dash, underscore, beginning with a letter or digit.',
  });
}

/** Letters of the alphabets that are commonly written in Latin ones; the rest is told apart by a digest. */
const latin: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch',
    'ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya і:i ї:yi є:ye ґ:g ў:u ј:j љ:lj њ:nj ћ:c ђ:dj џ:dz',
    'α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:ch ψ:ps ω:o',
    'ß:ss æ:ae œ:oe ø:o ł:l đ:d ð:d þ:th ı:i ħ:h ŋ:n',
  ]
    .join(' ')
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

/** Further characters than letters and digits of Latin say what a title is about. */
const otherLetters = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/**
 * A slug made from a title in any script; slugs that are `taken` get -2, -3 and so on. A digest of the title stands
 * for what cannot be written in Latin letters: different titles give different slugs, the same on every machine.
 */
export function slugify(title: string, taken: ReadonlySet<string> = new Set()): string {
  const plain = [...title.toLowerCase().normalize('NFKC')].map(inLatin).join('');
  const lost = otherLetters.test(plain.replace(/[a-z0-9#*]/g, ''));
  const readable = plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '');
  const base =
    lost || (readable === '' && title.trim() !== '')
      ? `${readable || 'task'}-${digest(title.normalize('NFC'))}`
      : readable || 'task';
  if (!taken.has(base)) return base;
  for (let n = 2; ; n++) {
    if (!taken.has(`${base}-${n}`)) return `${base}-${n}`;
  }
}

/** A letter by itself, else without its marks. */
function inLatin(letter: string): string {
  const bare = letter.normalize('NFKD').replace(/\p{M}+/gu, '');
  return latin[letter] ?? latin[bare] ?? bare;
}

/** Six letters and digits by FNV-1a: enough to tell the titles of one repository apart. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36).padStart(6, '0').slice(-6);
}
