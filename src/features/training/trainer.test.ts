import { describe, expect, test } from 'vitest';
import type { GaussianMixture } from '../../diffusion/worlds/analytic';
import { Evaluator, LABEL_AT } from './tiny-denoiser';
import type { TrainingSpec } from './train-protocol';
import { classesOf, drawBatch, SIGMA_RANGE, sigmaDataOf, Trainer } from './trainer';

const TRIANGLE: GaussianMixture = [
  { classLabel: 0, weight: 1, mean: [-1, -0.6], std: 0.4 },
  { classLabel: 1, weight: 1, mean: [1, -0.6], std: 0.4 },
  { classLabel: 2, weight: 2, mean: [0, 1.1], std: 0.4 },
];

const spec = (changes: Partial<TrainingSpec> = {}): TrainingSpec => ({
  mixture: TRIANGLE,
  pUncond: 0.1,
  batch: 64,
  steps: 20,
  width: 16,
  seed: 1,
  ...changes,
});

function trained(changes: Partial<TrainingSpec>): Trainer {
  const trainer = new Trainer(spec(changes));
  while (!trainer.finished) trainer.train();
  return trainer;
}

test('on one Gaussian the network becomes its closed-form denoiser', () => {
  const std = 0.7;
  const mixture = [{ classLabel: 0, weight: 1, mean: [0.5, -0.3], std }];
  const { network } = trained({ mixture, width: 32, steps: 1500 });
  const evaluator = new Evaluator(network);
  for (const sigma of [0.1, 0.5, 2, 8]) {
    // Where the data lie at this level: within two standard deviations of the mean.
    const reach = 2 * Math.hypot(std, sigma);
    const x = Float64Array.of(0.5, -0.3, 0.5 + reach, -0.3, 0.5, -0.3 - reach, 0.5 - reach, -0.3);
    const out = new Float64Array(x.length);
    for (const label of [0, 1]) {
      evaluator.denoise(x, sigma, label, out);
      for (let i = 0; i < x.length; i++) {
        const mean = i % 2 ? -0.3 : 0.5;
        const exact = (std ** 2 * x[i]! + sigma ** 2 * mean) / (std ** 2 + sigma ** 2);
        expect(Math.abs(out[i]! - exact), `sigma ${sigma}, label ${label}`).toBeLessThan(0.1);
      }
    }
  }
});

describe('the one-line change', () => {
  /** The first layer's weights that read the label, [outputs] of each label. */
  const weightsOf = ({ network }: Trainer, label: number) => {
    const { inputs, outputs, weight } = network.mlp.layers[0]!;
    return Array.from({ length: outputs }, (_, o) => weight[o * inputs + LABEL_AT + label]!);
  };

  test('p_uncond = 0 never trains the null label', () => {
    expect(weightsOf(trained({ pUncond: 0 }), 3)).toEqual(weightsOf(new Trainer(spec()), 3));
    expect(weightsOf(trained({ pUncond: 0 }), 0)).not.toEqual(weightsOf(new Trainer(spec()), 0));
  });

  test('p_uncond = 1 never trains the classes', () => {
    for (const label of [0, 1, 2]) {
      const start = weightsOf(new Trainer(spec()), label);
      expect(weightsOf(trained({ pUncond: 1 }), label)).toEqual(start);
    }
    expect(weightsOf(trained({ pUncond: 1 }), 3)).not.toEqual(weightsOf(new Trainer(spec()), 3));
  });

  test.each([0, 0.1, 0.5, 1])('shows a share of %d without its class', (pUncond) => {
    const { label } = drawBatch(spec({ batch: 10_000, pUncond }), 0);
    const share = label.filter((value) => value === 3).length / label.length;
    expect(Math.abs(share - pUncond)).toBeLessThan(0.01);
  });

  test('changes the labels alone, and only to the null label', () => {
    const without = drawBatch(spec({ pUncond: 0 }), 5);
    const half = drawBatch(spec({ pUncond: 0.5 }), 5);
    expect(half).toEqual({ ...without, label: half.label });
    for (const [i, label] of half.label.entries()) expect([3, without.label[i]]).toContain(label);
  });
});

describe('a batch', () => {
  const n = 20_000;
  const batch = drawBatch(spec({ batch: n, pUncond: 0 }), 7);

  test('has classes by their weights, and points by their class', () => {
    for (const { classLabel, weight, mean, std } of TRIANGLE) {
      const of = Array.from(batch.label.keys()).filter((i) => batch.label[i] === classLabel);
      expect(Math.abs(of.length / n - weight / 4)).toBeLessThan(0.01);
      for (const d of [0, 1]) {
        const values = of.map((i) => batch.x0[2 * i + d]!);
        const found = values.reduce((a, b) => a + b) / of.length;
        const variance = values.reduce((a, b) => a + (b - found) ** 2, 0) / of.length;
        expect(Math.abs(found - mean[d]!)).toBeLessThan(0.02);
        expect(Math.abs(variance - std ** 2)).toBeLessThan(0.01);
      }
    }
  });

  test('has noise levels over the whole range, nine in ten lognormal', () => {
    const logs = Array.from(batch.sigma, Math.log).toSorted((a, b) => a - b);
    const median = -1.2 + Math.log(sigmaDataOf(TRIANGLE) / 0.5);
    expect(Math.abs(logs[n / 2]! - median)).toBeLessThan(0.1);
    expect(Math.exp(logs.at(-1)!)).toBeGreaterThan(0.9 * SIGMA_RANGE.sigmaMax);
  });

  test('depends on seed and step; a sample not on the batch size', () => {
    const small = drawBatch(spec({ batch: 8 }), 3);
    const large = drawBatch(spec({ batch: 16 }), 3);
    expect(Array.from(large.x0.slice(0, 16))).toEqual(Array.from(small.x0));
    expect(drawBatch(spec({ batch: 8 }), 4).x0).not.toEqual(small.x0);
    expect(drawBatch(spec({ batch: 8, seed: 2 }), 3).x0).not.toEqual(small.x0);
    expect(drawBatch(spec({ batch: 8 }), 3)).toEqual(small);
  });
});

test('the same settings give the same network, bit for bit', () => {
  const { parameters } = trained({}).network.mlp;
  expect(trained({}).network.mlp.parameters).toEqual(parameters);
  for (const change of [{ pUncond: 0.5 }, { batch: 32 }, { steps: 21 }, { seed: 2 }]) {
    expect(trained(change).network.mlp.parameters, JSON.stringify(change)).not.toEqual(parameters);
  }
});

test('the data’s root mean square is that of its samples', () => {
  const { x0 } = drawBatch(spec({ batch: 50_000 }), 0);
  const found = Math.sqrt(x0.reduce((sum, value) => sum + value ** 2, 0) / x0.length);
  expect(Math.abs(found - sigmaDataOf(TRIANGLE))).toBeLessThan(0.01);
});

test.each([
  [{ pUncond: -0.1 }, 'pUncond must be within [0, 1], got -0.1'],
  [{ pUncond: Number.NaN }, 'pUncond must be within [0, 1], got NaN'],
  [{ batch: 0 }, 'batch must be a positive integer, got 0'],
  [{ steps: 1.5 }, 'steps must be a positive integer, got 1.5'],
  [{ width: 0 }, 'width must be a positive integer, got 0'],
  [{ seed: -1 }, 'A seed must be an integer'],
  [{ mixture: [] }, 'Class labels must be 0, 1, …, got none'],
  [{ mixture: [{ ...TRIANGLE[0]!, classLabel: -1 }] }, 'Class labels must be 0, 1, …, got -1'],
])('refuses %j', (changes, message) => {
  expect(() => new Trainer(spec(changes))).toThrow(message);
});

test('counts classes, not components', () => {
  expect(classesOf([...TRIANGLE, { ...TRIANGLE[1]!, mean: [3, 3] }])).toBe(3);
  expect(classesOf([TRIANGLE[0]!, TRIANGLE[2]!])).toBe(3);
});
