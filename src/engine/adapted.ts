import { adapter } from '../diffusion/adapt';
import { byLabel, joined } from '../diffusion/conditioning';
import { gaussian } from '../diffusion/random';
import { correlation as correlationOf } from '../diffusion/rivals';
import { messageOf } from '../networks/errors';
import type { DenoiserManifest } from '../networks/manifest';
import type { LimitedNetwork, Network } from './network';
import { meaningOf } from './runtime-errors';

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

/** An estimate that differs more than this from that of the same picture alone depends on the others. */
const MOST_APART = 0.05;

/**
 * Trial forwards of a network that nobody vouches for: at the least noise, at about as much as there
 * is data, and at the most, with the first class, the last one and none, two pictures at least; and
 * the first one alone, which must be the same.
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
  const kinds = [...new Set([0, Math.max(numClasses - 1, 0), ...(hasNull ? [numClasses] : [])])];
  const labels = kinds.length > 1 ? kinds : [0, 0];
  const noises = labels.map((_, row) => gaussian(1 + row, 0, size));
  const middle = Math.min(Math.max(1, range.min), range.max);
  // sigma times the error of a predicted noise: a few per cent of sigma are usual.
  const leastNoise = adapt.prediction === 'eps' ? range.max / 2 : 0.5;
  const problems: string[] = [];
  for (const sigma of new Set([range.min, middle, range.max])) {
    const at = `at sigma = ${Number(sigma.toPrecision(3))}`;
    const denoise = async (rows: readonly number[]) => {
      const x = joined(rows.map((row) => noises[row]!.map((n) => sigma * n)));
      const asked = rows.map((row) => labels[row]!);
      try {
        const outputs = await network.run(
          {
            x: { data: x, dims: shape },
            sigma: { data: new Float32Array(rows.length).fill(sigma), dims: [] },
            ...byLabel(asked, numClasses),
          },
          rows.length,
        );
        return outputs.denoised!;
      } catch (error) {
        const message = messageOf(error);
        const meaning = meaningOf(message);
        const [line = ''] = message.split('\n');
        const said = meaning ? `${meaning}. The runtime says: ${line}` : line;
        throw new Error(`A trial forward ${at} failed: ${said.slice(0, 600)}`, { cause: error });
      }
    };
    const denoised = await denoise(labels.map((_, row) => row));
    if (sigma === middle) {
      const alone = await denoise([0]);
      const apart = alone.reduce((most, d, i) => Math.max(most, Math.abs(d - denoised[i]!)), 0);
      if (apart > MOST_APART) {
        problems.push(
          `The estimate ${at} of a picture must not depend on the others of its batch, it differs by ${apart.toPrecision(2)} alone: export the network in evaluation mode (net.eval()), with its batch normalisation frozen.`,
        );
      }
    }
    labels.forEach((label, row) => {
      const estimate = denoised.subarray(row * size, (row + 1) * size);
      const who =
        numClasses === 0 ? '' : label === numClasses ? ' for no class' : ` for class ${label}`;
      const wrong =
        sigma === range.max ? noiseIn(estimate, noises[row]!, leastNoise) : farOff(estimate);
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
