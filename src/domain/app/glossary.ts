/** The words of the screen, for a person who meets them for the first time. */

export interface Word {
  word: string;
  means: string;
}

export const glossary: readonly Word[] = [
  { word: 'task', means: 'a unit of work with a goal, and with the tasks it depends on' },
  { word: 'stub', means: "the task's Markdown file below .codex-agent/tasks" },
  { word: 'wave', means: 'the tasks that can start together, since all they depend on has landed' },
  { word: 'run', means: 'one process of a coding agent that works on a task' },
  { word: 'hydrate', means: 'fill a new worktree with files and dependencies, so that it is ready to build' },
  {
    word: 'filled',
    means:
      'how a worktree came to its files: shared (reflink), copied (copy), by git alone (checkout), made before (spare)',
  },
  { word: 'worktree', means: "a folder of the task's own, with its branch checked out" },
  { word: 'spare', means: 'a worktree that is filled before a task wants it' },
  { word: 'target', means: 'the branch that finished work goes to' },
  { word: 'check', means: 'a command that finished work must pass, such as the tests' },
  { word: 'validate', means: 'run the checks and policies on what a task has done' },
  { word: 'land', means: 'move the target to a merge that was checked' },
  { word: 'train', means: 'several finished tasks merged, checked and landed as one' },
  { word: 'conflict', means: 'two branches change the same place, as predicted before they are merged' },
  { word: '◆', means: 'in conflict; in the matrix of the merge pane, two tasks that would conflict' },
  { word: '◇', means: 'finished, and not landed yet' },
  { word: '~2', means: 'two files are changed and not committed' },
  { word: '↑1 ↓2', means: 'one commit that the target lacks, two of the target that the branch lacks' },
  { word: 'last 5m', means: 'how busy the agent was in the last five minutes, as bars' },
  { word: 'no changes', means: 'the agent ended and left nothing that could land' },
  { word: 'bail-out', means: 'the resolver gives a conflict back to you, with the reason' },
];
