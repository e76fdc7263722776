/** What people write to change an agent: `agents/<agent>.toml`, and prompts that replace the built-in ones. */
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { AgentName } from '../../domain/agent.js';
import { appError, hasCode } from '../../domain/errors.js';
import { type Prompt, parsePrompt } from '../../domain/prompt.js';
import { readDocument } from '../config/check.js';
import { assetPath } from '../files/assets.js';
import type { RepoSession } from '../types.js';

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
}

/** Longer than any instructions anyone wrote by hand; an accidental log file is not sent to a model. */
const maxInstructionBytes = 256 * 1024;

/** The file's settings, or undefined when there is no such file. Throws `toml-syntax`, `config-invalid`. */
export async function readAgentFile(path: string): Promise<AgentFile | undefined> {
  const text = await readIfThere(path);
  return text === undefined
    ? undefined
    : ((await readDocument({ where: path, text }, 'agentFile')) as AgentFile);
}

/**
 * The instructions of an agent file: its text, then its file.
 * Throws `bad-agent-file` when the file is missing, too large, or lies outside the agent file's own folder.
 */
export async function instructionsOf(path: string, file: AgentFile): Promise<string | undefined> {
  const parts = [file.instructions?.trim()];
  if (file.instructions_file) parts.push(await readBeside(path, file.instructions_file));
  const text = parts.filter(Boolean).join('\n\n');
  return text === '' ? undefined : text;
}

async function readBeside(agentFile: string, name: string): Promise<string> {
  const folder = await realpath(dirname(agentFile));
  const path = await realpath(resolve(folder, name)).catch((cause: unknown) => {
    throw appError('bad-agent-file', `${agentFile}: instructions_file: ${name} cannot be read.`, { cause });
  });
  if (!path.startsWith(folder + sep)) {
    throw appError('bad-agent-file', `${agentFile}: instructions_file: ${name} lies outside ${folder}.`);
  }
  const bytes = await readFile(path);
  if (bytes.length > maxInstructionBytes) {
    throw appError('bad-agent-file', `${agentFile}: instructions_file: ${name} is larger than 256 KB.`);
  }
  return bytes.toString('utf8').trim();
}

/** The prompt in force for an agent and where it came from: the repository's own when trusted, else ours. */
export async function loadPrompt(
  session: Pick<RepoSession, 'root' | 'loaded'>,
  name: AgentName,
): Promise<{ prompt: Prompt; layer: 'built-in' | 'repository'; origin: string }> {
  const own = join(session.root, '.codex-agent', 'prompts', `${name}.md`);
  const text = session.loaded.trusted ? await readIfThere(own) : undefined;
  if (text !== undefined) return { prompt: parsePrompt(text, own), layer: 'repository', origin: own };
  const path = assetPath(`prompts/${name}.md`);
  return { prompt: parsePrompt(await readFile(path, 'utf8'), path), layer: 'built-in', origin: 'built-in' };
}

/** The first of these files at the top of the repository, cut to a size that leaves room for the question. */
export async function readFallback(
  root: string,
  names: readonly string[],
): Promise<{ path: string; text: string } | undefined> {
  for (const name of names) {
    const path = join(root, name);
    const text = (await readIfThere(path))?.trim();
    if (text) return { path, text: text.slice(0, 32 * 1024) };
  }
  return undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
