import { adapter, BatchDiffers } from '../diffusion/adapt';
import { byLabel, joined } from '../diffusion/conditioning';
import { gaussian } from '../diffusion/random';
import { correlation as correlationOf } from '../diffusion/rivals';
import { messageOf } from '../networks/errors';
import type { DenoiserManifest } from '../networks/manifest';
import type { IsAborted, LimitedNetwork, Network } from './network';
import { meaningOf } from './runtime-errors';

type Adapted = DenoiserManifest & { readonly adapt: NonNullable<DenoiserManifest['adapt']> };

/** Whether a network is of another convention than this project's. */
export function isAdapted(manifest: DenoiserManifest): manifest is Adapted {
  return manifest.adapt !== undefined;
}

/**
 * A network of another convention as one of this project's: inputs x, sigma, label and, of a student,
 * scale; output denoised.
 */
export function adaptedNetwork(network: LimitedNetwork, { adapt, shape }: Adapted): LimitedNetwork {
  const evaluation = adapter(adapt, shape);
  const evaluate = async (
    [x, sigma, label, scale]: Parameters<typeof evaluation>,
    stop: IsAborted | undefined,
  ) => {
    const { rows, feeds, finish } = evaluation(x, sigma, label, scale);
    const outputs = await network.run(feeds, rows, stop);
    const output = outputs[adapt.output];
    if (!output) {
      const got = Object.keys(outputs).join(', ') || 'none';
      throw new Error(`The output "${adapt.output}" is missing, got: ${got}`);
    }
    return finish(output);
  };
  const isShared = adapt.scale?.shape === 'scalar' || adapt.scale?.shape === 'one';
  return {
    async run({ x, sigma, label, scale }, total, stop) {
      const inputs = [x!.data, sigma!.data, label!.data, scale?.data] as const;
      const scales = isShared ? new Set(scale?.data) : [];
      if (![...scales].some((value) => value !== scale!.data[0])) {
        return { denoised: await evaluate([...inputs], stop) };
      }
      // One scale for the whole batch: the scales of a film are evaluated one after the other.
      const denoised = new Float32Array(x!.data.length);
      const size = denoised.length / total;
      for (const value of scales) {
        const rows = [...scale!.data.keys()].filter((row) => scale!.data[row] === value);
        const part = (data: Float32Array) => {
          const length = data.length / total;
          return joined(rows.map((row) => data.subarray(row * length, (row + 1) * length)));
        };
        const [x, sigma, label, own] = inputs.map((data) => part(data!));
        const made = await evaluate([x!, sigma!, label!, own], stop);
        rows.forEach((row, i) => {
          denoised.set(made.subarray(i * size, (i + 1) * size), row * size);
        });
      }
      return { denoised };
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

/** What a network that nobody vouches for is tried with. */
function trialOf(network: Pick<Network, 'run'>, { shape, classes, sigma: range, adapt }: Adapted) {
  const size = shape.reduce((a, b) => a * b);
  const numClasses = classes.length;
  const hasNull = !adapt.label || adapt.label.nullLabel !== undefined;
  const kinds = [...new Set([0, Math.max(numClasses - 1, 0), ...(hasNull ? [numClasses] : [])])];
  const labels = kinds.length > 1 ? kinds : [0, 0];
  const noises = labels.map((_, row) => gaussian(1 + row, 0, size));
  return {
    /** The first class, the last one and none; two at least. */
    labels,
    /** Of each. */
    noises,
    /** About as much noise as there is data. */
    middle: Math.min(Math.max(1, range.min), range.max),
    /** Estimates of some of the rows' noise at a level. */
    async denoise(sigma: number, rows: readonly number[] = [...labels.keys()]) {
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
        const failed = `A trial forward ${atLevel(sigma)} failed`;
        throw new Error(`${failed}: ${said.slice(0, 600)}`, { cause: error });
      }
    },
  };
}

const atLevel = (sigma: number) => `at sigma = ${Number(sigma.toPrecision(3))}`;

/**
 * Trial forwards of pictures together and one of them alone, which must be estimated in the same way,
 * whatever the network's convention: those are not compared where it is not so.
 *
 * @throws Error
 */
export async function checkBatch(network: Pick<Network, 'run'>, manifest: Adapted): Promise<void> {
  const { middle, denoise } = trialOf(network, manifest);
  let alone: Float32Array;
  let together: Float32Array;
  try {
    alone = await denoise(middle, [0]);
    together = await denoise(middle);
  } catch (error) {
    // What else fails may do so by the convention, which is compared next, and is told then.
    if (error instanceof Error && error.cause instanceof BatchDiffers) throw error;
    return;
  }
  const apart = alone.reduce((most, d, i) => Math.max(most, Math.abs(d - together[i]!)), 0);
  if (apart > MOST_APART) {
    throw new Error(
      `The estimate ${atLevel(middle)} of a picture must not depend on the others of its batch, it differs by ${apart.toPrecision(2)} alone: export the network in evaluation mode (net.eval()), with its batch normalisation frozen, and without guidance inside.`,
    );
  }
}

/**
 * Trial forwards of a network that nobody vouches for: at the least noise, at about as much as there
 * is data, and at the most, with the first class, the last one and none, two pictures at least.
 *
 * @throws Error whose message has a line for each thing that does not fit
 */
export async function checkForward(
  network: Pick<Network, 'run'>,
  manifest: Adapted,
): Promise<void> {
  const { classes, sigma: range, adapt } = manifest;
  const size = manifest.shape.reduce((a, b) => a * b);
  const numClasses = classes.length;
  const { labels, noises, middle, denoise } = trialOf(network, manifest);
  // sigma times the error of a predicted noise: a few per cent of sigma are usual.
  const leastNoise = adapt.prediction === 'eps' ? range.max / 2 : 0.5;
  const problems: string[] = [];
  for (const sigma of new Set([range.min, middle, range.max])) {
    const at = atLevel(sigma);
    const denoised = await denoise(sigma);
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
