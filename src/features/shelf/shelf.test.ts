import { describe, expect, test, vi } from 'vitest';
import { firstSeed } from '../../diffusion/random';
import { NoAnswer } from '../../networks/in-time';
import type { Catalogue } from '../../networks/library';
import type { DenoiserManifest, Manifest, TextEncoderManifest } from '../../networks/manifest';
import { axesFittedTo } from '../../settings/axes';
import { FIRST_VISIT } from '../../settings/settings';
import { FakePage, loaded, settle } from '../playground/testing/fake-page';
import {
  bytesOf,
  hasVariants,
  keptOf,
  listedModels,
  ModelShelf,
  type ModelSource,
  removable,
} from './shelf';

const MODELS = 'http://localhost/models/';
const file = (name: string, bytes: number) => ({ name, bytes, sha256: `${name}` });

function manifest(id: string, changes: Partial<DenoiserManifest> = {}): DenoiserManifest {
  return {
    ...loaded.manifest,
    id,
    title: id,
    dataset: { name: 'Dots', licence: 'CC0', source: 'a test' },
    flopsPerForward: 1e6,
    files: [file(`${id}.onnx`, 100)],
    ...changes,
  };
}

const weak = { ...manifest('weak'), role: 'weak', files: [file('weak.onnx', 40)] } as Manifest;
const judge = {
  ...manifest('judge'),
  role: 'features',
  files: [file('judge.onnx', 20), file('real.bin', 5)],
  reference: { file: 'real.bin' },
} as unknown as Manifest;
const companions = { weak: 'weak', features: 'judge' };
const grey = manifest('grey', { companions, pUncond: 0.1 });
const variant = manifest('variant', { companions: { features: 'judge' }, pUncond: 0.5 });
const colour = manifest('colour', {
  shape: [3, 8, 8],
  thumbnail: { file: 'thumbnail.png', network: 'x', settings: 'scale 2' },
});
const catalogue: Catalogue = {
  default: 'grey',
  manifests: [grey, variant, colour, weak, judge],
  encoders: [],
  problems: [],
};
const list = listedModels(catalogue, MODELS);
const [listedGrey, listedVariant, listedColour] = list as [
  (typeof list)[0],
  (typeof list)[0],
  (typeof list)[0],
];

describe('the list', () => {
  test('has the denoisers, each with what it downloads now and later', () => {
    expect(list.map(({ manifest: { id } }) => id)).toEqual(['grey', 'variant', 'colour']);
    const names = (files: readonly { sha256: string }[]) => files.map(({ sha256 }) => sha256);
    expect(names(listedGrey.files)).toEqual(['grey.onnx', 'judge.onnx']);
    expect(names(listedGrey.later)).toEqual(['weak.onnx', 'real.bin']);
    expect(bytesOf([...listedGrey.files, ...listedVariant.files])).toBe(220);
    expect(listedColour.thumbnail).toBe(`${MODELS}colour/thumbnail.png`);
    expect(listedGrey.thumbnail).toBeUndefined();
  });

  test('a cascade comes with its stages and its encoder, Chinese prompts with the lexicon', () => {
    const cascade = manifest('cascade', {
      classes: [],
      prompts: { encoder: 'encoder', tokens: 8, width: 4, examples: ['a cat'] },
      stages: [{ network: 'twice' } as never],
    });
    const twice = { ...manifest('twice'), role: 'upsampler' } as Manifest;
    const encoder = {
      ...{ id: 'encoder', title: 'Words', licence: 'CC0', source: 'a test', role: 'text-encoder' },
      files: ['model.onnx', 'tokenizer.json', 'zh.json', 'NOTICE'].map((name) => file(name, 3)),
      lexicons: { zh: 'zh.json' },
    } as unknown as TextEncoderManifest;
    const manifests = [cascade, twice];
    const all = listedModels({ ...catalogue, manifests, encoders: [encoder] }, MODELS);
    expect(all.map((model) => model.manifest.id)).toEqual(['cascade']);
    const names = (files: readonly { sha256: string }[]) => files.map(({ sha256 }) => sha256);
    expect(names(all[0]!.files)).toEqual([
      'cascade.onnx',
      'model.onnx',
      'tokenizer.json',
      'twice.onnx',
    ]);
    expect(names(all[0]!.later)).toEqual(['zh.json']);
    expect(all[0]!.encoder).toMatchObject({ title: 'Words', licence: 'CC0' });
  });

  test('knows networks that differ in p_uncond alone', () => {
    expect(list.map((model) => hasVariants(model, list))).toEqual([true, true, false]);
  });

  test('deletes with a model what no other kept one needs', () => {
    const names = (kept: string[]) =>
      removable(listedGrey, {
        list,
        kept: new Set(kept),
        problems: [],
      }).map(({ sha256 }) => sha256);
    const own = ['grey.onnx', 'judge.onnx', 'weak.onnx'];
    expect(names(own)).toEqual(['grey.onnx', 'judge.onnx', 'weak.onnx']);
    expect(names([...own, 'variant.onnx'])).toEqual(['grey.onnx', 'weak.onnx']);
    expect(names(['part-weak.onnx'])).toEqual(['weak.onnx']);
    expect(names([])).toEqual([]);
    expect(bytesOf(keptOf(listedGrey, new Set(own)))).toBe(160);
  });
});

describe('switching', () => {
  test('the axes of the grid lose what the model does not know, or begin anew', () => {
    const settings = {
      ...FIRST_VISIT,
      gridRows: { key: 'draw', values: ['class:A', 'class:dog', 'none'] },
      gridColumns: { key: 'guidance', values: ['cfg', 'autoguidance'] },
    };
    expect(axesFittedTo(settings, manifest('dogs', { classes: ['cat', 'dog'] }))).toEqual({
      gridRows: { key: 'draw', values: ['class:dog', 'none'] },
      gridColumns: { key: 'guidance', values: ['cfg'] },
    });
    expect(axesFittedTo(settings, manifest('cats', { classes: ['cat', 'lion'] })).gridRows).toEqual(
      {
        key: 'draw',
        values: ['class:cat', 'class:lion'],
      },
    );
  });

  test('repairs the class silently and tells of the rest; what makes sense stays', async () => {
    const page = await FakePage.ready([
      { guidanceScale: 3, negative: 'B' },
      { guidance: 'autoguidance', guidanceScale: 2, numSteps: 8 },
    ]);
    const switching = page.runner.switchTo('dogs');
    expect(page.store.getState().settings.model).toBe('dogs');
    page.loads.at(-1)?.resolve({
      ...loaded,
      manifest: manifest('dogs', { classes: ['cat', 'dog'] }),
    });
    await switching;
    const { settings, notice } = page.store.getState();
    expect(settings.subject).toEqual({ kind: 'class', name: 'cat' });
    expect(settings.columns).toMatchObject([
      { guidanceScale: 3, negative: null },
      { guidance: 'cfg', guidanceScale: 2, numSteps: 8 },
    ]);
    // The fake's first model has no weak network either: what it dropped was told then.
    expect(notice).toEqual({ kind: 'refitted', pieces: [{ key: 'negative', text: 'B' }] });
    const { seeds, labels } = page.newest.settings;
    expect([seeds, labels]).toEqual([[firstSeed(42)], [0]]);
  });
});

describe('the shelf', () => {
  const source = (changes: Partial<ModelSource> = {}) => {
    const kept = new Set(['grey.onnx', 'judge.onnx', 'old']);
    const removeAllBut = vi.fn(async (wanted: ReadonlySet<string>) => {
      for (const key of kept) if (!wanted.has(key)) kept.delete(key);
    });
    const made: ModelSource = {
      baseUrl: MODELS,
      readCatalogue: async () => catalogue,
      kept: {
        list: async () => new Set(kept),
        remove: async (keys) => {
          for (const key of keys) kept.delete(key);
        },
        removeAllBut,
      },
      ...changes,
    };
    return { made, removeAllBut };
  };
  /** A page whose shelf has seen its first model loaded and run. */
  async function visited(changes: Partial<ModelSource> = {}) {
    const page = new FakePage([{}]);
    const { made, removeAllBut } = source(changes);
    const shelf = new ModelShelf(page.store, made, page.runner);
    const loading = page.runner.load();
    page.loads[0]?.resolve({ ...loaded, manifest: grey });
    await loading;
    await page.newest.finish(1);
    await settle();
    const { getState } = page.store;
    return {
      shelf,
      removeAllBut,
      models: () => getState().models,
      notice: () => getState().notice,
    };
  }

  test('reads the list once a network is loaded, and drops files that no manifest names', async () => {
    const { models, removeAllBut } = await visited();
    expect(models().list).toHaveLength(3);
    expect(removeAllBut).toHaveBeenCalledOnce();
    expect(models().kept).toEqual(new Set(['grey.onnx', 'judge.onnx']));
  });

  test('says that nothing is kept where storage does not answer', async () => {
    const silent = () => Promise.reject(new NoAnswer('Cache Storage must answer within 5 s'));
    const kept = { list: silent, remove: silent, removeAllBut: silent };
    const { models, notice } = await visited({ kept });
    expect(models().list).toHaveLength(3);
    expect(notice()).toEqual({ kind: 'storage-silent' });
  });

  test('keeps every file while a manifest cannot be read, and says which', async () => {
    const problems = ['weak/manifest.json must be JSON'];
    const { models, removeAllBut } = await visited({
      readCatalogue: async () => ({ ...catalogue, problems }),
    });
    expect(models()).toMatchObject({ problems });
    expect(models().kept.has('old')).toBe(true);
    expect(removeAllBut).not.toHaveBeenCalled();
  });

  test('tries again after an index that could not be read', async () => {
    const readCatalogue = vi.fn(async () => catalogue);
    readCatalogue.mockRejectedValueOnce(new Error('offline'));
    const { models, shelf } = await visited({ readCatalogue });
    expect(models()).toMatchObject({ list: [], problems: ['offline'] });
    await shelf.open();
    expect(models()).toMatchObject({ problems: [] });
    expect(models().list).toHaveLength(3);
  });

  test('deletes one model, or everything', async () => {
    const { models, shelf } = await visited();
    await shelf.remove('grey');
    expect(models().kept).toEqual(new Set());
    const all = await visited();
    await all.shelf.removeAll();
    expect(all.models().kept).toEqual(new Set());
  });
});
