/** `task review`: reading a change, and everything that a person says and decides about it. */
import { type CommentKind, commentKinds } from '../../domain/landing/review/comments.js';
import { approvalWords, type ReviewSubject } from '../../domain/landing/review/document.js';
import { appError } from '../../domain/platform/errors.js';
import { plural } from '../../domain/platform/units.js';
import type { OpenReview } from '../../services/landing/index.js';
import { args, at, cliOnly, command, flag, list, oneOf, prose, sentences, text } from '../define.js';
import type { AnyCommand, CommandContext, Printed } from '../types.js';
import { type ReviewData, reviewData, reviewLines, reviewMarkdown, reviewNext } from './review-print.js';
import { workedOn } from './settled.js';

interface ReviewArgs {
  task?: string;
  branch?: string;
  onto?: string;
  comment?: string[];
  at?: string;
  say?: string;
  as?: CommentKind;
  withdraw?: string[];
  settle?: string[];
  viewed?: string[];
  unviewed?: string[];
  drop?: string;
  send?: boolean;
  message?: string;
  wait?: boolean;
  requestChanges?: boolean;
  approve?: boolean;
  commit?: string;
}

const review = command({
  id: 'task.review',
  fits: ['validated', 'to land', 'needs you', 'landed'],
  settles: ['held', 'checks failed'],
  title: 'Review a task',
  summary: 'Show what a task or a branch changes and what is said of it; comment, send, approve.',
  args: args({
    task: at(0, text('slug of the task', 'task')),
    branch: cliOnly(text("a branch that is no task's, instead of a task", 'name')),
    onto: cliOnly(text('with --branch: what it is compared with; default the target', 'name')),
    since: cliOnly(flag('only what has changed since the last round of the review')),
    markdown: cliOnly(flag('as Markdown')),
    comment: cliOnly(sentences('say file:line:text; issue:, suggestion: or question: may begin the text')),
    at: cliOnly(text('with --say: what the comment is about', 'file:line')),
    say: prose('the comment, of any number of lines'),
    as: oneOf(commentKinds, 'what the comment is; default issue'),
    withdraw: cliOnly(list('take comments back that are not sent yet', 'id,…')),
    settle: cliOnly(list('comments that are settled', 'id,…')),
    viewed: cliOnly(list('files to mark as viewed', 'path,…')),
    unviewed: cliOnly(list('files to take the mark from', 'path,…')),
    drop: cliOnly(text('take the change at file:line back, as a commit of yours', 'file:line')),
    why: cliOnly(text('show the part of the transcript in which the change was written', 'file:line')),
    send: flag('send the comments to the agent as one message, which starts the next attempt'),
    message: prose('with --send: what else the agent is told'),
    wait: cliOnly(flag('with --send: until that attempt has ended')),
    requestChanges: flag('end the round with the comments as they are, without telling an agent'),
    approve: flag('approve the newest commit; another commit makes that void'),
    commit: cliOnly(text('the commit that was looked at: nothing is decided about another', 'id')),
  }),
  surfaces: ['cli', 'screen'],
  marks: 'cursor',
  part: 'review',
  dryRun: 'honours',
  when: ({ tasks }, { task }) => workedOn(tasks, task),
  confirm: ({ task, send }) =>
    send ? `Send your comments on ${task} to its agent, which starts the next attempt?` : undefined,
  takesIn: true,
  async run({ why, since, markdown, ...given }, context): Promise<ReviewData> {
    const subject = subjectOf(given);
    const did = context.flags.dryRun ? [] : await act(subject, given, context);
    const session = await context.session();
    const landing = await context.services.landing();
    const open = await landing.readReview(session, subject);
    const told = why === undefined ? undefined : await landing.whyHunk(session, subject, why);
    const opinion =
      open.task && did.length === 0 && !told ? await landing.reviewTask(session, open.task) : undefined;
    return reviewData(open, { did, since, markdown, why: told, opinion });
  },
  said: ({ did }) => did.join(' ') || 'Nothing was changed.',
  print: (data): Printed[] => {
    if (data.why)
      return [`${data.why.place}, attempt ${data.why.attempt} (${data.why.run}):`, ...data.why.lines];
    if (data.did.length > 0) return [...data.did, ...reviewNext(data)];
    return data.markdown ? reviewMarkdown(data) : reviewLines(data);
  },
});

function subjectOf({ task, branch, onto }: ReviewArgs): ReviewSubject {
  if (task !== undefined && branch === undefined) return { task };
  if (branch !== undefined && task === undefined) return { branch, ...(onto ? { onto } : {}) };
  throw appError('which-review', 'A review is of a task or of a branch.', {
    kind: 'usage',
    hint: 'Name the task, or a branch with --branch.',
  });
}

/** Does what was asked, in the order in which a person would; a sentence for each. */
async function act(subject: ReviewSubject, given: ReviewArgs, context: CommandContext): Promise<string[]> {
  const decisions = [given.send, given.approve, given.requestChanges].filter(Boolean).length;
  if (decisions > 1) {
    throw appError('bad-arguments', '--send, --approve and --request-changes are different decisions.', {
      kind: 'usage',
      hint: 'Give one of them.',
    });
  }
  const landing = await context.services.landing();
  const did: string[] = [];
  const { withdraw = [], settle = [], viewed = [], unviewed = [] } = given;
  const comment = commentsIn(given);
  if ([comment, withdraw, settle, viewed, unviewed].some((each) => each.length > 0)) {
    const session = await context.session();
    const open = await landing.changeReview(session, subject, {
      comment,
      withdraw,
      settle,
      viewed,
      unviewed,
    });
    did.push(...changesSaid({ comment, withdraw, settle, viewed, unviewed }, open));
  }
  if (given.drop !== undefined) {
    const session = await context.trustedSession();
    const { commit, path, line, from } = await landing.dropHunk(session, subject, given.drop, given.commit);
    did.push(
      `Dropped the change at ${path}:${line} as ${commit.slice(0, 8)}; ${from.slice(0, 8)} still has it.`,
    );
  }
  return [...did, ...(await decide(subject, given, context))];
}

/** Comments as they are spelled, the one of `--say` among them. Throws `bad-arguments`. */
function commentsIn({ comment = [], at: place, say, as = 'issue' }: ReviewArgs): string[] {
  if (say === undefined) return comment;
  if (place === undefined) {
    throw appError('bad-arguments', '--say needs to know what it is about.', {
      kind: 'usage',
      hint: 'Give --at file:line, or --at file for the whole file.',
    });
  }
  return [...comment, `${place}${/:-?\d+$/.test(place) ? '' : ':0'}:${as}: ${say}`];
}

async function decide(subject: ReviewSubject, given: ReviewArgs, context: CommandContext): Promise<string[]> {
  const landing = await context.services.landing();
  if (given.approve || given.requestChanges) {
    const outcome = given.approve ? 'approved' : 'changes';
    const { review } = await landing.decideReview(await context.session(), subject, outcome, given.commit);
    const words = approvalWords(review);
    return [words ? `${review.subject}: ${words}.` : `Changes are asked for on ${review.subject}.`];
  }
  if (!given.send) return [];
  if (!('task' in subject)) {
    throw appError('no-agent', `${subject.branch} is no task's, so there is no agent to send to.`, {
      hint: `Adopt it: \`codex-agent task add --branch ${subject.branch}\`; or keep the comments with --request-changes.`,
    });
  }
  const session = await context.trustedSession();
  const { sendReview } = await context.services.app();
  const { message, wait } = given;
  const sent = await sendReview(session, subject.task, {
    ...(message === undefined ? {} : { words: message }),
    ...(wait ? { wait } : {}),
  });
  const how = sent.resumed ? 'in its session' : 'in a new session';
  return [
    `Sent ${plural(sent.comments, 'comment')} to the agent of ${subject.task} ${how}: attempt ${sent.run.attempt}.`,
  ];
}

function changesSaid(
  given: Required<Pick<ReviewArgs, 'comment' | 'withdraw' | 'settle' | 'viewed' | 'unviewed'>>,
  { state }: OpenReview,
): string[] {
  const made = state.comments.slice(-given.comment.length).map(({ id }) => id);
  const said = (ids: readonly string[], words: string) =>
    ids.length > 0 ? [`${words} ${ids.join(', ')}.`] : [];
  return [
    ...(given.comment.length > 0
      ? [`Kept ${made.length === 1 ? 'the comment' : 'the comments'} ${made.join(', ')}.`]
      : []),
    ...said(given.withdraw, 'Took back'),
    ...said(given.settle, 'Settled'),
    ...said(given.viewed, 'Viewed'),
    ...said(given.unviewed, 'Not viewed any more:'),
  ];
}

export const reviewCommands: readonly AnyCommand[] = [review];
