/**
 * Draws a recorded screen as a picture, to look at: node scripts/screenshot.mjs <capture> <out.png> [columns] [rows]
 * The capture holds what a program wrote to its terminal, or `tmux capture-pane -e -p`.
 */
import { readFileSync } from 'node:fs';
import { drawableTerminal } from './lib/picture.mjs';

const [capture, picture, columns = '120', rows = '40'] = process.argv.slice(2);
if (!capture || !picture) {
  console.error('usage: node scripts/screenshot.mjs <capture> <out.png> [columns] [rows]');
  process.exit(2);
}
const { term, draw } = drawableTerminal(Number(columns), Number(rows));
await new Promise((done) => term.write(readFileSync(capture), () => done(undefined)));
draw(picture);
