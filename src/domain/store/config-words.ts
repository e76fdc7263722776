/** What each key of the configuration is for, in a sentence; printed by `schema config`. */
import { runnerNames } from '../agents/run.js';

const ofRunners: Readonly<Record<string, string>> = {
  path: 'Program to run; empty: the name of the runner, on PATH.',
  args: 'Further arguments; of the command runner its whole argv, with {prompt_file}, {slug} and {worktree}.',
  model: 'Model that the runner is asked for; empty: its own default.',
  env_allow: 'Further variables that its agents see, patterns such as AWS_* included.',
  transport: 'How Codex is talked to: auto is both ways where a person watches.',
  sandbox: 'Whether it gets a sandbox of ours: auto, on or off; empty: as sandbox.mode says.',
  auth: "How to log in, by the agent's own name for it; empty: it is logged in.",
};

const configWords: Readonly<Record<string, string>> = {
  schema: 'Version of this format.',
  target: 'Branch that work lands on; empty: the branch of the main worktree.',
  'worktree.root': 'Folder of worktrees, relative to the repository; empty: beside it.',
  'worktree.branch': "Name of a task's branch, with {slug}, {id}, {owner} or {ticket}.",
  'worktree.base': 'Revision that branches start from, such as "origin/main"; empty: the target.',
  'worktree.fetch': "Fetch the target's remote before agents are launched.",
  'worktree.include': 'Globs of ignored files that are copied although they would stay behind.',
  'worktree.exclude': 'Globs of ignored files that stay behind.',
  'worktree.env_files': 'Files with secrets, such as ".env", that are copied.',
  'worktree.setup': 'Commands, as argv lists, that make a new worktree ready.',
  'worktree.teardown': 'Commands, as argv lists, that run before a worktree is removed.',
  'worktree.setup_timeout': 'How long all set-up commands together may take.',
  'worktree.spare': 'Worktrees that are kept ready for the next tasks.',
  'worktree.snapshot': 'Clone the whole main worktree where it is a btrfs subvolume.',
  'worktree.max_copy':
    'Larger ignored entries, dependencies apart, stay behind where copies share no blocks.',
  'worktree.lock_file': "What to do when the lock file differs from the main worktree's.",
  'worktree.min_free': 'No worktree is filled when less of the disk is free.',
  'worktree.max_disk': 'No worktree is filled when all together take more; empty: no limit.',
  'worktree.submodules': 'Fill submodules from the objects that the repository has of them, offline.',
  'worktree.trash_for': 'How long removed worktrees stay in the trash; empty: no limit.',
  'worktree.trash_size': 'The oldest go from the trash when it takes more; empty: no limit.',
  'worktree.open.shell': 'Program for a shell in a worktree, with {path}; empty: $SHELL.',
  'worktree.open.editor': 'Program for an editor, with {path}; empty: $VISUAL or $EDITOR.',
  'worktree.open.files': "Program that shows a folder, with {path}; empty: the system's.",
  'sandbox.mode': 'Our own sandbox for runners that have none: auto is where it works, on is no run without.',
  'sandbox.network': 'Whether agents in it have a network; without, no server of a model is reached.',
  'sandbox.read': 'Further files and folders, below the home or absolute, to read although they are hidden.',
  'sandbox.write': 'Further files and folders, below the home or absolute, to read and write.',
  'sandbox.hide': 'Further files and folders, below the home or absolute, that agents do not see.',
  'run.max_parallel': 'How many agents work at once.',
  'run.total_timeout': 'How long a run may take.',
  'run.idle_timeout': 'How long a run may be silent.',
  'run.connect_timeout': 'How long a run may take until it writes its first line.',
  'run.kill_grace': 'How long a stopped run may take to end by itself before it is killed.',
  'run.max_output': 'How much a run may write before it is stopped.',
  'run.keep_for': 'Folders of older runs are removed by `session gc`; empty: no limit.',
  'run.keep_size': 'The oldest are removed when all take more; empty: no limit.',
  'run.retries':
    'Further attempts after a failure that may pass by itself, or when the supervisor of a run was killed.',
  'run.agent_commits': 'Let agents in a sandbox commit by themselves; they can then move every ref.',
  'run.full_access': 'Let agents whose sandbox is "full" run: nothing keeps them from anything.',
  'run.approvals': 'Whether agents may ask for permission.',
  'run.approval_timeout': 'A question without an answer for this long is denied.',
  'runner.default': 'Runner of the developer agent.',
  'runner.fallback': 'Runners that take over while the default one is at its usage limit.',
  ...Object.fromEntries(
    runnerNames.flatMap((name) =>
      Object.entries(ofRunners).map(([key, words]) => [`runner.${name}.${key}`, words]),
    ),
  ),
  env_allow: 'Variables, patterns included, that every agent, check and set-up command sees.',
  'model.base_url': 'Address of the model API; empty: the standard one.',
  'model.api_key_env': 'Variable that holds the key.',
  'model.model': 'Model that is asked for reviews, conflicts and plans.',
  'model.api': 'Which of the two interfaces is spoken; auto finds out.',
  'model.context': 'How many tokens the model can take; 0: as its server tells.',
  'model.connect_timeout': 'How long a connection may take.',
  'model.idle_timeout': 'How long an answer may be silent.',
  'model.total_timeout': 'How long an answer may take.',
  'validator.checks': 'Commands that a task must pass before it lands.',
  'validator.max_parallel': 'How many checks run at once; 0: as many as there are processors, at most four.',
  'validator.auto_fix': 'Let the developer agent mend what validation finds.',
  'validator.max_fix_attempts': 'How often it may try.',
  'validator.policies': 'Rules on the difference: a level (off, warn, fail) and parameters for each.',
  'resolver.strategies': 'What is tried on a conflict, in this order.',
  'resolver.max_attempts': 'How often a model is asked about one conflict.',
  'resolver.max_conflicts': 'The resolver hands a merge with more conflicts back.',
  'resolver.max_file_bytes': 'The resolver hands larger files back.',
  'resolver.side_test.run':
    'Command that runs one test file, {path}: a model writes a test for each side of what it merged; empty: none.',
  'resolver.side_test.path': 'Where such a test stands while it is run.',
  'resolver.side_test.timeout': 'How long such a test may run.',
  'manager.land': 'Land by itself what passes validation.',
  'manager.budget_tokens': 'Tokens that all runs may use in the period; 0: no limit.',
  'manager.budget_cost': 'Money that they may use, in the currency of prices; 0: no limit.',
  'manager.budget_period': 'Runs that started longer ago do not count; empty: all count.',
  'git.filters': 'Filters of repositories that may run, each with its very commands.',
  'git.hooks': 'Hooks that may run for commits of ours, by the SHA-256 of their bytes.',
  'git.trailers': 'Lines below the message of commits of ours, such as "Co-authored-by: Name <mail>".',
  prices: 'What a million tokens of a model cost.',
  'agents.fallback_files': 'Files that instruct our API agents where there is no AGENTS.md.',
  'hooks.on_attention':
    'Programs to run when one more task needs you; JSON on standard input, {task} in their words.',
  'hooks.on_run_end': 'Programs to run when a run has ended.',
  'hooks.on_land': 'Programs to run when a task has landed.',
  'hooks.on_limit': 'Programs to run when an account is at its limit.',
  'ui.keymap': 'Name of the keymap.',
  'ui.theme': 'Name of the theme: dark, light, contrast, 16, none or your own; auto follows the terminal.',
  'ui.glyphs': 'Whether only ASCII is drawn; auto follows the locale.',
  'ui.mouse': 'Whether the mouse is listened to.',
  'ui.escape_time': 'How long Escape waits for the rest of a key.',
  'ui.motion': 'full, or reduced: what changes by itself is shown once a second at most.',
  'ui.plain': 'Whether the dashboard says lines and redraws nothing, for screen readers.',
  'ui.notifications':
    'How the screen calls you: true or bell rings, osc9, osc777 and desktop notify, a program with its arguments is run, false is silent.',
};

interface Node {
  properties?: Record<string, Node>;
  [key: string]: unknown;
}

/** The schema with what each key is for and its default, for editors and people. */
export function describedSchema(schema: object, defaults: object, prefix = ''): object {
  const { properties, ...rest } = schema as Node;
  if (!properties) return rest;
  const described = Object.entries(properties).map(([key, node]) => {
    const name = `${prefix}${key}`;
    const value = (defaults as Record<string, unknown>)[key];
    const words = configWords[name];
    if (node.properties && !words) {
      return [key, describedSchema(node, typeof value === 'object' && value ? value : {}, `${name}.`)];
    }
    return [
      key,
      {
        ...(words ? { description: words } : {}),
        ...node,
        ...(value === undefined ? {} : { default: value }),
      },
    ];
  });
  return { ...rest, properties: Object.fromEntries(described) };
}
