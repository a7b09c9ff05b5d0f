import { describe, expect, test } from 'vitest';
import { type ArrayField, arrayFields } from '../fields';
import { createRun, DEFAULT_RUN } from '../run';
import { checkedFields } from '../testing/checked-fields';
import { threeClasses } from '../testing/runs';
import { componentsOf, logDensity, mixtureEvaluate } from '../worlds/analytic';
import { agreement, gridded, guidedDensity, regionLevel } from '../worlds/plane/density';
import { runParticles } from '../worlds/plane/particles';
import { classMean } from '../worlds/plane/world';
import { feedback } from './feedback';

const range = { sigmaMin: 0.02, sigmaMax: 20 };
const CLASS = 1;

/** Mean distance of ln r, as the rule's scales tell it, from the exact log posterior ratio. */
async function distanceOfRatios(numSteps: number): Promise<number> {
  const seeds = Array.from({ length: 200 }, (_, i) => i);
  const fields = arrayFields({ seeds, sampleSize: 2 });
  const own = componentsOf(threeClasses, CLASS);
  const share = 0.95;
  let total = 0;
  let count = 0;
  const run = createRun({
    settings: {
      ...DEFAULT_RUN,
      guidance: 'feedback',
      guidanceScale: 15,
      sampler: 'ddpm',
      numSteps,
      parameters: { feedbackShare: share },
    },
    // Where it begins, nothing is known of the class: ln r is 0.
    range: { sigmaMin: 0.02, sigmaMax: 200 },
    fields,
    evaluate: mixtureEvaluate({ mixture: threeClasses, labels: seeds.map(() => CLASS), fields }),
    observer: {
      observe({ predictions: { cond, uncond }, guided, x, at: { sigma } }) {
        if (sigma < 0.3) return;
        for (let b = 0; b < x.batch; b++) {
          const difference = cond!.data[2 * b]! - uncond!.data[2 * b]!;
          if (Math.abs(difference) < 0.05) continue;
          const scale = (guided.data[2 * b]! - uncond!.data[2 * b]!) / difference;
          const told = Math.log(((1 - share) * scale) / (scale - 1));
          const point = x.data.subarray(2 * b, 2 * b + 2);
          const exact = logDensity(own, point, sigma) - logDensity(threeClasses, point, sigma);
          total += Math.abs(told - exact);
          count++;
        }
      },
    },
  });
  for await (const _ of run.steps(run.start()));
  return total / count;
}

describe('feedback guidance', () => {
  test('with the noise of DDPM comes to the exact posterior as steps get smaller', async () => {
    const distances = [await distanceOfRatios(40), await distanceOfRatios(320)];
    expect(distances[1]!).toBeLessThan(0.1);
    expect(distances[1]!).toBeLessThan(0.5 * distances[0]!);
  });

  test('its particles are samples of the density that it promises, and those of cfg are not', async () => {
    const mixture = [90, 210, 330].map((degrees, classLabel) => {
      const angle = (degrees * Math.PI) / 180;
      return { classLabel, weight: 1, mean: [Math.cos(angle), Math.sin(angle)], std: 0.6 };
    });
    const world = { mixture, classLabel: 0, weakBlur: 0.5 };
    const from = classMean(world);
    const found = async (guidance: string, guidanceScale: number) => {
      const params = { feedbackShare: 0.6 };
      const log = guidedDensity(world, { guidance, guidanceScale, params });
      const density = gridded(log, { half: 6, size: 200 });
      const settings = { ...DEFAULT_RUN, guidance, guidanceScale, sampler: 'ddpm' };
      const run = { ...settings, numSteps: 200, seed: 7, count: 3000 };
      const parameters = guidance === 'feedback' ? params : {};
      const { xs } = await runParticles(world, { ...run, parameters });
      const promised = { log, density, level: regionLevel(density, 0.9) };
      return agreement(xs.subarray(-2 * run.count), promised, from);
    };
    const own = await found('feedback', 15);
    // Of 3,000 samples one standard deviation is 0.0055.
    expect(Math.abs(own.inside - 0.9)).toBeLessThan(0.025);
    expect(Math.abs(own.particles / own.density - 1)).toBeLessThan(0.05);
    const other = await found('cfg', 4);
    expect(other.inside).toBeLessThan(0.87);
    expect(other.particles / other.density).toBeGreaterThan(1.15);
  });

  test('of a network that learnt nothing of the class it is c, and asks for no more at scale 1', async () => {
    const fields = checkedFields(arrayFields({ seeds: [1], sampleSize: 2 }));
    const combine = feedback.create(fields, {});
    const at = { step: 0, stage: 0, sigma: 2, sigmaDown: 1, guidanceScale: 4 };
    const [c, x] = [fields.noise(0), fields.noise(1)];
    const made = (await combine({ cond: c, uncond: c }, at, x)) as ArrayField;
    expect([...made.data]).toEqual([...c.data].map((value) => expect.closeTo(value, 5)));
    expect(feedback.needs({ ...at, guidanceScale: 1 }, {})).toEqual(['cond']);
    expect(await combine({ cond: c }, { ...at, step: 1, guidanceScale: 1 }, x)).toBe(c);
    combine.release?.();
    expect(fields.liveCount()).toBe(3);
  });

  test('an offset leads to more guidance, a temperature of 0 listens to nothing', async () => {
    const at = (parameters: Record<string, number>) => lastScales(parameters);
    const still = await at({ feedbackTemperature: 0 });
    expect(new Set(still.map((scale) => scale.toFixed(3))).size).toBe(1);
    expect(still[0]).toBeCloseTo(1 / 0.5, 3);
    const more = await at({ feedbackTemperature: 0, feedbackOffset: -0.05 });
    expect(more[0]!).toBeGreaterThan(still[0]! + 0.1);
  });
});

/** The scale of some samples at noise level 1. */
async function lastScales(parameters: Record<string, number>): Promise<number[]> {
  const fields = arrayFields({ seeds: [1, 2, 3], sampleSize: 2 });
  let scales: number[] = [];
  const run = createRun({
    settings: {
      ...DEFAULT_RUN,
      guidance: 'feedback',
      guidanceScale: 10,
      sampler: 'ddpm',
      numSteps: 12,
      parameters: { feedbackShare: 0.5, ...parameters },
    },
    range,
    fields,
    evaluate: mixtureEvaluate({ mixture: threeClasses, labels: [1, 1, 1], fields }),
    observer: {
      observe({ predictions: { cond, uncond }, guided, at }) {
        if (at.sigma < 1) return;
        scales = [0, 2, 4].map(
          (i) => (guided.data[i]! - uncond!.data[i]!) / (cond!.data[i]! - uncond!.data[i]!),
        );
      },
    },
  });
  for await (const _ of run.steps(run.start()));
  return scales;
}
