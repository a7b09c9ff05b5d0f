import { expect, test } from 'vitest';
import { type ColumnSettings, DEFAULT_COLUMN } from './column';
import { warningsOf } from './warnings';

const of = (changes: Partial<ColumnSettings>) => warningsOf({ ...DEFAULT_COLUMN, ...changes });

test.each<[Partial<ColumnSettings>, readonly string[]]>([
  [{ sampler: 'heun', numSteps: 2 }, ['few-heun-steps']],
  [{ sampler: 'heun', numSteps: 3 }, []],
  [{ sampler: 'heun', numSteps: 1 }, []],
  [{ sampler: 'ddim', numSteps: 2 }, []],
  [{ sampler: 'dpmpp-2m', numSteps: 2 }, ['few-multistep-steps']],
  [{ sampler: 'dpmpp-2m', numSteps: 4 }, []],
  [{ sampler: 'dpmpp-3m', numSteps: 3 }, []],
  [{ sampler: 'dpmpp-3m', numSteps: 4 }, ['few-third-order-steps']],
  [{ sampler: 'dpmpp-3m', numSteps: 9 }, ['few-third-order-steps']],
  [{ sampler: 'dpmpp-3m', numSteps: 10 }, []],
  [{ negative: 'B', guidanceScale: 1 }, ['idle-negative']],
  [{ negative: 'B', guidanceScale: 3 }, []],
  [{ negative: 'B', guidanceScale: 1, curve: [1, 3] }, []],
  [{ negative: null, guidanceScale: 1 }, []],
])('%j', (changes, warnings) => {
  expect(of({ numSteps: 20, sampler: 'ddim', ...changes })).toEqual(warnings);
});
