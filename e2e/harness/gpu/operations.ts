import {
  type ArrayField,
  arrayFields,
  type FieldAlgebra,
  type ImageShape,
} from '../../../src/diffusion/fields';
import { Commands } from '../../../src/engine/gpu/commands';
import { type GpuField, gpuFields } from '../../../src/engine/gpu/fields';
import { deviceIsTrusted } from '../../../src/engine/gpu/trusted';

/** Whether a device is trusted as it is, and where one of its kernels does nothing. */
export async function trustedDevices(): Promise<readonly [boolean, boolean]> {
  class Faulty extends Commands {
    override run(...kernel: Parameters<Commands['run']>) {
      if (!kernel[0].includes('clamp')) super.run(...kernel);
    }
  }
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const trusted = [
    await deviceIsTrusted(new Commands(device)),
    await deviceIsTrusted(new Faulty(device)),
  ] as const;
  device.destroy();
  return trusted;
}

/** How far each operation of the field algebra over buffers is from the one over arrays. */
export async function everyOperation(): Promise<Record<string, number>> {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const seeds = [3, 4, 5];
  const shape: ImageShape = [2, 12, 7];
  const sampleSize = shape.reduce((a, b) => a * b);
  const onGpu = gpuFields({ commands: new Commands(device), seeds, shape });
  const arrays = arrayFields({ seeds, sampleSize, shape });
  const wanted = await operations(arrays, async (field: ArrayField) => [...field.data]);
  const made = await operations(onGpu, async (field: GpuField) => {
    const [numbers] = await onGpu.read([field]);
    return [...numbers!];
  });
  const spread = onGpu.lincomb([[[1, Number.NaN, -2], onGpu.noise(0)]]);
  const { buffer, numbers } = onGpu.largest([spread, onGpu.noise(-1)]);
  const [largest] = await onGpu.commands.read([{ buffer, numbers }]);
  made.largest = [...largest!];
  wanted.largest = seeds.flatMap((_, b) =>
    [[1, Number.NaN, 2][b]!, 1].map((factor, k) => {
      const { data } = arrays.noise(k === 0 ? 0 : -1);
      const sample = data.subarray(b * sampleSize, (b + 1) * sampleSize);
      return factor * sample.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    }),
  );
  device.destroy();
  return Object.fromEntries(
    Object.entries(made).map(([name, numbers]) => {
      const apart = numbers.map((value, i) => {
        const other = wanted[name]![i]!;
        return Object.is(value, other) ? 0 : Math.abs(value - other);
      });
      return [name, Math.max(...apart)];
    }),
  );
}

async function operations<F>(
  fields: FieldAlgebra<F>,
  read: (field: F) => Promise<number[]>,
): Promise<Record<string, number[]>> {
  const noises = [-1, 0, 1, 2, 3, 4, 5, 6].map((step) => fields.noise(step));
  const [a, b, c, d] = noises as [F, F, F, F];
  const { inner, mean } = await fields.gram([a, b, c, d]);
  const lost = fields.lincomb([[[1, Number.NaN, 1], a]]);
  const bands = fields.bands(a, 3);
  const terms = noises.map((noise, k) => [k - 2, noise] as const);
  return {
    lincomb: await read(
      fields.lincomb([
        [0.5, a],
        [-3, b],
      ]),
    ),
    'lincomb by sample': await read(
      fields.lincomb([
        [[1, 2, 3], a],
        [0.25, b],
      ]),
    ),
    'lincomb of eight': await read(fields.lincomb(terms)),
    'gram, products': inner.flatMap((products) => [...products]),
    'gram, means': mean.flatMap((means) => [...means]),
    clamp: await read(fields.clamp(a, 0.3)),
    'clamp by sample': await read(fields.clamp(a, [0, 0.5, 9])),
    'clamp of what is no number': await read(fields.clamp(lost, 0.3)),
    quantile: [...(await fields.absQuantile(a, 0.95)), ...(await fields.absQuantile(b, 0.5))],
    'greatest quantile': [...(await fields.absQuantile(a, 1))],
    'quantile of equal numbers': [...(await fields.absQuantile(fields.clamp(a, 0.01), 0.7))],
    'quantile of what is no number': [...(await fields.absQuantile(lost, 0.5))],
    'finest band': await read(bands[0]!),
    'middle band': await read(bands[1]!),
    'coarsest band': await read(bands[2]!),
    'high-pass': await read(fields.highPass(a, 0.05)),
    'high-pass of few waves': await read(fields.highPass(b, 0.4)),
  };
}
