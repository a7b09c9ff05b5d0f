import { expect, test } from 'vitest';
import { meaningOf, startFailure } from './runtime-errors';

// Messages as onnxruntime words them, shortened.
test.each([
  [
    "Non-zero status code returned while running Gather node. Name:'n' Status Message: indices element out of data bounds, idx=10 must be within the inclusive range [-5,4]",
    'row 10, and has rows up to 4: there are fewer labels or timesteps',
  ],
  [
    'Got invalid dimensions for input: x for the following indices\n index: 0 Got: 2 Expected: 3\n Please fix either the inputs/outputs or the model.',
    'input "x" takes 3 in dimension 0, got 2: export with that dimension free',
  ],
  [
    'Unexpected input data type. Actual: (tensor(float)) , expected: (tensor(float16))',
    'an input takes float16, and was given float',
  ],
  ['Could not find an implementation for RoiAlign(16) node', 'no operator RoiAlign'],
  [
    'ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset 27 is under development',
    'newer ONNX than the runtime knows',
  ],
  ['std::bad_alloc', 'not enough memory'],
  [
    'Non-zero status code returned while running Reshape node. The input tensor cannot be reshaped to the requested shape. Input shape:{2,1,8,8}, requested shape:{1,64}',
    'exported for another batch or size',
  ],
])('%s', (message, meaning) => {
  expect(meaningOf(message)).toContain(meaning);
});

test('of what is not known nothing is said', () => {
  expect(meaningOf('device lost')).toBeUndefined();
});

test('a runtime that has not started is named, without what its makers would do', () => {
  const file = '/assets/ort-wasm-simd-threaded-a1.wasm';
  const message =
    "no available backend found. ERR: [wasm] RuntimeError: Aborted(NetworkError: Failed to load 'https://a.b/ort.wasm'.). Build with -sASSERTIONS for more info.";
  expect(startFailure(message, file)).toBe(
    "The program that computes networks could not be started: ort-wasm-simd-threaded-a1.wasm must be on the site and fit this browser, got: NetworkError: Failed to load 'https://a.b/ort.wasm'",
  );
  expect(
    startFailure('no available backend found. ERR: [webgpu] Error: backend not found', file),
  ).toMatch(/got: backend not found$/);
  expect(startFailure('std::bad_alloc', file)).toBeUndefined();
});
