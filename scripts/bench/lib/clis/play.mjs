/** Plays situations with one way of driving a CLI, against servers in this process; a line of JSON for each. */
import { load } from '../../../validators.mjs';
import { ways } from './driven-by.mjs';
import { playSituation, scenarios } from './situations.mjs';

const [name, ...situations] = process.argv.slice(2);
const { startCodexServer } = await load('test/support/codex-server.ts');
const { startAgentServer } = await load('test/support/agent-server.ts');
const servers = { codex: await startCodexServer(scenarios), agent: await startAgentServer(scenarios) };
for (const situation of situations) {
  const found = await playSituation(situation, ways[name], servers);
  process.stdout.write(`${JSON.stringify({ name, situation, ...found })}\n`);
}
await servers.codex.close();
await servers.agent.close();
