import { cosineMatrix, highPassWeights, transposed } from '../../diffusion/cosine';
import {
  arrayFields,
  type Coefficient,
  type FieldAlgebra,
  type Gram,
  type ImageShape,
  interpolated,
  rankOf,
  type Term,
} from '../../diffusion/fields';
import { bandOperators } from '../../diffusion/pyramid';
import type { Commands } from './commands';
import {
  CLAMP_KERNEL,
  GROUP,
  gramKernel,
  gramLength,
  largestKernel,
  lincombKernel,
  MATRIX_KERNEL,
  RANK_KERNEL,
  WEIGHTED_KERNEL,
} from './kernels';

/** A batch of samples in a buffer of the device, `[batch, size]`. */
export interface GpuField {
  /** undefined when the field is released, so that a late use is an error. */
  buffer: GPUBuffer | undefined;
}

export interface GpuFieldAlgebra extends FieldAlgebra<GpuField> {
  readonly commands: Commands;
  readonly batch: number;
  readonly size: number;
  readonly shape: ImageShape;
  /** One a sample. */
  readonly seeds: readonly number[];
  /** A field with arbitrary contents, to be filled by the caller, who owns it. */
  empty(): GpuField;
  /** @throws Error for a released field */
  bufferOf(field: GpuField): GPUBuffer;
  /** The numbers of some fields as they are now, in one read-back. */
  read(fields: readonly GpuField[]): Promise<Float32Array[]>;
  /**
   * The largest |number| of each sample of each field, NaN where there is one: `[batch, fields]` in a
   * buffer of the caller, to be read when there is time for it.
   *
   * @throws RangeError for more fields than a kernel reads
   */
  largest(fields: readonly GpuField[]): { readonly buffer: GPUBuffer; readonly numbers: number };
  /** Gives back what all runs of these fields share; they must not be used afterwards. */
  dispose(): void;
}

/** A kernel reads at most so many fields: adapters must have eight buffers a kernel, two are its own. */
const MOST_FIELDS = 6;
/** More than any rule asks for; what the threads of a sample sum must fit their memory. */
const MOST_GRAM_FIELDS = 4;

/**
 * The field algebra over buffers of the GPU. Sums are about as exact as in float64, and rounded
 * once. Nothing comes back but what
 * `gram` and `absQuantile` return, and nothing goes there but coefficients and the noise, which is made
 * as it is for arrays.
 *
 * @param options.seeds one integer (0 … 2^32 - 1) a sample; their number is the batch
 * @param options.shape [channels, height, width] of a sample
 */
export function gpuFields(options: {
  readonly commands: Commands;
  readonly seeds: readonly number[];
  readonly shape: ImageShape;
}): GpuFieldAlgebra {
  const { commands, seeds, shape } = options;
  const size = shape.reduce((a, b) => a * b);
  const batch = seeds.length;
  const total = batch * size;
  const arrays = arrayFields({ seeds, sampleSize: size, shape });
  const held: GPUBuffer[] = [];

  const empty = (): GpuField => ({ buffer: commands.take(total) });

  function bufferOf({ buffer }: GpuField): GPUBuffer {
    if (!buffer) throw new Error('A field must not be used once it is released');
    return buffer;
  }

  /** A new field whose numbers a kernel makes one by one. */
  function made(code: string, fields: readonly GpuField[], coefficients: readonly Coefficient[]) {
    const perSample = coefficients.some((c) => typeof c !== 'number');
    for (const c of coefficients) {
      if (typeof c === 'number' || c.length === batch) continue;
      throw new RangeError(`A per-sample coefficient must have ${batch} entries, got ${c.length}`);
    }
    const values = Array.from({ length: perSample ? batch : 1 }, (_, b) =>
      coefficients.map((c) => (typeof c === 'number' ? c : c[b]!)),
    ).flat();
    const stride = perSample ? coefficients.length : 0;
    const read = fields.map(bufferOf);
    const out = empty();
    const groups = Math.ceil(total / GROUP);
    commands.run(code, { size, total, stride, values }, [bufferOf(out), ...read], groups);
    return out;
  }

  function lincomb(terms: readonly Term<GpuField>[]): GpuField {
    if (terms.length === 0) throw new RangeError('lincomb needs at least one term, got none');
    const now = terms.slice(0, MOST_FIELDS);
    const later = terms.slice(MOST_FIELDS);
    const sum = made(
      lincombKernel(now.length),
      now.map(([, field]) => field),
      now.flatMap(([coefficient]) => inTwo(coefficient)),
    );
    if (later.length === 0) return sum;
    const whole = lincomb([[1, sum], ...later]);
    release(sum);
    return whole;
  }

  async function gram(fields: readonly GpuField[]): Promise<Gram> {
    const n = fields.length;
    if (n < 1 || n > MOST_GRAM_FIELDS) {
      throw new RangeError(`gram needs 1 to ${MOST_GRAM_FIELDS} fields, got ${n}`);
    }
    const length = gramLength(n);
    const [pairs] = await answers(gramKernel(n), { size, total }, fields, 2 * length);
    const sums = Float64Array.from(
      { length: batch * length },
      (_, k) => pairs![2 * k]! + pairs![2 * k + 1]!,
    );
    const inner: Float64Array[] = [];
    const mean: Float64Array[] = [];
    for (let b = 0; b < batch; b++) {
      const ofSample = sums.subarray(b * length, (b + 1) * length);
      const products = new Float64Array(n * n);
      let at = n;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          products[i * n + j] = ofSample[at]!;
          products[j * n + i] = ofSample[at++]!;
        }
      }
      inner.push(products);
      mean.push(Float64Array.from(ofSample.subarray(0, n), (sum) => sum / size));
    }
    return { inner, mean, size };
  }

  /** What a kernel says of each sample, read back. */
  async function answers(
    code: string,
    params: { readonly size: number; readonly total: number; readonly rank?: number },
    fields: readonly GpuField[],
    length: number,
  ): Promise<Float32Array[]> {
    const buffer = commands.take(batch * length);
    commands.run(code, params, [buffer, ...fields.map(bufferOf)], batch);
    const read = commands.read([{ buffer, numbers: batch * length }]);
    commands.give(buffer);
    return commands.waited(read);
  }

  function largest(fields: readonly GpuField[]) {
    const count = fields.length;
    if (count < 1 || count > MOST_FIELDS) {
      throw new RangeError(`largest needs 1 to ${MOST_FIELDS} fields, got ${count}`);
    }
    const buffer = commands.take(batch * count);
    const read = fields.map(bufferOf);
    commands.run(largestKernel(count), { size, total }, [buffer, ...read], batch);
    return { buffer, numbers: batch * count };
  }

  function clamp(field: GpuField, bound: Coefficient): GpuField {
    const bounds = typeof bound === 'number' ? [bound] : Array.from(bound);
    const bad = bounds.find((value) => !(value >= 0));
    if (bad !== undefined) throw new RangeError(`clamp needs a bound of at least 0, got ${bad}`);
    return made(CLAMP_KERNEL, [field], [bound]);
  }

  async function absQuantile(field: GpuField, q: number): Promise<Float64Array> {
    const { below, share } = rankOf(q, size);
    const [pairs] = await answers(RANK_KERNEL, { size, total, rank: below }, [field], 2);
    return Float64Array.from(seeds, (_, b) =>
      interpolated(pairs![2 * b]!, pairs![2 * b + 1]!, share),
    );
  }

  /** Matrices that all runs of these fields share, made at their first use. */
  const operators = new Map<string, GPUBuffer[]>();
  function operatorsFor(key: string, make: () => readonly ArrayLike<number>[]): GPUBuffer[] {
    const known = operators.get(key);
    if (known) return known;
    const uploaded = make().map((matrix) => {
      const buffer = commands.take(matrix.length);
      commands.write(buffer, Float32Array.from(matrix));
      held.push(buffer);
      return buffer;
    });
    operators.set(key, uploaded);
    return uploaded;
  }

  /** For each level the matrix that blurs a side to it and brings it back. */
  const blurs = (side: number, levels: number) =>
    operatorsFor(`bands ${side} ${levels}`, () => bandOperators(side, levels));

  /** The cosine transform of a side, and its inverse. */
  const cosines = (side: number) =>
    operatorsFor(`cosines ${side}`, () => {
      const matrix = cosineMatrix(side);
      return [matrix, transposed(matrix, side)];
    });

  /** A matrix applied to every row; rows and columns change places. */
  function transformed(field: GpuField, matrix: GPUBuffer, side: number, rows: number): GpuField {
    const out = empty();
    const buffers = [bufferOf(out), bufferOf(field), matrix];
    commands.run(
      MATRIX_KERNEL,
      { size: side, total, rank: rows },
      buffers,
      Math.ceil(total / GROUP),
    );
    return out;
  }

  function bands(field: GpuField, levels: number): GpuField[] {
    const [, height, width] = shape;
    const rows = blurs(height, levels);
    const columns = blurs(width, levels);
    const made: GpuField[] = [];
    /** The field, as blurred as each level. */
    let whole = lincomb([[1, field]]);
    for (let level = 1; level < levels; level++) {
      const half = transformed(field, columns[level]!, width, height);
      const coarser = transformed(half, rows[level]!, height, width);
      release(half);
      made.push(
        lincomb([
          [1, whole],
          [-1, coarser],
        ]),
      );
      release(whole);
      whole = coarser;
    }
    return [...made, whole];
  }

  function highPass(field: GpuField, cutoff: number): GpuField {
    const [, height, width] = shape;
    const [weights] = operatorsFor(`weights ${cutoff}`, () => [
      highPassWeights(height, width, cutoff),
    ]);
    const [rows, columns] = [cosines(height), cosines(width)];
    /** Both sides of each plane transformed: k = 0, or back: k = 1. */
    const whole = (from: GpuField, k: 0 | 1) => {
      const half = transformed(from, columns[k]!, width, height);
      const made = transformed(half, rows[k]!, height, width);
      release(half);
      return made;
    };
    const waves = whole(field, 0);
    const kept = empty();
    const buffers = [bufferOf(kept), bufferOf(waves), weights!];
    const groups = Math.ceil(total / GROUP);
    commands.run(WEIGHTED_KERNEL, { size, total, rank: height * width }, buffers, groups);
    const made = whole(kept, 1);
    release(waves);
    release(kept);
    return made;
  }

  function noise(step: number): GpuField {
    const made = arrays.noise(step);
    const field = empty();
    commands.write(bufferOf(field), made.data);
    arrays.release(made);
    return field;
  }

  function release(field: GpuField): void {
    commands.give(bufferOf(field));
    field.buffer = undefined;
  }

  return {
    commands,
    batch,
    size,
    shape,
    seeds,
    empty,
    bufferOf,
    lincomb,
    gram,
    largest,
    clamp,
    absQuantile,
    bands,
    highPass,
    noise,
    release,
    read: (fields) =>
      commands.read(fields.map((field) => ({ buffer: bufferOf(field), numbers: total }))),
    dispose() {
      for (const buffer of held.splice(0)) commands.give(buffer);
    },
  };
}

/** A coefficient as a float32 and what is left of it. */
function inTwo(coefficient: Coefficient): [Coefficient, Coefficient] {
  const rest = (value: number) => value - Math.fround(value);
  return typeof coefficient === 'number'
    ? [coefficient, rest(coefficient)]
    : [coefficient, Array.from(coefficient, rest)];
}
