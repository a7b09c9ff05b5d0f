import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { loadTextEncoder } from '../src/networks/download';
import { type EncoderNetwork, openPromptEncoder } from '../src/networks/text/prompt-encoder';
import { modelFolders } from './models';

const fixture: {
  readonly every: number;
  readonly prompts: readonly { readonly text: string; readonly states: readonly number[][] }[];
} = JSON.parse(readFileSync(new URL('../e2e/fixtures/states.json', import.meta.url), 'utf8'));

test('token states of three captions are those of PyTorch', async () => {
  const loaded = await loadTextEncoder('text-encoder', {
    baseUrl: 'file:///',
    cache: null,
    read: async (path) => new Uint8Array(await readFile(join(modelFolders[0]!, path))),
  });
  const session = await InferenceSession.create(loaded.files.get('model.onnx')!, {
    intraOpNumThreads: 1,
    freeDimensionOverrides: { batch: 1, tokens: loaded.manifest.longest },
  });
  const network: EncoderNetwork = {
    async run({ ids, mask }, rows) {
      const size = mask.data.length / rows;
      const parts: number[] = [];
      for (let row = 0; row < rows; row++) {
        const own = <T>(data: ArrayLike<T>) => Array.from(data).slice(row * size, (row + 1) * size);
        const { states } = await session.run({
          ids: new Tensor('int64', BigInt64Array.from(own(ids.data), BigInt), [1, size]),
          mask: new Tensor('float32', Float32Array.from(own(mask.data)), [1, size]),
        });
        parts.push(...(states!.data as Float32Array));
      }
      return { states: Float32Array.from(parts) };
    },
  };
  const encoder = await openPromptEncoder(loaded, network);
  const { prompts, every } = fixture;
  const { text, mask, tokens, width } = await encoder.statesOf(prompts.map(({ text }) => text));
  expect([tokens, width]).toEqual([32, 384]);
  let largest = 0;
  prompts.forEach(({ states }, i) => {
    expect([...mask.subarray(i * tokens, (i + 1) * tokens)]).toEqual(
      Array.from({ length: tokens }, (_, t) => (t < states.length ? 1 : 0)),
    );
    states.forEach((state, t) => {
      state.forEach((value, k) => {
        const got = text[(i * tokens + t) * width + k * every]!;
        largest = Math.max(largest, Math.abs(got - value));
      });
    });
  });
  // Biases and positions of the graph are in float16.
  expect(largest).toBeLessThan(1e-3);
  expect(largest).toBeGreaterThan(0);
  await session.release();
});
