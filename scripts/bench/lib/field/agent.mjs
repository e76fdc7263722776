/** The two agents: `node agent.mjs <slug> <plan.json>`. Both edit one line of one file; one commits, the other does not. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [slug, planFile] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, 'utf8'));
const git = (...args) => execFileSync('git', args, { stdio: ['ignore', 'inherit', 'inherit'] });

/** Bytes stay as they are, line ends too. */
function addToLine(path, number, words) {
  const lines = readFileSync(path, 'latin1').split('\n');
  lines[number] = lines[number].replace(/\r?$/, (end) => ` ${words}${end}`);
  writeFileSync(path, lines.join('\n'), 'latin1');
}

writeFileSync(join(plan.signals, `started-${slug}`), '');
while (!existsSync(join(plan.signals, 'go'))) await sleep(50);
addToLine(plan.shared, 4, `by ${slug}`);
addToLine(plan.own[slug], 2, `by ${slug}`);
writeFileSync(`new-${slug}.sh`, `#!/bin/sh\necho ${slug}\n`, { mode: 0o755 });
if (slug === 'one') {
  if (plan.submodule) {
    writeFileSync(join(plan.submodule, 'by-one.txt'), 'one\n');
    git('-C', plan.submodule, 'add', '-A');
    git('-C', plan.submodule, 'commit', '-qm', 'Work in the library');
  }
  git('add', '-A');
  git('commit', '-qm', 'Do what one asks for');
} else {
  symlinkSync('new-two.sh', 'link-two');
}
console.log(`${slug} is done`);
