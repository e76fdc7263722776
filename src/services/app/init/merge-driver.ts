/**
 * Sets `merge file` up as a git merge driver of one repository, and takes it away again. Only people's own merges use
 * it: merges of this program run no driver that a repository names, and resolve with more than three files to go by.
 */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { appError, hasCode } from '../../../domain/platform/errors.js';
import { findRepository, openGit, readText, writeFileDurably, writeTo } from '../../platform/index.js';

export interface MergeDriverReport {
  status: 'on' | 'off';
  /** Attributes file, private to this clone. */
  attributes: string;
  /** Setting of the repository's own git configuration. */
  setting: string;
}

const setting = 'merge.codex-agent.driver';
const begin = '# codex-agent merge driver: `codex-agent init --no-merge-driver` takes this part away';
const end = '# end of codex-agent merge driver';

/** Kinds of file the rules know something about; everything else stays with git. */
const extensions = [
  ...['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'py', 'pyi', 'go', 'rs', 'java'],
  ...['c', 'h', 'cc', 'cpp', 'hpp', 'json', 'toml', 'yaml', 'yml', 'xml', 'gradle', 'md', 'txt'],
];

/**
 * The line git hands to its shell. Whatever goes wrong with the program (gone, broken, killed), a merge that failed
 * must leave markers: a driver that fails without any leaves ours alone in the file, and theirs is lost unseen.
 */
function driverLine(program: readonly string[]): string {
  const quoted = program.map((part) => `'${part.replaceAll("'", "'\\''").replaceAll('%', '%%')}'`);
  const merge = `${quoted.join(' ')} --quiet merge file %O %A %B --path %P --out %A --marker-size %L`;
  const fallback = 'git merge-file -q --diff3 -L ours -L base -L theirs --marker-size=%L %A %O %B';
  return `${merge} >/dev/null && exit 0; grep -q '^<<<<<<<' %A || ${fallback}; exit 1`;
}

/** Throws `not-a-repository`. Doing it again renews it. */
export async function setMergeDriver(options: {
  cwd: string;
  env: NodeJS.ProcessEnv;
  on: boolean;
  /** argv that starts this program. */
  program: readonly string[];
}): Promise<MergeDriverReport> {
  const found = await findRepository(options.cwd);
  if (!found) {
    throw appError('not-a-repository', `There is no git repository at ${options.cwd} or above it.`);
  }
  const git = await openGit({ ...found, env: options.env });
  const attributes = join(found.commonDir, 'info', 'attributes');
  const text = await readText(attributes, bytes);
  const own = withoutBlock(text ?? '');
  if (options.on) {
    // The setting first: an attribute that names an unknown driver means git's own merge, a setting alone means nothing.
    await git.run(['config', '--local', 'merge.codex-agent.name', 'rules of text and syntax']);
    await git.run(['config', '--local', setting, driverLine(options.program)]);
    await mkdir(dirname(attributes), { recursive: true });
    // First in the file: what stands below it, and was written by a person, wins.
    const rules = extensions.map((name) => `*.${name} merge=codex-agent`);
    const lines = [begin, ...rules, ...(await mergeRules(found.root)), end];
    await replaceText(attributes, `${lines.join('\n')}\n${own}`);
  } else {
    if (own !== text && text !== undefined) await replaceText(attributes, own);
    await git.run(['config', '--local', '--remove-section', 'merge.codex-agent'], { ok: [0, 5, 128] });
  }
  return { status: options.on ? 'on' : 'off', attributes, setting };
}

/** A person's lines may be in any encoding: each of their bytes comes back as it was. */
const bytes = 'latin1';

/** As a whole or not at all; a link, as people keep their dotfiles, stays one, also where its file is still to be made. */
async function replaceText(file: string, text: string): Promise<void> {
  const data = Buffer.from(text, bytes);
  const real = await realpath(file).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
  if (real === undefined) await writeTo(file, data);
  else await writeFileDurably(real, data, (await stat(real)).mode & 0o777);
}

/** What the repository itself says about merging; this file would overrule it. */
async function mergeRules(root: string): Promise<string[]> {
  const text = (await readText(join(root, '.gitattributes'), bytes)) ?? '';
  return text.split(/\r?\n/).filter((line) => /^[^#].*\s(?:[-!]?merge\b|binary\b)/.test(line));
}

function withoutBlock(text: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  return from < 0 || to < from ? text : text.slice(0, from) + text.slice(to + end.length).replace(/^\n/, '');
}
