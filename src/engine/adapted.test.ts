import { describe, expect, test } from 'vitest';
import type { Adaptation } from '../diffusion/adapt';
import { sigmaTable } from '../diffusion/betas';
import { byLabel } from '../diffusion/conditioning';
import type { DenoiserManifest } from '../networks/manifest';
import { adaptedNetwork, checkBatch, checkForward, isAdapted } from './adapted';
import type { LimitedNetwork } from './network';

const betas = { kind: 'linear', start: 1e-4, end: 0.02, steps: 1000 } as const;
const manifest = (prediction: Adaptation['prediction'], classes: string[] = ['a', 'b']) =>
  ({
    shape: [1, 8, 8],
    classes,
    sigma: { min: 0.01, max: 80 },
    adapt: {
      prediction,
      betas,
      range: [-1, 1],
      x: 'x',
      time: { name: 't', type: 'int64', shape: 'rows', counts: 'from-0' },
      ...(classes.length && { label: { name: 'y', type: 'int64', nullLabel: classes.length } }),
      output: 'out',
      graph: { dims: {} },
    },
  }) as Partial<DenoiserManifest> as DenoiserManifest & { adapt: DenoiserManifest['adapt'] & {} };

/** A raw network of Gaussian data N(0.2, 0.1²), as it would predict; `twist` spoils its output. */
function raw(
  kind: 'eps' | 'v' | 'x0',
  twist = (out: number, _label: number) => out,
): LimitedNetwork {
  const table = sigmaTable(betas);
  return {
    async run({ x, t, y }, rows) {
      expect(t!.type).toBe('int64');
      const size = x!.data.length / rows;
      const out = x!.data.map((z, i) => {
        const row = Math.floor(i / size);
        const sigma = table[t!.data[row]!]!;
        const a = 1 / Math.sqrt(1 + sigma ** 2);
        const b = sigma * a;
        const x0 = 0.2 + ((a * 0.01) / (a ** 2 * 0.01 + b ** 2)) * (z - a * 0.2);
        const eps = (z - a * x0) / b;
        return twist({ eps, x0, v: a * eps - b * x0 }[kind], y?.data[row] ?? 0);
      });
      return { out };
    },
    busyMs: 5,
    maxBatch: 8,
    limit: () => {},
    release: async () => {},
  };
}

test('a student with one scale for the batch is evaluated scale by scale, and with one as ever', async () => {
  const student = manifest('x0');
  const scale = { name: 'w', shape: 'scalar', counts: 'w' } as const;
  const model = { ...student, adapt: { ...student.adapt, scale } };
  const asked: [number, number[]][] = [];
  const fake: LimitedNetwork = {
    ...raw('x0'),
    async run({ x, w, y }, rows) {
      expect(x!.data).toHaveLength(64 * rows);
      asked.push([rows, [...w!.data]]);
      return { out: x!.data.map((_, i) => w!.data[0]! + 10 * y!.data[Math.floor(i / 64)]!) };
    },
  };
  const draw = async (scales: number[]) => {
    asked.length = 0;
    const rows = scales.length;
    const inputs = {
      x: { data: new Float32Array(64 * rows), dims: [1, 8, 8] },
      sigma: { data: new Float32Array(rows).fill(1), dims: [] },
      ...byLabel([0, 1, 0, 1].slice(0, rows), 2),
      scale: { data: Float32Array.from(scales), dims: [] },
    };
    const { denoised } = await adaptedNetwork(fake, model).run(inputs, rows);
    return scales.map((_, row) => denoised![64 * row + 63]);
  };
  expect(await draw([2, 5, 2, 1])).toEqual([1, 14, 1, 10]);
  expect(asked).toEqual([
    [2, [1]],
    [1, [4]],
    [1, [0]],
  ]);
  expect(await draw([3, 3])).toEqual([2, 12]);
  expect(asked).toEqual([[2, [2]]]);
});

const check = (network: LimitedNetwork, model: ReturnType<typeof manifest>) =>
  checkForward(adaptedNetwork(network, model), model);

const batch = (network: LimitedNetwork, model: ReturnType<typeof manifest>) =>
  checkBatch(adaptedNetwork(network, model), model);

describe('trial forwards', () => {
  test.each(['eps', 'v', 'x0'] as const)('a network of %s fits', async (kind) => {
    await check(raw(kind), manifest(kind));
    await check(raw(kind), manifest(kind, []));
    // Trained networks are a few per cent off.
    await check(
      raw(kind, (out) => 0.97 * out),
      manifest(kind),
    );
  });

  test.each([
    ['eps', 'x0'],
    ['eps', 'v'],
    ['v', 'eps'],
    ['x0', 'eps'],
  ] as const)('a network of %s taken for one of %s does not', async (made, taken) => {
    await expect(check(raw(made), manifest(taken))).rejects.toThrow('another kind of prediction');
  });

  test('numbers that are none are named, by noise level and class', async () => {
    const broken = raw('eps', (out, label) => (label === 1 ? Number.NaN : out));
    await expect(check(broken, manifest('eps'))).rejects.toThrow(
      [0.01, 1, 80]
        .map(
          (sigma) => `The estimate at sigma = ${sigma} for class 1 must be finite numbers, got NaN`,
        )
        .join('\n'),
    );
  });

  test('estimates far beyond pictures are named', async () => {
    const far = raw('x0', (out, label) => (label === 2 ? 100 : out));
    await expect(check(far, manifest('x0'))).rejects.toThrow(
      'for no class must lie within ±10, got 100: are prediction',
    );
  });

  test('what the runtime says is one line', async () => {
    const network = raw('eps', () => {
      throw new Error('indices out of bounds\nstack');
    });
    await expect(check(network, manifest('eps'))).rejects.toThrow(
      /^A trial forward at sigma = 0.01 failed: a table .* The runtime says: indices out of bounds$/,
    );
  });

  test('a network without "no class" is not asked for it', async () => {
    const model = manifest('eps');
    const { nullLabel: _, ...label } = model.adapt.label!;
    const asked: number[] = [];
    const network = raw('eps', (out, index) => {
      asked.push(index);
      return out;
    });
    await check(network, { ...model, adapt: { ...model.adapt, label } });
    expect([...new Set(asked)]).toEqual([0, 1]);
  });
});

test('a network whose estimates depend on the others of the batch is told', async () => {
  const network = raw('eps');
  const normalising: LimitedNetwork = {
    ...network,
    async run(inputs, rows) {
      const { out } = await network.run(inputs, rows);
      const mean = out!.reduce((sum, value) => sum + value, 0) / out!.length;
      return { out: out!.map((value) => value - 5 * mean) };
    },
  };
  for (const classes of [['a', 'b'], []]) {
    await expect(batch(normalising, manifest('eps', classes))).rejects.toThrow(
      /must not depend on the others of its batch[\s\S]*net\.eval/,
    );
  }
});

test('two pictures at least are tried, of networks without labels too', async () => {
  const network = raw('eps');
  const single: LimitedNetwork = {
    ...network,
    run: (inputs, rows) => {
      if (rows > 1) throw new Error('Reshape: Input shape:{2,1,8,8}, requested shape:{1,64}');
      return network.run(inputs, rows);
    },
  };
  await expect(check(single, manifest('eps', []))).rejects.toThrow(/exported for another batch/);
});

test('an output of fewer pictures than went in is named', async () => {
  const network = raw('eps');
  const halving: LimitedNetwork = {
    ...network,
    async run(inputs, rows) {
      const { out } = await network.run(inputs, rows);
      return { out: out!.subarray(0, 64 * Math.floor(rows / 2)) };
    },
  };
  const model = manifest('eps', []);
  await expect(check(halving, model)).rejects.toThrow('gives 1 pictures for 2: its batch differs');
  await expect(batch(halving, model)).rejects.toThrow('gives 0 pictures for 1: its batch differs');
});

test('so is one with guidance inside, which gives as many of an even number', async () => {
  const network = raw('eps');
  const guiding: LimitedNetwork = {
    ...network,
    async run(inputs, rows) {
      const { out } = await network.run(inputs, rows);
      const half = out!.subarray(0, 64 * Math.floor(rows / 2));
      return { out: Float32Array.of(...half, ...half) };
    },
  };
  await expect(batch(guiding, manifest('v'))).rejects.toThrow(
    /gives 0 pictures for 1[\s\S]*Export the network alone/,
  );
});

test('what a wrong convention makes fail says nothing of batches', async () => {
  const beyond = { ...raw('eps'), run: () => Promise.reject(new Error('index out of bounds')) };
  await expect(batch(beyond, manifest('eps'))).resolves.toBeUndefined();
  await expect(check(beyond, manifest('eps'))).rejects.toThrow(/a table in the graph/);
});

test('a missing output is named', async () => {
  const network = { ...raw('eps'), run: async () => ({ other: new Float32Array(64) }) };
  const adapted = adaptedNetwork(network, manifest('eps', []));
  const inputs = (length: number) => ({ data: new Float32Array(length).fill(1), dims: [] });
  await expect(
    adapted.run({ x: inputs(64), sigma: inputs(1), label: inputs(1) }, 1),
  ).rejects.toThrow('The output "out" is missing');
  expect([adapted.busyMs, adapted.maxBatch]).toEqual([5, 8]);
});

test('what is of this project needs no adapting', () => {
  expect(isAdapted(manifest('eps'))).toBe(true);
  expect(isAdapted({ ...manifest('eps'), adapt: undefined })).toBe(false);
});
