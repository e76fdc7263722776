/** Reads the monitor for as long as it is looked at, and remembers how busy the machine was meanwhile. */
import type { MonitorReading } from '../../src/domain/app/monitor.js';
import { useOfAll } from '../../src/domain/app/monitor.js';

export type Widgets = typeof import('./widgets.js');

export interface MonitorView {
  reading?: MonitorReading;
  /** Why there is no newer reading. */
  problem?: string;
  /** Shares of a core, oldest first: of all agents, and of this program. */
  busy: { agents: readonly number[]; own: readonly number[] };
  /** Undefined until they are loaded. */
  widgets?: Widgets;
}

interface MonitorOptions {
  read(): Promise<MonitorReading>;
  onChange(): void;
}

const everyMs = 2_000;
/** The most moments that are remembered: ten minutes. */
const most = 300;

/** `sync` says whether the monitor is on the screen; `view` is what it shows. */
export function createMonitor({ read, onChange }: MonitorOptions) {
  let view: MonitorView = { busy: { agents: [], own: [] } };
  let timer: NodeJS.Timeout | undefined;
  let reading = false;

  async function look(): Promise<void> {
    if (reading) return;
    reading = true;
    try {
      const widgets = view.widgets ?? (await import('./widgets.js'));
      const next = await read();
      const agents = useOfAll(Object.values(next.agents)).core ?? 0;
      const { core } = next.own;
      const busy =
        core === undefined
          ? view.busy
          : { agents: grown(view.busy.agents, agents), own: grown(view.busy.own, core) };
      view = { reading: next, busy, widgets };
    } catch (error) {
      view = { ...view, problem: String((error as Error)?.message ?? error) };
    }
    reading = false;
    if (timer) onChange();
  }

  return {
    sync(looking: boolean): void {
      if (looking === (timer !== undefined)) return;
      clearInterval(timer);
      timer = looking ? setInterval(look, everyMs).unref() : undefined;
      if (looking) void look();
    },
    view: (): MonitorView => view,
    close() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

const grown = (values: readonly number[], value: number): number[] => [...values, value].slice(-most);
