import { describe, expect, test } from 'vitest';
import { DEFAULT_RUN } from '../diffusion/run';
import type { DenoiserManifest, FeaturesManifest } from '../networks/manifest';
import { buffersOf } from './inside';
import { opinionOf } from './judge';
import { outsideOf, toSigned } from './pixels';
import type { Frame, InsideOptions, SampleSettings } from './protocol';
import { runSampler } from './run';

const SIZE = 4;
const manifest = {
  shape: [1, 2, 2],
  classes: ['A', 'B'],
  sigma: { min: 0.1, max: 80 },
} as unknown as DenoiserManifest;

/**
 * The exact denoiser of Gaussian data N(mean of the label, 1): D = (mean sigma² + x)/(1 + sigma²).
 * Mean 3 for A, -1 for B, 0.5 without a class; the weak network halves the means. And the exact
 * gradient of the classifier of A against no class.
 */
const means = [3, -1, 0.5] as const;
const pull = (sigma: number) => sigma ** 2 / (1 + sigma ** 2);
type Run = Parameters<typeof runSampler>[0]['network']['run'];
const rowsOf = (numbers: (mean: number, sigma: number, x: number) => number): Run =>
  async function run({ x, sigma, label }, rows) {
    const out = Float32Array.from(x!.data, (value, i) => {
      const row = Math.floor(i / SIZE);
      const mean = means.reduce((sum, m, k) => sum + m * label!.data[3 * row + k]!, 0);
      return numbers(mean, sigma!.data[row]!, value);
    });
    expect(out).toHaveLength(rows * SIZE);
    return { denoised: out, grad: out };
  };
const network = (factor: number) => ({
  run: rowsOf((mean, sigma, x) => mean * factor * pull(sigma) + x / (1 + sigma ** 2)),
  busyMs: 0,
});
/** Its gradient is (c - u)/sigma², as of an exact classifier. */
const classifier = {
  run: rowsOf((mean, sigma) => (mean - means[2]) / (1 + sigma ** 2)),
  busyMs: 0,
};

const companions = {
  weak: { network: network(0.5), manifest: {} },
  classifier: { network: classifier, manifest: {} },
};

const settings: SampleSettings = {
  ...DEFAULT_RUN,
  seeds: [7, 8],
  labels: [0, 1],
  numSteps: 4,
  sampler: 'ddim',
  guidanceScale: 2,
};

async function look(
  changes: Partial<SampleSettings> = {},
  inside: InsideOptions | null = { gradient: false },
) {
  const frames: Frame[] = [];
  const opinion = async (estimates: Float32Array) =>
    settings.labels.map((_, b) => estimates[b * SIZE]!);
  const done = await runSampler(
    { network: network(1), companions, manifest },
    { ...settings, ...changes },
    (frame) => {
      frames.push(frame);
    },
    () => false,
    inside ? { inside, opinion } : undefined,
  );
  return { ...done, frames };
}

describe('a run that is looked into', () => {
  test('gives the figures of the two predictions at each step', async () => {
    const { frames } = await look();
    expect(frames).toHaveLength(4);
    for (const { sigma, inside } of frames) {
      const { norm, parallel, orthogonal, angle } = inside!.figures;
      // c - u is the difference of the means everywhere: ‖c - u‖ = 2 |difference| pull.
      [2.5, -1.5].forEach((difference, b) => {
        const length = 2 * Math.abs(difference) * pull(sigma);
        expect(norm[b]! / (length / sigma)).toBeCloseTo(1, 4);
        expect(Math.hypot(parallel[b]!, orthogonal[b]!)).toBeCloseTo(length, 4);
        expect(angle[b]).toBeGreaterThan(0);
        expect(angle[b]).toBeLessThan(180);
      });
    }
  });

  test('has the same pixels and costs as one that is not', async () => {
    const blind = await look({}, null);
    const seen = await look();
    expect(seen.samples).toEqual(blind.samples);
    expect(seen.figures.nfe).toBe(blind.figures.nfe);
    expect(blind.frames[0]!.inside).toBeUndefined();
    const pixels = (frames: Frame[]) => frames.map(({ inside: _, ...frame }) => frame);
    expect(pixels(seen.frames)).toEqual(pixels(blind.frames));
  });

  test('asks for an opinion of the guided estimate, and tells how much of it is saturated', async () => {
    const { frames } = await look();
    for (const { outside, inside } of frames) {
      const { opinion, saturated } = inside!.figures;
      [0, 1].forEach((b) => {
        const excess = [...outside.subarray(b * SIZE, (b + 1) * SIZE)];
        expect(saturated[b]).toBe(excess.filter((value) => Math.abs(value) > 1).length / SIZE);
        const first = Math.sign(opinion[b]!) * 100 * Math.max(0, Math.abs(opinion[b]!) - 1);
        expect(excess[0]).toBeCloseTo(Math.max(-127, Math.min(127, first)), -0.5);
      });
    }
    expect(frames.at(-1)!.inside!.figures.saturated[0]).toBeGreaterThan(0);
  });

  test('has gaps where a rule did not evaluate both', async () => {
    const { frames } = await look({ interval: [1, 90] });
    const gaps = frames.map(({ inside }) => Number.isNaN(inside!.figures.norm[0]!));
    expect(gaps).toEqual(frames.map(({ sigma }) => sigma <= 1));
    expect(frames.map(({ inside }) => inside!.eps === undefined)).toEqual(gaps);
    for (const { inside } of frames) expect(inside!.figures.saturated[0]).not.toBeNaN();
  });

  test('shows eps as signed pictures, each on its own scale', async () => {
    const { frames } = await look();
    for (const { sigma, inside } of frames) {
      const { cond, other, difference } = inside!.eps!;
      expect(cond.limit).toEqual([3, 3]);
      difference.limit.forEach((limit, b) => {
        const value = ([-2.5, 1.5][b]! * pull(sigma)) / sigma; // eps_c - eps_u = (u - c)/sigma
        expect(limit).toBeGreaterThanOrEqual(Math.abs(value) * (1 - 1e-5));
        expect(limit).toBeLessThan(3 * Math.abs(value));
        const byte = difference.data[b * SIZE]!;
        expect(Math.abs((byte * limit) / 127 - value)).toBeLessThan(limit / 127);
        const parts = ((cond.data[b * SIZE]! - other.data[b * SIZE]!) * 3) / 127;
        expect(Math.abs(parts - value)).toBeLessThan(6 / 127);
      });
    }
  });

  test('takes the weak network in the place of the unconditional one', async () => {
    const { frames } = await look({ guidance: 'autoguidance' });
    const { sigma, inside } = frames[1]!;
    // c - weak = half the mean of the class.
    [1.5, -0.5].forEach((difference, b) => {
      const length = 2 * Math.abs(difference) * pull(sigma);
      expect(inside!.figures.norm[b]! / (length / sigma)).toBeCloseTo(1, 4);
    });
  });
});

describe('the explicit gradient', () => {
  test('is evaluated at every step, beside the implicit one on one scale', async () => {
    const { frames, figures } = await look({ interval: [1, 90] }, { gradient: true });
    expect(figures.nfe, 'what is only looked at is no cost').toBe(
      (await look({ interval: [1, 90] })).figures.nfe,
    );
    for (const { sigma, inside } of frames) {
      expect(inside!.figures.norm[0]).not.toBeNaN();
      // The exact classifier's gradient is the implicit one of exact predictions.
      expect(inside!.figures.agreement[0]).toBeCloseTo(1, 4);
      const { explicit, implicit } = inside!.gradients!;
      expect(explicit.limit).toEqual(implicit.limit);
      const value = (explicit.data[0]! * explicit.limit[0]!) / 127;
      expect(Math.abs(value - 2.5 / (1 + sigma ** 2))).toBeLessThan(explicit.limit[0]! / 127);
      expect(Math.abs(explicit.data[0]! - implicit.data[0]!)).toBeLessThanOrEqual(1);
    }
    expect(buffersOf(frames[0]!.inside!)).toHaveLength(5);
  });

  test('compares with the unconditional network under autoguidance too', async () => {
    const { frames } = await look({ guidance: 'autoguidance' }, { gradient: true });
    for (const { inside } of frames) expect(inside!.figures.agreement[1]).toBeCloseTo(1, 4);
  });

  test('is not there unless it is asked for', async () => {
    const { frames } = await look();
    expect(frames[0]!.inside!.gradients).toBeUndefined();
    expect(frames[0]!.inside!.figures.agreement[0]).toBeNaN();
    expect(buffersOf(frames[0]!.inside!)).toHaveLength(3);
  });
});

test('an opinion is the probability of the class asked for, of clipped pictures', async () => {
  const judge = {
    run: async ({ x }: Parameters<Run>[0]) => {
      expect([...x!.data]).toEqual([1, -1, 1]);
      return { logits: Float32Array.of(2, 0, 0, 1, 5, 5), features: new Float32Array(3) };
    },
  };
  const features = { shape: [1, 1, 1], classes: ['A', 'B'] } as unknown as FeaturesManifest;
  const pictures = Float32Array.of(7, -7, 1);
  const opinion = await opinionOf(
    { network: judge, manifest: features },
    pictures,
    [0, 0, 2],
    () => false,
  );
  expect(opinion[0]).toBeCloseTo(Math.exp(2) / (Math.exp(2) + 1), 6);
  expect(opinion[1]).toBeCloseTo(1 / (1 + Math.E), 6);
  expect(opinion[2]).toBeNaN();
});

describe('pixels', () => {
  test('what lies outside [-1, 1], in hundredths', () => {
    const numbers = Float32Array.of(-3, -1.5, -1, 0, 1, 1.004, 1.01, 1.5, 9);
    expect([...outsideOf(numbers)]).toEqual([-127, -50, 0, 0, 0, 0, 1, 50, 127]);
  });

  test('signed bytes keep the sign and stop at the limit', () => {
    const { data, limit } = toSigned(Float32Array.of(-2, 1, 0.5, -0.1), [1, 0.5]);
    expect([...data]).toEqual([-127, 127, 127, -25]);
    expect(limit).toEqual([1, 0.5]);
  });
});
