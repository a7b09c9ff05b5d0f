import { type Activations, activationsFor, backward, createMlp, forward, type Mlp } from './mlp';

/** c_noise = ln(sigma)/4 and two waves of it, so that neighbouring noise levels are told apart. */
const NOISE_FEATURES = 5;
/** Where the one-hot label begins in a row of the network's input: after x and the noise level. */
export const LABEL_AT = 2 + NOISE_FEATURES;
/** Hidden layers. */
const DEPTH = 3;
/** Rows that are evaluated at once outside training. */
const CHUNK = 256;

/**
 * A denoiser D(x; sigma, label) of points in the plane: an MLP in EDM's preconditioning
 * (2206.00364, table 1), D = c_skip x + c_out F(c_in x, c_noise, label).
 */
export interface TinyDenoiser {
  readonly mlp: Mlp;
  /** Classes 0 … classes - 1; the label `classes` is the null label. */
  readonly classes: number;
  readonly sigmaData: number;
}

/** A batch to train on: x = x0 + sigma · noise is to become x0 again. */
export interface Batch {
  /** [n, 2] */
  readonly x0: Float64Array;
  /** [n, 2], standard normal. */
  readonly noise: Float64Array;
  /** [n] */
  readonly sigma: Float64Array;
  /** [n], 0 … classes; `classes` is the null label. */
  readonly label: Int32Array;
}

/**
 * A network of parameters 0: see `initialise`.
 *
 * @param options.width numbers of each of the three hidden layers
 */
export function createTinyDenoiser(options: {
  readonly classes: number;
  readonly width: number;
  readonly sigmaData: number;
}): TinyDenoiser {
  const { classes, width, sigmaData } = options;
  const inputs = LABEL_AT + classes + 1;
  const mlp = createMlp([inputs, ...Array.from({ length: DEPTH }, () => width), 2]);
  return { mlp, classes, sigmaData };
}

/** Writes a row of the network's input: c_in x, what tells the noise level, the label as a one-hot row. */
function writeInput(
  { classes, sigmaData, mlp }: TinyDenoiser,
  input: Float64Array,
  row: number,
  x: number,
  y: number,
  sigma: number,
  label: number,
): void {
  const at = row * mlp.sizes[0]!;
  const cIn = 1 / Math.sqrt(sigma ** 2 + sigmaData ** 2);
  input[at] = cIn * x;
  input[at + 1] = cIn * y;
  const noise = Math.log(sigma) / 4;
  input[at + 2] = noise;
  input[at + 3] = Math.cos(Math.PI * noise);
  input[at + 4] = Math.sin(Math.PI * noise);
  input[at + 5] = Math.cos(2 * Math.PI * noise);
  input[at + 6] = Math.sin(2 * Math.PI * noise);
  for (let k = 0; k <= classes; k++) input[at + LABEL_AT + k] = k === label ? 1 : 0;
}

/**
 * The mean over rows and dimensions of lambda(sigma) (D - x0)², EDM's weighted loss, and its gradient.
 *
 * lambda c_out² = 1, so this is the mean of (F - (x0 - c_skip x)/c_out)².
 *
 * @param gradient receives dL/d(parameters)
 */
export function lossAndGradient(
  network: TinyDenoiser,
  batch: Batch,
  activations: Activations,
  gradient: Float64Array,
): number {
  const { mlp, sigmaData } = network;
  const { x0, noise, sigma, label } = batch;
  const n = sigma.length;
  const input = activations.inputs[0]!;
  for (let b = 0; b < n; b++) {
    const s = sigma[b]!;
    const x = x0[2 * b]! + s * noise[2 * b]!;
    const y = x0[2 * b + 1]! + s * noise[2 * b + 1]!;
    writeInput(network, input, b, x, y, s, label[b]!);
  }
  const f = forward(mlp, activations);
  const dF = activations.gradients.at(-1)!;
  let loss = 0;
  for (let b = 0; b < n; b++) {
    const s = sigma[b]!;
    const total = s ** 2 + sigmaData ** 2;
    const cSkip = sigmaData ** 2 / total;
    const cOut = (s * sigmaData) / Math.sqrt(total);
    for (let i = 2 * b; i < 2 * b + 2; i++) {
      const target = (x0[i]! - cSkip * (x0[i]! + s * noise[i]!)) / cOut;
      const difference = f[i]! - target;
      loss += difference ** 2 / (2 * n);
      dF[i] = difference / n;
    }
  }
  backward(mlp, activations, gradient);
  return loss;
}

/** Evaluates one network at any number of points; keeps its memory from call to call. */
export class Evaluator {
  readonly #network: TinyDenoiser;
  readonly #activations: Activations;

  constructor(network: TinyDenoiser) {
    this.#network = network;
    this.#activations = activationsFor(network.mlp, CHUNK);
  }

  /**
   * D(x; sigma, label) of n points.
   *
   * @param x [n, 2]
   * @param sigma one noise level above 0, or one a point
   * @param label one label, or one a point; 0 … classes, `classes` is the null label
   * @param out receives the estimates [n, 2]; may be x
   */
  denoise(
    x: Float32Array | Float64Array,
    sigma: number | ArrayLike<number>,
    label: number | ArrayLike<number>,
    out: Float32Array | Float64Array,
  ): void {
    const { mlp, sigmaData } = this.#network;
    const input = this.#activations.inputs[0]!;
    const sigmaOf = (b: number) => (typeof sigma === 'number' ? sigma : sigma[b]!);
    const labelOf = (b: number) => (typeof label === 'number' ? label : label[b]!);
    const n = x.length / 2;
    for (let from = 0; from < n; from += CHUNK) {
      const rows = Math.min(CHUNK, n - from);
      for (let b = 0; b < rows; b++) {
        const i = from + b;
        writeInput(this.#network, input, b, x[2 * i]!, x[2 * i + 1]!, sigmaOf(i), labelOf(i));
      }
      const f = forward(mlp, { ...this.#activations, batch: rows });
      for (let b = 0; b < rows; b++) {
        const s = sigmaOf(from + b);
        const total = s ** 2 + sigmaData ** 2;
        const cSkip = sigmaData ** 2 / total;
        const cOut = (s * sigmaData) / Math.sqrt(total);
        for (let d = 0; d < 2; d++) {
          const i = 2 * (from + b) + d;
          out[i] = cSkip * x[i]! + cOut * f[2 * b + d]!;
        }
      }
    }
  }
}
