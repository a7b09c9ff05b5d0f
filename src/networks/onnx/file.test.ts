import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NoOnnx, readOnnx } from './file';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, root)));
const fixture = (name: string) => readOnnx(read(`e2e/fixtures/bring/${name}`), name);

describe('what a file says of itself', () => {
  test('inputs and outputs with their types and shapes', () => {
    const { inputs, outputs, external } = fixture('eps.onnx');
    expect(inputs).toEqual([
      { name: 'sample', type: 'float', shape: ['batch_size', 1, 8, 8] },
      { name: 'timestep', type: 'int64', shape: ['batch_size'] },
      { name: 'class_labels', type: 'int64', shape: ['batch_size'] },
    ]);
    expect(outputs).toEqual([
      { name: 'out_sample', type: 'float', shape: ['batch_size', 1, 8, 8] },
    ]);
    expect(external).toEqual([]);
  });
  test('a scalar has a shape without dimensions', () => {
    expect(fixture('v.onnx').inputs[1]).toEqual({ name: 't', type: 'int64', shape: [] });
  });
  test('what the exporter wrote beside the graph', () => {
    expect(fixture('eps.onnx').metadata).toEqual({});
    expect(fixture('v.onnx').metadata).toMatchObject({ prediction_type: 'v_prediction' });
  });
  test('the rows of the tables that its inputs look up', () => {
    // The timestep through a Cast.
    expect(fixture('eps.onnx').lookups).toEqual(
      new Map([
        ['timestep', { rows: 1000, blank: [] }],
        ['class_labels', { rows: 4, blank: [] }],
      ]),
    );
    // A row of zeros; the depth of a OneHot node; through x[:, 0].
    expect(fixture('index.onnx').lookups.get('y')).toEqual({ rows: 4, blank: [0] });
    expect(fixture('mask.onnx').lookups.get('c')).toEqual({ rows: 3, blank: [] });
    expect(fixture('odd.onnx').lookups.get('y')).toEqual({ rows: 4, blank: [] });
  });
  test('the number of its weights', () => {
    // 1000 alpha_bar, 4 × 64 means, the variance and a one.
    expect(fixture('eps.onnx').parameters).toBe(1000 + 4 * 64 + 2);
  });
  test('of a network of this project', () => {
    const tiny = readOnnx(read('e2e/models/tiny/model.onnx'), 'model.onnx');
    expect(tiny.inputs).toEqual([
      { name: 'x', type: 'float', shape: ['batch', 1, 8, 8] },
      { name: 'sigma', type: 'float', shape: ['batch'] },
      { name: 'label', type: 'float', shape: ['batch', 5] },
    ]);
    expect(tiny.outputs.map(({ name }) => name)).toEqual(['denoised']);
    expect(tiny.parameters).toBeGreaterThan(50_000);
  });
});

describe('what is no ONNX file is named', () => {
  const whole = read('e2e/fixtures/bring/eps.onnx');
  test.each([
    ['text', new TextEncoder().encode('{"a": 1}')],
    ['nothing', new Uint8Array()],
    ['a picture', read('docs/page.png')],
    ['another protobuf', Uint8Array.of(8, 7)],
    ['half a file', whole.subarray(0, 3000)],
  ])('%s', (_, bytes) => {
    expect(() => readOnnx(bytes, 'net.onnx')).toThrow(NoOnnx);
    expect(() => readOnnx(bytes, 'net.onnx')).toThrow(/^net\.onnx must be an ONNX file/);
  });
});
