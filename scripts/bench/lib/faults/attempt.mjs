/** One start of the program in a ground, hindered or not, and the next one that goes on. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from '../../sandbox.mjs';
import { losses } from './checks.mjs';

const hook = join(dirname(fileURLToPath(import.meta.url)), 'hook.mjs');
/** A loaded machine takes long; what hangs never ends. */
const limitMs = Number(process.env.LIMIT ?? 600) * 1000;

/**
 * Runs a command to its end; `fault` is for the hook, `path` another PATH. One that is still at work after `slowMs` is
 * told to `slow`, with what it wrote. Gives how it ended and what it wrote.
 */
export function start(
  ground,
  argv,
  /** @type {Record<string, any>} */ { fault, path, slow, slowMs = 40_000 } = {},
) {
  const env = { ...ground.sandbox.env, ...(path ? { PATH: path } : {}) };
  if (fault) env.FAULT = JSON.stringify(fault);
  const before = fault ? ['--import', hook] : [];
  const child = spawn(process.execPath, [...before, program, ...argv], {
    cwd: ground.repo,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((done) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const slowly = slow && setTimeout(() => slow(output), slowMs);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      clearTimeout(slowly);
      done({ code, signal, output });
    });
  });
}

/** Does what a person does after a command was cut off. Gives what was wrong then. */
export async function goOn(ground, scene, before) {
  const wrong = [];
  let next = { output: '', signal: null };
  for (let tries = 0; tries < 2 && !(tries > 0 && reached(ground, scene)); tries++)
    next = await start(ground, scene.next(ground));
  if (next.signal) wrong.push('the next start hung');
  if (!reached(ground, scene)) wrong.push(`the next start did not go on: ${next.output.trim().slice(-300)}`);
  wrong.push(...losses(ground, before, scene).map((what) => `after the next start: ${what}`));
  return wrong;
}

/** Whether a scene has come to its end; what cannot be looked at has not. */
export function reached(ground, scene) {
  try {
    return scene.goal(ground);
  } catch {
    return false;
  }
}
