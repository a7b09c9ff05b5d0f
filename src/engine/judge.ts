import { classAccuracy } from '../diffusion/metrics/accuracy';
import { diversity } from '../diffusion/metrics/diversity';
import type { FeaturesManifest } from '../models/manifest';
import { asShown } from './pixels';
import type { Verdicts } from './protocol';
import type { Network, Stop } from './session';

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
  stop: Stop,
  mixed?: number,
): Promise<Verdicts> {
  const rows = labels.length;
  const input = { x: { data: asShown(samples), dims: manifest.shape } };
  const { logits, features } = await run(input, rows, stop);
  const numClasses = manifest.classes.length;
  const predicted: number[] = [];
  const confidence: number[] = [];
  for (let i = 0; i < rows; i++) {
    const row = logits!.subarray(i * numClasses, (i + 1) * numClasses);
    const highest = Math.max(...row);
    predicted.push(row.indexOf(highest));
    confidence.push(1 / row.reduce((total, logit) => total + Math.exp(logit - highest), 0));
  }
  return {
    network: manifest.id,
    predicted,
    confidence,
    classAccuracy: labels.includes(numClasses) ? undefined : classAccuracy(logits!, labels, mixed),
    diversity: diversityWithinLabels(features!, labels),
  };
}

/** Mean over the labels that have at least two samples of `diversity` among them. */
function diversityWithinLabels(
  features: Float32Array,
  labels: readonly number[],
): number | undefined {
  const size = features.length / labels.length;
  const groups = new Map<number, number[]>();
  labels.forEach((label, i) => {
    groups.set(label, [...(groups.get(label) ?? []), i]);
  });
  const values: number[] = [];
  for (const members of groups.values()) {
    if (members.length < 2) continue;
    const group = new Float32Array(members.length * size);
    members.forEach((member, i) => {
      group.set(features.subarray(member * size, (member + 1) * size), i * size);
    });
    values.push(diversity(group, members.length));
  }
  return values.length ? values.reduce((a, b) => a + b) / values.length : undefined;
}
