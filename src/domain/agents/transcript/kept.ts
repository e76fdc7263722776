/** Events kept for showing, within bounds: a run may have said a gigabyte. */
import type { AgentEvent } from '../agent-event.js';

/** Characters kept of one stream, about; a quarter of them is its beginning. */
const maxKept = 64_000_000;
/** What an event costs besides its text. */
const eventWeight = 50;

/** Keeps the first and the last events of a stream; a warning takes the place of what is left out between them. */
export function createKept() {
  const head: AgentEvent[] = [];
  let headWeight = 0;
  let tail: AgentEvent[] = [];
  let tailWeight = 0;
  let from = 0;
  let leftOut = 0;
  return {
    add(event: AgentEvent): void {
      const weight = weightOf(event);
      if (tail.length === 0 && headWeight + weight <= maxKept / 4) {
        headWeight += weight;
        head.push(event);
        return;
      }
      tail.push(event);
      tailWeight += weight;
      for (; tailWeight > (maxKept * 3) / 4 && from < tail.length - 1; from++) {
        tailWeight -= weightOf(tail[from]!);
        leftOut++;
      }
      if (from < 10_000) return;
      tail = tail.slice(from);
      from = 0;
    },
    all(): AgentEvent[] {
      const gap: AgentEvent[] =
        leftOut === 0 ? [] : [{ type: 'warning', message: `${leftOut} events are left out here.` }];
      return [...head, ...gap, ...tail.slice(from)];
    },
  };
}

function weightOf(event: AgentEvent): number {
  let weight = eventWeight;
  for (const value of Object.values(event)) if (typeof value === 'string') weight += value.length;
  return weight;
}
