import { describe, expect, test } from 'vitest';
import { sampleSeed } from '../../diffusion/random';
import type { Precision } from '../../engine/protocol';
import type { DenoiserManifest, FeaturesManifest } from '../../networks/manifest';
import { DEFAULT_COLUMN } from '../../settings/column';
import {
  batchLabels,
  batchSettings,
  drawOrder,
  isMilestone,
  PAPER_WEIGHTS,
  pointsOf,
  roundOf,
  samplesOf,
  seriesOf,
  valuesOf,
} from './points';
import { areValues, DEFAULT_EXPERIMENT, type ExperimentSettings } from './settings';

const manifest = (id: string, changes: Partial<DenoiserManifest> = {}) =>
  ({
    id,
    role: 'denoiser',
    classes: ['A', 'B', 'C'],
    shape: [1, 8, 8],
    companions: { features: 'judge', classifier: 'noisy', smallClassifier: 'smaller' },
    pUncond: 0.1,
    files: [{ name: 'model.onnx', bytes: 1, sha256: id }],
    ...changes,
  }) as DenoiserManifest;
const loaded = manifest('letters');
const features = { id: 'judge', files: [] } as unknown as FeaturesManifest;
const networks = { denoisers: [loaded], features, stages: [] };

const points = (changes: Partial<ExperimentSettings>, seed = 42, precision: Precision = 'fp32') =>
  pointsOf(
    { experiment: { ...DEFAULT_EXPERIMENT, ...changes }, seed },
    loaded,
    networks,
    precision,
  );
const scales = (changes: Partial<ExperimentSettings>) =>
  points(changes).map(({ column }) => column.guidanceScale);

describe('points', () => {
  test('the strength sweeps the paper’s grid, s = 1 + w', () => {
    expect(valuesOf(DEFAULT_EXPERIMENT, false)).toEqual(PAPER_WEIGHTS);
    expect(scales({})).toEqual([1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 3, 4, 5]);
    expect(points({}).every(({ refusal }) => refusal === undefined)).toBe(true);
  });

  test('steps are the sampler’s evaluations: Heun’s take two each', () => {
    const all = points({ id: 'steps', values: [4, 9, 64] });
    const steps = all.map(({ column }) => `${column.sampler} ${column.numSteps}`);
    expect(steps).toEqual([
      ...['paper 4', 'paper 9', 'paper 64'],
      ...['ddim 4', 'ddim 9', 'ddim 64'],
      ...['heun 2', 'heun 5', 'heun 32'],
      ...['dpmpp-2m 4', 'dpmpp-2m 9', 'dpmpp-2m 64'],
    ]);
    expect(all.every(({ column }) => column.guidanceScale === 1.3)).toBe(true);
  });

  test('low temperature scales the score, or the noise; the unconditional base is at w + 1', () => {
    const all = points({ id: 'temperature', values: [0, 1] });
    expect(
      all.map(({ column: { guidance, guidanceScale, parameters } }) => [
        guidance,
        guidanceScale,
        parameters.noiseTemperature,
      ]),
    ).toEqual([
      ['cfg', 1, undefined],
      ['cfg', 2, undefined],
      ['low-temperature', 1, undefined],
      ['low-temperature', 2, undefined],
      ['low-temperature', 1, 1],
      ['low-temperature', 1, 0.5],
      ['classifier', 2, undefined],
      ['classifier', 3, undefined],
      ['classifier-conditional', 1, undefined],
      ['classifier-conditional', 2, undefined],
    ]);
    expect(all.map(({ refusal }) => refusal)).toEqual(all.map(() => undefined));
  });

  test('an own experiment leaves out what the networks cannot make', () => {
    const bare = manifest('bare', { companions: { features: 'judge' } });
    const guidance = seriesOf({ id: 'temperature', series: null }, bare, [bare]).map(
      ({ column }) => column.guidance,
    );
    expect(guidance).toEqual(['cfg', 'low-temperature', 'low-temperature']);
  });

  test('the share of unconditional training compares what was trained equally long', () => {
    const training = (imagesSeen: number) => ({
      training: { imagesSeen, minutes: 1, hardware: '', command: '' },
    });
    const study = [
      loaded,
      manifest('p50', { pUncond: 0.5, ...training(100) }),
      manifest('p10', { pUncond: 0.1, ...training(100) }),
      manifest('p20', { pUncond: 0.2, ...training(100) }),
      manifest('long', { pUncond: 0.3, ...training(900) }),
    ];
    const models = (all: DenoiserManifest[]) =>
      seriesOf({ id: 'p-uncond', series: null }, loaded, all).map(({ model }) => model);
    expect(models(study)).toEqual(['p10', 'p20', 'p50']);
    expect(models([loaded])).toEqual([null]);
  });

  test('what cannot be drawn says why', () => {
    const one = (guidance: string, model: string | null = null, w = 1) =>
      points({
        values: [w],
        series: [{ model, varies: 'scale', column: { ...DEFAULT_COLUMN, guidance } }],
      })[0]?.refusal?.kind;
    expect(one('cfg')).toBeUndefined();
    expect(one('cfg', 'elsewhere')).toBe('model');
    expect(one('autoguidance')).toBe('prediction');
    expect(one('conditional')).toBe('unused');
    expect(one('cfg', null, 14.5)).toBe('range');
  });

  test('a key is what decides the pictures: network, judge, settings, seed, precision', () => {
    const keys = (changes: Partial<ExperimentSettings>, seed?: number) =>
      points(changes, seed).map(({ key }) => key);
    expect(new Set(keys({})).size).toBe(PAPER_WEIGHTS.length);
    expect(keys({ samples: 520 })).toEqual(keys({}));
    expect(keys({ values: [1] })).toEqual([keys({})[PAPER_WEIGHTS.indexOf(1)]]);
    expect(keys({}, 43)).not.toEqual(keys({}));
    const retrained = manifest('letters', {
      files: [{ name: 'model.onnx', bytes: 1, sha256: 'b' }],
    });
    const others = pointsOf(
      { experiment: DEFAULT_EXPERIMENT, seed: 42 },
      retrained,
      networks,
      'fp32',
    );
    expect(others.map(({ key }) => key)).not.toEqual(keys({}));
    const half = points({}, 42, 'fp16').map(({ key }) => key);
    expect(keys({}).filter((key) => half.includes(key))).toEqual([]);
  });
});

test('samples go through the classes in turn, and have their own seeds whatever the batch', () => {
  const [point] = points({});
  const { seeds, labels } = batchSettings(point!, [0, 8], 42, loaded, features);
  expect(labels).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
  expect(seeds).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((k) => sampleSeed(42, k)));
  const later = batchSettings(point!, [4, 2], 42, loaded, features);
  expect([later.labels, later.seeds]).toEqual([
    [1, 2],
    [sampleSeed(42, 4), sampleSeed(42, 5)],
  ]);
});

describe('a network that prompts condition', () => {
  const judge = (changes: object = {}, sha256 = 'real') =>
    ({
      ...features,
      files: [{ name: 'reference.bin', bytes: 1, sha256 }],
      reference: { file: 'reference.bin', features: 128, prompts: ['owl', 'two cats', 'pizza'] },
      ...changes,
    }) as unknown as FeaturesManifest;
  const words = manifest('words', {
    classes: [],
    prompts: { encoder: 'e', tokens: 4, width: 2, examples: [] },
    stages: [
      {
        ...{ network: 'larger', shape: [3, 32, 32], sigma: { min: 1, max: 2 } },
        ...{ flopsPerForward: 1, guidanceScale: 2, numSteps: 8, sampler: 'ddim', augmentation: 0 },
      },
    ],
  });
  const studied = (stage = 'a', features = judge()) => {
    const file = { name: 'model.onnx', bytes: 1, sha256: stage };
    const stages = [manifest('larger', { files: [file] })];
    const about = { denoisers: [words], features, stages };
    return pointsOf({ experiment: DEFAULT_EXPERIMENT, seed: 42 }, words, about, 'fp32');
  };

  test('goes through the judge’s prompts in turn, all stages of a cascade, at few strengths', () => {
    const all = studied();
    expect(all.map(({ value }) => value)).toEqual([0, 0.5, 1, 2, 4, 7]);
    const { prompts, labels, seeds, stages } = batchSettings(all[2]!, [4, 3], 42, words, judge());
    expect(labels.map((label) => prompts?.[label])).toEqual(['two cats', 'pizza', 'owl']);
    expect(batchLabels([4, 3], words, judge())).toEqual([1, 2, 0]);
    expect(seeds).toEqual([4, 5, 6].map((k) => sampleSeed(42, k)));
    expect(stages).toMatchObject([{ guidanceScale: 2, numSteps: 8 }]);
  });

  test('has keys that name stages and prompts too', () => {
    const keys = studied().map(({ key }) => key);
    expect(studied().map(({ key }) => key)).toEqual(keys);
    for (const others of [studied('b'), studied('a', judge({}, 'other'))]) {
      expect(others.map(({ key }) => key).filter((key) => keys.includes(key))).toEqual([]);
    }
  });

  test('gets as many samples as a Fréchet distance of its judge needs', () => {
    expect(samplesOf({ samples: null }, judge())).toBe(160);
    expect(roundOf(judge())).toBe(160);
    expect(samplesOf({ samples: 32 }, judge())).toBe(32);
    expect(samplesOf({ samples: null }, features)).toBe(104);
    expect(roundOf({ ...features, reference: { features: 64 } } as FeaturesManifest)).toBe(80);
  });
});

test('every point gets a round before any gets the next, and what was begun comes first', () => {
  const counts = [0, 0, 32, 0];
  const drawn: number[] = [];
  for (;;) {
    const states = counts.map((samples, i) => ({ samples, skip: i === 1 }));
    const [next] = drawOrder(states, 100, [0, 3, 1, 2], 80);
    if (next === undefined) break;
    drawn.push(next);
    counts[next] = Math.min(100, counts[next]! + 16);
  }
  const times = (index: number, n: number) => new Array<number>(n).fill(index);
  const first = [...times(2, 3), ...times(0, 5), ...times(3, 5)];
  expect(drawn).toEqual([...first, 0, 0, 3, 3, 2, 2]);
  expect(counts).toEqual([100, 0, 100, 100]);
});

test('points are measured with every batch at first, then with every round, and at the end', () => {
  const passed = (samples: number) => {
    const found: number[] = [];
    for (let count = 16; count < samples; count += 16) {
      if (isMilestone(count, samples, 80)) found.push(count);
    }
    return found;
  };
  expect(passed(104)).toEqual([16, 32, 48, 64, 80, 96]);
  expect(isMilestone(104, 104, 80)).toBe(true);
  expect(passed(520).slice(8)).toEqual([144, 160, 240, 320, 400, 480]);
});

test('values that make no sense are refused', () => {
  expect(areValues([0, 0.5, 14], 'strength')).toBe(true);
  expect(areValues([4, 1024], 'steps')).toBe(true);
  for (const values of [
    [],
    [Number.NaN],
    [15],
    [-4],
    [1, 1],
    Array.from({ length: 33 }, (_, i) => i / 9),
  ]) {
    expect(areValues(values, 'strength'), `${values}`).toBe(false);
  }
  for (const values of [[0], [2.5], [1025]]) expect(areValues(values, 'steps')).toBe(false);
});
