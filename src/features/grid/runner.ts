import { Cancelled, type EngineClient } from '../../engine/client';
import type { DownloadProgress, Frame, RunFigures, Verdicts } from '../../engine/protocol';
import type { Result, ResultCache } from '../../kit/result-cache';
import { addFrames, type Trajectory } from '../../kit/trajectories';
import { messageOf } from '../../networks/errors';
import type { Manifest } from '../../networks/manifest';
import { type Settings, sampleNames } from '../../settings/settings';
import { type AppState, type Store, showColumn } from '../../settings/store';
import { type Cell, type CellState, coarseToFine, gridCells } from './grid';

type Client = Pick<EngineClient, 'sample'>;

/** A cell that can be run. */
type Runnable = Cell & Required<Pick<Cell, 'sample' | 'key'>>;

/** What stays of a finished cell. */
interface Made {
  readonly frame: Frame;
  readonly figures: RunFigures;
  readonly verdicts: Verdicts | undefined;
}

/** The cell being run. */
interface Current {
  readonly key: string;
  readonly abort: AbortController;
  /** The newest. */
  frame?: Frame;
}

/** What a cell shows. */
export interface CellPicture {
  readonly frame: Frame;
  /** Of settings that are no longer asked for: it stays until the new one is there. */
  readonly stale: boolean;
}

/**
 * Fills the grid while the page shows it: cell after cell, from coarse to fine, one at a time. A cell
 * whose settings stay the same keeps its picture, whatever else changes.
 *
 * Pictures are outside the store: who draws subscribes.
 */
export class GridRunner {
  readonly #store: Store;
  readonly #client: Client;
  readonly #cache: ResultCache;
  readonly #listeners = new Set<() => void>();
  #arranged: { readonly settings: Settings; readonly manifest: Manifest } | undefined;
  #order: readonly number[] = [];
  /** By the cells' keys. */
  readonly #made = new Map<string, Made>();
  readonly #failed = new Map<string, string>();
  /** By the cells' places: what was there before. */
  #before: readonly (Frame | undefined)[] = [];
  #current: Current | undefined;

  /** @param cache where the columns find a finished cell's way */
  constructor(store: Store, client: Client, cache: ResultCache) {
    this.#store = store;
    this.#client = client;
    this.#cache = cache;
    store.subscribe((state, before) => {
      const relevant =
        state.settings !== before.settings ||
        state.engine !== before.engine ||
        state.grid.paused !== before.grid.paused;
      if (relevant) this.#wake(state);
    });
  }

  /** Stops at once; what is finished stays. */
  pause(): void {
    this.#store.setState(({ grid }) => ({ grid: { ...grid, paused: true } }));
  }

  /** Goes on with the cell that was stopped. */
  resume(): void {
    this.#store.setState(({ grid }) => ({ grid: { ...grid, paused: false } }));
  }

  /** Runs what failed again: a cell's own run, or all. */
  retry(key?: string): void {
    if (key === undefined) this.#failed.clear();
    else this.#failed.delete(key);
    this.#publish();
    this.#wake(this.#store.getState());
  }

  /** What a cell shows now, by its index. */
  picture(index: number): CellPicture | undefined {
    const key = this.#store.getState().grid.cells[index]?.cell.key;
    const made = key === undefined ? undefined : this.#made.get(key);
    if (made) return { frame: made.frame, stale: false };
    const before = this.#before[index];
    if (before) return { frame: before, stale: true };
    const live = this.#current?.key === key ? this.#current?.frame : undefined;
    return live && { frame: live, stale: false };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Shows a cell among the columns, with its class and seed.
   *
   * @param play whether its way is played, as soon as it is there
   */
  open(index: number, play: boolean): void {
    const { cell } = this.#store.getState().grid.cells[index] ?? {};
    if (!cell?.sample) return;
    const { subject, seed, column } = cell;
    const position = play ? 0 : 1;
    this.#store.setState({ playing: false });
    showColumn(this.#store, column, { subject, seed, count: 1, picked: 0, position });
    if (play) playOnceDone(this.#store);
  }

  #wake({ settings, engine, grid: { paused } }: AppState): void {
    const { page, layout } = settings;
    const shown = page === 'playground' && layout === 'grid' && engine.status === 'ready';
    if (engine.status !== 'ready') {
      // Another model or backend: nothing holds any more.
      if (engine.status === 'loading') this.#forget();
    } else if (shown) {
      this.#arrange(settings, engine.manifest);
    }
    const { cells } = this.#store.getState().grid;
    const current = this.#current;
    if (current) {
      const wanted = shown && !paused && cells.some(({ cell }) => cell.key === current.key);
      if (!wanted) current.abort.abort();
    } else if (shown && !paused) {
      const next = this.#next(cells);
      if (next) void this.#run(next, engine.manifest);
    }
  }

  #forget(): void {
    this.#made.clear();
    this.#failed.clear();
    this.#before = [];
    this.#arranged = undefined;
    this.#store.setState(({ grid }) => ({ grid: { ...grid, cells: [] } }));
    this.#changed();
  }

  /** The cells that the settings ask for. What they have in common with those before, they keep. */
  #arrange(settings: Settings, manifest: Manifest): void {
    const last = this.#arranged;
    if (last?.settings === settings && last.manifest === manifest) return;
    const { gridRows, gridColumns } = settings;
    const sameAxes =
      last &&
      sameText(last.settings.gridRows, gridRows) &&
      sameText(last.settings.gridColumns, gridColumns);
    const { cells: before } = this.#store.getState().grid;
    const cells = gridCells(settings, manifest);
    this.#before = sameAxes ? cells.map((_, i) => this.picture(i)?.frame) : [];
    this.#arranged = { settings, manifest };
    this.#order = coarseToFine(gridRows.values.length, gridColumns.values.length);
    const keys = new Set(cells.map(({ key }) => key));
    for (const key of this.#made.keys()) if (!keys.has(key)) this.#made.delete(key);
    for (const { key } of cells) {
      if (key === undefined || this.#made.has(key)) continue;
      const result = this.#cache.get(key);
      if (result) this.#keep(key, result);
    }
    const kept = sameAxes ? before : [];
    this.#publish(cells.map((cell, i) => (sameText(kept[i]?.cell, cell) ? kept[i]!.cell : cell)));
  }

  #next(cells: readonly CellState[]): Runnable | undefined {
    const index = this.#order.find((i) => cells[i]?.status === 'waiting');
    return index === undefined ? undefined : (cells[index]?.cell as Runnable);
  }

  async #run({ subject, sample, key }: Runnable, { shape }: Manifest): Promise<void> {
    const abort = new AbortController();
    const current: Current = { key, abort };
    this.#current = current;
    this.#publish();
    const trajectory: Trajectory = {
      numSteps: sample.numSteps,
      count: 1,
      shape,
      names: sampleNames({ subject, count: 1 }),
      frames: [],
      preview: false,
      finished: false,
    };
    try {
      const done = await this.#client.sample(sample, {
        signal: abort.signal,
        onFrames: (frames) => {
          addFrames(trajectory, frames);
          current.frame = trajectory.frames.at(-1)!;
          this.#downloading(undefined);
          this.#changed();
        },
        onProgress: (progress) => {
          if (progress.phase === 'download') this.#downloading(progress);
        },
      });
      trajectory.frames.push(done.frame);
      trajectory.finished = true;
      const result = { trajectory, done, inside: undefined };
      this.#cache.put(key, result);
      this.#keep(key, result);
    } catch (error) {
      if (!(error instanceof Cancelled)) {
        this.#failed.set(key, messageOf(error));
      }
    }
    this.#current = undefined;
    this.#downloading(undefined);
    this.#publish();
    this.#wake(this.#store.getState());
  }

  #keep(key: string, { done: { frame, figures, verdicts } }: Result): void {
    this.#made.set(key, { frame, figures, verdicts });
  }

  /** Says how the cells stand. One that stands as before stays the same object. */
  #publish(cells?: readonly Cell[]): void {
    this.#store.setState(({ grid }) => {
      const next = (cells ?? grid.cells.map(({ cell }) => cell)).map((cell, i) => {
        const state = this.#stateOf(cell);
        const old = grid.cells[i];
        return old && sameState(old, state) ? old : state;
      });
      return { grid: { ...grid, cells: next } };
    });
    this.#changed();
  }

  #stateOf(cell: Cell): CellState {
    const { key } = cell;
    if (key === undefined) return { cell, status: 'refused' };
    const made = this.#made.get(key);
    if (made) return { cell, status: 'done', figures: made.figures, verdicts: made.verdicts };
    const message = this.#failed.get(key);
    if (message !== undefined) return { cell, status: 'failed', message };
    return { cell, status: this.#current?.key === key ? 'running' : 'waiting' };
  }

  #downloading(download: DownloadProgress | undefined): void {
    if (this.#store.getState().grid.download === download) return;
    this.#store.setState(({ grid }) => ({ grid: { ...grid, download } }));
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Starts the scrubber when the active column's run is finished, unless the columns change before. */
function playOnceDone(store: Store): void {
  const { columns: asked } = store.getState().settings;
  const stop = store.subscribe(check);
  check(store.getState());

  function check({ settings, columns }: AppState): void {
    const left = settings.columns !== asked || settings.layout !== 'columns';
    const done = columns[settings.active]?.status === 'done';
    if (left || done) stop();
    if (done && !left) store.setState({ playing: true });
  }
}

function sameState(a: CellState, b: CellState): boolean {
  return (
    a.cell === b.cell &&
    a.status === b.status &&
    a.figures === b.figures &&
    a.verdicts === b.verdicts &&
    a.message === b.message
  );
}

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
