import { describe, expect, test } from 'vitest';
import type { Denoise, EvaluationPoint } from '../denoiser';
import { type ArrayField, arrayFields, scaledNoise } from '../fields';
import { findGuidanceRule } from '../guidance';
import { guidedDenoise } from '../guidance/guided';
import type { GuidanceModifiers } from '../guidance/modifiers';
import type { Parameters } from '../parameters';
import { logSnrCosine } from '../schedules';
import { lastX, maxDifference, threeClasses } from '../testing/runs';
import { mixtureEvaluate } from '../worlds/analytic';
import { findSampler } from './index';
import { startingPoint } from './sampler';

const seeds = [0, 1, 2, 3, 4, 5, 6, 7];
const fields = arrayFields({ seeds, sampleSize: 2 });
const sigmas = logSnrCosine.sigmas(15, { sigmaMin: 0.02, sigmaMax: 20 }, {});
const evaluate = mixtureEvaluate({
  mixture: threeClasses,
  labels: seeds.map((seed) => seed % 3),
  fields,
});
const denoise: Denoise<ArrayField> = async (x, sigma, at) => {
  const { cond } = await evaluate(x, sigma, ['cond'], { ...at, sigma, guidanceScale: 1 });
  return cond!;
};

/** Rounding of x to float32 at sigma 20 is 1e-6, and is not amplified on the way down. */
const TOLERANCE = 1e-5;

const sampled = (id: string, params = {}, guidanceJumped?: (step: number) => boolean) => {
  const run = { fields, denoise, sigmas, x: startingPoint(fields, sigmas) };
  return lastX(findSampler(id), guidanceJumped ? { ...run, guidanceJumped } : run, params);
};

/** A loop as one writes it from the paper: plain numbers in float64, one update function. */
async function byHand(
  update: (s: {
    x: Float64Array;
    d: (x: Float64Array, sigma: number) => Promise<Float64Array>;
    a: number;
    b: number;
    n: Float64Array;
  }) => Promise<Float64Array>,
): Promise<Float64Array> {
  let x = Float64Array.from(startingPoint(fields, sigmas).data);
  for (let step = 0; step + 1 < sigmas.length; step++) {
    const d = async (at: Float64Array, sigma: number) => {
      const field = { data: Float32Array.from(at), batch: 8, size: 2 };
      const point = { step, stage: 0, sigmaDown: 0 };
      return Float64Array.from((await denoise(field, sigma, point)).data);
    };
    const n = Float64Array.from(fields.noise(step).data);
    x = Float64Array.from(await update({ x, d, a: sigmas[step]!, b: sigmas[step + 1]!, n }));
  }
  return x;
}

describe('ddim', () => {
  test('at eta 0 is Euler: x + (b - a) (x - D)/a', async () => {
    const euler = await byHand(async ({ x, d, a, b }) => {
      const denoised = await d(x, a);
      return x.map((value, i) => value + ((b - a) * (value - denoised[i]!)) / a);
    });
    expect(maxDifference(await sampled('ddim'), euler)).toBeLessThan(TOLERANCE);
  });

  test('at eta 0 is DDIM in variance-preserving form: alpha_b x0 + sigma_b eps', async () => {
    const alpha = (sigma: number) => 1 / Math.sqrt(1 + sigma ** 2);
    const result = await byHand(async ({ x, d, a, b }) => {
      const denoised = await d(x, a);
      return x.map((value, i) => {
        const z = alpha(a) * value;
        const eps = (z - alpha(a) * denoised[i]!) / (a * alpha(a));
        return (alpha(b) * denoised[i]! + b * alpha(b) * eps) / alpha(b);
      });
    });
    expect(maxDifference(await sampled('ddim'), result)).toBeLessThan(TOLERANCE);
  });

  test('at eta 1 is ddpm, and ddpm at eta 0 is ddim', async () => {
    expect(await sampled('ddim', { eta: 1 })).toEqual(await sampled('ddpm'));
    expect(await sampled('ddpm', { eta: 0 })).toEqual(await sampled('ddim'));
    expect(await sampled('ddpm')).not.toEqual(await sampled('ddim'));
  });

  test('at eta 1 is Euler ancestral: Euler to sigmaDown, then noise sigmaUp', async () => {
    const ancestral = await byHand(async ({ x, d, a, b, n }) => {
      const denoised = await d(x, a);
      const up = Math.min(b, Math.sqrt((b ** 2 * (a ** 2 - b ** 2)) / a ** 2));
      const down = Math.sqrt(b ** 2 - up ** 2);
      return x.map((value, i) => value + ((down - a) * (value - denoised[i]!)) / a + up * n[i]!);
    });
    expect(maxDifference(await sampled('ddpm'), ancestral)).toBeLessThan(TOLERANCE);
  });
});

describe('paper', () => {
  test('at v 0 is ddpm', async () => {
    const difference = maxDifference(await sampled('paper', { v: 0 }), await sampled('ddpm'));
    expect(difference).toBeLessThan(TOLERANCE);
  });

  // Algorithm 2 as printed: z = alpha x in variance-preserving form, lambda = -2 ln sigma.
  test.each([0, 0.3, 1])('at v %d is Algorithm 2 as printed', async (v) => {
    const alpha = (sigma: number) => 1 / Math.sqrt(1 + sigma ** 2);
    const printed = await byHand(async ({ x, d, a, b, n }) => {
      const estimate = await d(x, a);
      if (b === 0) return estimate;
      const ratio = Math.exp(-2 * Math.log(a) + 2 * Math.log(b));
      const low = (1 - ratio) * (b * alpha(b)) ** 2;
      const high = (1 - ratio) * (a * alpha(a)) ** 2;
      const deviation = Math.sqrt(low ** (1 - v) * high ** v);
      return x.map((value, i) => {
        const z = alpha(a) * value;
        const mean = (ratio * alpha(b) * z) / alpha(a) + (1 - ratio) * alpha(b) * estimate[i]!;
        return (mean + deviation * n[i]!) / alpha(b);
      });
    });
    expect(maxDifference(await sampled('paper', { v }), printed)).toBeLessThan(TOLERANCE);
  });
});

describe('heun', () => {
  test.each([0, 20])('with churn %d is EDM’s Algorithm 2 as printed', async (sChurn) => {
    const printed = await byHand(async ({ x, d, a, b, n }) => {
      const gamma = a >= 0.1 && a <= 5 ? Math.min(sChurn / 15, Math.SQRT2 - 1) : 0;
      const hat = a + gamma * a;
      const xHat = x.map((value, i) => value + 1.01 * Math.sqrt(hat ** 2 - a ** 2) * n[i]!);
      const denoised = await d(xHat, hat);
      const slope = xHat.map((value, i) => (value - denoised[i]!) / hat);
      const euler = xHat.map((value, i) => value + (b - hat) * slope[i]!);
      if (b === 0) return euler;
      const corrected = await d(euler, b);
      return xHat.map((value, i) => {
        const second = (euler[i]! - corrected[i]!) / b;
        return value + (b - hat) * (slope[i]! / 2 + second / 2);
      });
    });
    const params = { sChurn, sMin: 0.1, sMax: 5, sNoise: 1.01 };
    expect(maxDifference(await sampled('heun', params), printed)).toBeLessThan(TOLERANCE);
  });
});

describe('dpmpp-2m', () => {
  test('is the published update in lambda = -ln sigma', async () => {
    let previous: { denoised: Float64Array; h: number } | undefined;
    const printed = await byHand(async ({ x, d, a, b }) => {
      const denoised = await d(x, a);
      const h = Math.log(a) - Math.log(b);
      const last = b === 0 ? undefined : previous;
      const extrapolated = denoised.map((value, i) => {
        if (last === undefined) return value;
        const r = last.h / h;
        return (1 + 1 / (2 * r)) * value - (1 / (2 * r)) * last.denoised[i]!;
      });
      previous = { denoised, h };
      return x.map((value, i) => (b / a) * value - Math.expm1(-h) * extrapolated[i]!);
    });
    expect(maxDifference(await sampled('dpmpp-2m'), printed)).toBeLessThan(TOLERANCE);
  });

  test('is first order where the guidance jumped, and only there', async () => {
    const everywhere = await sampled('dpmpp-2m', {}, () => true);
    expect(maxDifference(everywhere, await sampled('ddim'))).toBeLessThan(TOLERANCE);
    const once = await sampled('dpmpp-2m', {}, (step) => step === 7);
    const never = await sampled('dpmpp-2m', {}, () => false);
    expect(never).toEqual(await sampled('dpmpp-2m'));
    expect(maxDifference(once, never)).toBeGreaterThan(1e-3);
    expect(maxDifference(once, everywhere)).toBeGreaterThan(1e-3);
  });

  test('asks about a jump once the step has been evaluated', async () => {
    const log: string[] = [];
    const run = {
      fields,
      sigmas,
      x: startingPoint(fields, sigmas),
      denoise: ((x, sigma, at) => {
        log.push(`evaluate ${at.step}`);
        return denoise(x, sigma, at);
      }) satisfies Denoise<ArrayField>,
      guidanceJumped: (step: number) => {
        log.push(`jumped ${step}`);
        return false;
      },
    };
    await lastX(findSampler('dpmpp-2m'), run);
    expect(log).toEqual(
      Array.from({ length: 15 }, (_, step) => [`evaluate ${step}`, `jumped ${step}`]).flat(),
    );
  });
});

describe('dpmpp-2m-sde', () => {
  test('at η 0 is dpmpp-2m', async () => {
    expect(await sampled('dpmpp-2m-sde', { sdeEta: 0 })).toEqual(await sampled('dpmpp-2m'));
  });

  // As k-diffusion writes sample_dpmpp_2m_sde with solver_type 'midpoint', in lambda = -ln sigma.
  test.each([0, 0.5, 1])('at η %d is the published update', async (sdeEta) => {
    let previous: { denoised: Float64Array; h: number } | undefined;
    const printed = await byHand(async ({ x, d, a, b, n }) => {
      const denoised = await d(x, a);
      if (b === 0) return denoised;
      const h = Math.log(a) - Math.log(b);
      const etaH = sdeEta * h;
      const gain = -Math.expm1(-h - etaH);
      const noise = b * Math.sqrt(-Math.expm1(-2 * etaH));
      const last = previous;
      previous = { denoised, h };
      return x.map((value, i) => {
        const first = (b / a) * Math.exp(-etaH) * value + gain * denoised[i]!;
        const r = last ? last.h / h : 1;
        const slope = last ? denoised[i]! - last.denoised[i]! : 0;
        return first + (0.5 * gain * slope) / r + noise * n[i]!;
      });
    });
    expect(maxDifference(await sampled('dpmpp-2m-sde', { sdeEta }), printed)).toBeLessThan(
      TOLERANCE,
    );
  });

  test('is ddpm where the guidance jumped at every step, and restarts only there', async () => {
    const everywhere = await sampled('dpmpp-2m-sde', {}, () => true);
    expect(maxDifference(everywhere, await sampled('ddpm'))).toBeLessThan(TOLERANCE);
    const once = await sampled('dpmpp-2m-sde', {}, (step) => step === 7);
    const never = await sampled('dpmpp-2m-sde', {}, () => false);
    expect(never).toEqual(await sampled('dpmpp-2m-sde'));
    expect(maxDifference(once, never)).toBeGreaterThan(1e-3);
    expect(maxDifference(once, everywhere)).toBeGreaterThan(1e-3);
  });
});

describe('cfg-plus-plus', () => {
  const guidedRun = async (
    id: string,
    rule: string,
    params: Parameters,
    modifiers: GuidanceModifiers,
  ) => {
    const own = { fields, params, evaluate, modifiers, sigmas };
    const guided = guidedDenoise({ ...own, rule: findGuidanceRule(rule) });
    const points: (EvaluationPoint & { sigma: number })[] = [];
    const shown: Float32Array[] = [];
    const run = {
      fields,
      sigmas,
      x: startingPoint(fields, sigmas),
      denoise: ((x, sigma, at) => {
        points.push({ ...at, sigma });
        return guided.denoise(x, sigma, at);
      }) satisfies Denoise<ArrayField>,
    };
    let x = new Float32Array(0);
    for await (const step of findSampler(id).sample(run, params)) {
      shown.push(guided.shown(step.denoised).data.slice());
      x = step.x.data.slice();
    }
    guided.release();
    return { x, points, shown };
  };

  test.each(['ddim', 'ddpm', 'paper'])(
    'with %s is cfg at the scales λ sigma/(sigma - sigmaDown)',
    async (id) => {
      for (const cfgppLambda of [0, 0.3, 0.6, 1]) {
        const plus = await guidedRun(id, 'cfg-plus-plus', { cfgppLambda }, { guidanceScale: 1 });
        const schedule = plus.points.map(
          ({ sigma, sigmaDown }) => (cfgppLambda * sigma) / (sigma - sigmaDown),
        );
        const cfg = await guidedRun(id, 'cfg', {}, { guidanceScale: 1, schedule });
        expect(maxDifference(plus.x, cfg.x)).toBeLessThan(TOLERANCE);
      }
    },
  );

  test('shows an interpolation of the two estimates, within the data', async () => {
    const { shown, x } = await guidedRun('ddim', 'cfg-plus-plus', {}, { guidanceScale: 1 });
    for (const estimate of shown) {
      // No mean of threeClasses lies further out.
      expect(Math.max(...estimate.map(Math.abs))).toBeLessThan(2.5);
    }
    expect(shown.at(-1)).toEqual(x);
  });
});

test('low temperature and scaledNoise: less noise in the run, the same start', async () => {
  const { noiseScale } = findGuidanceRule('low-temperature');
  const withNoise = (noiseTemperature: number) => {
    const cooled = scaledNoise(fields, noiseScale!({ noiseTemperature }));
    const run = { fields: cooled, denoise, sigmas, x: startingPoint(cooled, sigmas) };
    return lastX(findSampler('ddpm'), run);
  };
  expect(await withNoise(1)).toEqual(await sampled('ddpm'));
  // Without noise, ddpm is the straight steps to sigmaDown = sigma'²/sigma.
  const still = await byHand(async ({ x, d, a, b }) => {
    const denoised = await d(x, a);
    return x.map((value, i) => denoised[i]! + (b / a) ** 2 * (value - denoised[i]!));
  });
  expect(maxDifference(await withNoise(0), still)).toBeLessThan(TOLERANCE);
});
