import { expect, test } from 'vitest';
import { type Catalogue, readCatalogue } from '../../networks/library';
import { type DenoiserManifest, parseManifest } from '../../networks/manifest';
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

test('a network is measured by its classes: one that draws prompts is not', () => {
  const companions = { features: 'judge' };
  const measurable = (changes: object) =>
    isMeasurable({ ...loaded, companions, ...changes } as DenoiserManifest);
  expect(measurable({})).toBe(true);
  expect(measurable({ companions: {} })).toBe(false);
  expect(measurable({ classes: [], prompts: { encoder: 'words' } })).toBe(false);
});

test('what cannot be read is told by name', async () => {
  await expect(study(catalogueOf(() => 'nonsense'))).rejects.toThrow('index.json must be');
  const broken = [denoiser('letters'), denoiser('p20', { schema: 2 })];
  await expect(study(site(broken))).rejects.toThrow('p20/manifest.json: "schema"');
});
