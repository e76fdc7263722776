/** What a call says that goes out to a person who looks elsewhere. */
import { attentionOf } from '../src/domain/app/attention.js';
import type { AppState } from '../src/domain/app/state.js';
import type { CallNews } from './terminal/caller.js';
import { waitingTasks } from './ui/rows.js';

let lastNews: { of: readonly unknown[]; news: CallNews } | undefined;

/** What the terminal's title and a call say. */
export function callNewsOf(state: AppState): CallNews {
  const rows = waitingTasks(state);
  const of = [rows, state.runs, state.merges, state.repo];
  if (lastNews?.of.every((part, index) => part === of[index])) return lastNews.news;
  const waiting = rows.map((row) => attentionOf(row, state));
  const first = waiting[0];
  const news = {
    repo: state.repo?.name ?? '',
    waiting: waiting.map(({ task, kind, text }) => `${task} ${kind} ${text}`),
    text: first ? `${first.title}: ${first.text}` : '',
  };
  lastNews = { of, news };
  return news;
}
