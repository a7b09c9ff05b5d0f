import { describe, expect, test } from 'vitest';
import { DEFAULT_STAGE } from '../src/settings/column';
import type { Results, ResultsPoint } from '../src/settings/results';
import { ArgumentError } from './flags';
import { plotResults, tableOf } from './plot-svg';
import { parseSweep } from './sweep-arguments';

const sha256 = 'ab'.repeat(32);

/** Results of the points of a command line, with figures that tell them apart. */
function resultsOf(line: string, change: Partial<Results> = {}): Results {
  const { samples, seed, varied, points } = parseSweep([...line.split(' '), '--out', 'a.json'])!;
  const measured = points.map(
    ({ settings }, i): ResultsPoint => ({
      settings,
      samples,
      seed,
      figures: { frechetDistance: { value: 10 + i, spread: 0.5 }, classifierScore: { value: i } },
      nfe: 39,
      seconds: 1,
      date: '2025-01-31T12:00:00.000Z',
    }),
  );
  return {
    format: 'guidance-results',
    version: 1,
    features: { id: 'letters-features', sha256 },
    curves: [{ model: { id: 'letters', sha256 }, varied: [...varied], points: measured }],
    ...change,
  };
}

const both = ['frechetDistance', 'classifierScore'];
const count = (svg: string, pattern: RegExp) => svg.match(pattern)?.length ?? 0;

test('a panel a figure, a dot a point, the sample count and the feature network', () => {
  const svg = plotResults([resultsOf('--ws 0:4')], both);
  expect(svg).toContain('Fréchet distance ↓');
  expect(svg).toContain('Classifier score ↑');
  expect(svg).toContain('w = s − 1');
  expect(svg).toContain('2600 samples a point, judged by letters-features; bars');
  expect(count(svg, /<circle/g)).toBe(2 * 5); // and no legend of one curve
  expect(count(plotResults([resultsOf('--ws 0:4')], ['recall']), /<circle/g)).toBe(0);
});

test('curves are named by what they differ in, and each has its colour', () => {
  const files = [
    resultsOf('--ws 0:1'),
    resultsOf('--ws 0:1 --interval 0.2,5'),
    resultsOf('--ws 0:1 --guidance apg --apg-parallel 0.5'),
  ];
  const svg = plotResults(files, both);
  for (const name of ['>cfg<', '>cfg, sigma in (0.2, 5]<', '>apg, apgParallel 0.5<']) {
    expect(svg).toContain(name);
  }
  for (const colour of ['#0072b2', '#d55e00', '#009e73']) expect(svg).toContain(colour);
});

test('a sweep of two settings is a curve for each value of the second', () => {
  const svg = plotResults([resultsOf('--ws 0:2 --steps 4,8')], ['frechetDistance']);
  expect(svg).toContain('>4 steps<');
  expect(svg).toContain('>8 steps<');
  expect(count(svg, /<circle/g)).toBe(2 * 3 + 2);
});

test('the plane joins the points of a curve and names its ends', () => {
  const files = [resultsOf('--ws 0:4'), resultsOf('--ws 0:4 --interval 0.2,5')];
  const svg = plotResults(files, ['recall'], true);
  expect(svg).toContain('width="860"');
  expect(count(svg, /<circle/g)).toBe(2 + 2 * 5);
  expect(count(svg, />Fréchet distance ↓</g)).toBe(1);
  expect(count(svg, />4<\/text>/g)).toBeGreaterThanOrEqual(2);
});

/** The same with an alignment at every point, as of samples that prompts asked for. */
function aligned(results: Results): Results {
  const curves = results.curves.map((curve) => ({
    ...curve,
    points: curve.points.map((point, i) => ({
      ...point,
      figures: { ...point.figures, alignment: { value: 0.1 + i / 100 } },
    })),
  }));
  return { ...results, curves };
}

test('of prompts the plane is over the alignment', () => {
  const svg = plotResults([aligned(resultsOf('--ws 0:4'))], ['recall'], true);
  expect(count(svg, />Alignment with the prompts ↑</g)).toBe(1);
  expect(count(svg, />Classifier score ↑</g)).toBe(0);
  expect(count(svg, /<circle/g)).toBe(5);
  const mixed = [aligned(resultsOf('--ws 0:4')), resultsOf('--ws 0:4')];
  expect(plotResults(mixed, ['recall'], true)).toContain('>Classifier score ↑<');
});

test('settings of stages are axes and names of curves', () => {
  const stages = (change: object) => {
    const results = resultsOf('--ws 1:2');
    const [curve] = results.curves;
    const points = curve!.points.map((point) => ({
      ...point,
      settings: { ...point.settings, upTo: 2, stages: [{ ...DEFAULT_STAGE, ...change }] },
    }));
    return { ...results, curves: [{ ...curve!, points }] };
  };
  const files = [stages({ augmentation: 0 }), stages({ augmentation: 0.3 })];
  const svg = plotResults(files, both);
  expect(svg).toContain('>stage 2: augmentation 0<');
  expect(svg).toContain('>stage 2: augmentation 0.3<');
  const [first, second] = files.map(({ curves }) => curves[0]!.points[0]!);
  const varied = {
    ...files[0]!,
    curves: [{ ...files[0]!.curves[0]!, varied: ['augmentation-2'] }],
  };
  varied.curves[0]!.points = [first!, second!];
  const table = tableOf([varied], both).split('\n');
  expect(table[0]).toContain('| stage 2: augmentation | evaluations |');
  expect(table[2]).toMatch(/^\| 0 \|/);
  expect(table[3]).toMatch(/^\| 0.3 \|/);
});

test('a table has a row a point and the spread where it is known', () => {
  const one = tableOf([resultsOf('--ws 0:1')], both).split('\n');
  expect(one.slice(0, 4)).toEqual([
    '| w = s − 1 | evaluations | Fréchet distance ↓ | Classifier score ↑ |',
    '| --- | --- | --- | --- |',
    '| 0 | 39 | 10.00 ± 0.50 | 0 |',
    '| 1 | 39 | 11.00 ± 0.50 | 1 |',
  ]);
  expect(one).toContain('2600 samples a point, judged by letters-features.');
  const several = tableOf([resultsOf('--ws 0:1 --steps 4,8')], ['recall']);
  expect(several).toContain('| curve | w = s − 1 | evaluations | Recall ↑ |');
  expect(several).toContain('| 8 steps | 1 | 39 |  |');
});

test('steps and parameters can be the axis', () => {
  const steps = plotResults([resultsOf('--guidance conditional --steps 4,8,16')], both);
  expect(steps).toContain('steps');
  const eta = resultsOf('--guidance conditional --sampler ddim --eta 0,0.5,1');
  expect(count(plotResults([eta], ['frechetDistance']), /<circle/g)).toBe(3);
});

describe('what does not compare is one line', () => {
  const cases: [Results[], string[], string][] = [
    [[resultsOf('--ws 0:1')], ['fid'], '--figures must be of frechetDistance,'],
    [
      [resultsOf('--ws 0:1'), resultsOf('--ws 0:1 --samples 520')],
      both,
      'the same number of samples only, got 2600 and 520',
    ],
    [
      [resultsOf('--ws 0:1'), resultsOf('--guidance conditional --steps 4,8')],
      both,
      'the same setting along the axis only, got guidanceScale and numSteps',
    ],
    [
      [resultsOf('--ws 0:1'), resultsOf('--ws 0:1', { features: { id: 'faces', sha256 } })],
      both,
      'the same feature network only, got letters-features and faces',
    ],
    [[resultsOf('--ws 0:1', { curves: [] })], both, 'must hold a point, got none'],
  ];
  test.each(cases)('%#', (results, figures, message) => {
    expect(() => plotResults(results, figures)).toThrow(ArgumentError);
    expect(() => plotResults(results, figures)).toThrow(message);
  });
});
