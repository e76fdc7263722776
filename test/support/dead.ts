import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A pid that is certainly dead. */
export async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid!;
}
