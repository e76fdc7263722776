/**
 * The supervisor: a POSIX-sh program that holds one run, so that the run outlives us and its exit code is
 * never lost. It costs under 2 MB, where a Node process would cost forty.
 *
 * `sh -c <text> run.sh RUNDIR RUNID CMD [ARG...]`, with RUNDIR absolute, existing and 0700:
 * 1. claims the run by hard link; when another supervisor has the claim, there is nothing left to do (exit 0);
 * 2. starts CMD in a session of its own. The child itself records its pid, before it becomes CMD, so a run
 *    without pid.json never started. Foreground: a background child of a shell would ignore SIGINT;
 * 3. waits, makes the output durable and writes exit.json, again every second while the disk is full.
 *
 * On standard input come two words: one that only the supervisor knows until it writes it into exit.json, and that
 * one's digest, which goes into the claim. So an exit code that the agent wrote itself is known for what it is.
 *
 * Start times are field 22 of /proc/PID/stat, counted after the last bracket. The text goes to `sh -c`, since
 * bash reads a script file as it runs it and would follow a change made meanwhile.
 */
const self = [
  'read -r b </proc/sys/kernel/random/boot_id',
  'read -r l <"/proc/$$/stat"',
  's=$(set -- ${l##*) }; echo "${20}")',
  '[ "$s" ]',
].join(' && ');

export const supervisorText = `
d=$1 CODEX_AGENTS_RUN_ID=$2; export CODEX_AGENTS_RUN_ID; shift 2
case $d in /*) ;; *) echo "run directory is not absolute: $d" >&2; exit 64 ;; esac
read -r word seal && [ "$seal" ] || { echo "nothing to seal the exit code with" >&2; exit 70; }
exec </dev/null
u=$(umask); umask 077; set -C; trap : HUP INT QUIT TERM
me='${self}'
eval "$me" || { echo "cannot read its own start time from /proc" >&2; exit 70; }
c=$d/claim.$$; printf '{"shim":%d,"start":"%s","boot":"%s","seal":"%s"}\\n' $$ "$s" "$b" "$seal" >"$c" || { rm -f "$c"; exit 74; }
ln "$c" "$d/claim.json" 2>/dev/null; won=$?; rm -f "$c"
[ $won = 0 ] || { [ -e "$d/claim.json" ] && exit 0; echo "cannot link claim.json" >&2; exit 74; }
: >>"$d/transcript.log"; exec 8<"$d/transcript.log"
setsid sh -c 'd=$1 u=$2; shift 2; exec <"$d/stdin" >>"$d/transcript.log" 8<&-; : >>"$d/stderr.log"; '"$me"' &&
  printf "{\\"pid\\":%d,\\"start\\":\\"%s\\",\\"boot\\":\\"%s\\"}\\n" $$ "$s" "$b" >|"$d/pid.json.t" &&
  mv "$d/pid.json.t" "$d/pid.json" && umask "$u" && exec "$@" 2>>"$d/stderr.log"; exit 126' sh "$d" "$u" "$@"
rc=$? same=false; [ "$d/transcript.log" -ef /proc/$$/fd/8 ] && same=true
until sync "$d/transcript.log" "$d/stderr.log" 2>/dev/null
  printf '{"rc":%d,"word":"%s","sameTranscript":%s}\\n' $rc "$word" $same >|"$d/exit.json.t" && { sync "$d/exit.json.t" 2>/dev/null; mv "$d/exit.json.t" "$d/exit.json"; }
do [ -d "$d" ] || exit 74; sleep 1; done
sync "$d" 2>/dev/null; exit 0
`;
