import { classAccuracy } from './accuracy';
import { diversity } from './diversity';

/** What a classifier says of finished samples. */
export interface Opinion {
  /** Class with the highest logit, and its probability, sample by sample. */
  readonly predicted: readonly number[];
  readonly confidence: readonly number[];
  /** Share recognised as the class asked for; undefined if a sample was asked for no class. */
  readonly classAccuracy: number | undefined;
  /** Mean Euclidean feature distance of two samples of one label; undefined where no label has two. */
  readonly diversity: number | undefined;
}

/**
 * The opinion that a classifier's outputs stand for.
 *
 * @param logits `[batch, numClasses]`
 * @param features `[batch, size]`
 * @param labels class asked for, sample by sample; numClasses stands for none
 * @param mixed a class that was mixed into every label: it counts as asked for too
 */
export function opinionFrom(
  logits: Float32Array,
  features: Float32Array,
  labels: readonly number[],
  mixed?: number,
): Opinion {
  const numClasses = logits.length / labels.length;
  const predicted: number[] = [];
  const confidence: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const row = logits.subarray(i * numClasses, (i + 1) * numClasses);
    const highest = Math.max(...row);
    predicted.push(row.indexOf(highest));
    confidence.push(1 / row.reduce((total, logit) => total + Math.exp(logit - highest), 0));
  }
  return {
    predicted,
    confidence,
    classAccuracy: labels.includes(numClasses) ? undefined : classAccuracy(logits, labels, mixed),
    diversity: diversityWithinLabels(features, labels),
  };
}

/** The samples that hold a number that is not finite, because their run diverged. */
export function lostSamples(samples: Float32Array, batch: number): number[] {
  const size = samples.length / batch;
  const lost: number[] = [];
  for (let b = 0; b < batch; b++) {
    if (!samples.subarray(b * size, (b + 1) * size).every(Number.isFinite)) lost.push(b);
  }
  return lost;
}

/** Pictures as a screen shows them, back as numbers: clamped to [-1, 1] and rounded to 8 bits. */
export function asShown(pictures: Float32Array): Float32Array {
  return pictures.map(
    (value) => Math.round((Math.min(Math.max(value, -1), 1) + 1) * 127.5) / 127.5 - 1,
  );
}

/** Mean over the labels that have at least two samples of `diversity` among them; lost samples are left out. */
function diversityWithinLabels(
  features: Float32Array,
  labels: readonly number[],
): number | undefined {
  const size = features.length / labels.length;
  const lost = lostSamples(features, labels.length);
  const groups = new Map<number, number[]>();
  labels.forEach((label, i) => {
    if (lost.includes(i)) return;
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
