import { describe, expect, test } from 'vitest';
import { parseManifest, parseModelIndex } from './manifest';

const letters = {
  schema: 1,
  id: 'letters',
  title: 'Handwritten letters',
  role: 'denoiser',
  dataset: { name: 'EMNIST Letters', licence: 'free', source: 'NIST' },
  shape: [1, 28, 28],
  classes: ['A', 'B'],
  companions: { weak: 'letters-weak', features: 'letters-features' },
  sigma: { min: 0.002, max: 80, data: 0.66 },
  pUncond: 0.1,
  parameters: 1_650_000,
  flopsPerForward: 210_000_000,
  files: [{ name: 'model.onnx', bytes: 12, sha256: 'ab'.repeat(32) }],
  training: { imagesSeen: 1000, minutes: 1.5, hardware: '2 cores', command: 'python train.py' },
  quality: { accuracy: { '1': 0.8 } },
};

const parse = (change: Record<string, unknown>) =>
  parseManifest(JSON.stringify({ ...letters, ...change }), 'letters/manifest.json');

test('a complete manifest comes back as it is', () => {
  expect(parse({})).toEqual(letters);
});

test('a cascade that prompts condition has no classes', () => {
  const cascade = {
    classes: [],
    conditioning: ['text', 'mask'],
    prompts: { encoder: 'text-encoder', tokens: 32, width: 384, examples: ['a red apple'] },
    stages: [
      {
        network: 'letters-56',
        shape: [1, 56, 56],
        sigma: { min: 0.002, max: 80 },
        flopsPerForward: 1e8,
        guidanceScale: 2,
        numSteps: 8,
        sampler: 'ddim',
        augmentation: 0.1,
      },
    ],
  };
  expect(parse(cascade)).toEqual({ ...letters, ...cascade });
  expect(() => parse({ ...cascade, prompts: undefined })).toThrow('"classes" must be');
  const stages = [{ ...cascade.stages[0], augmentation: 2 }];
  expect(() => parse({ ...cascade, stages })).toThrow(
    '"stages.0.augmentation" must be within [0, 1], got 2',
  );
});

test('the check for copies is kept and held to its form, other figures are free', () => {
  const distances = {
    median: 0.22,
    heldOutMedian: 0.11,
    least: 0,
    heldOutFirstPercentile: 0.06,
    shareNearer: 0.25,
  };
  const memorisation = {
    guidanceScale: 2,
    samples: 60,
    heldOutPictures: 60,
    trainingPictures: 8192,
    featureNetwork: 'tiny-colour-features',
    pixels: distances,
    features: distances,
  };
  const quality = { samples: 240, memorisation };
  expect(parse({ quality }).quality).toEqual(quality);
  const broken = { memorisation: { ...memorisation, pixels: { ...distances, shareNearer: 25 } } };
  expect(() => parse({ quality: broken })).toThrow(
    '"quality.memorisation.pixels.shareNearer" must be within [0, 1], got 25',
  );
});

test('a feature network needs no noise range, training or companions', () => {
  const { sigma, pUncond, training, companions, quality, ...rest } = letters;
  const features = { ...rest, role: 'features' };
  expect(parseManifest(JSON.stringify(features), 'x/manifest.json')).toEqual(features);
});

describe('an error names file, field, requirement and value', () => {
  const sha256 = 'ab'.repeat(32);
  test.each<[Record<string, unknown>, string]>([
    [{ schema: 2 }, '"schema" must be 1 (the only format that this version reads), got 2'],
    [{ id: '../up' }, '"id" must be a model id (small letters, digits and hyphens), got "../up"'],
    [{ title: 3 }, '"title" must be a string, got 3'],
    [{ title: undefined }, '"title" must be present, got nothing'],
    [{ shape: [1, 28] }, '"shape.2" must be a number, got nothing'],
    [{ shape: 28 }, '"shape" must be a list [channels, height, width], got 28'],
    [{ shape: [1, 2.5, 3] }, '"shape.1" must be a whole number, got 2.5'],
    [{ classes: [] }, '"classes" must be a list of at least one name, got []'],
    [{ sigma: undefined }, '"sigma" must be present, got nothing'],
    [
      { role: undefined },
      '"role" must be denoiser, weak, upsampler, student, classifier, features or text-encoder, got nothing',
    ],
    [{ sigma: 3 }, '"sigma" must be an object, got 3'],
    [
      { sigma: { min: 2, max: 1 } },
      '"sigma" must be a range with min below max, got {"min":2,"max":1}',
    ],
    [{ sigma: { min: 0, max: 1 } }, '"sigma.min" must be a number above 0, got 0'],
    [{ pUncond: 1.5 }, '"pUncond" must be within [0, 1], got 1.5'],
    [
      { role: 'other' },
      '"role" must be denoiser, weak, upsampler, student, classifier, features or text-encoder, got "other"',
    ],
    [
      { files: [{ name: 'a/b', bytes: 1, sha256 }] },
      '"files.0.name" must be a file name without folders, got "a/b"',
    ],
    [
      { files: [{ name: 'b', bytes: 1, sha256: 'ABC' }] },
      '"files.0.sha256" must be a SHA-256 of 64 small hexadecimal digits, got "ABC"',
    ],
  ])('%j', (change, message) => {
    expect(() => parse(change)).toThrow(
      expect.objectContaining({
        kind: 'invalid-manifest',
        file: 'letters/manifest.json',
        message: `letters/manifest.json: ${message}`,
      }),
    );
  });

  test('what is no JSON at all', () => {
    expect(() => parseManifest('<!doctype html>', 'letters/manifest.json')).toThrow(
      'letters/manifest.json must be JSON, got "<!doctype html>"',
    );
    expect(() => parseManifest('3', 'letters/manifest.json')).toThrow(
      'letters/manifest.json must be an object, got 3',
    );
  });

  test('two files of one name', () => {
    const [file] = letters.files;
    expect(() => parse({ files: [file, file] })).toThrow('"files" must be a list without repeated');
  });
});

test('the index must list its default', () => {
  const index = { schema: 1, models: ['letters', 'tiny'], default: 'tiny' };
  expect(parseModelIndex(JSON.stringify(index), 'index.json')).toEqual(index);
  expect(() =>
    parseModelIndex(JSON.stringify({ ...index, default: 'faces' }), 'index.json'),
  ).toThrow('index.json must be an index whose default is in models');
});
