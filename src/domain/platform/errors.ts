import { systemRefusal } from './system-errors.js';

/** Errors people can act on. Services throw them, the command registry catches them once. */

/** Exit codes of the command line; scripts rely on them. */
export const ExitCode = {
  ok: 0,
  failure: 1,
  usage: 2,
  validationFailed: 3,
  conflictsRemain: 4,
  runFailed: 5,
  notTrusted: 6,
  inputNeeded: 7,
  noVerdict: 8,
  nothingChecked: 9,
  held: 10,
  interrupted: 130,
  /** As of a program that SIGPIPE ends. */
  readerGone: 141,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What went wrong, coarsely: it decides the exit code. */
export type ErrorKind =
  | 'failure'
  | 'usage'
  | 'validation'
  | 'held'
  | 'conflict'
  | 'run'
  | 'trust'
  | 'input'
  | 'interrupted';

const exitByKind: Record<ErrorKind, ExitCode> = {
  failure: ExitCode.failure,
  usage: ExitCode.usage,
  validation: ExitCode.validationFailed,
  held: ExitCode.held,
  conflict: ExitCode.conflictsRemain,
  run: ExitCode.runFailed,
  trust: ExitCode.notTrusted,
  input: ExitCode.inputNeeded,
  interrupted: ExitCode.interrupted,
};

export interface AppError extends Error {
  kind: ErrorKind;
  /** Stable identifier such as `task-not-found`; callers compare this, never `instanceof`. */
  code: string;
  /** What the person can do about it. */
  hint?: string;
}

/**
 * Builds an AppError.
 * @param code stable identifier, kebab-case
 * @param message what happened and where, one sentence
 * @param more kind (default `failure`), hint, and the underlying cause
 */
export function appError(
  code: string,
  message: string,
  more: { kind?: ErrorKind; hint?: string; cause?: unknown } = {},
): AppError {
  const error = new Error(message, more.cause === undefined ? undefined : { cause: more.cause }) as AppError;
  error.name = 'AppError';
  error.code = code;
  error.kind = more.kind ?? 'failure';
  if (more.hint) error.hint = more.hint;
  return error;
}

/** True for errors made by `appError`, also across module copies. */
export function isAppError(error: unknown): error is AppError {
  return (
    typeof error === 'object' && error !== null && (error as Error).name === 'AppError' && 'kind' in error
  );
}

/** True when `error` carries this code: ours (`task-not-found`) or the system's (`ENOENT`). */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && (error as { code?: unknown }).code === code;
}

/** Any thrown value as an AppError; a foreign one becomes `internal` and keeps its cause. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (hasCode(error, 'ABORT_ERR') || (error as Error)?.name === 'AbortError') {
    return appError('interrupted', 'Interrupted.', { kind: 'interrupted', cause: error });
  }
  const refused = systemRefusal(error);
  if (refused) return appError(refused.code, refused.message, { hint: refused.hint, cause: error });
  return appError('internal', messageOf(error), { cause: error });
}

/** The message of any thrown value; what the system refused is told in words. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && typeof (error as Error).message === 'string') {
    return systemRefusal(error)?.message ?? (error as Error).message;
  }
  return String(error);
}

/** What happened and what the person can do about it, on one line: what a program said may end without a full stop. */
export function withHint({ message, hint }: Pick<AppError, 'message' | 'hint'>): string {
  if (!hint) return message;
  return `${message}${/[.!?:]$/.test(message) ? '' : '.'} ${hint}`;
}

/** The exit code a process ends with after this error. */
export function exitCodeOf(error: AppError): ExitCode {
  return exitByKind[error.kind];
}
