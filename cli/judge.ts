import { InferenceSession, Tensor } from 'onnxruntime-node';
import { asShown, type Opinion, opinionFrom } from '../src/diffusion/metrics/verdicts';
import { loadLocalModel } from './models';

/** Pictures that the feature network sees at once. */
const BATCH = 128;

/**
 * The opinion of a feature network of finished samples, as the page has it.
 *
 * @param id the feature network
 * @param samples [batch, channels, height, width]
 * @param labels class asked for, sample by sample; the number of classes stands for none
 * @param mixed a class that was mixed into every label
 * @throws ModelError; RangeError for a network that has no features
 */
export async function judgeSamples(
  id: string,
  samples: Float32Array,
  labels: readonly number[],
  { threads = 0, mixed }: { readonly threads?: number; readonly mixed?: number | undefined } = {},
): Promise<Opinion> {
  const { manifest, files } = await loadLocalModel(id);
  if (manifest.role !== 'features') {
    throw new RangeError(`Model "${id}" must have features, its role is "${manifest.role}"`);
  }
  const session = await InferenceSession.create(files.get('model.onnx')!, {
    intraOpNumThreads: threads,
  });
  const size = samples.length / labels.length;
  const shown = asShown(samples);
  const outputs = { logits: [] as number[], features: [] as number[] };
  try {
    for (let first = 0; first < labels.length; first += BATCH) {
      const part = shown.subarray(first * size, (first + BATCH) * size);
      const x = new Tensor('float32', part, [part.length / size, ...manifest.shape]);
      const { logits, features } = await session.run({ x });
      outputs.logits.push(...(logits!.data as Float32Array));
      outputs.features.push(...(features!.data as Float32Array));
    }
  } finally {
    await session.release();
  }
  const [logits, features] = [outputs.logits, outputs.features].map((all) =>
    Float32Array.from(all),
  );
  return opinionFrom(logits!, features!, labels, mixed);
}

/** Share of numbers outside [-1, 1] by more than 0.01. */
export function shareOutside(samples: Float32Array): number {
  let outside = 0;
  for (const value of samples) if (Math.abs(value) > 1.01) outside++;
  return outside / samples.length;
}
