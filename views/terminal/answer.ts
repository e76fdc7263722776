/** The answer of the terminal to a question of ours, when the person leaves before it has come. */
import { setTimeout as sleep } from 'node:timers/promises';

/** A terminal that has not answered by then does not know the question; and the most that a person who leaves waits. */
const askedMs = 2_000;
const patienceMs = 300;

/** The terminal's answer to a question: who gets the terminal before it has come would get the answer as typed keys. */
export function waitForAnswer() {
  // Of all clocks, this one needs nothing loaded before the first frame.
  const askedAt = process.uptime() * 1000;
  let answered: () => void = () => {};
  const answer = new Promise<void>((resolve) => {
    answered = resolve;
  });
  return {
    answered: () => answered(),
    async answerCame(): Promise<void> {
      const left = askedAt + askedMs - process.uptime() * 1000;
      if (left <= 0) return;
      const patience = new AbortController();
      const wait = sleep(Math.min(left, patienceMs), undefined, { signal: patience.signal }).catch(
        () => undefined,
      );
      await Promise.race([answer, wait]);
      patience.abort();
    },
  };
}
