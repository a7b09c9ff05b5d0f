import { planeSlice, VIEW_HALF } from '../../kit/plane/settings';
import type { Store } from '../../settings/store';
import { neededHalf } from './extents';
import type { PlaneRunner } from './runner';

/** The frame covers most of the way to where it should be in this time, in ms. */
const EASE_MS = 140;
/** Closer than this share of its size it is there. */
const THERE = 0.002;

/** The browser's clock, or a test's. */
interface Clock {
  now(): number;
  /** @returns what ends it */
  nextFrame(callback: () => void): () => void;
  /** Whether the visitor asked for less motion. */
  still(): boolean;
}

const browserClock: Clock = {
  now: () => performance.now(),
  nextFrame(callback) {
    const request = requestAnimationFrame(callback);
    return () => cancelAnimationFrame(request);
  },
  still: () => matchMedia('(prefers-reduced-motion: reduce)').matches,
};

/**
 * The square of the plane that all panels show: the usual one, and a larger one where particles leave
 * it. It follows them without jumps, and stands still while a Gaussian is dragged in it.
 */
export class PlaneFrame {
  readonly #store: Store;
  readonly #runner: Pick<PlaneRunner, 'panels' | 'subscribe'>;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #half = VIEW_HALF;
  #held = false;
  #cancel: (() => void) | undefined;
  #last = 0;

  constructor(
    store: Store,
    runner: Pick<PlaneRunner, 'panels' | 'subscribe'>,
    clock: Clock = browserClock,
  ) {
    this.#store = store;
    this.#runner = runner;
    this.#clock = clock;
  }

  /** Half its width, in units of the plane. */
  get half(): number {
    return this.#half;
  }

  /** Whether it is on its way. */
  get moving(): boolean {
    return this.#cancel !== undefined;
  }

  /** Holds the frame while the place of something in it follows the pointer, or lets it go. */
  hold(held: boolean): void {
    this.#held = held;
    this.#wake();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Follows the particles from now on. @returns what ends it */
  start(): () => void {
    const stops = [
      this.#runner.subscribe(() => this.#wake()),
      this.#store.subscribe((state, before) => {
        if (state.settings !== before.settings) this.#wake();
      }),
    ];
    this.#wake();
    return () => {
      for (const stop of stops) stop();
      this.#cancel?.();
      this.#cancel = undefined;
    };
  }

  #needed(): number {
    const { settings } = this.#store.getState();
    const { runs } = planeSlice.of(settings);
    const results = this.#runner.panels.slice(0, runs.length).map(({ result }) => result);
    return neededHalf(results, settings.position);
  }

  #wake(): void {
    if (this.#cancel || this.#isThere()) return;
    this.#last = this.#clock.now();
    this.#cancel = this.#clock.nextFrame(() => this.#move());
  }

  #isThere(): boolean {
    return this.#held || this.#needed() === this.#half;
  }

  #move(): void {
    this.#cancel = undefined;
    if (this.#isThere()) return;
    const now = this.#clock.now();
    const needed = this.#needed();
    const share = 1 - Math.exp((this.#last - now) / EASE_MS);
    const half = this.#half + share * (needed - this.#half);
    const near = Math.abs(half - needed) < THERE * needed;
    this.#half = near || this.#clock.still() ? needed : half;
    this.#last = now;
    for (const listener of this.#listeners) listener();
    if (!this.#isThere()) this.#cancel = this.#clock.nextFrame(() => this.#move());
  }
}
