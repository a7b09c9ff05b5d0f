import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../settings/column';
import { placeOf, scaleAtPlace, stepped, TICKS, ZONES, zoneOf } from './rail-axis';

const { min, max }: { min: number; max: number } = LIMITS.guidanceScale;

describe('the rail’s axis', () => {
  test('spans all scales and keeps their order', () => {
    expect([placeOf(min), placeOf(max)]).toEqual([0, 1]);
    let before = -1;
    for (let scale = min; scale <= max; scale += 0.05) {
      expect(placeOf(scale)).toBeGreaterThan(before);
      before = placeOf(scale);
    }
    expect([placeOf(-50), placeOf(50)]).toEqual([0, 1]);
  });

  test('is finer between 1 and 4 than elsewhere', () => {
    const width = (from: number) => placeOf(from + 1) - placeOf(from);
    for (const scale of [-2, -1, 4, 8, 14]) expect(width(2)).toBeGreaterThan(width(scale));
  });

  test('leads back from a place to its scale', () => {
    for (const scale of [-2, -0.5, 0, 1, 1.5, 2.7, 3.9, 4, 7.5, 15]) {
      expect(scaleAtPlace(placeOf(scale))).toBe(scale);
    }
    expect([scaleAtPlace(-1), scaleAtPlace(2)]).toEqual([min, max]);
  });

  test('is stepped through by keys: every step is a round number, and back again', () => {
    const up = [min];
    while (up.at(-1)! < max) up.push(stepped(up.at(-1)!, 1));
    const down = [max];
    while (down.at(-1)! > min) down.push(stepped(down.at(-1)!, -1));
    expect(down.toReversed()).toEqual(up);
    expect(up).toContain(1.5);
    expect(up.length).toBeLessThan(100);
    expect(stepped(max, 1, 5)).toBe(max);
  });

  test('has its marks and zones on it, the zones without a gap', () => {
    expect(TICKS.every((scale) => scale >= min && scale <= max)).toBe(true);
    expect([ZONES[0].from, ZONES.at(-1)!.to]).toEqual([min, max]);
    for (const [i, { from }] of ZONES.slice(1).entries()) expect(from).toBe(ZONES[i]!.to);
  });
});

test('every scale lies in one zone, those beyond the rail in the outermost', () => {
  const zones = [-9, -1, 0, 1, 1.1, 3, 5, 15, 40].map((scale) => zoneOf(scale).id);
  expect(zones).toEqual([
    ...['away', 'away'],
    ...['off', 'off'],
    ...['typical', 'typical'],
    ...['strong', 'strong', 'strong'],
  ]);
});
