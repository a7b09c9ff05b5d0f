import { describe, expect, test } from 'vitest';
import {
  checkModifiers,
  type GuidanceModifiers,
  guidanceJumped,
  resampled,
  scaleAt,
  scheduleShapeRegistry,
} from './modifiers';

const sigmas = [80, 40, 10, 2, 1, 0.5, 0.1, 0];
const steps = [0, 1, 2, 3, 4, 5, 6];
const scales = (modifiers: GuidanceModifiers) =>
  steps.map((step) => scaleAt(modifiers, sigmas, step));
const jumps = (modifiers: GuidanceModifiers) =>
  steps.filter((step) => guidanceJumped(modifiers, sigmas, step));

describe('interval', () => {
  test('is open below and closed above', () => {
    expect(scales({ guidanceScale: 3, interval: [1, 10] })).toEqual([1, 1, 3, 3, 1, 1, 1]);
  });

  test('may cover everything or nothing', () => {
    expect(scales({ guidanceScale: 3, interval: [0, 80] })).toEqual(Array(7).fill(3));
    expect(scales({ guidanceScale: 3 })).toEqual(Array(7).fill(3));
    expect(scales({ guidanceScale: 3, interval: [2, 2] })).toEqual(Array(7).fill(1));
  });

  test('turns off to 1, which is the conditional network, also from scale 0', () => {
    expect(scales({ guidanceScale: 0, interval: [1, 10] })).toEqual([1, 1, 0, 0, 1, 1, 1]);
  });
});

describe.each(scheduleShapeRegistry)('shape $id', ({ id }) => {
  test.each([1, 2, 3, 20, 250])('has mean scale s over %d steps', (numSteps) => {
    const levels = Array.from({ length: numSteps + 1 }, (_, i) => numSteps - i);
    const modifiers = { guidanceScale: 4, schedule: id };
    let total = 0;
    for (let step = 0; step < numSteps; step++) total += scaleAt(modifiers, levels, step);
    expect(total / numSteps).toBeCloseTo(4, 10);
  });

  test('is off at scale 1 and does not jump', () => {
    expect(scales({ guidanceScale: 1, schedule: id })).toEqual(Array(7).fill(1));
    expect(jumps({ guidanceScale: 8, schedule: id })).toEqual([]);
  });
});

describe('schedule', () => {
  test('shapes go where their names say', () => {
    // (s - 1) w(t) with t = (i + ½)/7.
    const rising = scales({ guidanceScale: 2, schedule: 'rising' });
    expect(rising[0]).toBeCloseTo(1 + 1 / 7, 12);
    expect(rising[6]).toBeCloseTo(1 + 13 / 7, 12);
    expect(scales({ guidanceScale: 2, schedule: 'falling' }).reverse()).toEqual(
      rising.map((value) => expect.closeTo(value, 12)),
    );
    const peak = scales({ guidanceScale: 2, schedule: 'peak' });
    expect(peak[3]).toBeCloseTo(3, 12);
    expect(peak.indexOf(Math.max(...peak))).toBe(3);
    const exponential = scales({ guidanceScale: 2, schedule: 'exponential' }).map((s) => s - 1);
    // By the same factor at every step, e³ from 0 to 1.
    for (let i = 1; i < 7; i++) {
      expect(exponential[i]! / exponential[i - 1]!).toBeCloseTo(Math.exp(3 / 7), 10);
    }
    expect(scales({ guidanceScale: 2, schedule: 'constant' })).toEqual(Array(7).fill(2));
  });

  test('a list gives the scale of every step, also as it is being written', () => {
    const schedule = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
    const modifiers = { guidanceScale: 9, schedule, interval: [0.4, 50] } as const;
    expect(scales(modifiers)).toEqual([1, 2, 3, 4, 5, 6, 1]);
    schedule[3] = -1;
    expect(scaleAt(modifiers, sigmas, 3)).toBe(-1);
  });
});

describe('guidanceJumped', () => {
  test('at both edges of the interval', () => {
    expect(jumps({ guidanceScale: 3, interval: [1, 10] })).toEqual([2, 4]);
    expect(jumps({ guidanceScale: 3, schedule: 'peak', interval: [1, 10] })).toEqual([2, 4]);
  });

  test('not where guidance is off on both sides, nor at the start', () => {
    expect(jumps({ guidanceScale: 1, interval: [1, 10] })).toEqual([]);
    expect(jumps({ guidanceScale: 3, interval: [0, 80] })).toEqual([]);
    expect(jumps({ guidanceScale: 3, interval: [10, 80] })).toEqual([2]);
  });

  test('where a list changes by more than 0.5', () => {
    expect(jumps({ guidanceScale: 1, schedule: [1, 1.5, 2, 5, 5, 4.4, 4] })).toEqual([3, 5]);
  });
});

describe('resampled', () => {
  test('is the list itself on as many steps', () => {
    const scales = [1, 7, 2, 0.1, 3];
    expect(resampled(scales, 5)).toEqual(scales);
    expect(resampled(scales, 5)).not.toBe(scales);
  });

  test('interpolates linearly between midpoints', () => {
    // Midpoints of 2 steps: 1/4 and 3/4; of 4: 1/8, 3/8, 5/8, 7/8.
    expect(resampled([1, 3], 4)).toEqual([1, 1.5, 2.5, 3]);
    expect(resampled([1, 1.5, 2.5, 3], 2)).toEqual([1.25, 2.75]);
    expect(resampled([4], 3)).toEqual([4, 4, 4]);
    expect(resampled([1, 2, 6], 1)).toEqual([2]);
  });

  test('keeps a straight line straight, but for its ends', () => {
    const line = Array.from({ length: 40 }, (_, i) => (i + 0.5) / 40);
    resampled(line, 13).forEach((value, i) => {
      expect(value).toBeCloseTo((i + 0.5) / 13, 12);
    });
  });

  test('says what does not fit', () => {
    expect(() => resampled([], 3)).toThrow('at least one scale, got none');
    for (const numSteps of [0, 2.5]) {
      expect(() => resampled([1], numSteps)).toThrow(`positive integer, got ${numSteps}`);
    }
  });
});

test('checkModifiers says what does not fit', () => {
  const check = (modifiers: Partial<GuidanceModifiers>) => () =>
    checkModifiers({ guidanceScale: 2, ...modifiers }, 7);
  expect(check({ interval: [0, 0], schedule: [1, 2, 3, 4, 5, 6, 7] })).not.toThrow();
  expect(check({ guidanceScale: Number.NaN })).toThrow('guidanceScale must be finite, got NaN');
  expect(check({ interval: [2, 1] })).toThrow('got (2, 1]');
  expect(check({ interval: [-1, 1] })).toThrow('got (-1, 1]');
  expect(check({ schedule: [1, 2] })).toThrow('7 scales, got 2');
  expect(check({ schedule: Array(8).fill(1) })).toThrow('7 scales, got 8');
  expect(check({ threshold: { kind: 'dynamic', percentile: 10 } })).toThrow('got 10');
  expect(check({ threshold: { kind: 'static' } })).not.toThrow();
  expect(check({ schedule: 'steep' as 'rising' })).toThrow(
    'falling, peak, exponential, got "steep"',
  );
  const unset = Array(7) as number[];
  expect(() => scaleAt({ guidanceScale: 2, schedule: unset }, sigmas, 3)).toThrow(
    'step 3 must be finite, got undefined',
  );
});
