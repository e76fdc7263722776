/** Hands the terminal to an agent's own interactive program, in the conversation of a run and its worktree. */
import { existsSync } from 'node:fs';
import { isLive, type RunView } from '../../../domain/agents/run.js';
import { appError } from '../../../domain/platform/errors.js';
import { handTerminal } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { readIntent, runFolder } from '../../worktrees/index.js';
import { runnerFor } from '../runners/index.js';
import { requireSessionId } from '../runs/prepare.js';

type AttachSession = Pick<RepoSession, 'paths' | 'config' | 'env'>;

/**
 * What to start, and where. Throws `still-running`: two programs in one conversation would lose each other's words;
 * `no-session`, `bad-session`, `no-worktree`, `cannot-attach`, `runner-not-found`.
 */
export function attachArgv(session: AttachSession, run: RunView): { argv: string[]; cwd: string } {
  if (isLive(run.phase)) {
    throw appError('still-running', `${run.runId} is still at work.`, {
      hint: 'Interrupt it first (`codex-agent session interrupt`), or attach with --stop.',
    });
  }
  const { sessionId } = run;
  if (!sessionId) {
    throw appError('no-session', `${run.runId} left no session to continue.`, {
      hint: `Open a shell in its worktree: \`codex-agent task worktree open ${run.task}\`.`,
    });
  }
  requireSessionId(sessionId);
  const { cwd } = readIntent(runFolder(session.paths, run.runId));
  if (!existsSync(cwd)) throw appError('no-worktree', `The worktree ${cwd} is gone.`);
  const runner = runnerFor(run.runner);
  const argv = runner.attach?.(sessionId, session.config.runner[runner.name], session.env, cwd);
  if (argv) return { argv, cwd };
  throw appError('cannot-attach', `The ${run.runner} runner has no interactive program to attach to.`, {
    hint: `Continue its conversation: \`codex-agent session resume ${run.task} --message …\`.`,
  });
}

/** Runs it on this terminal until the person leaves it; resolves with its exit code. Throws as `attachArgv`. */
export function attachTo(session: AttachSession, run: RunView): Promise<number> {
  const { argv, cwd } = attachArgv(session, run);
  return handTerminal(argv, { cwd, env: { ...session.env, PWD: cwd } });
}
