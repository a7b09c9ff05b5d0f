import { describe, expect, test } from 'vitest';
import { type ArrayField, arrayFields } from '../fields';
import { checkedFields } from '../testing/checked-fields';
import { blurredClasses, threeClasses } from '../testing/runs';
import { mixtureEvaluate } from '../worlds/analytic';
import { type Evaluate, type GuidedOptions, guidedDenoise } from './guided';
import { findGuidanceRule, guidanceRegistry } from './index';
import type { GuidanceModifiers } from './modifiers';
import type { GuidancePoint, GuidanceRule, Prediction } from './rule';
import { thresholded } from './threshold';

const sigmas = [10, 2, 0.5, 0];

function setUp(rule: GuidanceRule, modifiers: GuidanceModifiers) {
  const own = { seeds: [1, 2, 3], sampleSize: 2, shape: [1, 1, 2] } as const;
  const fields = checkedFields(arrayFields(own));
  const exact = mixtureEvaluate({
    mixture: threeClasses,
    weak: blurredClasses,
    labels: [0, 1, 2],
    fields,
  });
  const asked: (readonly Prediction[])[] = [];
  const evaluate: Evaluate<ArrayField> = (x, sigma, needs, at) => {
    asked.push(needs);
    return exact(x, sigma, needs, at);
  };
  const options: GuidedOptions<ArrayField> = {
    rule,
    params: {},
    fields,
    evaluate,
    modifiers,
    sigmas,
  };
  const x = fields.noise(-1);
  return { fields, exact, asked, options, x, ...guidedDenoise(options) };
}

/** The estimate of a step, after those before it: some rules remember them. */
async function estimate(rule: GuidanceRule, modifiers: GuidanceModifiers, step = 1) {
  const { denoise, x } = setUp(rule, modifiers);
  const at = { stage: 0, sigmaDown: 0 };
  for (let before = 0; before < step; before++) {
    await denoise(x, sigmas[before]!, { ...at, step: before });
  }
  return (await denoise(x, sigmas[step]!, { ...at, step })).data;
}

async function exactly(name: 'cond' | 'uncond') {
  const { exact, x } = setUp(findGuidanceRule('cfg'), { guidanceScale: 1 });
  const point: GuidancePoint = { step: 1, stage: 0, sigmaDown: 0, sigma: 2, guidanceScale: 1 };
  return (await exact(x, 2, [name], point))[name]!.data;
}

describe.each(guidanceRegistry)('rule $id', (rule) => {
  test.each([-2, 0, 0.5, 1, 3, 15])(
    'at scale %d: right needs, finite, nothing leaks',
    async (guidanceScale) => {
      const { fields, asked, denoise, release, x } = setUp(rule, { guidanceScale });
      for (const step of [0, 1, 2]) {
        for (const stage of [0, 1]) {
          const denoised = await denoise(x, 2, { step, stage, sigmaDown: 0.5 });
          expect(denoised.data.every(Number.isFinite)).toBe(true);
          expect(denoised).not.toBe(x);
          fields.release(denoised);
          // x, and what the rule keeps from step to step.
          expect(fields.liveCount()).toBeLessThanOrEqual(3);
        }
      }
      release();
      expect(fields.liveCount()).toBe(1);
      for (const needs of asked) {
        expect(needs.length).toBeGreaterThan(0);
        expect(rule.predictions).toEqual(expect.arrayContaining([...needs]));
        expect(new Set(needs).size).toBe(needs.length);
      }
    },
  );

  test('reads no prediction that it does not declare', async () => {
    for (const guidanceScale of [0, 1, 3]) {
      const at: GuidancePoint = { step: 1, stage: 0, sigmaDown: 0.5, sigma: 2, guidanceScale };
      const { fields, exact, x } = setUp(rule, { guidanceScale });
      const needs = rule.needs(at, {});
      const predictions = await exact(x, 2, needs, at);
      const watched = new Proxy(predictions, {
        get(target, name) {
          expect(needs).toContain(name);
          return Reflect.get(target, name);
        },
      });
      await rule.create(fields, {})(watched, at, x);
      for (const name of needs) {
        const { [name]: _, ...rest } = predictions;
        const combine = rule.create(fields, {});
        await expect((async () => combine(rest, at, x))()).rejects.toThrow(`"${name}"`);
      }
    }
  });

  test('each parameter changes the result', async () => {
    for (const { id, min, max } of rule.parameters) {
      const results = [min, max].map(async (value) => {
        const { options, x } = setUp(rule, { guidanceScale: 3 });
        const { denoise } = guidedDenoise({ ...options, params: { [id]: value } });
        // Three steps: what is remembered of two shows in the last.
        await denoise(x, 4, { step: 0, stage: 0, sigmaDown: 2 });
        await denoise(x, 2, { step: 1, stage: 0, sigmaDown: 0.5 });
        const { data } = await denoise(x, 0.5, { step: 2, stage: 0, sigmaDown: 0 });
        return { data, noiseScale: rule.noiseScale?.({ [id]: value }) };
      });
      expect(await results[0]).not.toEqual(await results[1]);
    }
  });

  test('the scale changes the result, if the rule uses it', async () => {
    const a = await estimate(rule, { guidanceScale: 2 });
    const b = await estimate(rule, { guidanceScale: 3 });
    if (rule.usesScale) expect(a).not.toEqual(b);
    else expect(a).toEqual(b);
  });

  test('an interval that covers everything is the plain rule', async () => {
    expect(await estimate(rule, { guidanceScale: 3, interval: [0, 10] })).toEqual(
      await estimate(rule, { guidanceScale: 3 }),
    );
  });

  test('outside the interval it is the rule at scale 1', async () => {
    expect(await estimate(rule, { guidanceScale: 3, interval: [2, 10] })).toEqual(
      await estimate(rule, { guidanceScale: 1 }),
    );
  });

  test('a constant schedule is the plain rule, a shape is not', async () => {
    const plain = await estimate(rule, { guidanceScale: 3 }, 2);
    const constant = { guidanceScale: 3, schedule: 'constant' } as const;
    expect(await estimate(rule, constant, 2)).toEqual(plain);
    if (!rule.usesScale) return;
    expect(await estimate(rule, { guidanceScale: 3, schedule: 'rising' }, 2)).not.toEqual(plain);
    expect(await estimate(rule, { guidanceScale: 9, schedule: [3, 3, 3] }, 2)).toEqual(plain);
  });
});

describe.each(guidanceRegistry)('rule $id, watched', (rule) => {
  const point = { step: 1, stage: 0, sigmaDown: 0.5 };

  test.each([{ kind: 'static' }, { kind: 'dynamic', percentile: 75 }] as const)(
    '$kind threshold on what is shown',
    async (threshold) => {
      const plain = setUp(rule, { guidanceScale: 9 });
      const before = plain.shown(await plain.denoise(plain.x, 2, point));
      const wanted = await thresholded(plain.fields, threshold, before);
      const { fields, denoise, shown, release, x } = setUp(rule, { guidanceScale: 9, threshold });
      const returned = await denoise(x, 2, point);
      expect(shown(returned).data).toEqual(wanted.data);
      expect(Math.max(...shown(returned).data.map(Math.abs))).toBeLessThanOrEqual(1);
      fields.release(returned);
      release();
      expect(fields.liveCount()).toBe(1);
    },
  );

  test('shows the observer what it read and what is shown, before anything is released', async () => {
    const everything = ['uncond', 'cond', 'weak'] as const;
    const { options, fields, asked, x } = setUp(rule, { guidanceScale: 3 });
    const own = rule.needs({ ...point, sigma: 2, guidanceScale: 3 }, {});
    const copies: Record<string, Float32Array> = {};
    const guided = guidedDenoise({
      ...options,
      alsoNeeded: everything,
      async observe({ predictions, guided: shown, x: noisy, at }) {
        await Promise.resolve();
        expect(noisy).toBe(x);
        expect(at).toMatchObject({ ...point, sigma: 2 });
        for (const [name, { data }] of Object.entries(predictions)) copies[name] = data.slice();
        copies.guided = shown.data.slice();
      },
    });
    const returned = await guided.denoise(x, 2, point);
    const names = new Set([...own, ...everything]);
    expect(asked).toEqual([[...names]]);
    expect(new Set(Object.keys(copies))).toEqual(new Set([...names, 'guided']));
    for (const copy of Object.values(copies)) expect(copy.every(Number.isFinite)).toBe(true);
    expect(copies.cond).toEqual(await exactly('cond'));
    expect(guided.shown(returned).data).toEqual(copies.guided);
    fields.release(returned);
    guided.release();
    expect(fields.liveCount()).toBe(1);
  });

  test('releases everything when the observer fails', async () => {
    const threshold = { kind: 'dynamic', percentile: 90 } as const;
    const { options, fields, x } = setUp(rule, { guidanceScale: 3, threshold });
    const observe = () => {
      throw new Error('no room for a picture');
    };
    const guided = guidedDenoise({ ...options, alsoNeeded: ['weak'], observe });
    await expect(guided.denoise(x, 2, point)).rejects.toThrow('no room');
    guided.release();
    expect(fields.liveCount()).toBe(1);
  });
});

describe('a rule that renoises', () => {
  const rule = findGuidanceRule('cfg-plus-plus');
  const point = { step: 1, stage: 0, sigmaDown: 0.5 };

  test('returns the estimate with which a first-order step puts back the eps of u', async () => {
    const { fields, denoise, shown, release, x } = setUp(rule, { guidanceScale: 1 });
    const [c, u] = [await exactly('cond'), await exactly('uncond')];
    const returned = await denoise(x, 2, point);
    const r = 0.5 / 2;
    x.data.forEach((value, i) => {
      const d = u[i]! + 0.6 * (c[i]! - u[i]!);
      const step = r * value + (1 - r) * returned.data[i]!;
      expect(step).toBeCloseTo(d + (0.5 * (value - u[i]!)) / 2, 5);
      expect(shown(returned).data[i]).toBeCloseTo(d, 5);
    });
    expect(fields.liveCount()).toBe(3);
    release();
    expect(shown(returned)).toBe(returned);
    expect(fields.liveCount()).toBe(2);
  });

  test('returns the estimate itself where nothing is put back', async () => {
    const { fields, denoise, shown, x } = setUp(rule, { guidanceScale: 1 });
    fields.release(await denoise(x, 2, point));
    const last = await denoise(x, 0.5, { ...point, step: 2, sigmaDown: 0 });
    expect(shown(last)).toBe(last);
    expect(fields.liveCount()).toBe(2);
  });

  test('keeps nothing when a later evaluation fails, or the point is no first-order step', async () => {
    const { options, fields, x } = setUp(rule, { guidanceScale: 1 });
    let fails = false;
    const guided = guidedDenoise({
      ...options,
      evaluate(...args) {
        if (fails) throw new Error('lost device');
        return options.evaluate(...args);
      },
    });
    fields.release(await guided.denoise(x, 2, point));
    fails = true;
    await expect(guided.denoise(x, 2, point)).rejects.toThrow('lost device');
    expect(fields.liveCount()).toBe(1);
    fails = false;
    await expect(guided.denoise(x, 2, { ...point, sigmaDown: 2 })).rejects.toThrow('got 1');
    expect(fields.liveCount()).toBe(1);
  });
});

// Bayes: grad log p(x|c) = grad log p(x) + grad log p(c|x).
describe('classifier guidance with the exact classifier', () => {
  const rule = findGuidanceRule('classifier');
  const closeTo = (a: Float32Array, b: Float32Array) => {
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i]!, 5);
    });
  };

  test('of the unconditional network is the conditional one at classifierScale 1', async () => {
    closeTo(await estimate(rule, { guidanceScale: 2 }), await exactly('cond'));
  });

  test('is cfg at the same number, and the conditional base at one less', async () => {
    const conditional = findGuidanceRule('classifier-conditional');
    for (const classifierScale of [0.5, 1.5, 4]) {
      const unconditional = await estimate(rule, { guidanceScale: 1 + classifierScale });
      const cfg = findGuidanceRule('cfg');
      closeTo(unconditional, await estimate(cfg, { guidanceScale: classifierScale }));
      closeTo(unconditional, await estimate(conditional, { guidanceScale: classifierScale }));
    }
  });
});

describe('cfg', () => {
  const cfg = findGuidanceRule('cfg');

  test('needs one prediction where one is enough', async () => {
    const needs = async (modifiers: GuidanceModifiers) => {
      const { asked, denoise, x } = setUp(cfg, modifiers);
      await denoise(x, 2, { step: 1, stage: 0, sigmaDown: 0 });
      return asked[0];
    };
    expect(await needs({ guidanceScale: 1 })).toEqual(['cond']);
    expect(await needs({ guidanceScale: 3, interval: [2, 10] })).toEqual(['cond']);
    expect(await needs({ guidanceScale: 0 })).toEqual(['uncond']);
    expect(await needs({ guidanceScale: 3 })).toEqual(['cond', 'uncond']);
  });

  test('is u + s (c - u)', async () => {
    const [c, u] = [await exactly('cond'), await exactly('uncond')];
    expect(c).not.toEqual(u);
    for (const s of [-2, 0.5, 3]) {
      const guided = await estimate(cfg, { guidanceScale: s });
      guided.forEach((value, i) => {
        expect(value).toBeCloseTo(u[i]! + s * (c[i]! - u[i]!), 5);
      });
    }
    expect(await estimate(cfg, { guidanceScale: 1 })).toEqual(c);
    expect(await estimate(cfg, { guidanceScale: 0 })).toEqual(u);
  });

  test('conditional and unconditional alone are its scales 1 and 0', async () => {
    const anyScale = { guidanceScale: 5 };
    expect(await estimate(findGuidanceRule('conditional'), anyScale)).toEqual(
      await exactly('cond'),
    );
    expect(await estimate(findGuidanceRule('unconditional'), anyScale)).toEqual(
      await exactly('uncond'),
    );
  });
});

describe('guidedDenoise', () => {
  const cfg = findGuidanceRule('cfg');

  test('decides scale and interval once a step, by its starting sigma', async () => {
    const schedule = [3, 3, 3];
    const { denoise, asked, x } = setUp(cfg, { guidanceScale: 1, schedule, interval: [0.5, 2] });
    await denoise(x, 2, { step: 1, stage: 0, sigmaDown: 0.5 });
    schedule[1] = 1;
    // Evaluated at 0.5, outside the interval, in a step that started at 2, inside.
    await denoise(x, 0.5, { step: 1, stage: 1, sigmaDown: 0.5 });
    await denoise(x, 0.5, { step: 2, stage: 0, sigmaDown: 0 });
    expect(asked).toEqual([['cond', 'uncond'], ['cond', 'uncond'], ['cond']]);
  });

  test('reports jumps for rules with a scale only', () => {
    const modifiers = { guidanceScale: 3, interval: [0.5, 2] } as const;
    expect([0, 1, 2].map(setUp(cfg, modifiers).guidanceJumped)).toEqual([false, true, true]);
    const alone = setUp(findGuidanceRule('conditional'), modifiers);
    expect([0, 1, 2].map(alone.guidanceJumped)).toEqual([false, false, false]);
  });

  test('releases the predictions when the rule fails', async () => {
    const broken: GuidanceRule = {
      ...cfg,
      create: () => () => {
        throw new Error('broken rule');
      },
    };
    const { fields, denoise, x } = setUp(broken, { guidanceScale: 3 });
    await expect(denoise(x, 2, { step: 1, stage: 0, sigmaDown: 0 })).rejects.toThrow('broken rule');
    expect(fields.liveCount()).toBe(1);
  });

  test('awaits an asynchronous rule before it releases anything', async () => {
    const slow: GuidanceRule = {
      ...cfg,
      create: (fields, params) => {
        const combine = cfg.create(fields, params);
        return async (predictions, at, x) => {
          await Promise.resolve();
          return combine(predictions, at, x);
        };
      },
    };
    expect(await estimate(slow, { guidanceScale: 3 })).toEqual(
      await estimate(cfg, { guidanceScale: 3 }),
    );
  });

  test('checks the modifiers', () => {
    expect(() => setUp(cfg, { guidanceScale: 2, interval: [2, 1] })).toThrow('got (2, 1]');
    expect(() => setUp(cfg, { guidanceScale: 2, schedule: [1] })).toThrow('3 scales, got 1');
    expect(() => setUp(cfg, { guidanceScale: 2, schedule: [1, 2, 3, 4] })).toThrow('got 4');
    const threshold = { kind: 'dynamic', percentile: 10 } as const;
    expect(() => setUp(cfg, { guidanceScale: 2, threshold })).toThrow('within [50, 100], got 10');
    expect(() => findGuidanceRule('magic')).toThrow('got "magic"');
  });
});
