import type { PromptStates } from '../conditioning';

/**
 * How well pictures fit their prompts: the cosine of a picture's embedding and the mean state of the
 * prompt's tokens, as a judge that was trained on both gives it (CLIP, 2103.00020).
 *
 * @param embedding `[batch, width]`
 * @param labels index of each picture's prompt; the number of prompts stands for none
 * @returns one number a picture, -1 … 1; NaN where no prompt was asked for
 */
export function alignments(
  embedding: Float32Array,
  labels: readonly number[],
  states: PromptStates,
): number[] {
  const { width } = states;
  return labels.map((label, i) => {
    const wanted = meanState(states, label);
    const picture = embedding.subarray(i * width, (i + 1) * width);
    return wanted ? cosine(picture, wanted) : Number.NaN;
  });
}

/** The mean state of a prompt's tokens; undefined of none. */
function meanState(
  { text, mask, tokens, width }: PromptStates,
  prompt: number,
): Float64Array | undefined {
  const mean = new Float64Array(width);
  let count = 0;
  for (let t = 0; t < tokens; t++) {
    if (!(mask[prompt * tokens + t]! > 0)) continue;
    count++;
    const from = (prompt * tokens + t) * width;
    for (let k = 0; k < width; k++) mean[k]! += text[from + k]!;
  }
  return count === 0 ? undefined : mean.map((sum) => sum / count);
}

function cosine(a: ArrayLike<number>, b: Float64Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let k = 0; k < b.length; k++) {
    dot += a[k]! * b[k]!;
    aa += a[k]! ** 2;
    bb += b[k]! ** 2;
  }
  return dot / Math.sqrt(aa * bb);
}
