import { philox, uniform } from '../../src/diffusion/random';

/** Random choices that a seed decides. */
export class Choices {
  readonly #counter = new Uint32Array(4);
  readonly #key: Uint32Array;
  readonly #out = new Uint32Array(4);

  constructor(seed: number) {
    this.#key = new Uint32Array([seed >>> 0, 0]);
  }

  /** In (0, 1). */
  number(): number {
    this.#counter[0]!++;
    philox(this.#counter, this.#key, this.#out);
    return uniform(this.#out[0]!);
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.min(count - 1, Math.floor(this.number() * count));
  }

  of<T>(values: readonly T[]): T {
    if (values.length === 0) throw new RangeError('A choice needs values to choose from, got none');
    return values[this.below(values.length)]!;
  }

  /** One of the keys, each as likely as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.number() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return entries.at(-1)![0];
  }
}
