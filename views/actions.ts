/** What the screen itself can do; keymaps bind these beside command ids. */
import type { AttentionKind } from '../src/domain/app/attention.js';

export interface UiAction {
  id: string;
  title: string;
  /** Word in the footer; without it the action is not advertised there. */
  hint?: string;
  /** What waits for a person and this settles. */
  settles?: readonly AttentionKind[];
  /** The panes that it is about, where its key works everywhere. */
  panes?: readonly string[];
}

const action = <Id extends string>(id: Id, title: string, hint?: string) => ({
  id: `ui.${id}` as const,
  title,
  hint,
});

const rows = [
  action('open', 'Open the selected item', 'open'),
  action('back', 'Close, cancel, clear the filter'),
  action('next', 'Next line'),
  action('previous', 'Previous line'),
  action('page-down', 'Page down'),
  action('page-up', 'Page up'),
  action('half-down', 'Half a page down'),
  action('half-up', 'Half a page up'),
  action('first', 'First line'),
  action('last', 'Last line'),
  action('attention', 'Next task that needs attention', 'attention'),
  { ...action('answer', 'Answer what an agent asks', 'answer'), settles: ['asks'] },
  action('mark', 'Mark or unmark the task', 'mark'),
  action('mark-down', 'Mark and go down'),
  action('mark-up', 'Mark and go up'),
  action('mark-all', 'Mark all shown, or none'),
  action('filter', 'Filter the list, or search the transcript', 'filter'),
  action('filter-next', 'Next match'),
  action('filter-previous', 'Previous match'),
  action('group', 'Group the tasks by something else', 'group'),
  action('fold', 'Fold or open the group, or everything in the transcript'),
  action('unfold', 'Open or fold the lowest part of the transcript', 'open'),
  action('trouble', 'Go up to the error before', 'error'),
  {
    ...action('tab-next', 'Next page of the inspector, or tab of the worktrees', 'next page'),
    panes: ['inspector', 'worktrees'],
  },
  {
    ...action('tab-previous', 'Previous page of the inspector, or tab of the worktrees'),
    panes: ['inspector', 'worktrees'],
  },
  action('pane-next', 'Next pane', 'pane'),
  action('pane-previous', 'Previous pane'),
  action('pane-1', 'Tasks'),
  action('pane-2', 'Inspector'),
  action('pane-3', 'Merge'),
  action('pane-4', 'Worktrees'),
  action('pane-5', 'Pinned transcript'),
  action('zoom', 'Zoom the pane', 'zoom'),
  action('grow', 'More room for the inspector'),
  action('shrink', 'Less room for the inspector'),
  action('log', 'Show the log, or go back', 'log'),
  { ...action('fleet', 'All agents at work, side by side', 'fleet'), settles: ['working'] },
  action('plan', 'The plan as a graph of waves', 'plan'),
  action('monitor', 'What it costs, takes and when it ends: the monitor', 'monitor'),
  action('merge', 'Merge predictions on the whole screen, or go back', 'merge page'),
  action('worktrees', 'Worktrees on the whole screen, or go back', 'worktrees page'),
  action('right', 'To the pane, tile or wave on the right'),
  action('left', 'To the pane, tile or wave on the left'),
  action('follow', 'Follow the transcript, or stay', 'follow'),
  action('pin', 'Pin this transcript beside the live one', 'pin'),
  action('copy', 'Copy the line'),
  action('copy-path', 'Copy the path of the worktree'),
  action('palette', 'Commands', 'commands'),
  action('help', 'Keys of this pane', 'help'),
  action('refresh', 'Look again at worktrees and merges', 'refresh'),
  action('redraw', 'Draw the screen anew'),
  action('mouse', 'Mouse on or off'),
  action('quiet', 'Bell and notifications off or on'),
  action('suspend', 'Suspend to the shell'),
  action('quit', 'Quit', 'quit'),
  action('review-hunk-next', 'Next change of the review', 'change'),
  action('review-hunk-previous', 'Previous change of the review'),
  action('review-file-next', 'Next file of the review', 'file'),
  action('review-file-previous', 'Previous file of the review'),
  action('review-said-next', 'Next finding, failure or comment of the review', 'finding'),
  action('review-said-previous', 'Previous finding, failure or comment of the review'),
  action('review-comment', 'Comment on the line', 'comment'),
  action('review-comment-file', 'Comment on the file'),
  action('review-settle', 'Take the comment back, or settle it'),
  action('review-viewed', 'Mark the file as viewed, or not', 'viewed'),
  action('review-send', 'Send the comments to the agent', 'send'),
  action('review-approve', 'Approve this commit', 'approve'),
  action('review-changes', 'Ask for changes without telling an agent'),
  action('review-land', 'Land what is reviewed', 'land'),
  action('review-fix', 'Let the agent mend what validation found'),
  action('review-output', 'Show all that the checks wrote'),
  action('review-drop', 'Drop the change, as a commit of yours', 'drop'),
  action('review-editor', 'Open the line in the editor', 'editor'),
  action('review-why', 'Show or hide why it was changed', 'why'),
  action('review-transcript', 'Go to where it was written in the transcript'),
  action('review-since', 'Only what is new since the last round, or all', 'new only'),
  action('review-split', 'Side by side, or one column', 'split'),
  action('review-words', 'Mark changes within lines, or not'),
  action('review-right', 'Move the diff to the left'),
  action('review-left', 'Move the diff back to the right'),
  action('conflict-next', 'Next hunk of the conflict', 'hunk'),
  action('conflict-previous', 'Previous hunk of the conflict'),
  action('conflict-file-next', 'Next file of the conflict', 'file'),
  action('conflict-file-previous', 'Previous file of the conflict'),
  action('conflict-undecided-next', 'Next hunk that is to decide', 'undecided'),
  action('conflict-undecided-previous', 'Previous hunk that is to decide'),
  action('conflict-answer', 'Take what is proposed', 'accept'),
  action('conflict-answers', 'Take all that is proposed in the file'),
  action('conflict-ours', 'Take ours: the branch of the task', 'ours'),
  action('conflict-theirs', 'Take theirs: the target', 'theirs'),
  action('conflict-both', 'Take both, ours first', 'both'),
  action('conflict-base', 'Take the base, as it was before both', 'base'),
  action('conflict-edit', 'Write the hunk in the editor', 'edit'),
  action('conflict-ask', 'Ask the model again, with a word', 'ask again'),
  action('conflict-undo', 'Take the last choice back', 'undo'),
  action('conflict-drop', 'Take all choices back; nothing was merged'),
  action('conflict-finish', 'Merge what was chosen, if gate and checks pass', 'finish'),
  action('conflict-land', 'Land what was merged', 'land'),
  action('conflict-split', 'Sides beside one another, or one below the other', 'split'),
  action('conflict-right', 'Move the texts to the left'),
  action('conflict-left', 'Move the texts back to the right'),
] as const satisfies readonly UiAction[];

export const uiActions: readonly UiAction[] = rows;

/** Names an action of the screen; the compiler asks for a function for each. */
export type UiActionId = (typeof rows)[number]['id'];

export const uiActionsById: ReadonlyMap<string, UiAction> = new Map(uiActions.map((row) => [row.id, row]));

/** What decides a conflict, and does nothing once it is merged. */
export const conflictChoices: ReadonlySet<string> = new Set<UiActionId>([
  'ui.conflict-answer',
  'ui.conflict-answers',
  'ui.conflict-ours',
  'ui.conflict-theirs',
  'ui.conflict-both',
  'ui.conflict-base',
  'ui.conflict-edit',
  'ui.conflict-ask',
  'ui.conflict-undo',
  'ui.conflict-drop',
  'ui.conflict-finish',
  'ui.conflict-undecided-next',
  'ui.conflict-undecided-previous',
]);
