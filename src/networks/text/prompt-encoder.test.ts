import { expect, test, vi } from 'vitest';
import { openPromptEncoder, PromptEncoder } from './prompt-encoder';
import type { Tokeniser } from './tokeniser';

const manifest = { id: 'words', width: 2, longest: 4, words: 9 };

/** A token a letter, by its place in the alphabet. */
const letters: Tokeniser = {
  size: 9,
  tokensOf: (prompt, longest) => ({
    ids: [0, ...Array.from(prompt, (c) => c.charCodeAt(0) - 96).slice(0, longest - 2), 8],
    cut: prompt.length > longest - 2,
    unknown: [],
  }),
};

/** States (id, -id) of every token, those of padding among them; `runs` has the rows of every run. */
function doubling(
  states = (ids: Float32Array) => Float32Array.from([...ids].flatMap((x) => [x, -x])),
) {
  const runs: number[][][] = [];
  const run = vi.fn(async ({ ids, mask }, rows: number) => {
    expect([ids.type, mask.type]).toEqual(['int64', 'float32']);
    expect([...ids.dims, ...mask.dims]).toEqual([4, 4]);
    expect(ids.data).toHaveLength(4 * rows);
    runs.push([[...ids.data], [...mask.data]]);
    return { states: states(ids.data) };
  });
  return { run, runs };
}

test('states are padded with zeros, which the mask tells; a null text has no tokens', async () => {
  const { run, runs } = doubling();
  const encoder = new PromptEncoder({ run }, letters, manifest);
  expect(await encoder.statesOf(['a', null, 'bcd', ''])).toEqual({
    text: Float32Array.from(
      [
        [0, -0, 1, -1, 8, -8, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, -0, 2, -2, 3, -3, 8, -8],
        [0, 0, 0, 0, 0, 0, 0, 0],
      ].flat(),
    ),
    mask: Float32Array.from(
      [
        [1, 1, 1, 0],
        [0, 0, 0, 0],
        [1, 1, 1, 1],
        [0, 0, 0, 0],
      ].flat(),
    ),
    tokens: 4,
    width: 2,
  });
  expect(runs).toEqual([
    [
      [0, 1, 8, 0, 0, 2, 3, 8],
      [1, 1, 1, 0, 1, 1, 1, 1],
    ],
  ]);
  expect((await encoder.statesOf([])).text).toHaveLength(0);
  expect((await encoder.statesOf([null])).mask).toEqual(new Float32Array(4));
  expect(run).toHaveBeenCalledTimes(1);
});

test('each prompt is encoded once, the last 64 are remembered', async () => {
  const { run } = doubling();
  const encoder = new PromptEncoder({ run }, letters, manifest);
  const rows = () => run.mock.calls.map(([, count]) => count);
  await encoder.statesOf(['a', 'b', 'a']);
  await encoder.statesOf(['b', 'c', 'a']);
  expect(rows()).toEqual([2, 1]);
  const many = Array.from({ length: 63 }, (_, i) => `${'d'.repeat(i + 1)}`);
  const states = await encoder.statesOf([...many, 'a']);
  expect(states.text).toHaveLength(64 * 4 * 2);
  await encoder.statesOf(['a', 'd']);
  expect(rows()).toEqual([2, 1, 63]);
  await encoder.statesOf(['b']);
  expect(rows()).toEqual([2, 1, 63, 1]);
});

test('more prompts at once than are remembered all have their states', async () => {
  const { run } = doubling();
  const encoder = new PromptEncoder({ run }, letters, manifest);
  const prompts = Array.from({ length: 100 }, (_, i) => 'a'.repeat(i + 1));
  const { mask } = await encoder.statesOf(prompts);
  expect(mask.reduce((sum, one) => sum + one, 0)).toBe(3 + 99 * 4);
});

test('an aborted run is not remembered', async () => {
  const { run } = doubling();
  const encoder = new PromptEncoder({ run }, letters, manifest);
  const isAborted = () => true;
  run.mockRejectedValueOnce(new Error('aborted'));
  await expect(encoder.statesOf(['a'], isAborted)).rejects.toThrow('aborted');
  expect(run.mock.calls[0]).toHaveLength(3);
  expect((await encoder.statesOf(['a'])).mask).toEqual(Float32Array.of(1, 1, 1, 0));
});

test('an encoder that does not fit is refused with what it needs', async () => {
  const { run } = doubling();
  expect(() => new PromptEncoder({ run }, { ...letters, size: 10 }, manifest)).toThrow(
    'words: model.onnx has 9 words, which tokenizer.json must not exceed, got 10: they belong to different encoders',
  );
  const wide = new PromptEncoder(
    doubling(() => new Float32Array(12)),
    letters,
    manifest,
  );
  await expect(wide.statesOf(['a'])).rejects.toThrow(
    'words: needs states [1, 4, 2], 8 numbers, got 12',
  );
  const silent = new PromptEncoder({ run: async () => ({}) }, letters, manifest);
  await expect(silent.statesOf(['a'])).rejects.toThrow('8 numbers, got none');
  const broken = new PromptEncoder(
    doubling(() => new Float32Array(8).fill(Number.NaN)),
    letters,
    manifest,
  );
  await expect(broken.statesOf(['a'])).rejects.toThrow(
    'words: needs finite states of "a", got NaN',
  );
});

test('a tokeniser that is no JSON is refused', async () => {
  const loaded = (text: string) => ({
    manifest: { ...manifest, files: [] } as never,
    files: new Map([['tokenizer.json', new TextEncoder().encode(text)]]),
    warnings: [],
  });
  await expect(openPromptEncoder(loaded('<html>'), doubling())).rejects.toThrow(
    'words/tokenizer.json must be JSON: ',
  );
  await expect(openPromptEncoder(loaded('{}'), doubling())).rejects.toThrow(
    'words/tokenizer.json: "model" must be present, got nothing',
  );
});
