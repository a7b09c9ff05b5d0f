import { describe, expect, test } from 'vitest';
import type { Convention } from '../diffusion/convention';
import type { DenoiserManifest } from '../networks/manifest';
import { compareNetwork } from './compare';
import type { LimitedNetwork } from './network';

const LABELS = 6;
const SIZE = 64;
const flow: Convention = {
  prediction: 'flow',
  noising: 'flow',
  counts: 'fraction',
  betas: { kind: 'cosine', steps: 1000 },
};
const manifest = {
  shape: [1, 8, 8],
  classes: ['a', 'b', 'c', 'd', 'e'],
  sigma: { min: 0.01, max: 80 },
  adapt: {
    prediction: 'eps',
    betas: flow.betas,
    range: [0, 1],
    x: 'x',
    time: { name: 't', type: 'float32', shape: 'rows', counts: 'from-0' },
    label: { name: 'y', type: 'int64', nullLabel: LABELS - 1 },
    output: 'out',
    graph: { dims: {} },
  },
} as Partial<DenoiserManifest> as DenoiserManifest & { adapt: DenoiserManifest['adapt'] & {} };

/** A flow whose classes are stripes; one label is the mean of the others. */
function network(noClass: number | undefined): LimitedNetwork {
  return {
    async run({ x, t, y }) {
      const out = x!.data.map((z, i) => {
        const row = Math.floor(i / SIZE);
        const label = y!.data[row]!;
        const at = Math.floor((i % SIZE) / 8);
        const mean = label === noClass ? -0.5 : at === label ? 0.9 : -0.7;
        const time = t!.data[row]!;
        const sigma = time / (1 - time);
        const noisy = z / (1 - time);
        const y0 = mean + (0.01 / (0.01 + sigma ** 2)) * (noisy - mean);
        return (noisy - y0) / sigma - y0;
      });
      return { out };
    },
    busyMs: 0,
    maxBatch: 8,
    limit: () => {},
    release: async () => {},
  };
}

const eps: Convention = { ...flow, prediction: 'eps', noising: 'betas', counts: 'from-0' };

describe('a network that was taken for another', () => {
  test.each([
    [LABELS - 1, 'last'],
    [0, 'first'],
    [undefined, 'none'],
  ] as const)('label %o stands for no class: %s', async (noClass, nullLabel) => {
    const asked = { rivals: [eps, flow], labels: LABELS };
    const compared = await compareNetwork(network(noClass), manifest, asked);
    expect(compared.fits[0]!.rival).toBe(1);
    expect(compared.nullLabel).toBe(nullLabel);
  });

  test('of few labels none can be told', async () => {
    const compared = await compareNetwork(network(3), manifest, { rivals: [flow], labels: 4 });
    expect(compared.nullLabel).toBeUndefined();
  });

  test('without labels', async () => {
    const { label: _, ...adapt } = manifest.adapt;
    const blind: LimitedNetwork = {
      ...network(undefined),
      run: ({ x, t }, rows) => {
        const y = { data: new Float32Array(rows), dims: [] };
        return network(undefined).run({ x: x!, t: t!, y }, rows);
      },
    };
    const asked = { rivals: [eps, flow], labels: 0 };
    const compared = await compareNetwork(blind, { ...manifest, classes: [], adapt }, asked);
    expect(compared.fits[0]!.rival).toBe(1);
  });
});
