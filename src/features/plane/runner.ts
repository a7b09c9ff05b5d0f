import { firstSeed } from '../../diffusion/random';
import {
  type Agreement,
  agreement,
  gridded,
  guidedDensity,
  type PlaneGrid,
  type Promised,
  regionLevel,
} from '../../diffusion/worlds/plane/density';
import { classMean, type PlaneWorld } from '../../diffusion/worlds/plane/world';
import { type PlaneSettings, planeSlice, VIEW_HALF, worldOf } from '../../kit/plane/settings';
import { type Job, StaleWork } from '../../kit/stale-work';
import type { ColumnSettings } from '../../settings/column';
import type { Store } from '../../settings/store';
import type { PlaneClient } from './client';
import { extentsOf } from './extents';
import type { Particles } from './protocol';

/** Share of the density whose region is drawn and counted. */
export const REGION_SHARE = 0.9;

/**
 * Wider than what is shown, so that next to no mass lies outside: the widest Gaussian at the edge of
 * its place keeps 99.5 %. The usual view is the middle 128 × 128 cells.
 */
export const PLANE_GRID: PlaneGrid = { half: 1.5 * VIEW_HALF, size: 192 };

/** Particles of a preview: the plane follows a dragged Gaussian from frame to frame. */
const PREVIEW_PARTICLES = 2000;

/** What a panel shows: the particles of its newest run. */
export interface PanelResult {
  readonly particles: Particles;
  readonly count: number;
  readonly agreement: Agreement;
  /** How far the particles reach at each noise level: `extentsOf`. */
  readonly extents: Float64Array;
  /** Fewer particles than asked for, made while something is dragged. */
  readonly preview: boolean;
}

type Panel =
  | { readonly status: 'waiting' | 'done'; readonly result: PanelResult | undefined }
  | { readonly status: 'failed'; readonly result: undefined; readonly message: string };

/** The density that a run's guidance promises, on PLANE_GRID. */
export function promisedDensity(
  world: PlaneWorld,
  { guidance, guidanceScale, parameters }: PromisedBy,
): Promised {
  const rule = { guidance, guidanceScale, params: parameters };
  const log = guidedDensity(world, rule);
  const density = gridded(log, PLANE_GRID);
  return { log, density, level: regionLevel(density, REGION_SHARE) };
}

type PromisedBy = Pick<ColumnSettings, 'guidance' | 'guidanceScale' | 'parameters'>;

/** Densities in the cache: one a panel, and the one before it. */
const CACHED_DENSITIES = 6;

/** The particles of one panel; its place is the panel's index. */
interface PanelJob extends Job {
  readonly place: number;
  readonly plane: PlaneSettings;
  readonly run: ColumnSettings;
  readonly count: number;
  readonly preview: boolean;
}

/**
 * Keeps the particles of every panel up to date with the settings, one run at a time; while a
 * Gaussian is dragged, with previews. What a panel shows stays until something newer replaces it.
 */
export class PlaneRunner {
  readonly #store: Store;
  readonly #client: Pick<PlaneClient, 'request' | 'dispose'>;
  readonly #listeners = new Set<() => void>();
  readonly #promised = new Map<string, Promised>();
  #panels: readonly Panel[] = [];
  /** The key of the result that each panel shows. */
  #shown: string[] = [];
  readonly #work: StaleWork<PanelJob, PanelResult>;
  #last = -1;
  #unsubscribe: (() => void) | undefined;

  constructor(store: Store, client: Pick<PlaneClient, 'request' | 'dispose'>) {
    this.#store = store;
    this.#client = client;
    this.#work = new StaleWork<PanelJob, PanelResult>({
      jobs: () => this.#jobs(),
      isDone: ({ place, key }) => this.#shown[place] === key,
      isDragging: () => this.#store.getState().dragging,
      run: (job, signal) => this.#run(job, signal),
      done: ({ place, key }, result) => {
        this.#shown[place] = key;
        this.#last = place;
        this.#put(place, { status: 'done', result });
      },
      failed: ({ place }, message) => {
        delete this.#shown[place];
        this.#last = place;
        this.#put(place, { status: 'failed', result: undefined, message });
      },
      aborted: ({ place }) => {
        const result = this.#panels[place]?.result;
        if (result) this.#put(place, { status: 'done', result });
      },
    });
  }

  /** The panels in their order; another list whenever one of them has changed. */
  get panels(): readonly Panel[] {
    return this.#panels;
  }

  /** The density that a run's guidance promises. The panel and its figures ask for the same one. */
  promised(plane: Parameters<typeof worldOf>[0], run: PromisedBy): Promised {
    const world = worldOf(plane);
    const key = JSON.stringify([world, run.guidance, run.guidanceScale, run.parameters]);
    const made = this.#promised.get(key) ?? promisedDensity(world, run);
    // The newest last, so that the first is the one used longest ago.
    this.#promised.delete(key);
    this.#promised.set(key, made);
    if (this.#promised.size > CACHED_DENSITIES)
      this.#promised.delete(this.#promised.keys().next().value!);
    return made;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Follows the settings from now on. @returns what ends it */
  start(): () => void {
    this.#unsubscribe = this.#store.subscribe((state, before) => {
      const changed = planeSlice.of(state.settings) !== planeSlice.of(before.settings);
      if (changed || state.dragging !== before.dragging) this.#wake();
    });
    this.#wake();
    return () => {
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
      this.#work.reset();
      this.#client.dispose();
    };
  }

  #wake(): void {
    const { length } = planeSlice.of(this.#store.getState().settings).runs;
    if (this.#panels.length !== length) this.#fitPanels(length);
    this.#work.wake();
  }

  /** The panels after the one that was made last come first, so that a drag does not starve them. */
  #jobs(): PanelJob[] {
    if (!this.#unsubscribe) return [];
    const { settings, dragging } = this.#store.getState();
    const plane = planeSlice.of(settings);
    const count = dragging ? Math.min(PREVIEW_PARTICLES, plane.particles) : plane.particles;
    const jobs = plane.runs.map((run, place) => ({
      place,
      key: JSON.stringify([worldOf(plane), run, plane.seed, count]),
      plane,
      run,
      count,
      preview: count < plane.particles,
      dragged: dragging,
    }));
    return jobs.map((_, i) => jobs[(this.#last + 1 + i) % jobs.length]!);
  }

  async #run({ place, plane, run, count, preview }: PanelJob, signal: AbortSignal) {
    this.#put(place, { status: 'waiting', result: this.#panels[place]?.result });
    const world = worldOf(plane);
    const request = { world, run: { ...run, seed: firstSeed(plane.seed), count } };
    const particles = await this.#client.request(request, { signal });
    const last = particles.xs.subarray(-2 * count);
    const agreed = agreement(last, this.promised(plane, run), classMean(world));
    const extents = extentsOf(particles, count);
    return { particles, count, preview, agreement: agreed, extents };
  }

  /** As many panels as there are runs; those that stay keep what they show until theirs is made. */
  #fitPanels(count: number): void {
    for (let removed = count; removed < this.#panels.length; removed++) this.#work.retry(removed);
    this.#panels = Array.from(
      { length: count },
      (_, i) => this.#panels[i] ?? { status: 'waiting', result: undefined },
    );
    this.#shown.length = Math.min(this.#shown.length, count);
    this.#tell();
  }

  #put(index: number, panel: Panel): void {
    if (index >= this.#panels.length) return;
    this.#panels = this.#panels.with(index, panel);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
