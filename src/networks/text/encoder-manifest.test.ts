import { expect, test } from 'vitest';
import { parseManifest } from '../manifest';

test('a text encoder draws no pictures: it has tokens in place of a shape, and lists its lexicons', () => {
  const graph = { name: 'model.onnx', bytes: 12, sha256: 'ab'.repeat(32) };
  const encoder = {
    schema: 1,
    id: 'words',
    title: 'Words',
    role: 'text-encoder',
    licence: 'CC0',
    source: 'a test',
    width: 384,
    longest: 32,
    words: 30522,
    parameters: 1,
    files: [graph, { name: 'zh.json', bytes: 3, sha256: 'cd'.repeat(32) }],
    lexicons: { zh: 'zh.json' },
  };
  const parsed = (change: Record<string, unknown>) =>
    parseManifest(JSON.stringify({ ...encoder, ...change }), 'words/manifest.json');
  expect(parsed({})).toEqual(encoder);
  expect(parsed({ lexicons: undefined, files: [graph] })).toMatchObject({ files: [graph] });
  expect(() => parsed({ longest: 0 })).toThrow(
    'words/manifest.json: "longest" must be a whole number of at least 1, got 0',
  );
  expect(() => parsed({ files: [graph] })).toThrow(
    'words/manifest.json must be a text encoder whose lexicons are among its files',
  );
});
