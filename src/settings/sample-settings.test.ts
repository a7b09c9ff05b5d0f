import { describe, expect, test } from 'vitest';
import type { StageManifest } from '../networks/manifest';
import { DEFAULT_COLUMN } from './column';
import { readColumn, writeColumn } from './column-text';
import { sampleSettings, stageSpans } from './sample-settings';
import type { Subject } from './subject';

const stage = (network: string, side: number, numSteps: number): StageManifest => ({
  network,
  shape: [3, side, side],
  sigma: { min: 0.002, max: 80 },
  flopsPerForward: 1e8,
  guidanceScale: 2,
  numSteps,
  sampler: 'ddim',
  augmentation: 0.1,
});

const cascade = {
  classes: [],
  shape: [3, 16, 16] as [number, number, number],
  prompts: { encoder: 'words', tokens: 8, width: 4, examples: ['a red apple', 'an owl'] },
  stages: [stage('pictures-32', 32, 8), stage('pictures-64', 64, 6)],
};

const asked = (subject: Subject, column = DEFAULT_COLUMN) =>
  sampleSettings({ subject, count: 2, seed: 1 }, column, cascade);

describe('of a network that prompts condition', () => {
  test('labels are indices of the prompts, each listed once', () => {
    const subject: Subject = { kind: 'each', names: ['an owl', 'a cat', 'an owl'] };
    const { prompts, labels } = asked(subject);
    expect(prompts).toEqual(['an owl', 'a cat']);
    expect(labels).toEqual([0, 1, 0]);
  });

  test('no prompt is the index after the last', () => {
    expect(asked({ kind: 'none' })).toMatchObject({ prompts: [], labels: [0, 0] });
  });

  test('a prompt that is mixed in and a negative one are of the list', () => {
    const column = {
      ...DEFAULT_COLUMN,
      mix: { name: 'a cat', share: 0.25 },
      negative: 'flat',
    };
    const { prompts, labels, mix, negative } = asked({ kind: 'class', name: 'an owl' }, column);
    expect(prompts).toEqual(['an owl', 'a cat', 'flat']);
    expect(labels).toEqual([0, 0]);
    expect(mix).toEqual({ with: 1, share: 0.25 });
    expect(negative).toBe(2);
  });
});

describe('the stages of a cascade', () => {
  const owl: Subject = { kind: 'class', name: 'an owl' };
  const column = (text: Record<string, string>) => readColumn(new Map(Object.entries(text)))!;

  test('are sampled as its manifest says', () => {
    const { stages } = asked(owl);
    expect(stages?.map(({ numSteps }) => numSteps)).toEqual([8, 6]);
    expect(stages?.[0]).toMatchObject({ guidanceScale: 2, sampler: 'ddim', augmentation: 0.1 });
    expect(stageSpans(cascade, asked(owl)).map(({ first }) => first)).toEqual([0, 17, 17 + 9]);
  });

  test('or as a column asks, each by itself', () => {
    const wanted = {
      'scale-2': '5',
      'steps-3': '3',
      'augmentation-3': '0',
      'threshold-3': 'static',
    };
    const { stages } = asked(owl, column(wanted));
    expect(stages).toMatchObject([
      { guidanceScale: 5, numSteps: 8, augmentation: 0.1, threshold: null },
      { guidanceScale: 2, numSteps: 3, augmentation: 0, threshold: { kind: 'static' } },
    ]);
    expect(Object.fromEntries(writeColumn(column(wanted)))).toEqual(wanted);
  });

  test('with a prompt of their own, if one is asked for', () => {
    const { prompts, labels, stages } = asked(owl, column({ 'prompt-3': 'a cat' }));
    expect(prompts).toEqual(['an owl', 'a cat']);
    expect(labels).toEqual([0, 0]);
    expect(stages?.map((each) => each.prompt)).toEqual([undefined, 1]);
  });

  test('as many as are asked for', () => {
    const sides = ['1', '2', '3'].map(
      (stages) => stageSpans(cascade, asked(owl, column({ stages }))).at(-1)!.shape[1],
    );
    expect(sides).toEqual([16, 32, 64]);
    expect(stageSpans(cascade, asked(owl)).at(-1)!.shape).toEqual([3, 64, 64]);
  });

  test('a single network has none', () => {
    const letters = { classes: ['A'], shape: [1, 28, 28] as [number, number, number] };
    const settings = { subject: owl, count: 1, seed: 1 };
    const sample = sampleSettings(settings, column({ 'scale-2': '5' }), letters);
    expect(sample.stages).toBeUndefined();
    const span = { first: 0, numSteps: 16, shape: [1, 28, 28] };
    expect(stageSpans(letters, sample)).toEqual([span]);
  });
});
