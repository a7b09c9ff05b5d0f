import type { ArrayField, ArrayFieldAlgebra } from '../diffusion/fields';
import type { Evaluate } from '../diffusion/guidance/guided';
import { isStudent, type Predictions } from '../diffusion/guidance/rule';
import { ByteBudget } from './byte-budget';

/** Some hundreds of samples of the networks that this project ships. */
const BUDGET_BYTES = 8 * 2 ** 20;

/** What a network said of one sample's noise. */
interface Start {
  readonly x: Float32Array;
  readonly output: Float32Array;
}

/** What tells the samples of a run apart, besides their noise. */
export interface RunStart {
  /** Of the network, and of everything that conditions all samples alike. */
  readonly about: string;
  /** Whether the network is itself a student, and told the scale. */
  readonly takesScale?: boolean;
  /** One entry a sample. */
  readonly samples: readonly string[];
  readonly fields: ArrayFieldAlgebra;
}

/**
 * The answers to the first question of a run: what the networks make of the noise that it starts
 * from, which is the same whatever the guidance. Another scale on the same noise is spared its first
 * evaluation, and is seen to begin at once.
 */
export class StartMemory {
  readonly #starts: ByteBudget<Start>;

  constructor(budgetBytes = BUDGET_BYTES) {
    this.#starts = new ByteBudget(budgetBytes, bytesOf);
  }

  clear(): void {
    this.#starts.clear();
  }

  /** An evaluation that asks the network about a run's first noise only where that is not known. */
  spared(evaluate: Evaluate<ArrayField>, start: RunStart): Evaluate<ArrayField> {
    return async (x, sigma, needs, at) => {
      if (at.step > 0 || at.stage > 0) return evaluate(x, sigma, needs, at);
      // In a batch of another size a network may round otherwise, and pixels are to be the same.
      const batch = `${start.about} ${needs.join()} ${x.batch} ${sigma}`;
      const keyOf = (need: string, sample: number) => {
        const scale = start.takesScale || isStudent(need) ? at.guidanceScale : '';
        return `${batch} ${need} ${scale} ${start.samples[sample]}`;
      };
      const known = this.#known(x, needs, keyOf, start.fields);
      if (known) return known;
      const predictions = await evaluate(x, sigma, needs, at);
      for (const need of needs) {
        for (let b = 0; b < x.batch; b++) this.#put(keyOf(need, b), x, predictions[need]!, b);
      }
      return predictions;
    };
  }

  #known(
    x: ArrayField,
    needs: readonly (keyof Predictions<ArrayField>)[],
    keyOf: (need: string, sample: number) => string,
    fields: ArrayFieldAlgebra,
  ): Predictions<ArrayField> | undefined {
    const found = needs.map((need) =>
      Array.from({ length: x.batch }, (_, b) => this.#get(keyOf(need, b), partOf(x, b))),
    );
    if (!found.every((starts) => starts.every((output) => output !== undefined))) return undefined;
    const predictions: Predictions<ArrayField> = {};
    needs.forEach((need, i) => {
      const field = fields.empty();
      for (const [b, output] of found[i]!.entries()) field.data.set(output!, b * x.size);
      predictions[need] = field;
    });
    return predictions;
  }

  #get(key: string, x: Float32Array): Float32Array | undefined {
    // A sampler may have added noise of its own.
    const isSame = this.#starts.peek(key)?.x.every((number, i) => number === x[i]);
    return isSame ? this.#starts.get(key)?.output : undefined;
  }

  #put(key: string, x: ArrayField, output: ArrayField, sample: number): void {
    const start = { x: partOf(x, sample).slice(), output: partOf(output, sample).slice() };
    this.#starts.put(key, start);
  }
}

function partOf({ data, size }: ArrayField, sample: number): Float32Array {
  return data.subarray(sample * size, (sample + 1) * size);
}

function bytesOf({ x, output }: Start): number {
  return x.byteLength + output.byteLength;
}
