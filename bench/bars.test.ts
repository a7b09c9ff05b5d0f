import { expect, test } from 'vitest';
import { barsOf } from './bars';
import type { CanvasCost, Comparison, GridCost } from './results';

const ratio = (median: number) => ({ median, low: median, high: median, pairs: 5 });
const comparison = (median: number): Comparison => ({
  backend: 'wasm',
  device: '2 threads',
  batch: 8,
  ratio: ratio(median),
  msPerStep: [median, 1],
});
const canvas = (backend: CanvasCost['backend'], outsideShare: number): CanvasCost => ({
  backend,
  device: '',
  batch: 1,
  numSteps: 20,
  runs: 5,
  msPerStep: 10,
  outsideShare,
  workerMsPerStep: 0.1,
  canvasMsPerStep: 0.1,
});

const grid = (longestTaskMs: number, busiestTaskMs = longestTaskMs): GridCost => ({
  backend: 'wasm',
  device: '2 threads',
  model: 'tiny',
  cells: 64,
  numSteps: 4,
  totalMs: 1000,
  longTasks: 1,
  longestTaskMs,
  busiestTaskMs,
});
const none = { canvas: [], plain: [], guidance: [], rules: [], grid: [] };

test('each bar says by how much it is met or missed', () => {
  const bars = barsOf({
    canvas: [canvas('wasm', 0.07)],
    plain: [comparison(0.9)],
    guidance: [comparison(2.05)],
    rules: [{ ...comparison(1.2), rule: 'apg' }],
    grid: [grid(0, 20), grid(51), grid(51, 20)],
  });
  expect(bars.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['outside the network, wasm, batch 1, to canvas', 'miss'],
    ['engine / plain loop, wasm, batch 8', 'pass'],
    ['guidance on / off, wasm, batch 8', 'pass'],
    ['apg / cfg, wasm, batch 8', 'miss'],
    ['longest task while a grid fills, wasm, tiny, 64 cells', 'pass'],
    ['longest task while a grid fills, wasm, tiny, 64 cells', 'miss'],
    ['longest task while a grid fills, wasm, tiny, 64 cells', 'tie'],
  ]);
  expect(bars[0]?.distance).toBeCloseTo(-0.02, 12);
  expect(bars[1]?.distance).toBeCloseTo(0.1, 12);
  expect(bars[2]?.distance).toBe(0);
});

test('the canvas bar is set for wasm alone', () => {
  expect(barsOf({ ...none, canvas: [canvas('webgpu', 0.5)] })).toEqual([]);
});

test('a figure that could not be measured is no pass', () => {
  const [bar] = barsOf({ ...none, canvas: [canvas('wasm', Number.NaN)] });
  expect(bar?.verdict).toBe('miss');
});

test('slower than the plain loop means that three quarters of the pairs are', () => {
  const verdict = (median: number, low: number) =>
    barsOf({
      ...none,
      plain: [{ ...comparison(median), ratio: { median, low, high: 1.1, pairs: 9 } }],
    })[0]?.verdict;
  expect(verdict(1, 0.9)).toBe('pass');
  expect(verdict(1.01, 0.99)).toBe('tie');
  expect(verdict(1.02, 1.01)).toBe('miss');
});
