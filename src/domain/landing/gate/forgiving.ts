/** What lets an error pass, or catches all that no arm names: an answer has no more of it than its sides have. Pure. */
import { type ConflictHunk, hunksOf } from '../hunks.js';
import { codesOfHunks, isProse } from './code.js';
import type { JudgedResult } from './input.js';

interface Form {
  path: RegExp;
  form: RegExp;
  what: string;
}

const shells =
  /\.(?:sh|bash|zsh|ya?ml|mk|dockerfile)$|(?:^|\/)(?:GNUm|[Mm])akefile$|(?:^|\/)(?:Docker|Container)file[^/]*$|(?:^|\/)Jenkinsfile[^/]*$/i;

const forms: readonly Form[] = [
  { path: shells, form: /\|\|\s*(?:true|:|exit\s+0|return\s+0)(?![\w.])/g, what: 'lets a command fail' },
  { path: shells, form: /^\s*set\s+\+[a-z]*e/gm, what: 'lets every command fail' },
  {
    path: /\.mk$|(?:^|\/)(?:GNUm|[Mm])akefile$/i,
    form: /^\t@?-(?=[\w$./@])/gm,
    what: 'lets a command of a rule fail',
  },
  {
    path: /\.(?:rs|scala|sc|kts?|cs|php|swift|exs?|hs|ml|fs)$/i,
    form: /^\s*\|?\s*(?:_|case\s+_|else|default|otherwise)\s*(?:=>|->)/gm,
    what: 'has an arm for everything else',
  },
  {
    path: /\.(?:py|[cm]?[jt]sx?|c|cc|cpp|h|hpp|java|go|cs|swift|dart|php)$/i,
    form: /^\s*(?:case\s+_\s*:|default\s*:)/gm,
    what: 'has an arm for everything else',
  },
];

export function forgivingProblems({ path, parts, answers }: JudgedResult): string[] {
  if (isProse(path)) return [];
  const asked = forms.filter((form) => form.path.test(path));
  const { base, ours, theirs, given } = codesOfHunks(path, parts, answers);
  return hunksOf(parts).flatMap((hunk) => [
    ...silencedIn(hunk, answers.get(hunk.index) ?? ''),
    ...inHunk(hunk),
  ]);

  function inHunk({ index }: ConflictHunk): string[] {
    return asked.flatMap(({ form, what }) => {
      const [b, o, t, r] = [base, ours, theirs, given].map(
        (texts) => texts.get(index)?.match(form)?.length ?? 0,
      ) as [number, number, number, number];
      return r > Math.max(o, t, o + t - b) ? [`hunk ${index}: it ${what}, which neither side does`] : [];
    });
  }
}

/** Comments by which a tool is told to find nothing. */
const silences =
  /@ts-(?:ignore|nocheck|expect-error)|eslint-disable|biome-ignore|tslint:disable|istanbul ignore|c8 ignore|\bnoqa\b|type:\s*ignore|pylint:\s*disable|pragma:\s*no cover|nolint|nosec|NOSONAR|rubocop:disable|@SuppressWarnings|#\[allow\(|phpcs:ignore|@phpstan-ignore|shellcheck disable|swiftlint:disable|noinspection|coverage:ignore|clang-format off|NOLINT/g;

function silencedIn({ index, base, ours, theirs }: ConflictHunk, answer: string): string[] {
  const times = (text: string) => text.match(silences)?.length ?? 0;
  const [b, o, t] = [times(base), times(ours), times(theirs)];
  return times(answer) > Math.max(o, t, o + t - b)
    ? [`hunk ${index}: it silences a tool, which neither side does`]
    : [];
}
