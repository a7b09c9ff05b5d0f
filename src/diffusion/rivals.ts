import { sigmaTable } from './betas';
import { type Convention, type Level, levelsOf, startScale, takesTimesteps } from './convention';
import { gaussian } from './random';

/**
 * Which convention a network of an unknown code base was trained by, without its data.
 *
 * Of all functions the posterior mean predicts best the noise that was put into the data (the loss
 * that the network was trained with). Its data are not here, but what it draws is made of them: so
 * each rival draws pictures, noise is put into these, and the rival says what it was. One that is
 * wrong draws what it cannot denoise, whatever that is.
 */

/** Evaluates a network as it is: inputs [rows, size], the number that tells their noise level → outputs. */
export type Ask = (inputs: Float32Array, time: number) => Promise<Float32Array>;

/** How well a rival predicts the noise. */
export interface Fit {
  /** Its place among the rivals. */
  readonly rival: number;
  /**
   * Squared error of the estimate by that of the best linear one, the geometric mean over noise levels:
   * at most about 1 for a denoiser of what it draws. Infinity: it draws no pictures.
   */
  readonly error: number;
  /**
   * The network's own numbers were not finite, though it was asked about what pictures and noise may be:
   * a fault of the network, of which no error says whether the convention is its own.
   */
  readonly lost?: true;
}

export interface Comparison {
  /** The best one first; only those that were compared. */
  readonly fits: readonly Fit[];
  /** Least and largest values of what the best one draws, without the outermost hundredths. */
  readonly values: readonly [number, number];
}

/** Errors nearer than this factor are those of one convention: there is noise in what was drawn. */
const CLEARLY = 1.15;

/** The fit that clearly outdoes the convention that was believed in, if there is one. */
export function outdoing({ fits }: Comparison): Fit | undefined {
  const [best] = fits;
  const believed = fits.find(({ rival }) => rival === 0);
  return best && believed && best.error * CLEARLY < believed.error ? best : undefined;
}

/** Whether nothing can be said of the convention that was believed in, since the network itself failed. */
export function believedLost({ fits }: Comparison): boolean {
  return fits.some(({ rival, lost }) => rival === 0 && lost === true);
}

/** Two pictures of each of two classes: what differs within a class is not the class alone. */
export const COMPARED_ROWS = 4;

/** Noise levels, in units of the network's own values: of drawing, of the noise put in. */
const DRAWN_FROM = 8;
const DRAWN_TO = 0.05;
const DRAWING_STEPS = 7;
const PUT_IN = [0.1, 0.4, 1.5, 5] as const;
/** Pictures lie within ±1 or [0, 1]: what is drawn beyond is none. */
const MOST_VALUE = 6;
/** Where there is hardly anything but noise, an estimate that correlates with it so much is not of the data. */
const MOST_CORRELATION = 0.5;
/** More than a picture with the most noise comes to: beyond it a network may fail. */
const MOST_INPUT = 50;

/**
 * Compares rival conventions by how well they predict noise that was put in.
 *
 * @param options.rivals the one that is believed in first; the likely ones before the others
 * @param options.size numbers in a picture
 * @param options.goesOn asked between rivals; false ends the comparison with what there is
 */
export async function compareConventions(options: {
  readonly rivals: readonly Convention[];
  readonly ask: Ask;
  readonly size: number;
  readonly goesOn: () => boolean;
}): Promise<Comparison> {
  const { rivals, ask, size, goesOn } = options;
  const noise = (stream: number) => {
    const all = new Float32Array(COMPARED_ROWS * size);
    for (let row = 0; row < COMPARED_ROWS; row++) all.set(gaussian(row, stream, size), row * size);
    return all;
  };
  const start = noise(-1);
  const put = PUT_IN.map((_, k) => noise(k));
  const asked = onceEach(ask);
  const fits: Fit[] = [];
  let values: Comparison['values'] = [-1, 1];
  let least = Infinity;
  for (const [rival, convention] of rivals.entries()) {
    if (rival > 0 && !goesOn()) break;
    let error = Infinity;
    let lost = false as boolean;
    const watched =
      (of: Ask): Ask =>
      async (inputs, time) => {
        const outputs = await of(inputs, time);
        const fair =
          Number.isFinite(time) && inputs.every((value) => Math.abs(value) <= MOST_INPUT);
        lost ||= fair && !outputs.every(Number.isFinite);
        return outputs;
      };
    try {
      const levelOf = levelsOf(convention);
      const sigma = highNoise(convention);
      const from = scaled(start, startScale(convention, sigma));
      const looks = await denoised(watched(asked), levelOf, from, sigma);
      const plausible = isPicture(looks) && Math.abs(correlation(looks, start)) < MOST_CORRELATION;
      const drawn = plausible ? await draw(watched(ask), levelOf, from, sigma) : undefined;
      if (drawn && isPicture(drawn)) {
        error = await meanError(watched(ask), levelOf, drawn, put, size);
        if (error < least) {
          least = error;
          values = outermost(drawn);
        }
      }
    } catch {
      // What the network cannot even be told, such as a timestep beyond its table, it was not trained by.
    }
    fits.push({
      rival,
      error: Number.isNaN(error) ? Infinity : error,
      ...(lost && { lost: true as const }),
    });
  }
  fits.sort((a, b) => a.error - b.error || a.rival - b.rival);
  return { fits, values };
}

/** Rivals that differ in what the output means alone ask the same of the network. */
function onceEach(ask: Ask): Ask {
  const known = new Map<string, Promise<Float32Array>>();
  return (inputs, time) => {
    const key = `${time} ${inputs[0]}`;
    const answer = known.get(key) ?? ask(inputs, time);
    known.set(key, answer);
    return answer;
  };
}

function scaled(field: Float32Array, factor: number): Float32Array {
  return field.map((value) => factor * value);
}

async function denoised(
  ask: Ask,
  levelOf: (sigma: number) => Level,
  y: Float32Array,
  sigma: number,
): Promise<Float32Array> {
  const { scale, time, skip, out } = levelOf(sigma);
  const output = await ask(scaled(y, scale), time);
  return y.map((value, i) => skip * value + out * output[i]!);
}

/** A level where hardly anything but noise is seen, and that the convention knows. */
export function highNoise(convention: Convention): number {
  const last = takesTimesteps(convention) ? sigmaTable(convention.betas).at(-1)! : Infinity;
  return Math.min(DRAWN_FROM, last);
}

/** DDIM from y at sigma. */
async function draw(
  ask: Ask,
  levelOf: (sigma: number) => Level,
  from: Float32Array,
  sigma: number,
): Promise<Float32Array> {
  let y = from;
  const ratio = (DRAWN_TO / sigma) ** (1 / (DRAWING_STEPS - 1));
  for (let step = 0; step < DRAWING_STEPS; step++) {
    const estimate = await denoised(ask, levelOf, y, sigma * ratio ** step);
    const left = step === DRAWING_STEPS - 1 ? 0 : ratio;
    y = estimate.map((value, i) => value + left * (y[i]! - value));
  }
  return y;
}

/**
 * The squared error of the estimates over that of the best linear ones, sigma² s² / (sigma² + s²), for
 * the spread s of all pictures and for that within a class, averaged. The second finds out a
 * convention by which the network always draws the same.
 */
async function meanError(
  ask: Ask,
  levelOf: (sigma: number) => Level,
  pictures: Float32Array,
  noises: readonly Float32Array[],
  size: number,
): Promise<number> {
  const { all, within } = spreads(pictures, size);
  let logarithms = 0;
  for (const [k, sigma] of PUT_IN.entries()) {
    const noisy = pictures.map((value, i) => value + sigma * noises[k]![i]!);
    const estimate = await denoised(ask, levelOf, noisy, sigma);
    const squared = meanSquare(estimate.map((value, i) => value - pictures[i]!));
    const linear = [all, within].map((spread) => 1 / (1 / sigma ** 2 + 1 / spread ** 2));
    logarithms += Math.log((squared / linear[0]! + squared / linear[1]!) / 2);
  }
  return Math.exp(logarithms / PUT_IN.length);
}

/** Root mean square deviations: from the mean of all, and of pictures of one class from each other. */
function spreads(pictures: Float32Array, size: number): { all: number; within: number } {
  const mean = pictures.reduce((sum, value) => sum + value, 0) / pictures.length;
  const pairs = pictures.map((value, i) =>
    Math.floor(i / size) % 2 ? value - pictures[i - size]! : 0,
  );
  return {
    all: Math.sqrt(meanSquare(pictures.map((value) => value - mean))),
    within: Math.sqrt(meanSquare(pairs)),
  };
}

function meanSquare(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
}

function isPicture(values: Float32Array): boolean {
  return values.every((value) => Math.abs(value) <= MOST_VALUE);
}

function outermost(values: Float32Array): [number, number] {
  const sorted = values.toSorted();
  const at = Math.floor(sorted.length / 100);
  return [sorted[at]!, sorted[sorted.length - 1 - at]!];
}

/** The correlation coefficient of two lists; 0 where one is constant. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - meanA, b[i]! - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}
