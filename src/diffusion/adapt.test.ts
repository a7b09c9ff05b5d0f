import { describe, expect, test } from 'vitest';
import { type Adaptation, adaptedSigmaRange, adaptedStart, adapter, sigmaRangeOf } from './adapt';
import { type Betas, sigmaTable, timestepOf } from './betas';
import type { Noising, PredictionType } from './convention';
import { arrayFields } from './fields';
import { findSchedule } from './schedules';

const LINEAR: Betas = { kind: 'linear', start: 1e-4, end: 0.02, steps: 1000 };
const SCALED: Betas = { kind: 'scaled-linear', start: 0.00085, end: 0.012, steps: 1000 };
const COSINE: Betas = { kind: 'cosine', steps: 1000 };
const SIGMOID: Betas = { kind: 'sigmoid', start: 1e-4, end: 0.02, steps: 1000 };
const ALPHAS: Betas = { kind: 'sigmoid-alphas', steps: 1000 };

const plain: Adaptation = {
  prediction: 'eps',
  betas: LINEAR,
  range: [-1, 1],
  x: 'sample',
  time: { name: 'timestep', type: 'float32', shape: 'rows', counts: 'from-0' },
  output: 'noise',
};

const student = (counts: 's' | 'w', shape: 'rows' | 'column' | 'scalar' | 'one') => ({
  ...plain,
  scale: { name: 'scale', shape, counts },
});

const row = (...numbers: number[]) => Float32Array.from(numbers);
const onlyNull = (rows: number) => new Float32Array(rows).fill(1);

describe('a student is told the scale', () => {
  const told = (adaptation: Adaptation, scales?: Float32Array) =>
    adapter(adaptation, [1])(row(1, 2), row(1, 1), onlyNull(2), scales).feeds.scale;

  test.each([
    ['s', 'rows', row(3, 3), { data: row(3, 3), dims: [] }],
    ['w', 'rows', row(3, 1), { data: row(2, 0), dims: [] }],
    ['s', 'column', row(3, 4), { data: row(3, 4), dims: [1] }],
    ['w', 'scalar', row(3, 3), { data: row(2), dims: [], shared: true }],
    ['s', 'one', row(3, 3), { data: row(3), dims: [1], shared: true }],
  ] as const)('%s, %s', (counts, shape, scales, feed) => {
    expect(told(student(counts, shape), scales)).toEqual({ type: 'float32', ...feed });
  });

  test('that it is off where none is given; one for the whole batch must be one', () => {
    expect(told(student('s', 'rows'))?.data).toEqual(row(1, 1));
    expect(told(student('w', 'scalar'))?.data).toEqual(row(0));
    expect(told(plain, row(3, 3))).toBeUndefined();
    expect(() => told(student('s', 'scalar'), row(3, 4))).toThrow(
      'scale: takes one number for the whole batch, got 3,4',
    );
  });
});

describe('noise levels of the usual betas', () => {
  test.each([
    // ᾱ of the first and last timestep by NumPy: np.cumprod(1 - betas).
    [LINEAR, 0.9999, 4.035829765375633e-5],
    [SCALED, 0.99915, 0.004660095778424566],
    [COSINE, 0.999958716, 2.42876691e-9],
    [SIGMOID, 0.99985079, 3.968182e-5],
    [ALPHAS, 0.99969972, 3.002792e-7],
  ] as const)('%o', (betas, first, last) => {
    const table = sigmaTable(betas);
    const alphaBar = (sigma: number) => 1 / (1 + sigma ** 2);
    expect(table).toHaveLength(1000);
    expect(alphaBar(table[0]!)).toBeCloseTo(first, 7);
    expect(alphaBar(table[999]!) / last).toBeCloseTo(1, 4);
    for (let t = 1; t < 1000; t++) expect(table[t]!).toBeGreaterThan(table[t - 1]!);
  });

  test('a list is taken as it is', () => {
    const betas = [0.1, 0.2, 0.3];
    expect(sigmaTable({ kind: 'list', betas })[2]).toBeCloseTo(Math.sqrt(1 / 0.504 - 1), 12);
    expect(() => sigmaTable({ kind: 'list', betas: [0.1] })).toThrow(/at least 2, got 1/);
    expect(() => sigmaTable({ kind: 'list', betas: [0.1, 1] })).toThrow(/got 1 at t = 1/);
  });

  test('the cosine is the squared cosine, wherever beta is not cut', () => {
    const f = (u: number) => Math.cos((((u + 0.008) / 1.008) * Math.PI) / 2) ** 2;
    const table = sigmaTable(COSINE);
    for (const t of [0, 10, 500, 990]) {
      const alphaBar = f((t + 1) / 1000) / f(0);
      expect(table[t]).toBeCloseTo(Math.sqrt((1 - alphaBar) / alphaBar), 8);
    }
  });

  test('what makes no sense is named', () => {
    expect(() => sigmaTable({ ...COSINE, steps: 1 })).toThrow(/betas.steps .* got 1/);
    expect(() => sigmaTable({ ...LINEAR, end: 1.5 })).toThrow(/within \(0, 1\), got/);
  });
});

describe('the timestep of a noise level', () => {
  const table = sigmaTable(LINEAR);
  test('is itself at the timesteps', () => {
    for (const t of [0, 1, 37, 500, 998, 999])
      expect(timestepOf(table[t]!, table)).toBeCloseTo(t, 9);
  });
  test('is linear in log sigma between them', () => {
    const between = Math.exp(0.3 * Math.log(table[400]!) + 0.7 * Math.log(table[401]!));
    expect(timestepOf(between, table)).toBeCloseTo(400.7, 9);
  });
  test('stays in the table', () => {
    expect(timestepOf(0, table)).toBe(0);
    expect(timestepOf(1e6, table)).toBe(999);
  });
});

/**
 * What an ideal network of each kind says of data that are one Gaussian N(mean, variance) in the
 * network's own range: z = alpha y_0 + beta n, and with E[y_0 | z] the estimate of n.
 */
function ideal(noising: Noising, prediction: PredictionType, mean: number, variance: number) {
  const DATA = 0.5; // sigmaData of EDM
  return (z: number, sigma: number) => {
    const total = Math.sqrt(sigma ** 2 + DATA ** 2);
    const [alpha, beta] = {
      betas: [1 / Math.sqrt(1 + sigma ** 2), sigma / Math.sqrt(1 + sigma ** 2)],
      flow: [1 - sigma / (1 + sigma), sigma / (1 + sigma)],
      sigma: [1, sigma],
      edm: [1 / total, sigma / total],
    }[noising] as [number, number];
    const gain = (alpha * variance) / (alpha ** 2 * variance + beta ** 2);
    const y0 = mean + gain * (z - alpha * mean);
    const n = (z - alpha * y0) / beta;
    const skipped = (DATA ** 2 / total ** 2) * (z / alpha);
    return {
      eps: n,
      v: (n - sigma * y0) / Math.sqrt(1 + sigma ** 2),
      x0: y0,
      flow: n - y0,
      'flow-to-data': y0 - n,
      edm: ((y0 - skipped) * total) / (sigma * DATA),
      score: -n / beta,
      denoised: y0,
    }[prediction];
  };
}

/** Each noising with the predictions that code bases have for it, and a way in which time is told. */
const CONVENTIONS = [
  ['betas', 'eps', 'from-0', (t: number) => t],
  ['betas', 'v', 'from-1', (t: number) => t + 1],
  ['betas', 'x0', 'fraction', (t: number) => (t + 1) / 1000],
  ['betas', 'score', 'fraction-from-0', (t: number) => t / 1000],
  ['betas', 'eps', 'log-snr', (_: number, sigma: number) => Math.log(1 / sigma ** 2)],
  ['flow', 'flow', 'fraction', (_: number, sigma: number) => sigma / (1 + sigma)],
  ['flow', 'flow', 'thousand', (_: number, sigma: number) => (1000 * sigma) / (1 + sigma)],
  ['flow', 'flow-to-data', 'reversed', (_: number, sigma: number) => 1 - sigma / (1 + sigma)],
  ['flow', 'x0', 'reversed-thousand', (_: number, sigma: number) => 1000 / (1 + sigma)],
  ['sigma', 'eps', 'sigma', (_: number, sigma: number) => sigma],
  ['sigma', 'v', 'log-sigma', (_: number, sigma: number) => Math.log(sigma)],
  ['sigma', 'x0', 'c-noise', (_: number, sigma: number) => Math.log(sigma) / 4],
  ['sigma', 'score', 'sigma', (_: number, sigma: number) => sigma],
  ['sigma', 'denoised', 'sigma', (_: number, sigma: number) => sigma],
  ['edm', 'edm', 'c-noise', (_: number, sigma: number) => Math.log(sigma) / 4],
  ['edm', 'x0', 'c-noise', (_: number, sigma: number) => Math.log(sigma) / 4],
] as const;

describe.each(CONVENTIONS)(
  'a Gaussian by %s, %s, told %s',
  (noising, prediction, counts, timeOf) => {
    test.each([
      [LINEAR, [-1, 1]],
      [SCALED, [0, 1]],
      [COSINE, [-0.42, 2.82]],
    ] as const)('is its posterior mean in the page’s units: %o, %o', (betas, range) => {
      const [mean, variance] = [0.3, 0.04]; // in the page's units
      const factor = (range[1] - range[0]) / 2;
      const network = ideal(
        noising,
        prediction,
        factor * mean + (range[0] + range[1]) / 2,
        factor ** 2 * variance,
      );
      const table = sigmaTable(betas);
      const time = { ...plain.time, counts };
      const adaptation = { ...plain, prediction, noising, betas, time, range: [...range] as const };
      const adapt = adapter(adaptation, [1, 1, 2]);
      // sigma at timesteps: nothing is interpolated
      for (const t of [0, 5, 250, 900]) {
        const sigma = table[t]! / factor;
        const x = row(0.1 + sigma, -0.7 - 2 * sigma);
        const { rows, feeds, finish } = adapt(x, row(sigma), onlyNull(1));
        const told = Number(feeds.timestep!.data[0]);
        const exact = timeOf(t, table[t]!);
        expect(Math.abs(told - exact)).toBeLessThan(2e-5 * Math.max(1, Math.abs(exact)));
        const z = feeds.sample!.data;
        const denoised = finish(Float32Array.from(z, (value) => network(value, table[t]!)));
        expect(rows).toBe(1);
        denoised.forEach((value, i) => {
          const exact = mean + (variance / (variance + sigma ** 2)) * (x[i]! - mean);
          expect(Math.abs(value - exact), `t = ${t}`).toBeLessThan(4e-6 * (1 + sigma) ** 2);
        });
      }
    });
  },
);

describe('where samplers start', () => {
  const fields = arrayFields({ seeds: [7], sampleSize: 4 });
  const noise = fields.noise(-1).data.slice();
  test.each([
    // Pure noise at the network's input, in its own range: y = n / scale, x = (y - b) / a.
    ['betas', 'eps', [0, 1], (n: number) => 2 * n * Math.hypot(1, 1.5) - 1],
    ['betas', 'v', [-1, 1], (n: number) => n * Math.hypot(1, 3)],
    ['flow', 'flow', [-1, 1], (n: number) => 4 * n],
    ['sigma', 'eps', [0, 1], (n: number) => 3 * n - 1],
    ['edm', 'edm', [-1, 1], (n: number) => 3 * n],
    ['sigma', 'denoised', [-1, 1], (n: number) => 3 * n],
  ] as const)('%s, %s in %o', (noising, prediction, range, exact) => {
    const start = adaptedStart({ noising, prediction, range })(fields, 3);
    start.data.forEach((value, i) => void expect(value).toBeCloseTo(exact(noise[i]!), 5));
  });
});

describe('the timestep in the network’s own form', () => {
  const sigma = sigmaTable(LINEAR)[700]! * 1.001; // a little beyond t = 700
  const feed = (time: Partial<Adaptation['time']>, rows = 2) => {
    const adaptation = { ...plain, time: { ...plain.time, ...time } };
    const evaluate = adapter(adaptation, [1, 1, 1]);
    return evaluate(new Float32Array(rows), new Float32Array(rows).fill(sigma), onlyNull(rows))
      .feeds.timestep!;
  };
  test('whole numbers are the nearest in log sigma, fractions are interpolated', () => {
    expect(feed({ type: 'int64' })).toEqual({ data: row(700, 700), type: 'int64', dims: [] });
    expect(feed({ type: 'int32' })).toEqual({ data: row(700, 700), type: 'int32', dims: [] });
    const between = Number(feed({}).data[0]);
    expect(between).toBeGreaterThan(700);
    expect(between).toBeLessThan(700.5);
  });
  test('a way that the noising does not know is named', () => {
    expect(() => feed({ counts: 'reversed' })).toThrow(/time.counts \(betas\): .* got reversed/);
    expect(() => adapter({ ...plain, noising: 'flow' }, [1, 1, 1])).toThrow(/\(flow\): .* from-0/);
  });
  test('counts from 0, from 1, as a fraction or of a thousand', () => {
    const betas = { ...LINEAR, steps: 4000 };
    const adapt = adapter(
      { ...plain, betas, time: { ...plain.time, counts: 'thousand' } },
      [1, 1, 1],
    );
    const at = row(sigmaTable(betas)[3000]!);
    expect(adapt(row(0), at, onlyNull(1)).feeds.timestep!.data[0]).toBeCloseTo(750, 3);
    expect(feed({ type: 'int64', counts: 'from-1' }).data[0]).toBe(701);
    expect(feed({ counts: 'fraction' }).data[0]).toBeCloseTo(701 / 1000, 3);
  });
  test('one for all rows', () => {
    const type = 'int64';
    const data = row(700);
    expect(feed({ type, shape: 'scalar' })).toEqual({ data, type, dims: [], shared: true });
    expect(feed({ type, shape: 'one' })).toEqual({ data, type, dims: [1], shared: true });
    const column = { data: row(700, 700), type, dims: [1] };
    expect(feed({ type, shape: 'column' })).toEqual(column);
    const adapt = adapter({ ...plain, time: { ...plain.time, shape: 'scalar' } }, [1, 1, 1]);
    expect(() => adapt(new Float32Array(2), row(1, 2), onlyNull(2))).toThrow(/timestep: takes one/);
  });
});

describe('labels', () => {
  const labelled = (label: NonNullable<Adaptation['label']>) =>
    adapter({ ...plain, prediction: 'x0', label }, [1, 1, 1]);
  const name = 'class_labels';
  // Two rows of three classes and the null label.
  const oneHot = row(0, 0, 1, 0, 0, 0, 0, 1);
  const two = [new Float32Array(2), new Float32Array(2).fill(1)] as const;

  test.each([
    [3, [2, 3]],
    [0, [3, 0]],
    [-1, [2, -1]],
  ])('indices leave out the null label %i', (nullLabel, indices) => {
    const { feeds } = labelled({ name, type: 'int64', nullLabel })(...two, oneHot);
    expect(feeds[name]).toEqual({ data: row(...indices), type: 'int64', dims: [] });
  });
  test('rows, with a column for the null label or a row of zeros', () => {
    const rows = labelled({ name, type: 'float32', nullLabel: 3 })(...two, oneHot);
    expect(rows.feeds[name]).toEqual({ data: oneHot, type: 'float32', dims: [4] });
    const zeros = labelled({ name, type: 'float32', nullLabel: 'zeros' })(...two, oneHot);
    expect(zeros.feeds[name]).toEqual({ data: row(0, 0, 1, 0, 0, 0), type: 'float32', dims: [3] });
  });
  test('without a null label, asking for no class is an error', () => {
    for (const type of ['int64', 'float32'] as const) {
      const evaluate = labelled({ name, type });
      expect(evaluate(row(0), row(1), row(1, 0)).feeds[name]!.data).toHaveLength(1);
      expect(() => evaluate(...two, oneHot)).toThrow(/class_labels: .* without a label/);
    }
  });
  test('soft rows of indices are evaluated class by class and mixed', () => {
    const evaluate = labelled({ name, type: 'int32', nullLabel: 2 });
    const { rows, feeds, finish } = evaluate(...two, row(0.25, 0.75, 0, 0, 1, 0));
    expect(rows).toBe(3);
    expect(feeds[name]!.data).toEqual(row(0, 1, 1));
    expect(feeds.timestep!.data).toHaveLength(3);
    expect(finish(row(1, 2, 10))).toEqual(row(0.25 * 1 + 0.75 * 2, 10));
  });
  test('a mask hides the class', () => {
    const label = { name, type: 'int64', nullLabel: 'mask' } as const;
    for (const hidden of [0, 1] as const) {
      const mask = { name: 'context_mask', hidden };
      const { feeds } = adapter({ ...plain, label, mask }, [1, 1, 1])(...two, oneHot);
      expect(feeds[name]).toEqual({ data: row(2, 0), type: 'int64', dims: [] });
      const data = row(1 - hidden, hidden);
      expect(feeds.context_mask).toEqual({ data, type: 'float32', dims: [] });
    }
    const rows = { name, type: 'float32', nullLabel: 'mask' } as const;
    const mask = { name: 'mask', hidden: 1 } as const;
    const { feeds } = adapter({ ...plain, label: rows, mask }, [1, 1, 1])(...two, oneHot);
    expect(feeds[name]!.data).toEqual(row(0, 0, 1, 0, 0, 0));
    expect(feeds.mask!.data).toEqual(row(0, 1));
  });
  test('networks without a label take none', () => {
    const { feeds } = adapter(plain, [1, 1, 1])(...two, row(1, 1));
    expect(Object.keys(feeds)).toEqual(['sample', 'timestep']);
  });
});

test('of an output with a learned variance, the first channels count', () => {
  const { finish } = adapter({ ...plain, prediction: 'x0' }, [1, 1, 2])(
    new Float32Array(4),
    row(1, 1),
    onlyNull(2),
  );
  expect(finish(row(1, 2, 9, 9, 3, 4, 9, 9))).toEqual(row(1, 2, 3, 4));
  expect(() => finish(row(1, 2, 3))).toThrow(
    /noise: needs at least 2 numbers for each of 2 rows, got 3/,
  );
  expect(() => finish(row(1, 2))).toThrow(/noise: gives 1 pictures for 2: its batch differs/);
});

test('timesteps are those of the network, where it has them', () => {
  const sigma = { min: 0.002, max: 80 };
  const table = sigmaTable(LINEAR);
  const range = sigmaRangeOf({ sigma, adapt: { ...plain, range: [0, 1] } });
  // Pictures in [0, 1] have half the noise: twice the level here.
  const leading = findSchedule('leading').sigmas(4, range, {});
  expect([...leading]).toEqual([750, 500, 250, 0].map((t) => 2 * table[t]!).concat(0));
  expect(sigmaRangeOf({ sigma })).toEqual({ sigmaMin: 0.002, sigmaMax: 80 });
  const prediction = 'denoised';
  expect(sigmaRangeOf({ sigma, adapt: { ...plain, prediction } })).not.toHaveProperty('levels');
});

test('the range of noise levels is the network’s, within what samplers use', () => {
  const first = sigmaTable(LINEAR)[0]!;
  const eps = { ...plain, counts: 'from-0' } as const;
  expect(adaptedSigmaRange(eps)).toEqual({ min: first, max: 80 });
  expect(adaptedSigmaRange({ ...eps, range: [0, 1] })).toEqual({ min: 2 * first, max: 80 });
  expect(adaptedSigmaRange({ ...eps, betas: SCALED }).max).toBeCloseTo(14.6146, 4);
  expect(adaptedSigmaRange({ ...eps, prediction: 'denoised' })).toEqual({ min: 0.002, max: 80 });
  const flow = { ...eps, noising: 'flow', prediction: 'flow', counts: 'fraction' } as const;
  expect(adaptedSigmaRange(flow)).toEqual({ min: 0.002, max: 80 });
  expect(() => adaptedSigmaRange({ ...eps, range: [1, 1] })).toThrow(/range: .* got 1 and 1/);
});
