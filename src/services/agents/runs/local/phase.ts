/** Where a run stands, from its files and the process table. Doubt is `unknown`, never an end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../../../domain/platform/errors.js';
import { bootId, liveness, pidNamespace } from '../../../platform/index.js';
import { type Recorded, readAgent, readClaim, readExit, readIntent } from '../../../worktrees/index.js';
import type { RunState } from '../../types.js';
import { cookiePids, rowOf } from './processes.js';

/** A process that is just becoming another shows no environment for a moment: look again before calling it gone. */
const secondLookMs = 300;

/**
 * Looks at a run; agent, supervisor and leftovers first, the exit file last, so that an end that happens
 * meanwhile is never taken for a loss. Throws `run-not-found`.
 */
export async function lookAtRun(folder: string): Promise<RunState> {
  readIntent(folder);
  try {
    const first = lookOnce(folder);
    if (first !== 'gone') return first;
    await sleep(secondLookMs);
    const second = lookOnce(folder);
    if (second !== 'gone') return second;
    return { phase: readAgent(folder) ? 'lost' : 'never-started' };
  } catch (error) {
    if (hasCode(error, 'run-not-found')) throw error;
    return { phase: 'unknown' };
  }
}

function lookOnce(folder: string): RunState | 'gone' {
  const intent = readIntent(folder);
  const elsewhere = intent.pidNamespace !== pidNamespace();
  const rebooted = intent.boot !== bootId();
  const claim = readClaim(folder);
  const agent = readAgent(folder);
  const states = {
    agent: agent ? liveness({ ...agent, pidns: intent.pidNamespace }) : 'dead',
    supervisor: claim ? liveness({ ...claim, pidns: intent.pidNamespace }) : 'dead',
  } as const;
  const reachable = !elsewhere && !rebooted;
  const gone = states.agent === 'dead' && states.supervisor === 'dead';
  const left = gone && reachable ? leftovers(folder, claim) : [];

  const exitCode = readExit(folder);
  if (exitCode !== undefined) {
    // Asked again: what was running when we looked above may have ended properly since.
    const still = reachable ? leftovers(folder, claim) : [];
    if (still.length > 0) return { phase: 'leftovers', exitCode };
    return { phase: (agent ?? readAgent(folder)) ? 'exited' : 'never-started', exitCode };
  }
  if (rebooted) return { phase: 'interrupted' };
  if (elsewhere) return { phase: 'unknown' };
  if (!claim) return { phase: 'not-launched' };
  return phaseOf(states, agent !== undefined) ?? (left.length > 0 ? { phase: 'leftovers' } : 'gone');
}

type Liveness = ReturnType<typeof liveness>;

/** The phase that two processes show; undefined when both are dead. */
function phaseOf(
  { agent, supervisor }: { agent: Liveness; supervisor: Liveness },
  began: boolean,
): RunState | undefined {
  if (agent === 'unknown' || supervisor === 'unknown') return { phase: 'unknown' };
  if (agent === 'alive') return { phase: supervisor === 'alive' ? 'running' : 'unsupervised' };
  if (supervisor === 'alive') return { phase: began ? 'finishing' : 'starting' };
  return undefined;
}

/**
 * Processes that carry the cookie, the supervisor and its own helpers (sync, sleep) apart. Each is looked at after
 * the supervisor, so that one that ends while we look is gone, and never a leftover.
 * @param found carriers of the cookie, where they were looked for already
 */
export function leftovers(
  folder: string,
  claim: Recorded | undefined,
  found: readonly number[] = cookiePids(folder),
): number[] {
  const shim = claim && found.length > 0 ? rowOf(claim.pid) : undefined;
  const own = shim && shim.start === claim?.start ? shim.pid : undefined;
  const left = found.flatMap((pid) => rowOf(pid) ?? []);
  return left.filter((row) => row.pid !== own && row.parent !== own).map((row) => row.pid);
}
