/**
 * The demo's coding agent: plays its part of a story in the working directory. What it does is real (files
 * change, commands run, tests pass or fail); what it thinks and says is written beforehand, and it says so.
 *
 * `node demo-agent.mjs --story FILE --task SLUG [--speed PERCENT] [--run DIR [--answer-within MS]]`
 * PERCENT of the pauses a person would see: 100 is human pace (a task takes 20 to 60 s), 0 no pauses.
 * DIR is the run's directory: a person's messages and answers come in there. Without MS it asks nothing, and goes on.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Approval, ApprovalOption } from './domain/agents/approval.js';
import type { DemoRecord } from './domain/agents/transcript/demo.js';
import { createApprovals, serveControl } from './services/agents/index.js';

type Step =
  | { think: string }
  | { say: string }
  | { run: string[] }
  /** A command that it asks for first, why, and what it says where that is denied. */
  | { ask: string[]; why: string; denied: string }
  | { write: string; text: string }
  | { edit: string; find: string; replace: string }
  | { pause: number };

interface Story {
  tasks: Record<string, { steps: Step[] }>;
}

const notice =
  'Scripted demo: this agent plays a story written beforehand. No model is asked; the edits and commands are real.';

const answers: ApprovalOption[] = [
  { id: 'allow', kind: 'allow', label: 'Allow' },
  { id: 'always', kind: 'allow-always', label: 'Allow from now on' },
  { id: 'deny', kind: 'deny', label: 'Deny' },
];

await main();

async function main(): Promise<void> {
  try {
    const { story, task, speed, run, answerMs } = readArguments();
    const talk = run ? talkIn(run, answerMs) : undefined;
    print({ type: 'demo.started', session: `demo-${task}`, notice });
    const said = await play(readSteps(story, task), speed / 100, talk?.ask ?? (async () => true));
    print({ type: 'demo.finished', text: said });
    talk?.close();
  } catch (error) {
    print({ type: 'demo.failed', message: (error as Error).message });
    process.exit(1);
  }
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      story: { type: 'string' },
      task: { type: 'string' },
      speed: { type: 'string', default: '100' },
      run: { type: 'string' },
      'answer-within': { type: 'string' },
    },
  });
  const speed = Number(values.speed);
  if (!values.story || !values.task || !(speed >= 0)) {
    throw new Error('usage: demo-agent --story FILE --task SLUG [--speed PERCENT]');
  }
  const answerMs = Number(values['answer-within'] ?? 0);
  return { story: values.story, task: values.task, speed, run: values.run, answerMs };
}

function readSteps(file: string, task: string): Step[] {
  const { tasks } = JSON.parse(readFileSync(file, 'utf8')) as Story;
  const part = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
  if (part) return part.steps;
  throw new Error(`The demo's story has no task ${task}; it knows ${Object.keys(tasks).join(', ')}.`);
}

/** Plays the steps; returns what was said last. */
async function play(
  steps: readonly Step[],
  pace: number,
  ask: (command: string, why: string) => Promise<boolean>,
): Promise<string> {
  let said = 'Done.';
  for (const [index, step] of steps.entries()) {
    await sleep(pauseBefore(step) * pace);
    if ('think' in step) print({ type: 'demo.thought', text: step.think });
    else if ('say' in step) {
      said = step.say;
      if (index < steps.length - 1) print({ type: 'demo.message', text: said });
    } else if ('run' in step) runCommand(step.run, `c${index}`);
    else if ('ask' in step) {
      if (await ask(step.ask.join(' '), step.why)) runCommand(step.ask, `c${index}`);
      else print({ type: 'demo.message', text: step.denied });
    } else if ('write' in step) {
      writeText(step.write, step.text);
      print({
        type: 'demo.edit',
        id: `e${index}`,
        path: step.write,
        diff: hunkOf('', step.text),
        added: true,
      });
    } else if ('edit' in step) {
      const diff = editText(step.edit, step.find, step.replace);
      print({ type: 'demo.edit', id: `e${index}`, path: step.edit, ...(diff ? { diff } : {}) });
    }
  }
  return said;
}

/** Milliseconds a person would wait for it: longer for longer texts. */
function pauseBefore(step: Step): number {
  if ('pause' in step) return step.pause;
  if ('think' in step) return 2_000 + step.think.length * 15;
  if ('say' in step) return 1_500 + step.say.length * 10;
  if ('run' in step || 'ask' in step) return 1_500;
  return 2_500 + ('write' in step ? step.text.length : step.replace.length) * 4;
}

/** A command that fails fails the task: the story was written for one that passes. */
function runCommand(argv: readonly string[], id: string): void {
  const [program = '', ...args] = argv;
  const command = argv.join(' ');
  print({ type: 'demo.command', id, command });
  const { status, stdout, stderr, error } = spawnSync(program === 'node' ? process.execPath : program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exitCode = status ?? 1;
  print({ type: 'demo.output', id, command, exitCode, output: error ? error.message : `${stdout}${stderr}` });
  if (exitCode !== 0) throw new Error(`${command} ended with exit code ${exitCode}.`);
}

function writeText(path: string, text: string): void {
  const file = within(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * Replaces the one place where `find` stands; gives what that changes. Playing the same edit twice changes nothing the
 * second time.
 */
function editText(path: string, find: string, replace: string): string {
  const file = within(path);
  if (!existsSync(file)) throw new Error(`${path} does not exist.`);
  const text = readFileSync(file, 'utf8');
  if (text.includes(replace)) return '';
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${path} has ${places} places like ${JSON.stringify(find)}, not one.`);
  const changed = text.replace(find, () => replace);
  writeFileSync(file, changed);
  return hunkOf(text, changed);
}

/** One unified hunk from the first line that differs to the last. */
function hunkOf(before: string, after: string): string {
  const old = linesOf(before);
  const now = linesOf(after);
  const least = Math.min(old.length, now.length);
  let top = 0;
  while (top < least && old[top] === now[top]) top += 1;
  let end = 0;
  while (end < least - top && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const gone = old.slice(top, old.length - end);
  const come = now.slice(top, now.length - end);
  const range = (lines: string[]) => `${lines.length === 0 ? top : top + 1},${lines.length}`;
  const lines = [...gone.map((line) => `-${line}`), ...come.map((line) => `+${line}`)];
  return [`@@ -${range(gone)} +${range(come)} @@`, ...lines].join('\n');
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Takes a person's messages and answers in the run's directory, as a host does. */
function talkIn(run: string, answerMs: number) {
  const mode = answerMs > 0 ? 'ask' : 'never';
  const rules = { protocol: 'acp', sandbox: 'workspace-write', approvals: mode } as const;
  const approvals = createApprovals(run, { ...rules, approvalTimeoutMs: answerMs }, (text) =>
    print({ type: 'demo.message', text }),
  );
  const control = serveControl(run, async (request) => {
    if (request.type === 'answer') return approvals.answer(request.approval, request.choice, request.alike);
    if (request.type === 'may-run') return approvals.allowOnly(request.prefixes);
    if (request.type === 'interrupt') process.exit(130);
    print({ type: 'demo.told', text: request.text });
    print({ type: 'demo.message', text: 'Heard. This is a scripted demo, so I go on with my part.' });
    return { sent: 'steered' };
  });
  let asked = 0;
  return {
    async ask(command: string, reason: string): Promise<boolean> {
      asked += 1;
      const approval: Approval = {
        id: String(asked),
        kind: 'command',
        detail: command,
        reason,
        options: answers,
      };
      if (mode === 'ask') print({ type: 'demo.asked', approval });
      const option = await approvals.ask(approval);
      if (mode === 'ask')
        print({ type: 'demo.answered', approval: approval.id, option: option?.id ?? 'deny' });
      return option?.kind === 'allow' || option?.kind === 'allow-always';
    },
    close: control.close,
  };
}

/** A story works in the worktree and nowhere else. */
function within(path: string): string {
  const root = process.cwd();
  const file = resolve(root, path);
  if (file.startsWith(root + sep)) return file;
  throw new Error(`${path} is outside of the worktree.`);
}

/** Written at once, so that nothing is lost when the process is stopped. */
function print(record: DemoRecord): void {
  writeSync(1, `${JSON.stringify(record)}\n`);
}
