/** Tools whose beginning and end are told apart in a stream: what began is remembered until it ends. */
import type { AgentEvent } from '../agent-event.js';

type ToolEvent = Extract<AgentEvent, { type: 'tool' }>;
type About = Pick<ToolEvent, 'kind' | 'name' | 'command' | 'paths' | 'files'>;

/** Beginnings kept at most: a stream that never ends its tools must not fill the memory. */
const maxOpen = 10_000;

export interface ToolBook {
  started(itemId: string, about: About): ToolEvent;
  /** The end of a tool, with what its beginning told; one whose beginning was not seen is called by `more.name`. */
  ended(
    itemId: string,
    state: Exclude<ToolEvent['state'], 'started'>,
    more?: { name?: string | undefined } & Pick<ToolEvent, 'output' | 'exitCode' | 'files' | 'durationMs'>,
  ): ToolEvent;
  wasDenied(itemId: string): boolean;
}

export function createToolBook(): ToolBook {
  const open = new Map<string, About>();
  const denied = new Set<string>();
  return {
    started(itemId, about) {
      const oldest = open.size >= maxOpen ? open.keys().next().value : undefined;
      if (oldest !== undefined) open.delete(oldest);
      open.set(itemId, about);
      return { type: 'tool', itemId, state: 'started', ...about };
    },
    ended(itemId, state, { name, ...more } = {}) {
      const about = open.get(itemId) ?? { kind: 'other', name: name ?? 'tool' };
      open.delete(itemId);
      if (state === 'denied' && denied.size < maxOpen) denied.add(itemId);
      return { type: 'tool', itemId, state, ...about, ...more };
    },
    wasDenied: (itemId) => denied.has(itemId),
  };
}
