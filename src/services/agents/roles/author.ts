/** Editing and checking what people write for agents: agent files and prompts. */
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type AgentName, agentNames, promptNames } from '../../../domain/agents/agent.js';
import { parsePrompt } from '../../../domain/agents/prompt.js';
import { runnerNames } from '../../../domain/agents/run.js';
import { appError, messageOf } from '../../../domain/platform/errors.js';
import { nearest } from '../../../domain/platform/nearest.js';
import type { Paths } from '../../platform/index.js';
import { namesInFolder, positionAt, readText, writeFileDurably } from '../../platform/index.js';
import type { RepoSession } from '../../store/index.js';
import { editFile, readDocument, readTrustInputs, tomlPlaceOf, tomlPlaces } from '../../store/index.js';
import { type AgentFile, instructionsOf, type ReadText } from './files.js';

export interface CheckedFile {
  path: string;
  /** What is wrong, with line and column where there is one; absent when nothing is. */
  problem?: string;
  hint?: string;
}

/** The agent's file: the person's own, or the one in the repository that the team shares. */
export function agentFilePath(
  session: Pick<RepoSession, 'root' | 'paths'>,
  name: AgentName,
  which: 'user' | 'repository',
): string {
  const folder = which === 'user' ? session.paths.configDir : join(session.root, '.codex-agent');
  return join(folder, 'agents', `${name}.toml`);
}

/**
 * Opens an agent's file in the editor and checks it afterwards; one that does not exist begins as a template, and is
 * not kept when it was left as it is. Throws what `editFile` throws, and `config-invalid` or `bad-agent-file`.
 */
export async function editAgent(
  session: Pick<RepoSession, 'root' | 'paths' | 'env'>,
  name: AgentName,
  which: 'user' | 'repository',
): Promise<CheckedFile> {
  const path = agentFilePath(session, name, which);
  const isNew = (await readText(path)) === undefined;
  if (isNew) {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFileDurably(path, template(name), which === 'user' ? 0o600 : 0o644);
  }
  try {
    await editFile(path, session.env, 'agentFile');
  } finally {
    if (isNew && (await readText(path)) === template(name)) await rm(path);
  }
  const checked = await checkAgentFile(path, name, readText);
  if (!checked.problem) return checked;
  throw appError('bad-agent-file', checked.problem, checked.hint ? { hint: checked.hint } : {});
}

function template(name: AgentName): string {
  const writes = name === 'developer';
  return `# The ${name}. Every key may be left out; \`codex-agent agents show ${name}\` tells what is in force.
# runner = "${writes ? 'codex' : 'model'}"
# model = ""
# sandbox = "${writes ? 'workspace-write' : 'read-only'}"
# mode = "append"              # or "replace": then what comes before, the built-in prompt included, is dropped
# instructions = """
# """
# env_allow = []               # variables it may see; in your own file only
#
# [timeouts]
# total = "2h"
# idle = "10m"
#
# [budget]                     # of one run
# tokens = 2000000
`;
}

/** Checks every agent file and prompt there is, trusted or not: nothing of them is used here. */
export async function validateAgents(paths: Pick<Paths, 'configDir'>, root?: string): Promise<CheckedFile[]> {
  const own = join(paths.configDir, 'agents');
  const checked = await checkFolder(own, await namesInFolder(own), readText);
  if (!root) return checked;
  const { bytes } = await readTrustInputs(root);
  const read: ReadText = async (path) => bytes.get(relative(root, path))?.toString('utf8');
  const names = [...bytes.keys()];
  const inFolder = (folder: string) =>
    names.filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1));
  const agents = '.codex-agent/agents';
  checked.push(...(await checkFolder(join(root, agents), inFolder(agents), read)));
  for (const name of inFolder('.codex-agent/prompts')) {
    checked.push(await checkPrompt(join(root, '.codex-agent/prompts', name), name, read));
  }
  return checked;
}

async function checkFolder(folder: string, names: readonly string[], read: ReadText): Promise<CheckedFile[]> {
  const files = names.filter((name) => name.endsWith('.toml')).sort();
  return Promise.all(
    files.map((file): Promise<CheckedFile> | CheckedFile => {
      const path = join(folder, file);
      const name = file.slice(0, -'.toml'.length);
      const known = agentNames.find((agent) => agent === name);
      return known ? checkAgentFile(path, known, read) : strangeName(path, name);
    }),
  );
}

function strangeName(path: string, name: string): CheckedFile {
  const near = nearest(name, agentNames, 1)[0];
  const problem = `${path}:1:1: there is no agent called ${name}, so nothing reads this file.`;
  return { path, problem, hint: near ? `Did you mean ${near}.toml?` : `Agents: ${agentNames.join(', ')}.` };
}

async function checkAgentFile(path: string, name: AgentName, read: ReadText): Promise<CheckedFile> {
  const text = (await read(path)) ?? '';
  try {
    const file = (await readDocument({ where: path, text }, 'agentFile')) as AgentFile;
    const known: readonly string[] = name === 'developer' ? runnerNames : ['model', ...runnerNames];
    if (file.runner && !known.includes(file.runner)) {
      const problem = `${path}:${placeIn(text, 'runner')}: the ${name} cannot use the runner "${file.runner}"`;
      return { path, problem, hint: `Runners of the ${name}: ${known.join(', ')}.` };
    }
    await instructionsOf(path, file, read).catch((error: unknown) => {
      const what = messageOf(error).replace(`${path}: `, '');
      throw appError('bad-agent-file', `${path}:${placeIn(text, 'instructions_file')}: ${what}`);
    });
    return { path };
  } catch (error) {
    return problemOf(path, error);
  }
}

async function checkPrompt(path: string, file: string, read: ReadText): Promise<CheckedFile> {
  const name = file.replace(/\.md$/, '');
  if (!promptNames.some((prompt) => prompt === name)) return strangeName(path, name);
  const text = (await read(path)) ?? '';
  try {
    parsePrompt(text, path);
    return { path };
  } catch (error) {
    const message = messageOf(error);
    const named = /\{\{(\w+)\}\}|placeholder "(\w+)"/.exec(message);
    const at = named ? text.search(new RegExp(`\\b${named[1] ?? named[2]}\\b`)) : 0;
    const { line, column } = positionAt(text, Math.max(0, at));
    return { path, problem: message.replace(path, `${path}:${line}:${column}`) };
  }
}

function placeIn(text: string, key: string): string {
  const { line, column } = positionAt(text, tomlPlaceOf(tomlPlaces(text), [key])?.start ?? 0);
  return `${line}:${column}`;
}

function problemOf(path: string, error: unknown): CheckedFile {
  const { message, hint } = error as Error & { hint?: string };
  return { path, problem: message, ...(hint ? { hint } : {}) };
}
