/** Runs that are held by a host: what the host is to start and how it is to talk to it. */
import { join } from 'node:path';
import { writeFileDurably } from '../../platform/index.js';
import { type HostSpec, hostFiles } from '../host/spec.js';
import type { LaunchSpec } from '../types.js';

type Own = Pick<HostSpec, 'protocol' | 'argv' | 'instructions' | 'authMethod'>;

/** Writes `host.json` into the run's directory; no secrets are in it. */
export async function writeHostSpec(spec: LaunchSpec, own: Own): Promise<void> {
  const { agent, settings, cwd, approvals, approvalTimeoutMs, mayRun, limits, resume } = spec;
  const model = agent.model || settings.model;
  const host: HostSpec = {
    ...own,
    cwd,
    ...(model ? { model } : {}),
    sandbox: agent.sandbox,
    approvals,
    approvalTimeoutMs,
    ...(mayRun ? { mayRun } : {}),
    startTimeoutMs: limits.connectMs,
    killGraceMs: limits.killGraceMs,
    ...(resume ? { resume } : {}),
  };
  await writeFileDurably(join(spec.runDir, hostFiles.spec), `${JSON.stringify(host, undefined, 2)}\n`);
}
