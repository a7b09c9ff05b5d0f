import { InferenceSession, Tensor } from 'onnxruntime-node';
import { joined, type PromptStates } from '../src/diffusion/conditioning';
import { alignments } from '../src/diffusion/metrics/alignment';
import {
  asJudged,
  type Opinion,
  opinionFrom,
  promptOpinionFrom,
  withoutLost,
} from '../src/diffusion/metrics/verdicts';
import type { FeaturesManifest } from '../src/networks/manifest';
import { type ModelReference, readReference } from '../src/networks/reference';
import { loadLocalModel } from './models';

/** Pictures that the feature network sees at once. */
const BATCH = 128;

/** What a feature network answers. */
interface Looked {
  readonly logits: Float32Array;
  readonly features: Float32Array;
  readonly embedding: Float32Array;
}

/** A feature network on onnxruntime-node. */
export interface Judge {
  readonly manifest: FeaturesManifest;
  /** What it says of real pictures, if it was shipped with that. */
  readonly reference: ModelReference | undefined;
  /**
   * Logits [batch, classes], features [batch, features] and, of a judge that knows texts, embedding
   * [batch, width] of samples as a screen shows them.
   *
   * @param samples [batch, channels, height, width]
   * @param batch of smaller pictures than the judge's. Default: as many as samples has of its size
   */
  look(samples: Float32Array, batch?: number): Promise<Looked>;
  release(): Promise<void>;
}

/** @throws ModelError; RangeError for a network that has no features */
export async function openJudge(
  id: string,
  { threads = 0 }: { readonly threads?: number } = {},
): Promise<Judge> {
  const { manifest, files } = await loadLocalModel(id, undefined, { reference: true });
  if (manifest.role !== 'features') {
    throw new RangeError(`Model "${id}" must have features, its role is "${manifest.role}"`);
  }
  const reference = readReference(manifest, files);
  const session = await InferenceSession.create(files.get('model.onnx')!, {
    intraOpNumThreads: threads,
  });
  const size = manifest.shape.reduce((product, length) => product * length);
  return {
    manifest,
    reference,
    async look(samples, batch = samples.length / size) {
      const shown = asJudged(samples, batch, manifest.shape);
      const parts: Record<keyof Looked, Float32Array[]> = {
        logits: [],
        features: [],
        embedding: [],
      };
      for (let first = 0; first < batch; first += BATCH) {
        const part = shown.subarray(first * size, (first + BATCH) * size);
        const x = new Tensor('float32', part, [part.length / size, ...manifest.shape]);
        const { logits, features, embedding } = await session.run({ x });
        parts.logits.push(logits!.data as Float32Array);
        parts.features.push(features!.data as Float32Array);
        if (embedding) parts.embedding.push(embedding.data as Float32Array);
      }
      const looked = {
        logits: joined(parts.logits),
        features: joined(parts.features),
        embedding: joined(parts.embedding),
      };
      withoutLost(samples, batch, Object.values(looked));
      return looked;
    },
    release: () => session.release(),
  };
}

/**
 * The opinion of a feature network of finished samples, as the page has it.
 *
 * @param id the feature network
 * @param samples [batch, channels, height, width]
 * @param labels class asked for, sample by sample; the number of classes stands for none
 * @param options.mixed a class that was mixed into every label
 * @param options.prompts token states, where labels are indices of prompts
 * @throws ModelError; RangeError for a network that has no features
 */
export async function judgeSamples(
  id: string,
  samples: Float32Array,
  labels: readonly number[],
  {
    threads,
    mixed,
    prompts,
  }: {
    readonly threads?: number;
    readonly mixed?: number | undefined;
    readonly prompts?: PromptStates | undefined;
  } = {},
): Promise<Opinion> {
  const judge = await openJudge(id, threads === undefined ? {} : { threads });
  try {
    const { logits, features, embedding } = await judge.look(samples, labels.length);
    if (!prompts) return opinionFrom(logits, features, labels, mixed);
    const fits = embedding.length > 0 ? alignments(embedding, labels, prompts) : [];
    return promptOpinionFrom(logits, features, labels, fits);
  } finally {
    await judge.release();
  }
}

/** Share of numbers outside [-1, 1] by more than 0.01. */
export function shareOutside(samples: Float32Array): number {
  let outside = 0;
  for (const value of samples) if (Math.abs(value) > 1.01) outside++;
  return outside / samples.length;
}
