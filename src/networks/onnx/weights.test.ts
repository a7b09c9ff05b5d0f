import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readOnnx } from './file';
import { readGraph } from './onnx';
import { withWeights } from './weights';

const folder = new URL('../../../e2e/fixtures/bring/', import.meta.url);
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const two = read('two.onnx');
const data = read('two.onnx.data');

test('a model in two files becomes the model in one', () => {
  expect(readOnnx(two, 'two.onnx').external).toEqual(['two.onnx.data']);
  expect(readOnnx(read('eps.onnx'), 'eps.onnx').external).toEqual([]);
  const whole = withWeights(two, new Map([['two.onnx.data', data]]));
  expect(readOnnx(whole, 'whole.onnx').external).toEqual([]);
  const numbers = (model: Uint8Array) =>
    readGraph(model).tensors.map(({ name, type, dims, data }) => ({ name, type, dims, data }));
  expect(numbers(whole)).toEqual(numbers(read('eps.onnx')));
});

test('a file that is missing or too short is named', () => {
  expect(() => withWeights(two, new Map())).toThrow(
    /^"two\.onnx\.data" must hold \d+ bytes of weights, got no such file$/,
  );
  expect(() => withWeights(two, new Map([['two.onnx.data', data.subarray(0, 10)]]))).toThrow(
    /bytes of weights, got 10$/,
  );
});
