import { asShown, opinionFrom } from '../diffusion/metrics/verdicts';
import type { FeaturesManifest } from '../networks/manifest';
import type { IsAborted, Network } from './network';
import type { Measured, Verdicts } from './protocol';

/**
 * The classifier's opinion of finished samples, judged as a screen shows them.
 *
 * @param samples [batch, channels, height, width]
 * @param labels class asked for, sample by sample; the number of classes stands for none
 * @param mixed a class that was mixed into every label: it counts as asked for too
 */
export async function judge(
  { run }: Pick<Network, 'run'>,
  manifest: FeaturesManifest,
  samples: Float32Array,
  labels: readonly number[],
  isAborted: IsAborted,
  mixed?: number,
): Promise<Verdicts> {
  const { network, logits, features } = await measure(
    { run },
    manifest,
    samples,
    labels.length,
    isAborted,
  );
  return { network, ...opinionFrom(logits, features, labels, mixed) };
}

/**
 * Logits and features of finished samples as a screen shows them: what metrics are made of.
 *
 * @param samples [rows, channels, height, width]
 */
export async function measure(
  { run }: Pick<Network, 'run'>,
  manifest: FeaturesManifest,
  samples: Float32Array,
  rows: number,
  isAborted: IsAborted,
): Promise<Measured> {
  const input = { x: { data: asShown(samples), dims: manifest.shape } };
  const { logits, features } = await run(input, rows, isAborted);
  return { network: manifest.id, logits: logits!, features: features! };
}

/**
 * Probability of the class asked for, sample by sample, of pictures as a screen shows them; NaN where
 * none was asked for.
 */
export async function opinionOf(
  { run }: Pick<Network, 'run'>,
  manifest: FeaturesManifest,
  pictures: Float32Array,
  labels: readonly number[],
  isAborted: IsAborted,
): Promise<number[]> {
  const input = { x: { data: asShown(pictures), dims: manifest.shape } };
  const { logits } = await run(input, labels.length, isAborted);
  const numClasses = manifest.classes.length;
  return labels.map((label, i) => {
    const row = logits!.subarray(i * numClasses, (i + 1) * numClasses);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - row[label]!), 0);
    return label < numClasses ? 1 / total : Number.NaN;
  });
}
