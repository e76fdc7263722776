/** What people write to change an agent: `agents/<agent>.toml`, and prompts that replace the built-in ones. */
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { PromptName } from '../../../domain/agents/agent.js';
import type { Budget } from '../../../domain/agents/cost.js';
import { type Prompt, parsePrompt } from '../../../domain/agents/prompt.js';
import { appError } from '../../../domain/platform/errors.js';
import { assetPath } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { isUsable, notTrusted, readDocument, readTrust, trustedFiles } from '../../store/index.js';

/** One `agents/<agent>.toml`; see agentFileSchema. */
export interface AgentFile {
  runner?: string;
  model?: string;
  sandbox?: 'read-only' | 'workspace-write' | 'full';
  instructions?: string;
  instructions_file?: string;
  mode?: 'append' | 'replace';
  timeouts?: { total?: string; idle?: string; connect?: string };
  env_allow?: string[];
  budget?: Budget;
}

/** Longer than any instructions that a person wrote by hand; an accidental log file is not sent to a model. */
const maxInstructionBytes = 256 * 1024;

/** Text of a file by its absolute path, or undefined when there is none. */
export type ReadText = (path: string) => Promise<string | undefined>;

/**
 * Reads the repository's own files, exactly as they are trusted now: a session may be open for days, and
 * an agent may have written to them since. Nothing is there while they are not trusted.
 * Throws `not-trusted` when they changed after the session was opened.
 */
export async function repositoryReader(
  session: Pick<RepoSession, 'root' | 'loaded' | 'paths'>,
): Promise<ReadText> {
  if (!session.loaded.trusted) return async () => undefined;
  const { state, inputs } = await readTrust(session.paths, session.root);
  if (!isUsable(state)) throw notTrusted(session.root, state);
  const files = inputs.bytes;
  return async (path) => files.get(relative(session.root, path).split(sep).join('/'))?.toString('utf8');
}

/** The file's settings, or undefined when there is no such file. Throws `toml-syntax`, `config-invalid`. */
export async function readAgentFile(path: string, read: ReadText): Promise<AgentFile | undefined> {
  const text = await read(path);
  return text === undefined
    ? undefined
    : ((await readDocument({ where: path, text }, 'agentFile')) as AgentFile);
}

/**
 * The instructions of an agent file: its text, then its file.
 * Throws `bad-agent-file` when the file is missing, too large, or lies outside the agent file's own folder.
 */
export async function instructionsOf(
  path: string,
  file: AgentFile,
  read: ReadText,
): Promise<string | undefined> {
  const parts = [file.instructions?.trim()];
  if (file.instructions_file) parts.push(await readBeside(path, file.instructions_file, read));
  const text = parts.filter(Boolean).join('\n\n');
  return text === '' ? undefined : text;
}

async function readBeside(agentFile: string, name: string, read: ReadText): Promise<string> {
  const folder = await realpath(dirname(agentFile));
  const path = await realpath(resolve(folder, name)).catch((cause: unknown) => {
    throw appError('bad-agent-file', `${agentFile}: instructions_file: ${name} cannot be read.`, { cause });
  });
  if (!path.startsWith(folder + sep)) {
    throw appError('bad-agent-file', `${agentFile}: instructions_file: ${name} lies outside ${folder}.`);
  }
  const text = await read(path);
  if (text === undefined) {
    throw appError('bad-agent-file', `${agentFile}: instructions_file: ${name} cannot be read.`, {
      hint: 'Put it in the very folder of the agent file, as .md or .txt.',
    });
  }
  if (Buffer.byteLength(text) > maxInstructionBytes) {
    throw appError('bad-agent-file', `${agentFile}: instructions_file: ${name} is larger than 256 KB.`);
  }
  return text.trim();
}

/** The prompt in force and where it came from: the repository's own when trusted, else ours. */
export async function loadPrompt(
  session: Pick<RepoSession, 'root' | 'loaded' | 'paths'>,
  name: PromptName,
): Promise<{ prompt: Prompt; layer: 'built-in' | 'repository'; origin: string }> {
  const own = join(session.root, '.codex-agent', 'prompts', `${name}.md`);
  const read = await repositoryReader(session);
  const text = await read(own);
  if (text !== undefined) return { prompt: parsePrompt(text, own), layer: 'repository', origin: own };
  const path = assetPath(`prompts/${name}.md`);
  return { prompt: parsePrompt(await readFile(path, 'utf8'), path), layer: 'built-in', origin: 'built-in' };
}

/**
 * The first of these files that the repository holds, exactly as it is trusted, cut to a size that leaves room for the
 * question. A file that is not part of what is trusted, such as a link that leads out, does not instruct an agent.
 */
export async function readFallback(
  { root, paths }: Pick<RepoSession, 'root' | 'paths'>,
  names: readonly string[],
): Promise<{ path: string; text: string } | undefined> {
  const trusted = await trustedFiles(paths, root);
  if (!trusted) return undefined;
  for (const name of names) {
    const text = trusted.get(name)?.toString('utf8').trim();
    if (text) return { path: join(root, name), text: text.slice(0, 32 * 1024) };
  }
  return undefined;
}
