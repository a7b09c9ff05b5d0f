import { arrayFields, type FieldAlgebra, type ImageShape } from '../../../src/diffusion/fields';
import { guidanceRegistry } from '../../../src/diffusion/guidance';
import type { Evaluate } from '../../../src/diffusion/guidance/guided';
import { isCompanion, outputOf, worksWith } from '../../../src/diffusion/guidance/rule';
import { createRun, DEFAULT_RUN, type RunSettings } from '../../../src/diffusion/run';
import { samplerRegistry } from '../../../src/diffusion/samplers';
import { Commands } from '../../../src/engine/gpu/commands';
import { gpuFields } from '../../../src/engine/gpu/fields';
import { type Apart, difference } from './trajectories';

const SEEDS = [7, 8];
const SHAPE: ImageShape = [1, 8, 8];
const RANGE = { sigmaMin: 0.002, sigmaMax: 80 };
/** Over all noise levels so few steps of Heun would multiply rounding by hundreds. */
const HEUN_RANGE = { sigmaMin: 0.5, sigmaMax: 10 };

/** A network that is as exact over any fields: x and a picture of each prediction's own, mixed by the noise level. */
function mixing<F>(fields: FieldAlgebra<F>): Evaluate<F> {
  return (x, sigma, needs) =>
    Object.fromEntries(
      needs.map((name, k) => {
        const own = fields.noise(100 + k);
        const kept = 1 / (1 + sigma ** 2);
        const isGradient = isCompanion(name) && outputOf(name) === 'grad';
        const made = isGradient
          ? fields.lincomb([[0.1 * kept, own]])
          : fields.lincomb([
              [kept, x],
              [0.5 - 0.5 * kept, own],
            ]);
        fields.release(own);
        return [name, made];
      }),
    );
}

async function ended<F>(
  settings: RunSettings,
  fields: FieldAlgebra<F>,
  read: (field: F) => Float32Array | Promise<Float32Array>,
): Promise<Float32Array> {
  const range = settings.sampler === 'heun' ? HEUN_RANGE : RANGE;
  const run = createRun({ settings, range, fields, evaluate: mixing(fields) });
  let last = new Float32Array();
  for await (const { step, x } of run.steps(run.start())) {
    if (step === settings.numSteps - 1) last = new Float32Array(await read(x));
  }
  return last;
}

/** Every rule with every sampler that can follow it: a run over buffers against one over arrays. */
export async function everyRun(): Promise<Apart[]> {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const commands = new Commands(device);
  const sampleSize = SHAPE.reduce((a, b) => a * b);
  const apart: Apart[] = [];
  for (const rule of guidanceRegistry) {
    for (const sampler of samplerRegistry.filter((sampler) => worksWith(rule, sampler))) {
      // One more than any sampler or rule looks back.
      const settings = {
        ...DEFAULT_RUN,
        guidance: rule.id,
        guidanceScale: 3,
        sampler: sampler.id,
        numSteps: 4,
      };
      const onDevice = gpuFields({ commands, seeds: SEEDS, shape: SHAPE });
      const made = await ended(settings, onDevice, async (x) => (await onDevice.read([x]))[0]!);
      onDevice.dispose();
      const arrays = arrayFields({ seeds: SEEDS, sampleSize, shape: SHAPE });
      const wanted = await ended(settings, arrays, ({ data }) => data);
      apart.push({ rule: rule.id, sampler: sampler.id, ...difference(made, wanted) });
    }
  }
  device.destroy();
  return apart;
}
