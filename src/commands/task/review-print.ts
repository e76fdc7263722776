/** A review as data, as lines and as Markdown. */
import { criterionWords } from '../../domain/landing/criteria.js';
import type { DiffFile, DiffLine } from '../../domain/landing/diff.js';
import type { PlacedComment } from '../../domain/landing/review/comments.js';
import { approvalWords, type ReviewDocument, sizeOf } from '../../domain/landing/review/document.js';
import { type Remark, remarksOf } from '../../domain/landing/review/remarks.js';
import { placeName } from '../../domain/landing/review/spelling.js';
import { visibleText } from '../../domain/landing/review/visible.js';
import type { WhyReport } from '../../domain/landing/review/why.js';
import { commentMarks, commentWords, fileTitle, remarkMarks } from '../../domain/landing/review/words.js';
import type { ValidationReport } from '../../domain/landing/validation.js';
import { formatDuration, plural } from '../../domain/platform/units.js';
import type { OpenReview, ReviewReport } from '../../services/landing/index.js';
import type { Printed, Tone } from '../types.js';

/** `data` of `task review`. */
export interface ReviewData extends ReviewReport, Omit<ReviewDocument, 'files' | 'subject' | 'runs'> {
  files: (Omit<DiffFile, 'hunks'> & { viewed: boolean })[];
  attempts: ReviewDocument['runs'];
  did: string[];
  markdown?: boolean;
  why?: WhyReport;
  /** What the printers show: the difference since the last round, or all. Not part of the JSON. */
  shown: readonly DiffFile[];
}

/** The whole answer. What a person did stands in `did`. */
export function reviewData(
  { review, task }: OpenReview,
  more: {
    did: string[];
    since?: boolean | undefined;
    markdown?: boolean | undefined;
    why?: WhyReport | undefined;
    opinion?: ReviewReport | undefined;
  },
): ReviewData {
  const { files, subject, runs, ...rest } = review;
  const { did, since, markdown, why, opinion } = more;
  const { report } = review;
  const parts = {
    checks: review.stale ? [] : (report?.checks ?? []),
    policies: opinion?.policies ?? report?.policies ?? [],
    findings: opinion?.findings ?? report?.findings ?? [],
    criteria: opinion?.criteria ?? report?.criteria ?? [],
  };
  const data = {
    ...rest,
    task: subject,
    stat: opinion?.stat ?? '',
    diff: opinion?.diff ?? '',
    policies: parts.policies,
    findings: parts.findings,
    skipped: opinion?.skipped ?? [],
    ...(opinion?.reason ? { reason: opinion.reason } : {}),
    ...(task?.validation ? { validation: task.validation } : {}),
    remarks: opinion ? remarksOf(parts, files) : review.remarks,
    files: files.map(({ hunks: _, ...file }) => ({ ...file, viewed: review.viewed.includes(file.path) })),
    attempts: runs,
    did,
    ...(markdown ? { markdown } : {}),
    ...(why ? { why } : {}),
  };
  // A property that is not enumerable stays out of the JSON, where `diff` has it all.
  const shown = since && review.since ? review.since.files : files;
  return Object.defineProperty(data, 'shown', { value: shown, enumerable: false }) as unknown as ReviewData;
}

const remarkTones: Readonly<Record<Remark['severity'], Tone>> = {
  error: 'bad',
  warning: 'warn',
  info: 'dim',
};

/** What can be done next, as commands. */
export function reviewNext({ task, bare, comments, approval, status }: ReviewData): string[] {
  const name = bare ? `--branch ${task}` : task;
  const waiting = comments.filter(({ state }) => state === 'draft').length;
  if (waiting > 0) {
    const how = bare ? '--request-changes' : '--send';
    return [`${plural(waiting, 'comment')} not sent.  next: codex-agent task review ${name} ${how}`];
  }
  if (approval && !approval.void && !bare && (status === 'done' || status === 'validated'))
    return [`  next: codex-agent task complete ${task}`];
  return [];
}

/** The review for people: facts first, then the diff with what is said at its lines. */
export function reviewLines(data: ReviewData): Printed[] {
  const { added, removed } = sizeOf(data.shown);
  const size = `${plural(data.shown.length, 'file')} +${added} -${removed}`;
  const viewed = `${data.files.filter((file) => file.viewed).length} of ${data.files.length} viewed`;
  return [
    {
      text: `${data.task}  ${data.title === data.task ? '' : data.title}  ${size}  ${viewed}`,
      tone: 'strong',
    },
    `  ${data.branch} at ${data.head.slice(0, 8)}, from ${data.target} at ${data.base.slice(0, 8)}`,
    ...factLines(data),
    ...data.remarks.map(remarkLine),
    ...data.comments.map(commentLine),
    ...reviewNext(data),
    ...(data.unread ? [{ text: data.unread, tone: 'warn' } as const] : []),
    ...data.shown.flatMap((file) => fileLines(file, data)),
  ];
}

function factLines(data: ReviewData): Printed[] {
  const { report, since, uncommitted } = data;
  const words = approvalWords(data);
  const last = data.attempts.at(-1);
  return [
    ...(words ? [{ text: `  ${words}`, tone: data.approval?.void ? 'warn' : 'good' } as const] : []),
    ...(since
      ? [`  last looked at ${since.round.commit.slice(0, 8)}; --since shows only what came after`]
      : []),
    ...(since?.reason ? [{ text: `  ${since.reason}`, tone: 'warn' } as const] : []),
    ...(uncommitted > 0
      ? [
          {
            text: `  ${plural(uncommitted, 'file')} in its worktree not committed, and not part of this`,
            tone: 'warn',
          } as const,
        ]
      : []),
    ...(data.goal ? [`  goal: ${data.goal}`] : []),
    ...answered(data.acceptance, report).map((criterion) => `  accepted when: ${criterion}`),
    ...(report
      ? [
          `  validation: ${report.verdict}${data.stale ? ' (something has moved since)' : ''}`,
          ...report.checks.map(
            ({ name, status, durationMs }) => `    ${status} ${name} (${formatDuration(durationMs)})`,
          ),
        ]
      : []),
    ...(data.reason ? [{ text: `  ${data.reason}`, tone: 'warn' } as const] : []),
    ...data.skipped.map((step) => `  skipped ${step}`),
    ...(last
      ? [
          `  attempt ${last.attempt} of ${last.runner}: ${last.status}${last.used ? `, ${last.used}` : ''}`,
          ...(last.said
            ? last.said
                .trim()
                .split('\n')
                .map((line) => `    ${line}`)
            : []),
        ]
      : []),
  ];
}

function remarkLine({ severity, from, path, line, text }: Remark): Printed {
  const place = path ? ` ${path}${line > 0 ? `:${line}` : ''}` : '';
  return {
    text: `${remarkMarks[severity]} ${from}${place} ${text.split('\n')[0]}`,
    tone: remarkTones[severity],
  };
}

function commentLine({ id, kind, state, place, now, text }: PlacedComment): Printed {
  const where = placeName({ ...place, line: now ?? place.line });
  return {
    text: `${commentMarks[state]} ${id} ${kind} ${where} (${commentWords[state]}) ${text}`,
    tone: 'info',
  };
}

const signs = { added: '+', removed: '-', context: ' ' } as const;
const lineTones = { added: 'good', removed: 'bad', context: undefined } as const;

function fileLines(file: DiffFile, data: ReviewData): Printed[] {
  const viewed = data.files.some(({ path, viewed }) => viewed && path === file.path);
  return [
    '',
    { text: `${visibleText(fileTitle(file))}${viewed ? '  viewed' : ''}`, tone: 'strong' },
    ...file.hunks.flatMap((hunk, at): Printed[] => [
      ...(at > 0 ? [{ text: '     ⋯', tone: 'dim' } as const] : []),
      ...hunk.flatMap((line) => [lineOf(line), ...saidAt(file, line, data)]),
    ]),
  ];
}

function lineOf({ kind, text, line, oldLine, unended }: DiffLine): Printed {
  const number = String(kind === 'removed' ? oldLine : line).padStart(5);
  const tone = lineTones[kind];
  return {
    text: `${number} ${signs[kind]} ${visibleText(text)}${unended ? '  (no newline at the end)' : ''}`,
    ...(tone ? { tone } : {}),
  };
}

function saidAt(file: DiffFile, line: DiffLine, { remarks, comments }: ReviewData): Printed[] {
  if (line.kind === 'removed') {
    const own = comments.filter(
      ({ place, now }) => place.side === 'old' && now === line.oldLine && place.path === file.path,
    );
    return own.map(atLine);
  }
  return [
    ...remarks
      .filter((remark) => remark.path === file.path && remark.line === line.line)
      .map(
        (remark): Printed => ({
          text: `      ┊ ${remarkMarks[remark.severity]} ${remark.from}: ${remark.text.split('\n')[0]}`,
          tone: remarkTones[remark.severity],
        }),
      ),
    ...comments
      .filter(({ place, now }) => place.side === 'new' && now === line.line && place.path === file.path)
      .map(atLine),
  ];
}

const atLine = ({ id, kind, state, text }: PlacedComment): Printed => ({
  text: `      ┊ ${commentMarks[state]} ${id} ${kind}: ${text.replaceAll('\n', ' ')} (${commentWords[state]})`,
  tone: 'info',
});

/** The same as Markdown, for an issue or a message. */
export function reviewMarkdown(data: ReviewData): string[] {
  const { added, removed } = sizeOf(data.shown);
  const words = approvalWords(data);
  const remarks = data.remarks.map(
    ({ severity, from, path, line, text }) =>
      `- **${severity}** ${from}${path ? ` \`${path}${line ? `:${line}` : ''}\`` : ''}: ${text.split('\n')[0]}`,
  );
  const comments = data.comments.map(
    ({ kind, place, now, text, state }) =>
      `- **${kind}** \`${placeName({ ...place, line: now ?? place.line })}\` (${commentWords[state]}): ${text}`,
  );
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? ['', `## ${title}`, '', ...lines] : [];
  return [
    `# Review of ${data.task}: ${data.title}`,
    '',
    `\`${data.branch}\` at \`${data.head.slice(0, 8)}\` from \`${data.target}\`: ${plural(data.shown.length, 'file')}, +${added} -${removed}.${words ? ` It is ${words.replace(/^approval/, 'not approved: the approval')}.` : ''}`,
    ...section(
      'Goal',
      data.goal
        ? [
            data.goal,
            ...answered(data.acceptance, data.report).map(
              (one) => `- [${one.startsWith('met:') ? 'x' : ' '}] ${one}`,
            ),
          ]
        : [],
    ),
    ...section(
      'Checks',
      (data.report?.checks ?? []).map(({ name, status }) => `- ${status}: ${name}`),
    ),
    ...section('Findings', remarks),
    ...section('Comments', comments),
    ...section('Changes', data.shown.flatMap(fileMarkdown)),
  ];
}

/** Each criterion, with what the validator agent says of it where it was asked about exactly these. */
function answered(acceptance: readonly string[], report: ValidationReport | undefined): string[] {
  return acceptance.map((text) => {
    const result = report?.criteria?.find((one) => one.text === text);
    return result ? criterionWords(result) : text;
  });
}

function fileMarkdown(file: DiffFile): string[] {
  const body = file.hunks.flatMap((hunk) => [
    `@@ ${hunk[0]?.line ?? 0} @@`,
    ...hunk.map(({ kind, text }) => `${signs[kind]}${visibleText(text)}`),
  ]);
  // A fence has to be longer than any that the text holds.
  const longest = Math.max(
    2,
    ...body.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)),
  );
  const fence = '`'.repeat(longest + 1);
  return [
    `### ${visibleText(fileTitle(file))}`,
    '',
    ...(body.length > 0 ? [`${fence}diff`, ...body, fence, ''] : []),
  ];
}
