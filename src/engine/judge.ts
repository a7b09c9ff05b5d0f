import type { PromptStates } from '../diffusion/conditioning';
import { alignments } from '../diffusion/metrics/alignment';
import { partFigures } from '../diffusion/metrics/parts';
import {
  asJudged,
  opinionFrom,
  promptOpinionFrom,
  withoutLost,
} from '../diffusion/metrics/verdicts';
import type { FeaturesManifest } from '../networks/manifest';
import type { IsAborted, Network } from './network';
import type { Measured, Verdicts } from './protocol';

/** A feature network with its manifest. */
interface Judge {
  readonly network: Pick<Network, 'run'>;
  readonly manifest: FeaturesManifest;
}

/** What samples were asked for, sample by sample. */
interface AskedFor {
  /** Class or prompt; the number of classes, or of prompts, stands for none. */
  readonly labels: readonly number[];
  /** A class that was mixed into every label: it counts as asked for too. */
  readonly mixed?: number | undefined;
  /** Token states of the prompts, where labels are indices of some. */
  readonly prompts?: PromptStates | undefined;
}

/**
 * The classifier's opinion of finished samples, judged as a screen shows them.
 *
 * @param samples [batch, channels, height, width]
 */
export async function judge(
  judging: Judge,
  samples: Float32Array,
  { labels, mixed, prompts }: AskedFor,
  isAborted: IsAborted,
): Promise<Verdicts> {
  const { logits, features, embedding, parts } = await outputs(
    judging,
    samples,
    labels.length,
    isAborted,
  );
  const { id: network, parts: answers } = judging.manifest;
  if (!prompts) return { network, ...opinionFrom(logits, features, labels, mixed) };
  const fits = embedding ? alignments(embedding, labels, prompts) : [];
  const opinion = promptOpinionFrom(logits, features, labels, fits);
  if (!answers || !prompts.texts) return { network, ...opinion };
  return { network, ...opinion, parts: partFigures(parts, labels, prompts.texts, answers) };
}

/**
 * Logits and features of finished samples as a screen shows them, and how well they fit their prompts:
 * what metrics are made of.
 *
 * @param samples [batch, channels, height, width]
 */
export async function measure(
  judging: Judge,
  samples: Float32Array,
  { labels, prompts }: AskedFor,
  isAborted: IsAborted,
): Promise<Measured> {
  const { logits, features, embedding } = await outputs(judging, samples, labels.length, isAborted);
  const fits = prompts && embedding && alignments(embedding, labels, prompts);
  return { network: judging.manifest.id, logits, features, ...(fits && { fits }) };
}

/**
 * Probability of the class asked for, sample by sample, of pictures as a screen shows them; NaN where
 * none was asked for.
 */
export async function opinionOf(
  judging: Judge,
  pictures: Float32Array,
  labels: readonly number[],
  isAborted: IsAborted,
): Promise<number[]> {
  const { logits } = await outputs(judging, pictures, labels.length, isAborted);
  const numClasses = judging.manifest.classes.length;
  return labels.map((label, i) => {
    const row = logits.subarray(i * numClasses, (i + 1) * numClasses);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - row[label]!), 0);
    return label < numClasses ? 1 / total : Number.NaN;
  });
}

async function outputs(
  { network, manifest: { shape } }: Judge,
  pictures: Float32Array,
  rows: number,
  isAborted: IsAborted,
) {
  const data = asJudged(pictures, rows, shape);
  const made = await network.run({ x: { data, dims: shape } }, rows, isAborted);
  withoutLost(pictures, rows, Object.values(made));
  const { logits, features, embedding, style, background, count } = made;
  return {
    logits: logits!,
    features: features!,
    embedding,
    parts: { style, background, count },
  };
}
