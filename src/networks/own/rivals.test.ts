import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { countsOf } from '../../diffusion/convention';
import { readOnnx } from '../onnx/file';
import { suggested } from './own-network';
import { findPorts } from './ports';
import { keyOf, rivalsOf } from './rivals';

function opened(name: string, changes = {}) {
  const path = new URL(`../../../e2e/fixtures/bring/${name}.onnx`, import.meta.url);
  const ports = findPorts(readOnnx(new Uint8Array(readFileSync(path)), name)).value!;
  const settings = { ...suggested(ports, {}, name), ...changes };
  return { settings, rivals: rivalsOf(settings, ports) };
}

test('what the form says comes first, and nothing twice', () => {
  for (const name of ['eps', 'flow', 'sigma', 'rescaled', 'v']) {
    const { settings, rivals } = opened(name);
    expect(keyOf(rivals[0]!)).toBe(keyOf(settings));
    expect(new Set(rivals.map(keyOf)).size).toBe(rivals.length);
    for (const { noising, counts } of rivals) expect(countsOf(noising)).toContain(counts);
  }
});

test('a float for time may be anything', () => {
  const { rivals } = opened('flow');
  for (const noising of ['betas', 'flow', 'sigma', 'edm']) {
    expect(rivals.some((rival) => rival.noising === noising)).toBe(true);
  }
  expect(rivals.some(({ betas }) => betas.kind === 'cosine' && betas.steps === 4000)).toBe(true);
  expect(rivals.length).toBeLessThan(100);
});

test('whole numbers that look up a table are as many timesteps as it has rows', () => {
  const { rivals } = opened('eps');
  expect(rivals.every(({ noising, counts }) => noising === 'betas' && counts === 'from-0')).toBe(
    true,
  );
  expect(rivals.every(({ betas }) => 'steps' in betas && betas.steps === 1000)).toBe(true);
  expect(new Set(rivals.map(({ prediction }) => prediction))).toEqual(new Set(['eps', 'v', 'x0']));
});

test('other steps than usual are compared too, those of this project’s contract are not', () => {
  const betas = { kind: 'linear', start: 1e-4, end: 0.02, steps: 123 } as const;
  const { rivals } = opened('flow', { betas });
  expect(rivals.some((rival) => rival.counts === 'fraction' && rival.betas === betas)).toBe(true);
  expect(opened('eps', { prediction: 'denoised' }).rivals).toEqual([]);
});
