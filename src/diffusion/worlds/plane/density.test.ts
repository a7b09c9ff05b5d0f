import { describe, expect, test } from 'vitest';
import { guidanceRegistry } from '../../guidance';
import { blurredClasses, threeClasses } from '../../testing/runs';
import { componentsOf, type GaussianMixture, logDensity } from '../analytic';
import {
  agreement,
  cellCentre,
  contour,
  type GriddedDensity,
  gridded,
  guidedDensity,
  logMixture,
  meanDistance,
  type PlaneGrid,
  regionLevel,
} from './density';
import { classMean, type PlaneWorld, worksInPlane } from './world';

const GRID: PlaneGrid = { half: 6, size: 200 };
const world: PlaneWorld = { mixture: threeClasses, classLabel: 1, weakBlur: 0.5 };

const cfg = (guidanceScale: number, of = world) =>
  guidedDensity(of, { guidance: 'cfg', guidanceScale, params: {} });

/** Σ f(x, y) density · area. */
function expectation(density: GriddedDensity, f: (x: number, y: number) => number): number {
  const area = ((2 * GRID.half) / GRID.size) ** 2;
  return density.values.reduce(
    (sum, value, i) => sum + value * f(...cellCentre(GRID, i)) * area,
    0,
  );
}

describe('logMixture', () => {
  test.each([0, 0.3, 5])('is logDensity at sigma %d', (sigma) => {
    const log = logMixture(threeClasses, sigma);
    for (const [x, y] of [
      [0, 0],
      [1.5, -2],
      [-20, 30],
    ] as const) {
      expect(log(x, y)).toBeCloseTo(logDensity(threeClasses, [x, y], sigma), 9);
    }
  });
});

describe('gridded', () => {
  test('a density has mass 1 and its own moments', () => {
    const mixture: GaussianMixture = [{ classLabel: 0, weight: 3, mean: [0.5, -1], std: 0.6 }];
    const density = gridded(logMixture(mixture), GRID);
    expect(expectation(density, () => 1)).toBeCloseTo(1, 12);
    expect(expectation(density, (x) => x)).toBeCloseTo(0.5, 9);
    expect(expectation(density, (_, y) => y)).toBeCloseTo(-1, 9);
    expect(expectation(density, (x) => (x - 0.5) ** 2)).toBeCloseTo(0.36, 9);
    // It was normalised before: nothing to divide by.
    expect(density.logNormaliser).toBeCloseTo(0, 9);
  });

  test('the first cell is the upper left one', () => {
    const [x, y] = cellCentre({ half: 2, size: 4 }, 0);
    expect([x, y]).toEqual([-1.5, 1.5]);
    expect(cellCentre({ half: 2, size: 4 }, 7)).toEqual([1.5, 0.5]);
  });
});

describe('guidedDensity', () => {
  // Straight from the paper's formula, probability by probability, without logarithms.
  function byHand(x: number, y: number, w: number): number {
    const gaussian = (mean: readonly number[], std: number) =>
      Math.exp(-((x - mean[0]!) ** 2 + (y - mean[1]!) ** 2) / (2 * std ** 2)) /
      (2 * Math.PI * std ** 2);
    let joint = 0;
    let all = 0;
    let prior = 0;
    for (const { classLabel, weight, mean, std } of threeClasses) {
      const p = weight * gaussian(mean, std);
      all += p;
      if (classLabel !== world.classLabel) continue;
      joint += p;
      prior += weight;
    }
    return (joint / prior) * (joint / all) ** w;
  }

  test.each([0, 0.5, 2, 4])('is p(z|c) p(c|z)^w, normalised, at w = %d', (w) => {
    const density = gridded(cfg(1 + w), GRID);
    const hand = density.values.map((_, i) => byHand(...cellCentre(GRID, i), w));
    const mass = hand.reduce((sum, value) => sum + value, 0) * (12 / 200) ** 2;
    const peak = Math.max(...density.values);
    const apart = density.values.map((value, i) => Math.abs(value - hand[i]! / mass));
    expect(Math.max(...apart)).toBeLessThan(1e-9 * peak);
  });

  test('without guidance it is the conditional density', () => {
    const density = gridded(cfg(1), GRID);
    const own = componentsOf(threeClasses, 1);
    for (let i = 0; i < density.values.length; i += 997) {
      const expected = Math.exp(logDensity(own, cellCentre(GRID, i), 0));
      expect(density.values[i]).toBeCloseTo(expected, 6);
    }
    expect(density.logNormaliser).toBeCloseTo(0, 6);
  });

  // What figure 2 shows.
  test('the mass moves away from the other classes as w grows', () => {
    const figure: GaussianMixture = [90, 210, 330].map((degrees, classLabel) => {
      const angle = (degrees * Math.PI) / 180;
      return { classLabel, weight: 1, mean: [Math.cos(angle), Math.sin(angle)], std: 0.7 };
    });
    const of = { mixture: figure, classLabel: 0, weakBlur: 0.5 };
    const others = [figure[1]!.mean, figure[2]!.mean];
    let before = 0;
    for (const w of [0, 0.5, 1, 2, 4, 8]) {
      const density = gridded(cfg(1 + w, of), GRID);
      const distance = expectation(density, (x, y) =>
        Math.min(...others.map(([a, b]) => Math.hypot(x - a!, y - b!))),
      );
      expect(distance).toBeGreaterThan(before + 0.01);
      before = distance;
    }
  });

  test.each(guidanceRegistry.filter(worksInPlane))('$id is a density at every scale', (rule) => {
    const least = rule.scaleKind === 'classifier' ? 1 : 0.1;
    for (const guidanceScale of [least, 1, 3, 15]) {
      const log = guidedDensity(world, { guidance: rule.id, guidanceScale, params: {} });
      const density = gridded(log, { half: 30, size: 300 });
      expect(density.values.every(Number.isFinite)).toBe(true);
      // Nothing at the edge: it can be normalised.
      const edge = Math.max(...density.values.slice(0, 300));
      expect(edge / Math.max(...density.values)).toBeLessThan(1e-6);
    }
  });

  test('classifier guidance of the unconditional scores at w + 1 is the conditional at w', () => {
    const at = (guidance: string, guidanceScale: number) =>
      gridded(guidedDensity(world, { guidance, guidanceScale, params: {} }), GRID).values;
    // guidanceScale is 1 + the classifier's scale.
    const unconditional = at('classifier', 4);
    const conditional = at('classifier-conditional', 3);
    const free = at('cfg', 3);
    for (let i = 0; i < free.length; i += 101) {
      expect(unconditional[i]).toBeCloseTo(free[i]!, 9);
      expect(conditional[i]).toBeCloseTo(free[i]!, 9);
    }
  });

  test('autoguidance and the small classifier take the weak mixture', () => {
    const blur = blurredClasses.map((component, i) => ({
      ...component,
      std: Math.hypot(threeClasses[i]!.std, 0.5),
    }));
    const auto = guidedDensity(world, { guidance: 'autoguidance', guidanceScale: 2, params: {} });
    const own = logDensity(componentsOf(threeClasses, 1), [0.3, 0.1], 0);
    const weak = logDensity(componentsOf(blur, 1), [0.3, 0.1], 0);
    expect(auto(0.3, 0.1)).toBeCloseTo(2 * own - weak, 9);
    const params = { classifierSize: 1 };
    const small = guidedDensity(world, { guidance: 'classifier', guidanceScale: 3, params });
    const expected =
      logDensity(threeClasses, [0.3, 0.1], 0) + 2 * (weak - logDensity(blur, [0.3, 0.1], 0));
    expect(small(0.3, 0.1)).toBeCloseTo(expected, 9);
  });

  test('says which rule or class it does not know', () => {
    const rule = { guidance: 'cfg', guidanceScale: 1, params: {} };
    expect(() => guidedDensity({ ...world, classLabel: 7 }, rule)).toThrow('got 7');
    expect(() => guidedDensity(world, { ...rule, guidance: 'none' })).toThrow('got "none"');
  });
});

describe('a Gaussian’s region', () => {
  const mixture: GaussianMixture = [{ classLabel: 0, weight: 1, mean: [0, 0], std: 1 }];
  const log = logMixture(mixture);
  const density = gridded(log, GRID);
  // P(r ≤ R) = 1 - exp(-R²/2).
  const radius = Math.sqrt(-2 * Math.log(0.1));

  test('ends where the radius says', () => {
    const level = Math.exp(-(radius ** 2) / 2) / (2 * Math.PI);
    expect(Math.abs(regionLevel(density, 0.9) / level - 1)).toBeLessThan(0.02);
    expect(() => regionLevel(density, 1)).toThrow('within (0, 1), got 1');
  });

  test('has the boundary of a circle', () => {
    const lines = contour(density, regionLevel(density, 0.9));
    expect(lines.length).toBeGreaterThan(100);
    let length = 0;
    for (let i = 0; i < lines.length; i += 4) {
      const [x0, y0, x1, y1] = lines.subarray(i, i + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      expect(Math.abs(Math.hypot(x0, y0) - radius)).toBeLessThan(0.02);
      length += Math.hypot(x1 - x0, y1 - y0);
    }
    expect(length).toBeCloseTo(2 * Math.PI * radius, 1);
  });

  test('particles are counted and measured', () => {
    const xs = Float32Array.of(0, 0, 1, 0, 0, 2.2, 3, 4);
    const {
      inside,
      particles,
      density: own,
    } = agreement(xs, { log, density, level: regionLevel(density, 0.9) }, [0, 0]);
    expect(inside).toBe(0.5);
    expect(particles).toBeCloseTo((0 + 1 + 2.2 + 5) / 4, 6);
    // The mean of Rayleigh's distribution.
    expect(own).toBeCloseTo(Math.sqrt(Math.PI / 2), 4);
    expect(meanDistance(density, [0, 0])).toBe(own);
  });
});

test('the mean of a class counts its components by their weights', () => {
  const [x, y] = classMean(world);
  expect(x).toBeCloseTo((0.2 * 1 + 0.1 * 0.5) / 0.3, 12);
  expect(y).toBeCloseTo((0.2 * 0.5 + 0.1 * -1) / 0.3, 12);
});
