// Evaluates a graph on the wasm runtime with one thread: node profile-wasm.mjs GRAPH.onnx BATCH TOKENS RUNS.
// The runtime prints its profile, as JSON, where the session ends it; so this is a process of its own.
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web/wasm';

const [, , graph = '', ...numbers] = process.argv;
const [batch = 1, tokens = 1, runs = 1] = numbers.map(Number);
/** @type {Record<string, number>} */
const dims = { batch, tokens };
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(graph)), {
  executionProviders: ['wasm'],
  freeDimensionOverrides: dims,
  enableProfiling: true,
});
/** @type {Record<string, import('onnxruntime-web').Tensor>} */
const feeds = {};
for (const input of session.inputMetadata) {
  if (!input.isTensor) throw new Error(`${graph}: inputs must be tensors`);
  const shape = input.shape.map((size) => (typeof size === 'number' ? size : (dims[size] ?? 1)));
  const size = shape.reduce((product, length) => product * length, 1);
  feeds[input.name] = new ort.Tensor('float32', new Float32Array(size).fill(1), shape);
}
for (let run = 0; run < runs; run++) await session.run(feeds);
session.endProfiling();
