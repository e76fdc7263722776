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
  { word: 'worktree', means: "a folder of the task's own, with its branch checked out" },
  { word: 'spare', means: 'a worktree that is filled before a task wants it' },
  { word: 'target', means: 'the branch that finished work goes to' },
  { word: 'check', means: 'a command that finished work must pass, such as the tests' },
  { word: 'validate', means: 'run the checks and policies on what a task has done' },
  { word: 'land', means: 'move the target to a merge that was checked' },
  { word: 'train', means: 'several finished tasks merged, checked and landed as one' },
  { word: 'conflict', means: 'two branches change the same place, as predicted before they are merged' },
  { word: 'bail-out', means: 'the resolver gives a conflict back to you, with the reason' },
];
