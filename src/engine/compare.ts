import { byLabel } from '../diffusion/conditioning';
import { levelsOf, startScale } from '../diffusion/convention';
import { gaussian } from '../diffusion/random';
import { type Ask, COMPARED_ROWS, compareConventions, highNoise } from '../diffusion/rivals';
import type { DenoiserManifest } from '../networks/manifest';
import { adaptedNetwork } from './adapted';
import type { LimitedNetwork } from './network';
import type { ComparedNetwork, ComparisonRequest } from './protocol';

/** A comparison of a large network ends with what there is. */
const MOST_MS = 20_000;
/** Labels that are looked at for the one that stands for no class. */
const MOST_LABELS = 8;
/** With fewer, none can be told from the others. */
const LEAST_LABELS = 5;
/** How near to the others' mean, by the usual distance from it, the label for no class is. */
const NEAR = 0.4;

/**
 * Compares a brought network's convention with its rivals, and finds out which label stands for no
 * class: the one whose estimate from noise is the mean of the others'.
 *
 * @param network as it is, with the inputs that its manifest's `adapt` names
 */
export async function compareNetwork(
  network: LimitedNetwork,
  manifest: DenoiserManifest & { readonly adapt: NonNullable<DenoiserManifest['adapt']> },
  { rivals, labels }: ComparisonRequest,
): Promise<ComparedNetwork> {
  const { adapt, shape } = manifest;
  const size = shape.reduce((a, b) => a * b);
  // In this convention the network is fed as it is, and every label is a class.
  const { nullLabel: _, ...label } = adapt.label ?? {};
  const raw = adaptedNetwork(network, {
    ...manifest,
    adapt: {
      ...adapt,
      prediction: 'denoised',
      range: [-1, 1],
      label: adapt.label && { ...adapt.label, ...label, nullLabel: undefined },
    },
  });
  const askFor =
    (asked: readonly number[]): Ask =>
    async (inputs, time) => {
      const outputs = await raw.run(
        {
          x: { data: inputs, dims: shape },
          sigma: { data: new Float32Array(asked.length).fill(time), dims: [] },
          ...byLabel([...asked], labels),
        },
        asked.length,
      );
      return outputs.denoised!;
    };
  const last = Math.max(labels - 1, 0);
  const [one, other] = [Math.min(1, last), Math.min(2, last)];
  const rows = Array.from({ length: COMPARED_ROWS }, (__, row) => (row < 2 ? one : other));
  const started = performance.now();
  const goesOn = () => performance.now() - started < MOST_MS;
  const comparison = await compareConventions({ rivals, ask: askFor(rows), size, goesOn });
  const best = comparison.fits[0];
  const convention = best && rivals[best.rival];
  if (!convention || !(best.error < Infinity) || labels < LEAST_LABELS) return comparison;

  const some = Math.min(labels, MOST_LABELS);
  const looked = Array.from({ length: some }, (__, k) => Math.round((k * last) / (some - 1)));
  const sigma = highNoise(convention);
  const { scale, time, skip, out } = levelsOf(convention)(sigma);
  const noise = gaussian(0, -1, size);
  const y = new Float32Array(some * size).map(
    (__, i) => startScale(convention, sigma) * noise[i % size]!,
  );
  const outputs = await askFor(looked)(
    y.map((value) => scale * value),
    time,
  );
  const estimates = y.map((value, i) => skip * value + out * outputs[i]!);
  return { ...comparison, nullLabel: nullAmong(estimates, size) };
}

/** Which of the first and the last estimate is the mean of the others, if any. */
function nullAmong(estimates: Float32Array, size: number): 'first' | 'last' | 'none' {
  const count = estimates.length / size;
  const sum = new Float64Array(size);
  estimates.forEach((value, i) => {
    sum[i % size]! += value;
  });
  const apart = Array.from({ length: count }, (_, row) => {
    let squared = 0;
    for (let i = 0; i < size; i++) {
      const own = estimates[row * size + i]!;
      squared += (own - (sum[i]! - own) / (count - 1)) ** 2;
    }
    return Math.sqrt(squared);
  });
  const usual = apart.slice(1, -1).toSorted((a, b) => a - b)[Math.floor((count - 2) / 2)]!;
  if (apart.at(-1)! < NEAR * usual) return 'last';
  return apart[0]! < NEAR * usual ? 'first' : 'none';
}
