import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-web';
import { arrayFields } from '../src/diffusion/fields';
import { karras } from '../src/diffusion/schedules';
import type { DenoiserManifest } from '../src/networks/manifest';
import type { BenchSettings } from './settings';

/**
 * Guided sampling as most programs write it: two evaluations a step, one after the other, and new
 * tensors for each. Euler's method, so the same network evaluations and pictures as sampler `ddim`.
 *
 * @returns samples [batch, channels, height, width]
 */
export async function plainLoop(
  { Tensor }: { readonly Tensor: TensorConstructor },
  session: Pick<InferenceSession, 'run'>,
  { shape, classes, sigma: range }: DenoiserManifest,
  { seeds, labels, numSteps, guidanceScale }: BenchSettings,
): Promise<Float32Array> {
  const batch = seeds.length;
  const sampleSize = shape.reduce((a, b) => a * b);
  const sigmas = karras.sigmas(numSteps, { sigmaMin: range.min, sigmaMax: range.max }, {});
  let x = arrayFields({ seeds, sampleSize })
    .noise(-1)
    .data.map((noise) => sigmas[0]! * noise);

  const evaluate = async (sigma: number, classOf: (sample: number) => number) => {
    const width = classes.length + 1;
    const label = new Float32Array(batch * width);
    for (let b = 0; b < batch; b++) label[b * width + classOf(b)] = 1;
    const { denoised } = await session.run({
      x: new Tensor('float32', x, [batch, ...shape]),
      sigma: new Tensor('float32', new Float32Array(batch).fill(sigma), [batch]),
      label: new Tensor('float32', label, [batch, width]),
    });
    return (denoised as Tensor).data as Float32Array;
  };

  for (let step = 0; step < numSteps; step++) {
    const sigma = sigmas[step]!;
    const cond = await evaluate(sigma, (sample) => labels[sample]!);
    const uncond = await evaluate(sigma, () => classes.length);
    const q = sigmas[step + 1]! / sigma;
    x = x.map((value, i) => {
      const denoised = uncond[i]! + guidanceScale * (cond[i]! - uncond[i]!);
      return q * value + (1 - q) * denoised;
    });
  }
  return x;
}
