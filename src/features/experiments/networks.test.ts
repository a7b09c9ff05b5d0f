import { expect, test } from 'vitest';
import { type Catalogue, readCatalogue } from '../../networks/library';
import {
  type DenoiserManifest,
  type FeaturesManifest,
  parseManifest,
} from '../../networks/manifest';
import { isMeasurable, studyNetworks } from './networks';

const common = {
  schema: 1,
  title: 'Letters',
  dataset: { name: 'd', licence: 'l', source: 's' },
  shape: [1, 8, 8],
  classes: ['A', 'B'],
  parameters: 1,
  flopsPerForward: 1,
  files: [{ name: 'model.onnx', bytes: 1, sha256: 'ab'.repeat(32) }],
};
const denoiser = (id: string, changes: object = {}) => ({
  ...common,
  id,
  role: 'denoiser',
  sigma: { min: 0.002, max: 80 },
  companions: { features: 'judge' },
  ...changes,
});
const catalogueOf = (read: (path: string) => string) =>
  readCatalogue({ baseUrl: 'models/', read: async (path) => new TextEncoder().encode(read(path)) });
const site = (all: readonly { readonly id: string }[]) =>
  catalogueOf((path) => {
    if (path === 'index.json') {
      return JSON.stringify({ schema: 1, models: all.map(({ id }) => id), default: all[0]?.id });
    }
    return JSON.stringify(all.find(({ id }) => path === `${id}/manifest.json`));
  });
const loaded = parseManifest(JSON.stringify(denoiser('letters')), 'letters');
if (loaded.role !== 'denoiser') throw new Error('a denoiser');
const network = loaded;
const study = async (catalogue: Promise<Catalogue>) => studyNetworks(network, await catalogue);

test('denoisers of the same shape, classes and judge, the loaded one first', async () => {
  const all = [
    denoiser('p20', { pUncond: 0.2 }),
    denoiser('letters'),
    denoiser('small', { role: 'weak' }),
    denoiser('digits', { classes: ['0'] }),
    denoiser('wide', { shape: [1, 8, 16] }),
    denoiser('other', { companions: { features: 'else' } }),
    { ...common, id: 'judge', role: 'features' },
    { ...common, id: 'noisy', role: 'classifier', sigma: { min: 1, max: 2 } },
  ];
  const { denoisers, features } = await study(site(all));
  expect(denoisers.map(({ id }) => id)).toEqual(['letters', 'p20']);
  expect(denoisers[0]).toBe(loaded);
  expect(features?.id).toBe('judge');
});

test('a network is measured by its classes, or by the prompts that its judge has', () => {
  const companions = { features: 'judge' };
  const measurable = (changes: object, features?: FeaturesManifest) =>
    isMeasurable({ ...loaded, companions, ...changes } as DenoiserManifest, features);
  expect(measurable({})).toBe(true);
  expect(measurable({ companions: {} })).toBe(false);
  const prompts = { classes: [], prompts: { encoder: 'words' } };
  const judge = (reference?: object) => ({ id: 'judge', reference }) as FeaturesManifest;
  expect(measurable(prompts)).toBe(true); // Not known yet.
  expect(measurable(prompts, judge())).toBe(false);
  expect(measurable(prompts, judge({ prompts: ['an owl'] }))).toBe(true);
});

test('the stages of a cascade are found, in their order', async () => {
  const stages = ['large', 'larger'].map((id) => ({ network: id }));
  const cascade = { ...loaded, stages } as DenoiserManifest;
  const upsampler = (id: string) => denoiser(id, { role: 'upsampler' });
  const all = [denoiser('letters'), upsampler('larger'), upsampler('other'), upsampler('large')];
  const { stages: found } = studyNetworks(cascade, await site(all));
  expect(found.map(({ id }) => id)).toEqual(['large', 'larger']);
});

test('what cannot be read is told by name', async () => {
  await expect(study(catalogueOf(() => 'nonsense'))).rejects.toThrow('index.json must be');
  const broken = [denoiser('letters'), denoiser('p20', { schema: 2 })];
  await expect(study(site(broken))).rejects.toThrow('p20/manifest.json: "schema"');
});
