/** Progress on stderr: a line that is drawn again on a terminal, one a minute elsewhere. */
export class Progress {
  readonly #costs: readonly number[];
  readonly #samples: number;
  readonly #started = performance.now();
  #done = 0;
  #drawn = 0;
  #lastLine = performance.now();

  /**
   * @param costs of a sample of each point, in any unit
   * @param samples a point
   */
  constructor(costs: readonly number[], samples: number) {
    this.#costs = costs;
    this.#samples = samples;
  }

  /** Some samples of a point were drawn. */
  advance(point: number, samples: number): void {
    this.#done += this.#costs[point]! * samples;
    this.#drawn += samples;
    const now = performance.now();
    const terminal = process.stderr.isTTY;
    if (!terminal && now - this.#lastLine < 60_000) return;
    this.#lastLine = now;
    const total = this.#costs.reduce((sum, cost) => sum + cost, 0) * this.#samples;
    const left = ((now - this.#started) / 1000) * (total / this.#done - 1);
    const all = this.#costs.length * this.#samples;
    const line = `${this.#drawn}/${all} samples, ${duration(left)} left`;
    if (!terminal) console.error(line);
    else {
      const filled = Math.round((this.#done / total) * 32);
      process.stderr.write(`\r${'█'.repeat(filled)}${'░'.repeat(32 - filled)} ${line}\x1b[K`);
    }
  }

  /** Gives the line to something else. */
  clear(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

/** 5400 → "1 h 30 min". */
function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
