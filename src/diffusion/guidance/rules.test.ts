import { describe, expect, test } from 'vitest';
import { type ArrayField, arrayFields } from '../fields';
import { checkedFields } from '../testing/checked-fields';
import { findGuidanceRule } from './index';
import { checkSampler, type GuidancePoint, isRenoised, type Prediction } from './rule';

// Two samples of four numbers, all different, so that a mixed-up sample or pixel shows.
const X = [1.1, -2.3, 0.7, 3.1, -0.4, 0.9, 2.2, -1.5];
const C = [0.5, -0.8, 0.9, 0.2, -0.3, 0.6, 0.1, -0.9];
const U = [0.1, -0.2, 0.3, 0.6, -0.5, -0.4, 0.7, -0.1];
const G = [0.2, 0.7, -0.3, 0.4, -0.6, 0.8, -0.2, 0.5];
const H = [-0.5, 0.1, 0.6, -0.1, 0.9, -0.7, 0.3, 0.2];
const SIGMA = 1.7;

interface Given {
  readonly s: number;
  readonly params?: Record<string, number>;
  readonly step?: number;
  readonly c?: readonly number[];
  readonly u?: readonly number[];
}

/** What the rule returns at one point. Images of 2 × 2 pixels. */
async function combined(id: string, { s, params = {}, step = 3, c = C, u = U }: Given) {
  const fields = checkedFields(arrayFields({ seeds: [1, 2], sampleSize: 4, shape: [1, 2, 2] }));
  const field = (values: readonly number[]): ArrayField => {
    const made = fields.empty();
    made.data.set(values);
    return made;
  };
  const rule = findGuidanceRule(id);
  const at: GuidancePoint = { step, stage: 0, sigma: SIGMA, sigmaDown: 1, guidanceScale: s };
  const given: Record<Prediction, readonly number[]> = {
    cond: c,
    uncond: u,
    weak: u,
    random: u,
    perturbed: u,
    auxiliary: u,
    classifier: G,
    smallClassifier: H,
    distilled: G,
    fast: H,
  };
  const predictions = Object.fromEntries(
    rule.needs(at, params).map((need) => [need, field(given[need])]),
  );
  const combine = rule.create(fields, params);
  return { made: await combine(predictions, at, field(X)), predictions };
}

/** The rule's estimate at one point. */
async function guided(id: string, given: Given) {
  const { made } = await combined(id, given);
  return [...(isRenoised(made) ? made.denoised : made).data];
}

/** The same, computed sample by sample in plain numbers. */
function bySample(
  compute: (sample: { x: number[]; c: number[]; u: number[] }) => number[],
  c: readonly number[] = C,
  u: readonly number[] = U,
): number[] {
  return [0, 4].flatMap((from) => {
    const part = (values: readonly number[]) => values.slice(from, from + 4);
    return compute({ x: part(X), c: part(c), u: part(u) });
  });
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((total, value, i) => total + value * b[i]!, 0);
const norm = (a: readonly number[]) => Math.sqrt(dot(a, a));
const std = (a: readonly number[]) => {
  const mean = a.reduce((p, q) => p + q) / a.length;
  return Math.sqrt(a.reduce((total, value) => total + (value - mean) ** 2, 0) / a.length);
};
const cfg = (c: number[], u: number[], s: number) =>
  c.map((value, i) => u[i]! + s * (value - u[i]!));
const eps = (x: readonly number[], d: readonly number[]) =>
  x.map((value, i) => (value - d[i]!) / SIGMA);
const denoised = (x: number[], e: number[]) => x.map((value, i) => value - SIGMA * e[i]!);

function expectClose(got: readonly number[], wanted: readonly number[]) {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 5);
  });
}

const affine = [
  ...['cfg', 'rescale', 'apg', 'autoguidance', 'tcfg', 'fdg', 'mambo-g'],
  ...[
    'low-temperature',
    'classifier-conditional',
    'internal',
    'pag',
    'icg',
    'momentum',
    'higs',
    'feedback',
  ],
];
const others = ['cfg-zero-star', 'cfg-plus-plus', 'classifier'];

describe.each(affine)('%s', (id) => {
  test('is the conditional estimate at scale 1', async () => {
    expectClose(await guided(id, { s: 1 }), C);
  });
});

describe.each([...affine, ...others])('%s in the limits', (id) => {
  const zero = [0, 0, 0, 0, 0, 0, 0, 0];
  test.each([
    ['no difference', C, C],
    ['no unconditional estimate', C, zero],
    ['no estimate at all', zero, zero],
    ['estimates equal to x', X, X],
  ])('%s: finite', async (_, c, u) => {
    for (const params of [{}, { mamboAlpha: 0 }, { apgParallel: 1 }]) {
      const values = await guided(id, { s: 4, c, u, params });
      expect(values.every(Number.isFinite)).toBe(true);
    }
  });
});

describe.each([...affine, ...others])('%s with a sample that is lost', (id) => {
  test.each([0, 1, 2, 3])('NaN at its number %d: the other is as it would be', async (at) => {
    const broken = C.map((value, i) => (i === 4 + at ? Number.NaN : value));
    const whole = await guided(id, { s: 4 });
    const beside = await guided(id, { s: 4, c: broken });
    expect(beside.slice(0, 4)).toEqual(whole.slice(0, 4));
  });
});

describe('rescale', () => {
  // z = alpha x with alpha² = 1/(1 + sigma²), v = alpha eps - sigma_vp D, D = alpha z - sigma_vp v.
  const alpha = 1 / Math.hypot(1, SIGMA);
  const sigmaVp = SIGMA * alpha;
  const velocity = (x: number[], d: number[]) =>
    eps(x, d).map((value, i) => alpha * value - sigmaVp * d[i]!);

  test.each([0, 0.4, 1])('gives v back the conditional standard deviation, φ = %d', async (phi) => {
    const wanted = bySample(({ x, c, u }) => {
      const g = velocity(x, cfg(c, u, 5));
      const factor = (phi * std(velocity(x, c))) / std(g) + 1 - phi;
      return g.map((value, i) => alpha * (alpha * x[i]!) - sigmaVp * (value * factor));
    });
    expectClose(await guided('rescale', { s: 5, params: { rescalePhi: phi } }), wanted);
  });

  test('φ = 0 is cfg', async () => {
    const params = { rescalePhi: 0 };
    expectClose(await guided('rescale', { s: 5, params }), await guided('cfg', { s: 5 }));
  });
});

describe('apg', () => {
  test('projects and clips the difference', async () => {
    const params = { apgParallel: 0.3, apgMomentum: 0, apgThreshold: 0.5 };
    const wanted = bySample(({ c, u }) => {
      const delta = c.map((value, i) => value - u[i]!);
      expect(norm(delta)).toBeGreaterThan(0.5);
      const clipped = delta.map((value) => (value * 0.5) / norm(delta));
      const along = dot(clipped, c) / dot(c, c);
      const kept = clipped.map((value, i) => value - along * c[i]! + 0.3 * along * c[i]!);
      return c.map((value, i) => value + 4 * kept[i]!);
    });
    expectClose(await guided('apg', { s: 5, params }), wanted);
  });

  test('η = 1 without momentum and clip is cfg', async () => {
    const params = { apgParallel: 1, apgMomentum: 0, apgThreshold: 50 };
    expectClose(await guided('apg', { s: 5, params }), await guided('cfg', { s: 5 }));
  });

  test('momentum adds the step before, once a step, and starts anew after a gap', async () => {
    const fields = checkedFields(arrayFields({ seeds: [1, 2], sampleSize: 4 }));
    const field = (values: readonly number[]) => {
      const made = fields.empty();
      made.data.set(values);
      return made;
    };
    const params = { apgParallel: 1, apgMomentum: 0.5, apgThreshold: 50 };
    const combine = findGuidanceRule('apg').create(fields, params);
    const at = { sigma: SIGMA, sigmaDown: 1, guidanceScale: 2 };
    const run = async (step: number, stage: number, c: readonly number[]) => {
      const predictions = { cond: field(c), uncond: field(U) };
      const made = await combine(predictions, { ...at, step, stage }, field(X));
      if (isRenoised(made)) throw new Error('apg does not renoise');
      return [...made.data];
    };
    const delta = (c: readonly number[]) => c.map((value, i) => value - U[i]!);
    const plus = (a: readonly number[], b: readonly number[], k = 1) =>
      a.map((value, i) => value + k * b[i]!);

    expectClose(await run(0, 0, C), plus(C, delta(C)));
    const d0 = delta(C);
    // Both evaluations of step 1 see the difference of step 0.
    const other = C.map((value) => value * 0.8);
    const d1 = plus(delta(other), d0, 0.5);
    expectClose(await run(1, 0, other), plus(other, d1));
    expectClose(await run(1, 1, C), plus(C, plus(delta(C), d0, 0.5)));
    expectClose(await run(2, 0, C), plus(C, plus(delta(C), d1, 0.5)));
    expectClose(await run(4, 0, C), plus(C, delta(C)));
  });
});

describe('cfg-zero-star', () => {
  const velocity = (x: number[], d: number[]) => eps(x, d).map((value, i) => value - d[i]!);

  test('rescales the unconditional velocity', async () => {
    const wanted = bySample(({ x, c, u }) => {
      const [vc, vu] = [velocity(x, c), velocity(x, u)];
      const alpha = dot(vc, vu) / dot(vu, vu);
      const v = vc.map((value, i) => alpha * vu[i]! + 3 * (value - alpha * vu[i]!));
      // v = eps - D with eps = (x - D)/sigma
      return v.map((value, i) => (x[i]! - SIGMA * value) / (1 + SIGMA));
    });
    expectClose(await guided('cfg-zero-star', { s: 3 }), wanted);
  });

  test('the first steps have no velocity', async () => {
    const d = await guided('cfg-zero-star', { s: 3, step: 1, params: { zeroSteps: 2 } });
    bySample(({ x }) => velocity(x, x)); // shapes agree
    const x = [...X];
    expectClose(
      velocity(x, d),
      x.map(() => 0),
    );
  });
});

describe('tcfg', () => {
  test('keeps the part of eps_u along the top right-singular vector', async () => {
    const wanted = bySample(({ x, c, u }) => {
      const [ec, eu] = [eps(x, c), eps(x, u)];
      // Power iteration on [eps_c; eps_u]ᵀ[eps_c; eps_u].
      let v = ec.map((value, i) => value + eu[i]!);
      for (let k = 0; k < 500; k++) {
        const [a, b] = [dot(ec, v), dot(eu, v)];
        v = v.map((_, i) => a * ec[i]! + b * eu[i]!);
        const length = norm(v);
        v = v.map((value) => value / length);
      }
      const along = dot(eu, v);
      return denoised(
        x,
        cfg(
          ec,
          v.map((value) => along * value),
          3,
        ),
      );
    });
    expectClose(await guided('tcfg', { s: 3 }), wanted);
  });
});

describe('mambo-g', () => {
  test('holds the scale back by the size of the difference, sample by sample', async () => {
    const velocity = (x: readonly number[], d: readonly number[]) =>
      eps(x, d).map((value, i) => value - d[i]!);
    const wanted = bySample(({ x, c, u }) => {
      const [vc, vu] = [velocity(x, c), velocity(x, u)];
      const difference = norm(vc.map((value, i) => value - vu[i]!));
      return cfg(c, u, 1 + 5 * Math.exp((-2 * difference) / norm(vu)));
    });
    expectClose(await guided('mambo-g', { s: 6, params: { mamboAlpha: 2 } }), wanted);
  });

  test('α = 0 is cfg', async () => {
    const params = { mamboAlpha: 0 };
    expectClose(await guided('mambo-g', { s: 6, params }), await guided('cfg', { s: 6 }));
  });
});

describe('cfg-plus-plus', () => {
  test('is u + λ (c - u), put back with the eps of u', async () => {
    const { made, predictions } = await combined('cfg-plus-plus', {
      s: 9,
      params: { cfgppLambda: 0.3 },
    });
    if (!isRenoised(made)) throw new Error('cfg++ renoises');
    expectClose([...made.denoised.data], cfg([...C], [...U], 0.3));
    expect(made.renoise).toBe(predictions.uncond);
  });

  test('λ = 0 needs the unconditional network alone', async () => {
    const { made, predictions } = await combined('cfg-plus-plus', {
      s: 9,
      params: { cfgppLambda: 0 },
    });
    expect(Object.keys(predictions)).toEqual(['uncond']);
    expect(made).toBe(predictions.uncond);
  });

  test('runs with first-order samplers only', () => {
    const rule = findGuidanceRule('cfg-plus-plus');
    expect(() => checkSampler(rule, { id: 'ddim', firstOrder: true })).not.toThrow();
    expect(() => checkSampler(rule, { id: 'heun', firstOrder: false })).toThrow(
      'Guidance rule "cfg-plus-plus" needs a first-order sampler, got "heun"',
    );
  });
});

describe('fdg', () => {
  // A side of two pixels, edges repeated: the blur of the first is 11/16 of it and 5/16 of the other.
  const coarse = (d: readonly number[]) =>
    (121 * d[0]! + 55 * d[1]! + 55 * d[2]! + 25 * d[3]!) / 256;

  test('weighs the coarse and the fine part of the difference', async () => {
    const wanted = bySample(({ c, u }) => {
      const delta = c.map((value, i) => value - u[i]!);
      const m = coarse(delta);
      return c.map((value, i) => value + 3 * (1.5 * (delta[i]! - m) + 0.25 * m));
    });
    const params = { fdgLow: 0.25, fdgHigh: 1.5 };
    expectClose(await guided('fdg', { s: 4, params }), wanted);
  });

  test('both weights 1 is cfg, both 0 is c', async () => {
    const at = (weight: number) => ({ s: 4, params: { fdgLow: weight, fdgHigh: weight } });
    expectClose(await guided('fdg', at(1)), await guided('cfg', { s: 4 }));
    expectClose(await guided('fdg', at(0)), C);
  });

  test('the middle of three levels gets the mean, and nothing leaks', async () => {
    const fields = checkedFields(arrayFields({ seeds: [3], sampleSize: 49, shape: [1, 7, 7] }));
    const [cond, uncond, x] = [fields.noise(0), fields.noise(1), fields.noise(2)];
    const combine = findGuidanceRule('fdg').create(fields, { fdgLow: 0.5, fdgHigh: 1 });
    const at = { step: 0, stage: 0, sigma: SIGMA, sigmaDown: 1, guidanceScale: 3 };
    const made = await combine({ cond, uncond }, at, x);
    expect(fields.liveCount()).toBe(4);
    const difference = fields.lincomb([
      [1, cond],
      [-1, uncond],
    ]);
    const [fine, middle, rest] = fields.bands(difference, 3);
    const wanted = [...cond.data].map(
      (value, i) => value + 2 * (fine!.data[i]! + 0.75 * middle!.data[i]! + 0.5 * rest!.data[i]!),
    );
    expectClose([...(made as ArrayField).data], wanted);
  });

  test('says that it needs the shape of the images, and leaks nothing', () => {
    const fields = checkedFields(arrayFields({ seeds: [3], sampleSize: 4 }));
    const predictions = { cond: fields.noise(0), uncond: fields.noise(1) };
    const at = { step: 0, stage: 0, sigma: SIGMA, sigmaDown: 1, guidanceScale: 3 };
    const combine = findGuidanceRule('fdg').create(fields, {});
    expect(() => combine(predictions, at, predictions.cond)).toThrow('needs the shape');
    expect(fields.liveCount()).toBe(2);
  });
});

describe('low-temperature', () => {
  test('scales the score: x + s (c - x)', async () => {
    const wanted = bySample(({ x, c }) => {
      const score = x.map((value, i) => (c[i]! - value) / SIGMA ** 2);
      return x.map((value, i) => value + SIGMA ** 2 * 2.5 * score[i]!);
    });
    expectClose(await guided('low-temperature', { s: 2.5 }), wanted);
  });

  test('says how much noise is left', () => {
    const { noiseScale } = findGuidanceRule('low-temperature');
    expect(noiseScale?.({})).toBe(1);
    expect(noiseScale?.({ noiseTemperature: 0.25 })).toBe(0.25);
    expect(() => noiseScale?.({ noiseTemperature: 2 })).toThrow('within [0, 1], got 2');
  });
});

describe.each([
  ['classifier', U],
  ['classifier-conditional', C],
])('%s', (id, base) => {
  test.each([
    [0, G],
    [1, H],
  ])('with classifier %d adds (s - 1) sigma² grad to its base', async (classifierSize, grad) => {
    const wanted = base.map((value, i) => value + 2.5 * SIGMA ** 2 * grad[i]!);
    expectClose(await guided(id, { s: 3.5, params: { classifierSize } }), wanted);
  });

  test('at classifierScale 0 needs and is its base', async () => {
    const { made, predictions } = await combined(id, { s: 1 });
    expect(Object.keys(predictions)).toHaveLength(1);
    expectClose([...(made as ArrayField).data], base);
  });
});

describe('autoguidance', () => {
  test('is weak + s (c - weak)', async () => {
    expectClose(await guided('autoguidance', { s: 3 }), cfg([...C], [...U], 3));
    expectClose(await guided('autoguidance', { s: 0 }), U);
  });
});
