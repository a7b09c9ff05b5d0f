import type { SampleSettings } from './protocol';

/**
 * A run whose guidance scale the visitor changes while it runs: it waits between steps so that there is
 * time to do so, and records the scale of each step.
 */
export class Steering {
  /** The scale of every step: as it was for steps that have begun, as it is set now for later ones. */
  readonly scales: number[];
  /** Time spent waiting for steps to be due. */
  waitedMs = 0;
  readonly #stepMs: number;
  /** The first step that can still be changed. */
  #next = 0;
  #dueMs = 0;

  /**
   * @param stepMs from the start of a step to the start of the next
   * @throws RangeError unless stepMs is finite and not negative
   */
  constructor(numSteps: number, guidanceScale: number, stepMs: number) {
    if (!(stepMs >= 0 && stepMs < Infinity)) {
      throw new RangeError(`stepMs must be a time of 0 or more, got ${stepMs}`);
    }
    this.scales = Array<number>(numSteps).fill(guidanceScale);
    this.#stepMs = stepMs;
  }

  /** The scale of every step that has not begun. */
  to(guidanceScale: number): void {
    this.scales.fill(guidanceScale, this.#next);
  }

  /** The settings of the run: each step reads its scale when it begins. */
  settings(settings: SampleSettings): SampleSettings {
    return { ...settings, curve: this.scales };
  }

  /** The first step begins. */
  begin(): void {
    this.#next = 1;
    this.#dueMs = performance.now() + this.#stepMs;
  }

  /** Waits until the step after this one is due, or the signal aborts; then that step begins. */
  async stepDone(step: number, signal: AbortSignal): Promise<void> {
    if (step + 1 >= this.scales.length) return;
    const before = performance.now();
    await pause(this.#dueMs - before, signal);
    const now = performance.now();
    this.waitedMs += now - before;
    this.#dueMs = now + this.#stepMs;
    this.#next = step + 2;
  }
}

/** A timer, even of no time: the messages that steer come in meanwhile. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
