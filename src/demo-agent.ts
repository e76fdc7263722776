/**
 * The demo's coding agent: plays its part of a story in the working directory. What it does is real (files
 * change, commands run, tests pass or fail); what it thinks and says is written beforehand, and it says so.
 *
 * `node demo-agent.mjs --story FILE --task SLUG [--speed PERCENT]`
 * PERCENT of the pauses a person would see: 100 is human pace (a task takes 20 to 60 s), 0 no pauses.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { DemoRecord } from './domain/agents/transcript/demo.js';

type Step =
  | { think: string }
  | { say: string }
  | { run: string[] }
  | { write: string; text: string }
  | { edit: string; find: string; replace: string }
  | { pause: number };

interface Story {
  tasks: Record<string, { steps: Step[] }>;
}

const notice =
  'Scripted demo: this agent plays a story written beforehand. No model is asked; the edits and commands are real.';

await main();

async function main(): Promise<void> {
  try {
    const { story, task, speed } = readArguments();
    print({ type: 'demo.started', session: `demo-${task}`, notice });
    const said = await play(readSteps(story, task), speed / 100);
    print({ type: 'demo.finished', text: said });
  } catch (error) {
    print({ type: 'demo.failed', message: (error as Error).message });
    process.exitCode = 1;
  }
}

function readArguments(): { story: string; task: string; speed: number } {
  const { values } = parseArgs({
    options: {
      story: { type: 'string' },
      task: { type: 'string' },
      speed: { type: 'string', default: '100' },
    },
  });
  const speed = Number(values.speed);
  if (!values.story || !values.task || !(speed >= 0)) {
    throw new Error('usage: demo-agent --story FILE --task SLUG [--speed PERCENT]');
  }
  return { story: values.story, task: values.task, speed };
}

function readSteps(file: string, task: string): Step[] {
  const { tasks } = JSON.parse(readFileSync(file, 'utf8')) as Story;
  const part = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
  if (part) return part.steps;
  throw new Error(`The demo's story has no task ${task}; it knows ${Object.keys(tasks).join(', ')}.`);
}

/** Plays the steps; returns what was said last. */
async function play(steps: readonly Step[], pace: number): Promise<string> {
  let said = 'Done.';
  for (const [index, step] of steps.entries()) {
    await sleep(pauseBefore(step) * pace);
    if ('think' in step) print({ type: 'demo.thought', text: step.think });
    else if ('say' in step) {
      said = step.say;
      if (index < steps.length - 1) print({ type: 'demo.message', text: said });
    } else if ('run' in step) runCommand(step.run, `c${index}`);
    else if ('write' in step) {
      writeText(step.write, step.text);
      print({ type: 'demo.edit', id: `e${index}`, path: step.write });
    } else if ('edit' in step) {
      editText(step.edit, step.find, step.replace);
      print({ type: 'demo.edit', id: `e${index}`, path: step.edit });
    }
  }
  return said;
}

/** Milliseconds a person would wait for it: longer for longer texts. */
function pauseBefore(step: Step): number {
  if ('pause' in step) return step.pause;
  if ('think' in step) return 2_000 + step.think.length * 15;
  if ('say' in step) return 1_500 + step.say.length * 10;
  if ('run' in step) return 1_500;
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

/** Replaces the one place where `find` stands. Playing the same edit twice changes nothing the second time. */
function editText(path: string, find: string, replace: string): void {
  const file = within(path);
  if (!existsSync(file)) throw new Error(`${path} does not exist.`);
  const text = readFileSync(file, 'utf8');
  if (text.includes(replace)) return;
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${path} has ${places} places like ${JSON.stringify(find)}, not one.`);
  writeFileSync(
    file,
    text.replace(find, () => replace),
  );
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
