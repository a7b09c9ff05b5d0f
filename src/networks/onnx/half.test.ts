import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { halfBits, toHalf } from './half';
import { ELEMENT, makeModel, makeNode, makeTensor, readGraph, writeGraph } from './onnx';

const read = (path: string) =>
  new Uint8Array(readFileSync(new URL(`../../../${path}/model.onnx`, import.meta.url)));
const graphs = ['e2e/models/tiny', 'e2e/models/tiny-classifier', 'public/models/letters'];
const floats = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);

/** The number that these bits stand for. */
function halfValue(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const size = exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}

describe('the nearest float16', () => {
  const finite = Array.from({ length: 0x7c00 }, (_, bits) => bits);

  test('of every float16 is itself, with either sign', () => {
    const isItself = (bits: number) =>
      halfBits(halfValue(bits)) === bits && halfBits(-halfValue(bits)) === (bits | 0x8000);
    expect(finite.filter((bits) => !isItself(bits))).toEqual([]);
  });

  test('between two neighbours is the nearer one, in the middle the even one', () => {
    const isNearest = (bits: number) => {
      const [low, high] = [halfValue(bits), halfValue(bits + 1)];
      const middle = (low + high) / 2;
      const apart = (high - low) / 64;
      return (
        halfBits(middle) === bits + (bits & 1) &&
        halfBits(middle - apart) === bits &&
        halfBits(middle + apart) === bits + 1
      );
    };
    expect(finite.slice(0, -1).filter((bits) => !isNearest(bits))).toEqual([]);
  });

  test('beyond 65504 is infinite, and of no number is none', () => {
    expect(halfBits(65_519)).toBe(0x7bff);
    expect(halfBits(65_520)).toBe(0x7c00);
    expect(halfBits(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
    expect(halfBits(Number.NaN) & 0x7fff).toBeGreaterThan(0x7c00);
    expect(halfBits(1e-8)).toBe(0);
  });
});

describe.each(graphs)('the graph of %s', (path) => {
  const model = read(path);

  test('is read and written without loss', () => {
    const graph = readGraph(model);
    const written = writeGraph(graph);
    expect(written.length).toBe(model.length);
    expect(Buffer.compare(writeGraph(readGraph(written)), written)).toBe(0);
    expect(graph.outputs).not.toHaveLength(0);
  });

  test('in float16 keeps its outputs and what feeds on the noise level, and is no larger', () => {
    const half = toHalf(model);
    const [before, after] = [readGraph(model), readGraph(half)];
    expect(half.length).toBeLessThan(model.length);
    expect(after.outputs).toEqual(before.outputs);
    expect(after.graphRest).toEqual(before.graphRest);
    // One cast each where the picture and the embedding come in and the answer goes out; the
    // classifier has its softmax in between. Casts of weights fall away when a session is created.
    const computed = new Set(['x', 'sigma', 'label']);
    for (const { inputs, outputs } of after.nodes) {
      if (inputs.some((name) => computed.has(name))) for (const name of outputs) computed.add(name);
    }
    const casts = after.nodes.filter(({ op, inputs }) => op === 'Cast' && computed.has(inputs[0]!));
    expect(casts.length).toBeLessThanOrEqual(8);
    // Preconditioning: sigma² needs float32.
    const made = new Map(after.nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
    const types = new Map(after.tensors.map(({ name, type }) => [name, type]));
    for (const { op, inputs } of after.nodes) {
      if (!['Sqrt', 'ReduceL2', 'Log', 'Floor'].includes(op)) continue;
      for (const name of inputs) {
        const adding = made.get(name)?.inputs ?? [];
        expect(adding.map((input) => types.get(input))).not.toContain(ELEMENT.float16);
      }
    }
    // Nothing hangs in the air.
    const known = new Set([...made.keys(), ...types.keys(), 'x', 'sigma', 'label', '']);
    for (const { inputs } of after.nodes) for (const name of inputs) expect(known).toContain(name);
  });

  test('the file itself stays as it is', () => {
    const copy = model.slice();
    toHalf(model);
    expect(Buffer.compare(model, copy)).toBe(0);
  });
});

describe('a graph that cannot compute in float16', () => {
  const weight = (...numbers: number[]) =>
    makeTensor('w', ELEMENT.float, [numbers.length, 1], floats(...numbers));
  const graph = (op: string, w = weight(1, 2)) =>
    makeModel(
      [
        makeNode('MatMul', ['x', 'w'], ['h']),
        makeNode(op, ['h'], ['i']),
        makeNode('MatMul', ['i', 'w'], ['y']),
      ],
      [w],
      { x: [1, 2] },
      { y: [1, 1] },
    );

  test('one that can has its float32 weights narrowed', () => {
    const { tensors, nodes } = readGraph(toHalf(graph('Sigmoid', weight(1, -0.1))));
    // The node that makes an output keeps its type, and so its weight.
    expect(tensors.map(({ name, type, dims }) => ({ name, type, dims }))).toEqual([
      { name: 'w', type: ELEMENT.float, dims: [2, 1] },
      { name: 'w_float16', type: ELEMENT.float16, dims: [2, 1] },
    ]);
    expect([...new Uint16Array(tensors[1]!.data!.slice().buffer)]).toEqual([
      0x3c00,
      halfBits(-0.1),
    ]);
    expect(nodes.map(({ op }) => op)).toEqual(['Cast', 'MatMul', 'Cast', 'Sigmoid', 'MatMul']);
  });

  test.each([
    ['an operator that is not known', graph('Erf'), 'has Erf'],
    ['a weight out of range', graph('Sigmoid', weight(1, 1e6)), 'within ±65504, "w" has 1000000'],
    ['a cast of its own', graph('Cast'), 'only Cast nodes widen stored weights'],
    ['no picture', graph('Sigmoid'), 'on the way of "z"', 'z'],
    ['no graph', Uint8Array.of(8, 8), 'a graph with nodes'],
    ['a cut-off file', read(graphs[0]!).subarray(0, 9000), 'cut off'],
    ['no ONNX file', new TextEncoder().encode('<!doctype html>'), 'An ONNX file must'],
  ] as [string, Uint8Array, string, string?][])('%s', (_, model, complaint, picture) => {
    expect(() => toHalf(model, picture)).toThrow(RangeError);
    expect(() => toHalf(model, picture)).toThrow(complaint);
  });
});
