/** A driver that goes on where a command that only starts something leaves off. It ends when nothing more happens. */
import { assetPath, startDetached } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';

/** Starts `manager monitor` apart from this process and its terminal. Harmless when another one drives: it then waits. */
export function handOn(session: Pick<RepoSession, 'root' | 'env' | 'emit'>): void {
  const argv = [process.execPath, assetPath('dist/main.js'), '-C', session.root, '--no-input', '--quiet'];
  startDetached([...argv, 'manager', 'monitor'], { cwd: session.root, env: session.env });
  session.emit({ type: 'noted', level: 'info', message: 'What is done lands in the background.' });
}
