/** Commands that a person lets the agents of a task run, by how they begin. */
import type { Approval } from './approval.js';
import { unwrapShell, wordsOfCommand } from './transcript/shell.js';

/** Programs that run whatever they are given: how such a command begins says nothing of what it does. */
const runAnything =
  /^(?:(?:ba|da|a|z|k|mk|fi|c|tc|pw)?sh|powershell|env|sudo|doas|su|runuser|pkexec|xargs|nohup|setsid|time|timeout|watch|nice|ionice|stdbuf|taskset|flock|script|strace|chroot|unshare|systemd-run|exec|eval|command|builtin|coproc|ssh|find|[gmn]?awk|parallel|busybox|npx|pnpx|bunx|uvx|pipx|docker|podman|kubectl|nix-shell)$/i;

/** First words that make other programs do so; `npm run` runs only what the repository names. */
const runsWith: readonly (readonly [program: RegExp, word: RegExp])[] = [
  [/^(npm|pnpm|yarn|bun|corepack|mise|rtx|asdf|direnv|bundle|opam)$/, /^(exec|x|dlx|create)$/],
  [/^(uv|poetry|pdm|pipenv|hatch|rye|conda|mamba|micromamba|pixi|devbox|flox)$/, /^(run|tool|shell)$/],
  [/^(go|deno|dotnet|nix|guix)$/, /^(run|eval|exec|shell|develop|tool)$/],
  [/^git$/, /^(bisect|submodule|rebase|config|difftool|mergetool|filter-branch|for-each-repo)$/],
];

/** Shells that come with a system; another program may have the same name. */
const systemShell = /^(?:\/(?:usr\/(?:local\/)?|opt\/homebrew\/)?bin\/)?\w+ /;

/**
 * How a command begins, to be allowed with all that begins so: its program and the first word behind it, "npm install".
 * Undefined where that would allow too much: options come first, several commands are joined, the program runs others, or
 * the agent does not show the command.
 */
export function prefixOf({
  kind,
  detail,
  unseen,
}: Pick<Approval, 'kind' | 'detail' | 'unseen'>): string | undefined {
  if (kind !== 'command' || unseen) return undefined;
  const [program = '', second = ''] =
    wordsOfCommand(systemShell.test(detail) ? unwrapShell(detail) : detail) ?? [];
  if (!isPlain(program) || !isPlain(second) || second.startsWith('-')) return undefined;
  const name = program.slice(program.lastIndexOf('/') + 1);
  const runs = runAnything.test(name) || runsWith.some(([of, word]) => of.test(name) && word.test(second));
  return runs ? undefined : `${program} ${second}`;
}

/** What is shown to the person and kept has no spaces or signs of its own, and sets no variable. */
const isPlain = (word: string): boolean => /^[\w./@:+-]{1,80}$/.test(word);
