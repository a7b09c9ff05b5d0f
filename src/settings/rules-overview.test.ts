import { expect, test } from 'vitest';
import { bestPoint } from './rules-overview';

const point = (scale: number, accuracy: number, distance: number | undefined, spread = 0.01) => ({
  scale,
  figures: {
    classAccuracy: { value: accuracy, spread },
    ...(distance !== undefined && { frechetDistance: { value: distance } }),
  },
});

test('the best point is the closest to real pictures of those as accurate as can be told', () => {
  const points = [point(1, 0.86, 2), point(1.5, 0.955, 3), point(2, 0.97, 5), point(4, 0.972, 9)];
  expect(bestPoint(points).scale).toBe(1.5);
  // What is clearly less accurate does not count, however close.
  expect(
    bestPoint(points.map((p) => point(p.scale, p.figures.classAccuracy.value, p.scale, 0.001)))
      .scale,
  ).toBe(2);
  expect(bestPoint([point(3, 0.9, undefined), point(5, 0.9, 8)]).scale).toBe(5);
  expect(bestPoint([point(3, 0.9, undefined)]).scale).toBe(3);
  expect(() => bestPoint([])).toThrow('got none');
});

test('alignment takes the place of class accuracy', () => {
  const aligned = (scale: number, value: number, distance: number) => ({
    scale,
    figures: { alignment: { value, spread: 0.001 }, frechetDistance: { value: distance } },
  });
  expect(bestPoint([aligned(1, 0.1, 1), aligned(2, 0.13, 5), aligned(4, 0.1295, 4)]).scale).toBe(4);
});
