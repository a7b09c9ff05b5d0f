import { describe, expect, test } from 'vitest';
import type { Denoise, EvaluationPoint } from '../denoiser';
import { type ArrayField, arrayFields } from '../fields';
import { guidanceRegistry } from '../guidance';
import { guidedDenoise } from '../guidance/guided';
import type { GuidanceModifiers } from '../guidance/modifiers';
import { checkSampler } from '../guidance/rule';
import type { Parameters } from '../parameters';
import { karras, scheduleRegistry } from '../schedules';
import { checkedFields } from '../testing/checked-fields';
import { blurredClasses, lastX, maxDifference, threeClasses } from '../testing/runs';
import { mixtureEvaluate } from '../worlds/analytic';
import { findSampler, samplerRegistry } from './index';
import { type SamplerRun, startingPoint } from './sampler';

const range = { sigmaMin: 0.02, sigmaMax: 20 };
const sigmasOf = (numSteps: number) => karras.sigmas(numSteps, range, {});

/** Settings in which every other parameter of a sampler takes effect. */
const lively: Readonly<Record<string, Parameters>> = { heun: { sChurn: 30, sMax: 10 } };

/** Scales of rules that 12 steps cannot follow at 4, where the peak is 7. */
const gentle: Readonly<Record<string, number>> = {
  'low-temperature': 1.5,
  icg: 2,
  momentum: 1.5,
  higs: 2,
};

function setUp(options: {
  seeds?: readonly number[];
  labels?: readonly number[];
  sigmas?: ArrayLike<number>;
  rule?: (typeof guidanceRegistry)[number];
  modifiers?: GuidanceModifiers;
}) {
  const { seeds = [11, 12, 13], labels = seeds.map((seed) => seed % 3) } = options;
  const sigmas = options.sigmas ?? sigmasOf(6);
  const fields = checkedFields(arrayFields({ seeds, sampleSize: 2, shape: [1, 1, 2] }));
  const guided = guidedDenoise({
    rule: options.rule ?? guidanceRegistry[0]!,
    params: {},
    fields,
    evaluate: mixtureEvaluate({ mixture: threeClasses, weak: blurredClasses, labels, fields }),
    modifiers: options.modifiers ?? { guidanceScale: 2 },
    sigmas,
  });
  const points: (EvaluationPoint & { sigma: number })[] = [];
  const denoise: Denoise<ArrayField> = (x, sigma, at) => {
    points.push({ ...at, sigma });
    return guided.denoise(x, sigma, at);
  };
  const { guidanceJumped, release } = guided;
  const x = startingPoint(fields, sigmas);
  const run: SamplerRun<ArrayField> = { fields, denoise, sigmas, x, guidanceJumped };
  return { run, fields, points, sigmas, release };
}

describe.each(samplerRegistry)('sampler $id', (sampler) => {
  describe.each(scheduleRegistry)('on $id', (schedule) => {
    test.each([1, 2, 7])(
      '%d steps: one yield each, finite, ends at 0, nothing leaks',
      async (numSteps) => {
        const sigmas = schedule.sigmas(numSteps, range, {});
        const { run, fields, points } = setUp({ sigmas });
        const live: number[] = [];
        let step = 0;
        for await (const { x, denoised, ...rest } of sampler.sample(run, {})) {
          expect(rest).toEqual({ step, sigma: sigmas[step + 1] });
          expect(x.data.every(Number.isFinite)).toBe(true);
          expect(denoised.data.every(Number.isFinite)).toBe(true);
          live.push(fields.liveCount());
          step++;
          // To 0 a step lands on the estimate itself.
          if (step === numSteps) expect(x.data).toEqual(denoised.data);
        }
        expect(step).toBe(numSteps);
        // x and the estimate; a multistep method goes on from one more estimate.
        expect(Math.min(...live)).toBe(2);
        expect(Math.max(...live)).toBeLessThanOrEqual(3);
        expect(fields.liveCount()).toBe(0);
        expect(points).toHaveLength(sampler.evaluations(numSteps));
      },
    );
  });

  test('tells where it evaluates', async () => {
    const { run, points, sigmas } = setUp({});
    await lastX(sampler, run);
    for (const { step, stage, sigma, sigmaDown } of points) {
      expect(sigma).toBe(stage === 0 ? sigmas[step] : sigmas[step + 1]);
      expect(sigmaDown).toBeLessThanOrEqual(sigmas[step + 1]!);
      expect(sigmaDown).toBeGreaterThanOrEqual(0);
    }
    expect(points.filter(({ stage }) => stage === 0).map(({ step }) => step)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    expect(points.at(-1)!.sigmaDown).toBe(0);
  });

  test('is first order exactly if it says so: x + (sigmaDown - sigma) eps plus noise', async () => {
    const { run, fields, points, sigmas } = setUp({});
    const noise = () => {
      const zero = fields.empty();
      zero.data.fill(0);
      return zero;
    };
    let before = run.x.data.slice();
    let largest = 0;
    for await (const { step, x, denoised } of sampler.sample(
      { ...run, fields: { ...fields, noise } },
      {},
    )) {
      const { sigmaDown } = points.find((point) => point.step === step)!;
      const expected = before.map((value, i) => {
        const eps = (value - denoised.data[i]!) / sigmas[step]!;
        return value + (sigmaDown - sigmas[step]!) * eps;
      });
      largest = Math.max(largest, maxDifference(x.data, expected));
      before = x.data.slice();
    }
    // Second-order steps leave the straight line by far more than rounding.
    if (sampler.firstOrder) expect(largest).toBeLessThan(1e-5);
    else expect(largest).toBeGreaterThan(1e-2);
  });

  test('stops when the consumer does, and releases everything', async () => {
    const { run, fields, points } = setUp({});
    for await (const { step } of sampler.sample(run, {})) if (step === 2) break;
    expect(fields.liveCount()).toBe(0);
    expect(points.at(-1)!.step).toBe(2);
  });

  test.each([0, 1])('releases everything when evaluation %d of a step fails', async (stage) => {
    const { run, fields } = setUp({});
    const denoise: typeof run.denoise = (x, sigma, at) => {
      if (at.step === 3 && at.stage === stage) throw new Error('lost device');
      return run.denoise(x, sigma, at);
    };
    const twice = sampler.evaluations(6) > 6;
    if (stage === 1 && !twice) return;
    await expect(lastX(sampler, { ...run, denoise })).rejects.toThrow('lost device');
    expect(fields.liveCount()).toBe(0);
  });

  test('is deterministic, and every seed has its own result', async () => {
    const a = await lastX(sampler, setUp({ labels: [1, 1, 1] }).run);
    const b = await lastX(sampler, setUp({ labels: [1, 1, 1] }).run);
    expect(a).toEqual(b);
    expect(a.slice(0, 2)).not.toEqual(a.slice(2, 4));
    expect(a.slice(2, 4)).not.toEqual(a.slice(4, 6));
  });

  test('a sample depends on its seed and not on its batch', async () => {
    const params = lively[sampler.id] ?? {};
    const labels = [1, 2, 0];
    const together = await lastX(sampler, setUp({ labels }).run, params);
    for (const [b, seed] of [11, 12, 13].entries()) {
      const alone = setUp({ seeds: [seed], labels: [labels[b]!] });
      expect(await lastX(sampler, alone.run, params)).toEqual(together.slice(2 * b, 2 * b + 2));
    }
  });

  test('adds noise during the run exactly if it says so', async () => {
    const extremes = sampler.parameters.flatMap(({ id, min, max }) => [
      { [id]: min },
      { [id]: max },
    ]);
    for (const params of [{}, ...extremes]) {
      const { run, fields } = setUp({});
      let noises = 0;
      const noise = (step: number) => {
        noises++;
        return fields.noise(step);
      };
      await lastX(sampler, { ...run, fields: { ...fields, noise } }, params);
      expect(noises > 0).toBe(sampler.stochastic(params));
    }
  });

  test('each parameter changes the result', async () => {
    const base = lively[sampler.id] ?? {};
    for (const { id, min, max } of sampler.parameters) {
      const low = await lastX(sampler, setUp({}).run, { ...base, [id]: min });
      const high = await lastX(sampler, setUp({}).run, { ...base, [id]: max });
      expect(low, id).not.toEqual(high);
    }
  });

  test('refuses parameters and sigmas that do not fit, and releases x', async () => {
    for (const { id, max } of sampler.parameters) {
      const { run, fields } = setUp({});
      await expect(lastX(sampler, run, { [id]: max + 1 })).rejects.toThrow(
        `"${id}" must be within`,
      );
      expect(fields.liveCount()).toBe(0);
    }
    for (const sigmas of [[1], [1, 2, 0], [1, 1], [1, -1], [Number.NaN, 0], [Infinity, 1]]) {
      const { run, fields } = setUp({});
      await expect(lastX(sampler, { ...run, sigmas })).rejects.toThrow('sigmas must');
      expect(fields.liveCount()).toBe(0);
    }
  });

  test.each(guidanceRegistry)('runs with rule $id', async (rule) => {
    const guidanceScale = gentle[rule.id] ?? 4;
    const modifiers = { guidanceScale, interval: [0.1, 5], schedule: 'peak' } as const;
    if (rule.firstOrderOnly && !sampler.firstOrder) {
      const wanted = `"${rule.id}" needs a first-order sampler, got "${sampler.id}"`;
      expect(() => checkSampler(rule, sampler)).toThrow(wanted);
      return;
    }
    checkSampler(rule, sampler);
    const { run, fields, release } = setUp({ rule, modifiers, sigmas: sigmasOf(12) });
    const x = await lastX(sampler, run, lively[sampler.id]);
    expect(x.every(Number.isFinite)).toBe(true);
    // The data lie within 3 of the origin; guidance does not throw them far.
    expect(Math.max(...x.map(Math.abs))).toBeLessThan(10);
    release();
    expect(fields.liveCount()).toBe(0);
  });
});

test('findSampler finds by id', () => {
  expect(findSampler('heun').id).toBe('heun');
  expect(() => findSampler('plms')).toThrow('dpmpp-2m-sde, got "plms"');
});
