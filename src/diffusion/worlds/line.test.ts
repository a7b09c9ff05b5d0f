import { describe, expect, test } from 'vitest';
import { componentsOf } from './analytic';
import {
  classifierGradientAt,
  denoisedAt,
  densityAt,
  epsAt,
  evenly,
  flowOnLine,
  guidedDensity,
  integral,
  lineWorld,
  moments,
  OTHER,
  posteriorAt,
  WANTED,
} from './line';

const wanted = componentsOf(lineWorld, WANTED);
const other = componentsOf(lineWorld, OTHER);
const sigmas = [0.05, 0.3, 1, 4];
const places = sigmas.flatMap((sigma) => evenly(-6, 6, 41).map((x) => ({ x, sigma })));
const wide = evenly(-40, 40, 8001);

describe('the figures’ curves', () => {
  test('the noised data is a density at every noise level', () => {
    for (const sigma of [0, ...sigmas]) {
      const values = wide.map((x) => densityAt(lineWorld, x, sigma));
      expect(integral(wide, values)).toBeCloseTo(1, 10);
    }
  });

  test('the direction to the estimate is the slope of the log density', () => {
    const h = 1e-5;
    for (const { x, sigma } of places) {
      const rise =
        Math.log(densityAt(lineWorld, x + h, sigma)) - Math.log(densityAt(lineWorld, x - h, sigma));
      const score = -epsAt(lineWorld, x, sigma) / sigma;
      expect(score / (1 + Math.abs(score))).toBeCloseTo(rise / (2 * h) / (1 + Math.abs(score)), 6);
    }
  });

  test('conditional score = unconditional score + classifier gradient, to 1e-12', () => {
    for (const { x, sigma } of places) {
      // In units of noise, as the figure shows them.
      const conditional = -epsAt(wanted, x, sigma);
      const sum =
        -epsAt(lineWorld, x, sigma) + sigma * classifierGradientAt(lineWorld, WANTED, x, sigma);
      const size = Math.max(1, Math.abs(conditional));
      expect(Math.abs(conditional - sum) / size).toBeLessThan(1e-12);
    }
  });

  test('the classifier’s gradient is the slope of its log probability', () => {
    const h = 1e-5;
    for (const { x, sigma } of places.filter((place) => Math.abs(place.x) < 3)) {
      const log = (at: number) => Math.log(posteriorAt(lineWorld, WANTED, at, sigma));
      const slope = (log(x + h) - log(x - h)) / (2 * h);
      const gradient = classifierGradientAt(lineWorld, WANTED, x, sigma);
      expect(gradient / (1 + Math.abs(slope))).toBeCloseTo(slope / (1 + Math.abs(slope)), 6);
    }
  });

  test('without a label the estimate is the classes’ mean, weighted with their probabilities', () => {
    for (const { x, sigma } of places) {
      const p = posteriorAt(lineWorld, WANTED, x, sigma);
      const q = posteriorAt(lineWorld, OTHER, x, sigma);
      expect(p + q).toBeCloseTo(1, 12);
      const mean = p * denoisedAt(wanted, x, sigma) + q * denoisedAt(other, x, sigma);
      expect(Math.abs(mean - denoisedAt(lineWorld, x, sigma))).toBeLessThan(1e-12);
    }
  });
});

describe('the sharpened density', () => {
  const guided = (w: number, sigma: number) =>
    guidedDensity({ mixture: lineWorld, classLabel: WANTED, sigma, w, points: wide });

  test('integrates to 1', () => {
    for (const sigma of sigmas) {
      for (const w of [0, 0.5, 2, 8]) expect(integral(wide, guided(w, sigma))).toBeCloseTo(1, 12);
    }
  });

  test('is the class itself at w = 0', () => {
    for (const sigma of sigmas) {
      const plain = wide.map((x) => densityAt(wanted, x, sigma));
      guided(0, sigma).forEach((value, i) => {
        expect(value).toBeCloseTo(plain[i]!, 10);
      });
    }
  });

  test('moves away from the other class and narrows as w grows', () => {
    const [none, some, much] = [0, 2, 8].map((w) => moments(wide, guided(w, 0.5)));
    expect(none!.mean).toBeLessThan(some!.mean);
    expect(some!.mean).toBeLessThan(much!.mean);
    expect(much!.std).toBeLessThan(some!.std);
    expect(some!.std).toBeLessThan(none!.std);
  });
});

describe('samples on their way', () => {
  const ends = async (options: Partial<Parameters<typeof flowOnLine>[0]>) => {
    const flow = await flowOnLine({ guidanceScale: 1, numSteps: 24, samples: 400, ...options });
    return { ...flow, ends: flow.paths.map((path) => path.at(-1)!) };
  };
  const near = (xs: readonly number[]) => xs.filter((x) => x < 1.35).length / xs.length;
  const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;

  test('without guidance they are samples of the class', async () => {
    const { ends: xs, evaluations, sigmas: levels, paths } = await ends({});
    expect(levels.at(-1)).toBe(0);
    expect(paths[0]).toHaveLength(levels.length);
    expect(evaluations).toBe(47);
    expect(mean(xs)).toBeCloseTo(1.35, 0);
    expect(near(xs)).toBeGreaterThan(0.4);
    expect(near(xs)).toBeLessThan(0.6);
  });

  test('guidance empties the part beside the other class; an interval keeps it, for less', async () => {
    const everywhere = await ends({ guidanceScale: 6 });
    const middle = await ends({ guidanceScale: 6, interval: [0.1, 0.8] });
    expect(near(everywhere.ends)).toBeLessThan(0.2);
    expect(near(middle.ends)).toBeGreaterThan(near(everywhere.ends) + 0.1);
    expect(everywhere.evaluations).toBe(94);
    expect(middle.evaluations).toBeLessThan(80);
  });

  test('they are not samples of the sharpened density', async () => {
    const points = evenly(-6, 9, 3001);
    const { mean: sharpened } = moments(
      points,
      guidedDensity({ mixture: lineWorld, classLabel: WANTED, sigma: 0, w: 5, points }),
    );
    const { ends: xs } = await ends({ guidanceScale: 6 });
    expect(Math.abs(mean(xs) - sharpened)).toBeGreaterThan(0.25);
  });
});
