import { describe, expect, test } from 'vitest';
import { mixtureEvaluate } from '../analytic';
import { arrayFields } from '../fields';
import { checkedFields } from '../testing/checked-fields';
import { blurredClasses, threeClasses } from '../testing/runs';
import { type Evaluate, type GuidedOptions, guidedDenoise } from './guided';
import { findGuidanceRule, guidanceRegistry } from './index';
import type { GuidanceModifiers } from './modifiers';
import type { GuidancePoint, GuidanceRule, Prediction } from './rule';

const sigmas = [10, 2, 0.5, 0];

function setUp(rule: GuidanceRule, modifiers: GuidanceModifiers) {
  const fields = checkedFields(arrayFields({ seeds: [1, 2, 3], sampleSize: 2 }));
  const exact = mixtureEvaluate({
    mixture: threeClasses,
    weak: blurredClasses,
    labels: [0, 1, 2],
    fields,
  });
  const asked: (readonly Prediction[])[] = [];
  const evaluate: Evaluate<ReturnType<typeof fields.empty>> = (x, sigma, needs, at) => {
    asked.push(needs);
    return exact(x, sigma, needs, at);
  };
  const options: GuidedOptions<ReturnType<typeof fields.empty>> = {
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

async function estimate(rule: GuidanceRule, modifiers: GuidanceModifiers, step = 1) {
  const { denoise, x } = setUp(rule, modifiers);
  return (await denoise(x, sigmas[step]!, { step, stage: 0, sigmaDown: 0 })).data;
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
        // Two steps: momentum shows in the second.
        await denoise(x, 2, { step: 1, stage: 0, sigmaDown: 0.5 });
        return (await denoise(x, 0.5, { step: 2, stage: 0, sigmaDown: 0 })).data;
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
    expect(await estimate(rule, { guidanceScale: 9, schedule: [1, 1, 3] }, 2)).toEqual(plain);
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
    expect(() => findGuidanceRule('magic')).toThrow('got "magic"');
  });
});
