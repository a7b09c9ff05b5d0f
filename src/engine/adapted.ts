import { adapter } from '../diffusion/adapt';
import { byLabel } from '../diffusion/conditioning';
import { gaussian } from '../diffusion/random';
import { messageOf } from '../networks/errors';
import type { DenoiserManifest } from '../networks/manifest';
import type { LimitedNetwork, Network } from './network';

type Adapted = DenoiserManifest & { readonly adapt: NonNullable<DenoiserManifest['adapt']> };

/** Whether a network is of another convention than this project's. */
export function isAdapted(manifest: DenoiserManifest): manifest is Adapted {
  return manifest.adapt !== undefined;
}

/** A network of another convention as one of this project's: inputs x, sigma and label, output denoised. */
export function adaptedNetwork(network: LimitedNetwork, { adapt, shape }: Adapted): LimitedNetwork {
  const evaluation = adapter(adapt, shape);
  return {
    async run({ x, sigma, label }, _, stop) {
      const { rows, feeds, finish } = evaluation(x!.data, sigma!.data, label!.data);
      const outputs = await network.run(feeds, rows, stop);
      const output = outputs[adapt.output];
      if (!output) {
        const got = Object.keys(outputs).join(', ') || 'none';
        throw new Error(`The output "${adapt.output}" is missing, got: ${got}`);
      }
      return { denoised: finish(output) };
    },
    get busyMs() {
      return network.busyMs;
    },
    get maxBatch() {
      return network.maxBatch;
    },
    limit: (most) => network.limit(most),
    release: () => network.release(),
  };
}

/** Data lie in [-1, 1]: where little noise is left, an estimate beyond this is none. */
const MOST_ESTIMATE = 10;
/** Where there is hardly anything but noise, an estimate that correlates with it so much is not of the data. */
const MOST_CORRELATION = 0.9;

/**
 * Trial forwards of a network that nobody vouches for: at the least noise, at about as much as there
 * is data, and at the most, with the first class, the last one and none.
 *
 * @throws Error whose message has a line for each thing that does not fit
 */
export async function checkForward(
  network: Pick<Network, 'run'>,
  { shape, classes, sigma: range, adapt }: Adapted,
): Promise<void> {
  const size = shape.reduce((a, b) => a * b);
  const numClasses = classes.length;
  const hasNull = !adapt.label || adapt.label.nullLabel !== undefined;
  const labels = [...new Set([0, Math.max(numClasses - 1, 0), ...(hasNull ? [numClasses] : [])])];
  const noise = gaussian(1, 0, size);
  const middle = Math.min(Math.max(1, range.min), range.max);
  // sigma times the error of a predicted noise: a few per cent of sigma are usual.
  const leastNoise = adapt.prediction === 'eps' ? range.max / 2 : 0.5;
  const problems: string[] = [];
  for (const sigma of new Set([range.min, middle, range.max])) {
    const at = `at sigma = ${Number(sigma.toPrecision(3))}`;
    const x = Float32Array.from(
      { length: labels.length * size },
      (_, i) => sigma * noise[i % size]!,
    );
    const sigmas = new Float32Array(labels.length).fill(sigma);
    let denoised: Float32Array;
    try {
      const outputs = await network.run(
        {
          x: { data: x, dims: shape },
          sigma: { data: sigmas, dims: [] },
          ...byLabel(labels, numClasses),
        },
        labels.length,
      );
      denoised = outputs.denoised!;
    } catch (error) {
      const [line = ''] = messageOf(error).split('\n');
      throw new Error(`A trial forward ${at} failed: ${line.slice(0, 400)}`, { cause: error });
    }
    labels.forEach((label, row) => {
      const estimate = denoised.subarray(row * size, (row + 1) * size);
      const who =
        numClasses === 0 ? '' : label === numClasses ? ' for no class' : ` for class ${label}`;
      const wrong = sigma === range.max ? noiseIn(estimate, noise, leastNoise) : farOff(estimate);
      if (wrong) problems.push(`The estimate ${at}${who} ${wrong}`);
    });
  }
  // The same thing said of every class helps nobody.
  if (problems.length > 0) throw new Error(problems.slice(0, 3).join('\n'));
}

/** What is wrong with an estimate where there is little noise. */
function farOff(estimate: Float32Array): string | undefined {
  const far = estimate.find((value) => !(Math.abs(value) <= MOST_ESTIMATE));
  if (far === undefined) return undefined;
  return Number.isFinite(far)
    ? `must lie within ±${MOST_ESTIMATE}, got ${far.toPrecision(3)}: are prediction, betas and range of values right?`
    : `must be finite numbers, got ${far}`;
}

/** What is wrong with an estimate where there is hardly anything but noise. */
function noiseIn(
  estimate: Float32Array,
  noise: Float32Array,
  leastNoise: number,
): string | undefined {
  const broken = estimate.find((value) => !Number.isFinite(value));
  if (broken !== undefined) return `must be finite numbers, got ${broken}`;
  const correlation = correlationOf(estimate, noise);
  const rms = Math.sqrt(estimate.reduce((sum, value) => sum + value ** 2, 0) / estimate.length);
  if (Math.abs(correlation) <= MOST_CORRELATION || rms <= leastNoise) return undefined;
  return `must be a picture, got the noise (correlation ${correlation.toFixed(2)}, root mean square ${rms.toPrecision(2)}): is it another kind of prediction?`;
}

function correlationOf(a: Float32Array, b: Float32Array): number {
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
