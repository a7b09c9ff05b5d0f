import { describe, expect, test } from 'vitest';
import { guidanceRegistry } from '../../guidance';
import { DEFAULT_RUN } from '../../run';
import { samplerRegistry } from '../../samplers';
import { threeClasses } from '../../testing/runs';
import { componentsOf } from '../analytic';
import { agreement, gridded, guidedDensity, logOf, regionLevel } from './density';
import { type ParticleRun, runParticles } from './particles';
import { scoreField } from './score-field';
import { classMean, type PlaneWorld, worksInPlane } from './world';

const world: PlaneWorld = { mixture: threeClasses, classLabel: 1, weakBlur: 0.5 };
const base: ParticleRun = {
  ...DEFAULT_RUN,
  sampler: 'heun',
  numSteps: 24,
  seed: 7,
  count: 4000,
};

/** Mean and covariance of the last noise level. */
function moments(xs: Float32Array, count: number) {
  const last = xs.subarray(-2 * count);
  const mean = [0, 1].map((d) => {
    let sum = 0;
    for (let i = d; i < last.length; i += 2) sum += last[i]!;
    return sum / count;
  });
  const covariance = (a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < last.length; i += 2) {
      sum += (last[i + a]! - mean[a]!) * (last[i + b]! - mean[b]!);
    }
    return sum / count;
  };
  return { mean, xx: covariance(0, 0), xy: covariance(0, 1), yy: covariance(1, 1) };
}

describe('with the exact conditional score', () => {
  const own = componentsOf(threeClasses, 1);
  const total = own.reduce((sum, { weight }) => sum + weight, 0);
  const [mx, my] = classMean(world);
  const expected = (a: 0 | 1, b: 0 | 1) =>
    own.reduce((sum, { weight, mean, std }) => {
      const apart = (mean[a]! - [mx, my][a]!) * (mean[b]! - [mx, my][b]!);
      return sum + (weight / total) * (apart + (a === b ? std ** 2 : 0));
    }, 0);

  // Of 4,000 samples the mean is good to 0.013 and a variance to 0.013, one standard deviation.
  test.each(samplerRegistry)('$id reproduces mean and covariance', async ({ id, stochastic }) => {
    const numSteps = stochastic({}) ? 100 : 40;
    const run = { ...base, guidance: 'conditional', sampler: id, numSteps };
    const { xs } = await runParticles(world, run);
    const { mean, xx, xy, yy } = moments(xs, run.count);
    expect(Math.abs(mean[0]! - mx)).toBeLessThan(0.05);
    expect(Math.abs(mean[1]! - my)).toBeLessThan(0.05);
    expect(Math.abs(xx - expected(0, 0))).toBeLessThan(0.05);
    expect(Math.abs(xy - expected(0, 1))).toBeLessThan(0.05);
    expect(Math.abs(yy - expected(1, 1))).toBeLessThan(0.05);
  });

  test('the particles are samples of the density', async () => {
    const { xs } = await runParticles(world, { ...base, numSteps: 60 });
    const rule = { guidance: 'cfg', guidanceScale: 1, params: {} };
    const log = guidedDensity(world, rule);
    const density = gridded(log, { half: 5, size: 200 });
    const from = classMean(world);
    const {
      inside,
      particles,
      density: own,
    } = agreement(
      xs.subarray(-2 * base.count),
      { log, density, level: regionLevel(density, 0.9) },
      from,
    );
    expect(Math.abs(inside - 0.9)).toBeLessThan(0.02);
    expect(Math.abs(particles / own - 1)).toBeLessThan(0.03);
  });
});

test('with a guided score they are no samples of the guided density, however small the steps', async () => {
  const mixture = [90, 210, 330].map((degrees, classLabel) => {
    const angle = (degrees * Math.PI) / 180;
    return { classLabel, weight: 1, mean: [Math.cos(angle), Math.sin(angle)], std: 0.6 };
  });
  const of = { mixture, classLabel: 0, weakBlur: 0.5 };
  const rule = { guidance: 'cfg', guidanceScale: 4, params: {} };
  const log = guidedDensity(of, rule);
  const density = gridded(log, { half: 6, size: 200 });
  const from = classMean(of);
  const distances: number[] = [];
  for (const numSteps of [32, 128]) {
    const run = { ...base, numSteps, count: 2000, guidanceScale: 4 };
    const { xs } = await runParticles(of, run);
    const last = xs.subarray(-2 * run.count);
    const found = agreement(last, { log, density, level: regionLevel(density, 0.9) }, from);
    expect(found.inside).toBeLessThan(0.85);
    expect(found.particles).toBeGreaterThan(1.2 * found.density);
    distances.push(found.particles);
  }
  expect(Math.abs(distances[0]! - distances[1]!)).toBeLessThan(0.01);
});

describe('runs', () => {
  const small = { ...base, count: 20, numSteps: 6, guidanceScale: 2 };

  test.each(guidanceRegistry.filter(worksInPlane))('$id moves particles', async (rule) => {
    const sampler = rule.firstOrderOnly ? 'ddim' : 'heun';
    const { xs, sigmas, nfe } = await runParticles(world, { ...small, guidance: rule.id, sampler });
    expect(xs).toHaveLength(7 * 20 * 2);
    expect(xs.every(Number.isFinite)).toBe(true);
    expect(sigmas).toHaveLength(7);
    expect(nfe).toBeGreaterThanOrEqual(6);
  });

  test('picture rules are told apart, and why they cannot run here', async () => {
    const left = guidanceRegistry.filter((rule) => !worksInPlane(rule)).map(({ id }) => id);
    expect(left.toSorted()).toEqual([
      'distilled',
      'fast',
      'fdg',
      'higs',
      'icg',
      'internal',
      'momentum',
      'pag',
      'rescale',
    ]);
    await expect(runParticles(world, { ...small, guidance: 'fdg' })).rejects.toThrow('shape');
  });

  test('a particle depends on its seed and not on how many there are', async () => {
    const few = await runParticles(world, { ...small, count: 3 });
    const many = await runParticles(world, small);
    expect(many.xs.slice(6 * 40, 6 * 40 + 6)).toEqual(few.xs.slice(6 * 6, 6 * 6 + 6));
    const later = await runParticles(world, { ...small, count: 3, seed: base.seed + 1 });
    expect(later.xs.slice(0, 4)).toEqual(few.xs.slice(2, 6));
  });

  test('less noise and an interval act', async () => {
    const cold = { ...small, guidance: 'low-temperature', sampler: 'ddpm' };
    const usual = await runParticles(world, cold);
    const colder = await runParticles(world, { ...cold, parameters: { noiseTemperature: 0 } });
    expect(colder.xs).not.toEqual(usual.xs);
    const everywhere = await runParticles(world, small);
    const within = await runParticles(world, { ...small, interval: [0.2, 2] });
    expect(within.xs).not.toEqual(everywhere.xs);
  });

  test('end with what beforeStep throws', async () => {
    let steps = 0;
    const stop = () => {
      if (steps++ === 2) throw new Error('enough');
    };
    await expect(runParticles(world, small, stop)).rejects.toThrow('enough');
    expect(steps).toBe(3);
  });
});

describe('scoreField', () => {
  const points = Float32Array.of(0.3, -0.4, 1, 2, -3, 0.5);

  test('guided is u + s (c - u), the arrows of classifier-free guidance', async () => {
    const run = { ...base, guidanceScale: 3 };
    const { cond, uncond, guided } = await scoreField(world, run, 0.8, points);
    guided.forEach((value, i) => {
      expect(value).toBeCloseTo(uncond[i]! + 3 * (cond[i]! - uncond[i]!), 4);
    });
  });

  test('is sigma times the gradient of the logarithm', async () => {
    const sigma = 0.8;
    const { cond } = await scoreField(world, base, sigma, points);
    const log = logOf([[componentsOf(threeClasses, 1), 1]], sigma);
    const h = 1e-4;
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i]!, points[i + 1]!];
      expect(cond[i]).toBeCloseTo((sigma * (log(x + h, y) - log(x - h, y))) / (2 * h), 3);
      expect(cond[i + 1]).toBeCloseTo((sigma * (log(x, y + h) - log(x, y - h))) / (2 * h), 3);
    }
  });

  test('acts as the step does: unguided outside the interval', async () => {
    const run = { ...base, guidanceScale: 3, interval: [0.1, 1] } as const;
    const outside = await scoreField(world, run, 5, points);
    expect(outside.guided).toEqual(outside.cond);
    const inside = await scoreField(world, run, 0.5, points);
    expect(inside.guided).not.toEqual(inside.cond);
  });

  test.each(guidanceRegistry.filter(worksInPlane))(
    '$id has arrows at every level',
    async ({ id }) => {
      for (const sigma of [0.01, 0.5, 80]) {
        const run = { ...base, guidance: id, sampler: 'ddim', guidanceScale: 2 };
        const { guided } = await scoreField(world, run, sigma, points);
        expect(guided.every(Number.isFinite)).toBe(true);
      }
    },
  );

  test('needs a noise level', async () => {
    await expect(scoreField(world, base, 0, points)).rejects.toThrow('above 0, got 0');
  });
});
