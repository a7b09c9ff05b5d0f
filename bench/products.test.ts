import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { makeProducts } from './products';

test.each([1e5, 2.4e8, 1e9])('about %d operations', (flops) => {
  const products = makeProducts(flops, 'fp32');
  expect(products.side % 16).toBe(0);
  if (flops > 1e8) expect(Math.abs(products.flops / flops - 1)).toBeLessThan(0.25);
});

test.each(['fp32', 'fp16'] as const)('in %s the numbers keep their size', async (precision) => {
  const { graph, side } = makeProducts(1e8, precision);
  const session = await InferenceSession.create(graph, { intraOpNumThreads: 1 });
  const x = new Tensor('float32', new Float32Array(side * side).fill(1), [side, side]);
  const { y } = await session.run({ x });
  const data = y!.data as Float32Array;
  const size = Math.sqrt(data.reduce((sum, n) => sum + n * n, 0) / data.length);
  expect(size).toBeGreaterThan(0.1);
  expect(size).toBeLessThan(10);
  await session.release();
});
