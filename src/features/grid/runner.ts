import type { EngineClient } from '../../engine/client';
import type { DownloadProgress, Frame, RunFigures, Verdicts } from '../../engine/protocol';
import { coarseToFine } from '../../kit/coarse-to-fine';
import type { Result, ResultCache } from '../../kit/result-cache';
import { type Job, StaleWork } from '../../kit/stale-work';
import { addFrames, newTrajectory } from '../../kit/trajectories';
import type { Manifest } from '../../networks/manifest';
import type { Cell, CellState } from '../../settings/grid-state';
import { type StageSpan, stageSpans } from '../../settings/sample-settings';
import type { Settings } from '../../settings/settings';
import { type AppState, type Store, showColumn } from '../../settings/store';
import { sampleNames } from '../../settings/subject';
import { gridCells } from './grid';

type Client = Pick<EngineClient, 'sample'>;

/** A cell that can be run. */
type Runnable = Cell & Required<Pick<Cell, 'sample' | 'key'>>;

/** What stays of a finished cell. */
interface Made {
  readonly frame: Frame;
  readonly figures: RunFigures;
  readonly verdicts: Verdicts | undefined;
}

/** A cell's place is its key: cells that move keep their pictures. */
interface CellJob extends Job {
  readonly cell: Runnable;
  readonly stages: readonly StageSpan[];
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
  readonly #work: StaleWork<CellJob, Result>;
  /** By the cells' indices: what was there before. */
  #before: readonly (Frame | undefined)[] = [];
  /** The newest frame of the cell being run. */
  #newest: Frame | undefined;

  /** @param cache where the columns find a finished cell's way */
  constructor(store: Store, client: Client, cache: ResultCache) {
    this.#store = store;
    this.#client = client;
    this.#cache = cache;
    this.#work = new StaleWork<CellJob, Result>({
      jobs: () => this.#jobs(),
      isDone: ({ key }) => this.#made.has(key),
      run: (job, signal) => this.#run(job, signal),
      done: ({ key }, result) => {
        this.#cache.put(key, result);
        this.#setMade(key, result);
      },
      changed: () => {
        this.#newest = undefined;
        this.#setDownload(undefined);
        this.#publish();
      },
    });
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
    this.#work.retry(key);
    this.#publish();
    this.#work.wake();
  }

  /** What a cell shows now, by its index. */
  picture(index: number): CellPicture | undefined {
    const key = this.#store.getState().grid.cells[index]?.cell.key;
    const made = key === undefined ? undefined : this.#made.get(key);
    if (made) return { frame: made.frame, stale: false };
    const before = this.#before[index];
    if (before) return { frame: before, stale: true };
    const live = this.#work.running?.key === key ? this.#newest : undefined;
    return live && { frame: live, stale: false };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Shows a cell among the columns: picked among the page's samples if it is one of them, else alone,
   * with its class and seed.
   *
   * @param play whether its way is played, as soon as it is there
   */
  open(index: number, play: boolean): void {
    const { cell } = this.#store.getState().grid.cells[index] ?? {};
    if (!cell?.sample) return;
    const { subject, seed, column, ofPage } = cell;
    const { settings } = this.#store.getState();
    const position = play ? 0 : 1;
    this.#store.setState({ playing: false });
    const shown = ofPage !== undefined && ofPage < sampleNames(settings).length;
    const picked = shown ? { picked: ofPage } : { subject, seed, count: 1, picked: 0 };
    showColumn(this.#store, column, { ...picked, position });
    if (play) playOnceDone(this.#store);
  }

  #wake({ settings, engine }: AppState): void {
    if (engine.status === 'ready') {
      if (isShown(settings)) this.#arrange(settings, engine.manifest);
    } else if (engine.status === 'loading') {
      this.#forget(); // another model or backend makes other pictures
    }
    this.#work.wake();
  }

  /** The cells with something to run, from coarse to fine. */
  #jobs(): CellJob[] {
    const { settings, engine, grid } = this.#store.getState();
    if (engine.status !== 'ready' || !isShown(settings) || grid.paused) return [];
    const { manifest } = engine;
    return this.#order.flatMap((index) => {
      const cell = grid.cells[index]?.cell;
      if (!cell || !isRunnable(cell)) return [];
      const stages = stageSpans(manifest, cell.sample);
      return { place: cell.key, key: cell.key, cell, stages };
    });
  }

  #forget(): void {
    this.#made.clear();
    this.#work.reset();
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
      if (result) this.#setMade(key, result);
    }
    const kept = sameAxes ? before : [];
    this.#publish(cells.map((cell, i) => (sameText(kept[i]?.cell, cell) ? kept[i]!.cell : cell)));
  }

  async #run({ cell, stages }: CellJob, signal: AbortSignal): Promise<Result> {
    const { subject, sample } = cell;
    const trajectory = newTrajectory(stages, sampleNames({ subject, count: 1 }));
    const done = await this.#client.sample(sample, {
      signal,
      onFrames: (frames) => {
        addFrames(trajectory, frames);
        this.#newest = trajectory.frames.at(-1);
        this.#setDownload(undefined);
        this.#changed();
      },
      onProgress: (progress) => {
        if (progress.phase === 'download') this.#setDownload(progress);
      },
    });
    trajectory.frames.push(done.frame);
    trajectory.finished = true;
    return { trajectory, done, inside: undefined };
  }

  #setMade(key: string, { done: { frame, figures, verdicts } }: Result): void {
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
    const message = this.#work.failure(key);
    if (message !== undefined) return { cell, status: 'failed', message };
    return { cell, status: this.#work.running?.key === key ? 'running' : 'waiting' };
  }

  #setDownload(download: DownloadProgress | undefined): void {
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

/** Whether the grid is on the screen. */
function isShown({ page, layout }: Settings): boolean {
  return page === 'playground' && layout === 'grid';
}

function isRunnable(cell: Cell): cell is Runnable {
  return cell.key !== undefined && cell.sample !== undefined;
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
