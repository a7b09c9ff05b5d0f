import { arrayFields, type FieldAlgebra, type ImageShape } from '../../diffusion/fields';
import type { Commands } from './commands';
import { gpuFields } from './fields';

/** Far more than rounding, on any device; far less than what could be seen. */
const TOLERANCE = 1e-3;
const SEEDS = [3, 4];
const SHAPE: ImageShape = [1, 8, 8];

/**
 * Whether the device's kernels do what the arrays do: every kind of operation once, on a few numbers.
 * A driver that gets one wrong leaves its runs to arrays.
 */
export async function deviceIsTrusted(commands: Commands): Promise<boolean> {
  const onDevice = gpuFields({ commands, seeds: SEEDS, shape: SHAPE });
  try {
    const sampleSize = SHAPE.reduce((a, b) => a * b);
    const arrays = arrayFields({ seeds: SEEDS, sampleSize, shape: SHAPE });
    const [made, wanted] = [
      await answers(onDevice, async (fields) =>
        (await onDevice.read(fields)).flatMap((x) => [...x]),
      ),
      await answers(arrays, async (fields) => fields.flatMap(({ data }) => [...data])),
    ];
    // Written so that NaN fails too.
    return made.every(
      (number, i) => Math.abs(number - wanted[i]!) <= TOLERANCE * (1 + Math.abs(wanted[i]!)),
    );
  } catch {
    return false;
  } finally {
    onDevice.dispose();
  }
}

async function answers<F>(
  fields: FieldAlgebra<F>,
  read: (fields: readonly F[]) => Promise<number[]>,
): Promise<number[]> {
  const [a, b] = [fields.noise(-1), fields.noise(0)];
  const mixed = fields.lincomb([
    [[0.5, 80], a],
    [-3, b],
  ]);
  const { inner, mean } = await fields.gram([a, mixed]);
  return [
    ...(await read([mixed, fields.clamp(mixed, [0.3, 2]), ...fields.bands(b, 2)])),
    ...(await read([fields.highPass(b, 0.05)])),
    ...[...inner, ...mean].flatMap((numbers) => [...numbers]),
    ...(await fields.absQuantile(mixed, 0.95)),
  ];
}
