/** A git before the real one on PATH that counts the program's calls, and does at the n-th what it is told. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes it below `root`. `arm(n, mode)` sets what happens: `fail` (git says that it cannot), `before` and `after`
 * (the program is ended then), `cut` (git alone is ended in the middle, by the command before it), `off`. Only calls by the program itself count, not those of agents or detached helpers.
 */
export function armedGit(root, path, cut = '') {
  const bin = join(root, 'bin');
  mkdirSync(bin, { recursive: true });
  const [armed, calls, met] = ['armed', 'calls', 'met'].map((name) => join(root, name));
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh
read -r limit when < '${armed}'
PATH='${path}'
[ "$when" = off ] && exec git "$@"
read -r line < "/proc/$PPID/stat" && case $line in *node*|*MainThread*) ;; *) exec git "$@" ;; esac
printf x >> '${calls}'
n=$((limit - $(wc -c < '${calls}')))
[ "$n" = 0 ] || exec git "$@"
printf '%s %s\\n' "$when" "$*" >> '${met}'
case $when in
cut) exec ${cut} git "$@" ;;
fail) echo 'fatal: unable to write file: Input/output error' >&2; exit 128 ;;
after) git "$@" <&0 ;;
esac
kill -9 $PPID
exit 143
`,
  );
  chmodSync(join(bin, 'git'), 0o755);
  const arm = (n, mode) => {
    writeFileSync(calls, '');
    writeFileSync(met, '');
    writeFileSync(armed, `${n} ${mode}\n`);
  };
  arm(0, 'off');
  return {
    path: `${bin}:${path}`,
    arm,
    calls: () => readFileSync(calls, 'latin1').length,
    met: () => (existsSync(met) ? readFileSync(met, 'utf8').trim() : ''),
  };
}
