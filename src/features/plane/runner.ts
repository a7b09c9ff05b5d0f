import {
  type Agreement,
  agreement,
  gridded,
  guidedDensity,
  logOf,
  type PlaneGrid,
  type Promised,
  regionLevel,
} from '../../diffusion/worlds/plane/density';
import { classMean, type PlaneWorld } from '../../diffusion/worlds/plane/world';
import { messageOf } from '../../networks/errors';
import type { ColumnSettings } from '../../settings/settings';
import type { Store } from '../../settings/store';
import type { LabClient, Particles } from './client';
import { type PlaneSettings, planeSlice, VIEW_HALF, worldOf } from './settings';

/** Share of the density whose region is drawn and counted. */
export const REGION_SHARE = 0.9;

/**
 * Wider than what is shown, so that next to no mass lies outside: the widest Gaussian at the edge of
 * its place keeps 99.5 %. The view is the middle 128 × 128 cells.
 */
export const PLANE_GRID: PlaneGrid = { half: 1.5 * VIEW_HALF, size: 192 };

/** Particles of a preview: the plane follows a dragged Gaussian from frame to frame. */
const PREVIEW_PARTICLES = 2000;

/** What a panel shows: the particles of its newest run. */
export interface PanelResult {
  readonly particles: Particles;
  readonly count: number;
  readonly agreement: Agreement;
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
  const log = logOf(guidedDensity(world, rule));
  const density = gridded(log, PLANE_GRID);
  return { log, density, level: regionLevel(density, REGION_SHARE) };
}

type PromisedBy = Pick<ColumnSettings, 'guidance' | 'guidanceScale' | 'parameters'>;

/** Densities kept: one a panel, and the one before it. */
const MOST_KEPT = 6;

/**
 * Keeps the particles of every panel up to date with the settings, one run at a time.
 *
 * A run that is no longer wanted is stopped; a preview is let end, so that something moves while a
 * Gaussian is dragged. What a panel showed stays until something newer replaces it.
 */
export class PlaneRunner {
  readonly #store: Store;
  readonly #client: Pick<LabClient, 'run' | 'dispose'>;
  readonly #listeners = new Set<() => void>();
  readonly #promised = new Map<string, Promised>();
  #panels: readonly Panel[] = [];
  /** What each panel's newest run, or failure, was asked for. */
  #made: string[] = [];
  #running: { index: number; key: string; preview: boolean; abort: AbortController } | undefined;
  #last = -1;
  #unsubscribe: (() => void) | undefined;

  constructor(store: Store, client: Pick<LabClient, 'run' | 'dispose'>) {
    this.#store = store;
    this.#client = client;
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
    // The newest last, so that the first is the one to give up.
    this.#promised.delete(key);
    this.#promised.set(key, made);
    if (this.#promised.size > MOST_KEPT) this.#promised.delete(this.#promised.keys().next().value!);
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
      if (changed || state.dragging !== before.dragging) void this.#wake();
    });
    void this.#wake();
    return () => {
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
      this.#running?.abort.abort();
      this.#client.dispose();
    };
  }

  async #wake(): Promise<void> {
    const wanted = this.#wanted();
    if (this.#panels.length !== wanted.length) this.#fitPanels(wanted.length);
    if (this.#running) {
      const { index, key, preview, abort } = this.#running;
      if (!preview && wanted[index]?.key !== key) abort.abort();
      return;
    }
    // After the panel that was made last, so that a drag does not starve the others.
    const order = wanted.map((_, i) => (this.#last + 1 + i) % wanted.length);
    const index = order.find((i) => this.#made[i] !== wanted[i]!.key);
    if (index === undefined || !this.#unsubscribe) return;
    await this.#make(index, wanted[index]!);
    void this.#wake();
  }

  async #make(index: number, { key, plane, run, count, preview }: Wanted): Promise<void> {
    const abort = new AbortController();
    this.#running = { index, key, preview, abort };
    this.#put(index, { status: 'waiting', result: this.#panels[index]?.result });
    const world = worldOf(plane);
    const options = { ...run, seed: plane.seed, count };
    try {
      const particles = await this.#client.run(world, options, abort.signal);
      if (particles) {
        const last = particles.xs.subarray(-2 * count);
        const agreed = agreement(last, this.promised(plane, run), classMean(world));
        this.#made[index] = key;
        const result = { particles, count, preview, agreement: agreed };
        this.#put(index, { status: 'done', result });
      }
    } catch (error) {
      this.#made[index] = key;
      const message = messageOf(error);
      this.#put(index, { status: 'failed', result: undefined, message });
    }
    this.#running = undefined;
    this.#last = index;
  }

  #wanted(): Wanted[] {
    const { settings, dragging } = this.#store.getState();
    const plane = planeSlice.of(settings);
    return plane.runs.map((run) => {
      const count = dragging ? Math.min(PREVIEW_PARTICLES, plane.particles) : plane.particles;
      const preview = count < plane.particles;
      const key = JSON.stringify([worldOf(plane), run, plane.seed, count]);
      return { key, plane, run, count, preview };
    });
  }

  /** As many panels as there are runs; those that stay keep what they show until theirs is made. */
  #fitPanels(count: number): void {
    this.#panels = Array.from(
      { length: count },
      (_, i) => this.#panels[i] ?? { status: 'waiting', result: undefined },
    );
    this.#made.length = Math.min(this.#made.length, count);
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

interface Wanted {
  readonly key: string;
  readonly plane: PlaneSettings;
  readonly run: ColumnSettings;
  readonly count: number;
  readonly preview: boolean;
}
