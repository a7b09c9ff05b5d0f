import { expect, test } from 'vitest';
import type { FeaturesManifest } from '../networks/manifest';
import { judge, measure } from './judge';
import type { Network } from './network';

const manifest = {
  id: 'classifier',
  classes: ['A', 'B', 'C'],
  shape: [1, 1, 2],
} as unknown as FeaturesManifest;

/** A classifier that answers with these logits and features, and notes what it saw. */
function fixedClassifier(logits: number[][], features: number[][]) {
  const seen: Float32Array[] = [];
  const network: Network = {
    async run({ x }, rows) {
      expect(rows).toBe(logits.length);
      seen.push(x!.data);
      return {
        logits: Float32Array.from(logits.flat()),
        features: Float32Array.from(features.flat()),
      };
    },
    busyMs: 0,
    release: async () => {},
  };
  return { network, seen };
}

const verdict = (labels: number[], logits: number[][], features: number[][]) =>
  judge(
    { network: fixedClassifier(logits, features).network, manifest },
    new Float32Array(2 * labels.length),
    { labels },
    () => false,
  );

const ln = Math.log;
const point = [0, 0];

test('the class with the highest logit, and its softmax probability', async () => {
  const logits = [
    [ln(1), ln(2), ln(5)],
    [1000, 1000 + ln(3), 1000],
  ];
  const { predicted, confidence, network } = await verdict([2, 2], logits, [point, point]);
  expect(network).toBe('classifier');
  expect(predicted).toEqual([2, 1]);
  expect(confidence[0]).toBeCloseTo(5 / 8, 6);
  expect(confidence[1]).toBeCloseTo(3 / 5, 3);
});

test('the share recognised, unless a sample was asked for no class', async () => {
  const [a, b] = [
    [9, 0, 0],
    [0, 9, 0],
  ];
  const logits = [a, b, a, a];
  const points = logits.map(() => point);
  expect((await verdict([0, 1, 1, 0], logits, points)).classAccuracy).toBe(0.75);
  expect((await verdict([0, 1, 1, 3], logits, points)).classAccuracy).toBeUndefined();
});

test('diversity is the mean pairwise distance within a label, averaged over labels', async () => {
  const logits = Array.from({ length: 5 }, () => [1, 0, 0]);
  const features = [
    [0, 0],
    [100, 100],
    [3, 4],
    [100, 102],
    [-50, 7],
  ];
  // 5 apart within A, 2 within B.
  const pairs = [logits.slice(1), features.slice(0, 4)] as const;
  expect((await verdict([0, 1, 0, 1], ...pairs)).diversity).toBeCloseTo(3.5, 5);
  // C has one sample: the variety of the others would not be that of all.
  expect((await verdict([0, 1, 0, 1, 2], logits, features)).diversity).toBeUndefined();
  const three = [
    [0, 0],
    [3, 4],
    [0, 0],
  ];
  const { diversity } = await verdict([0, 0, 0], logits.slice(2), three);
  expect(diversity).toBeCloseTo(10 / 3, 5);
  expect((await verdict([0, 1], logits.slice(3), three.slice(1))).diversity).toBeUndefined();
});

test('samples are judged as a screen shows them', async () => {
  const { network, seen } = fixedClassifier([[1, 0, 0]], [point]);
  await judge({ network, manifest }, Float32Array.of(5, -0.9999), { labels: [0] }, () => false);
  expect([...(seen[0] ?? [])]).toEqual([1, -1]);
});

test('what a judge makes of a lost sample is left out of its figures', async () => {
  const logits = [0, 1, 2].map(() => [9, 0, 0]);
  const features = [
    [0, 0],
    [30, 40],
    [3, 4],
  ];
  const { network } = fixedClassifier(logits, features);
  const samples = Float32Array.of(0, 0, 1, Number.POSITIVE_INFINITY, 0, 0);
  const asked = { labels: [0, 0, 0] };
  const judged = await judge({ network, manifest }, samples, asked, () => false);
  expect(judged.diversity).toBeCloseTo(5, 5);
  expect(judged.classAccuracy).toBeCloseTo(2 / 3, 5);
  const measured = await measure({ network, manifest }, samples, asked, () => false);
  expect([...measured.features]).toEqual([0, 0, Number.NaN, Number.NaN, 3, 4]);
});

test('pictures of a cascade’s earlier stage are enlarged, pixel by pixel', async () => {
  const { network, seen } = fixedClassifier([[0]], [point]);
  const square = { ...manifest, shape: [1, 4, 4] } as FeaturesManifest;
  const pictures = Float32Array.of(-1, 1, 1, -1);
  await judge({ network, manifest: square }, pictures, { labels: [0] }, () => false);
  const [top, bottom] = [
    [-1, -1, 1, 1],
    [1, 1, -1, -1],
  ];
  expect([...seen[0]!]).toEqual([...top, ...top, ...bottom, ...bottom]);
  const odd = new Float32Array(9);
  await expect(
    judge({ network, manifest: square }, odd, { labels: [0] }, () => false),
  ).rejects.toThrow('whose side divides 4, got 3');
});

test('samples of prompts have how well they fit, and no class', async () => {
  const embedding = Float32Array.of(1, 0, 0, 1);
  const network = {
    run: async () => ({
      logits: Float32Array.of(0, 9, 9, 0),
      features: Float32Array.of(0, 0, 3, 4),
      embedding,
    }),
  };
  const prompts = { text: Float32Array.of(2, 0), mask: Float32Array.of(1), tokens: 1, width: 2 };
  const verdicts = await judge(
    { network, manifest },
    new Float32Array(4),
    { labels: [0, 0], prompts },
    () => false,
  );
  expect(verdicts).toMatchObject({ predicted: [1, 0], alignment: 0.5, diversity: 5 });
  expect(verdicts.classAccuracy).toBeUndefined();
  expect(verdicts.spread?.alignment).toBeGreaterThan(0);
  expect(verdicts).not.toHaveProperty('parts');
  const parts = {
    style: [{ name: 'noto', style: 'shaded' }],
    background: ['red', 'blue'],
    count: ['one', 'two things'],
  };
  const seen = await judge(
    {
      network: {
        run: async () => ({
          ...(await network.run()),
          style: new Float32Array(2),
          background: Float32Array.of(9, 0, 0, 9),
          count: Float32Array.of(9, 0, 9, 0),
        }),
      },
      manifest: { ...manifest, parts },
    },
    new Float32Array(4),
    { labels: [0, 0], prompts: { ...prompts, texts: ['an owl on blue'] } },
    () => false,
  );
  expect(seen.parts).toMatchObject({
    background: { share: 0.5, asked: 2 },
    count: { share: 1, asked: 2 },
  });
  expect(seen.parts).not.toHaveProperty('style');
  const measured = (asked: Parameters<typeof measure>[2]) =>
    measure({ network, manifest }, new Float32Array(4), asked, () => false);
  // The second sample was asked for no prompt.
  expect((await measured({ labels: [0, 1], prompts })).fits).toEqual([1, Number.NaN]);
  expect(await measured({ labels: [0, 0] })).not.toHaveProperty('fits');
});
