import { describe, expect, test } from 'vitest';
import type { PointFigures } from '../../diffusion/metrics/point';
import type { DenoiserManifest, FeaturesManifest } from '../../networks/manifest';
import { type Results, writeResults } from '../../settings/results';
import { curveOf } from './curves';
import { curvesCsv, exportResults, importedCurves, judgedBy, readResultsFile } from './files';
import { pointsOf, seriesOf } from './points';
import { DEFAULT_EXPERIMENT, type ExperimentId } from './settings';

const sha256 = 'ab'.repeat(32);
const loaded = {
  id: 'letters',
  role: 'denoiser',
  classes: ['A', 'B'],
  shape: [1, 8, 8],
  companions: { features: 'judge', classifier: 'noisy', smallClassifier: 'small' },
  files: [{ name: 'model.onnx', bytes: 1, sha256 }],
} as unknown as DenoiserManifest;
const features = { ...loaded, id: 'judge', role: 'features' } as unknown as FeaturesManifest;
const networks = { denoisers: [loaded], features, stages: [] };

const figuresOf = (samples: number): PointFigures => ({
  samples,
  classAccuracy: { value: 0.5, spread: 0.1 },
  classifierScore: { value: 1.25, spread: undefined },
  frechetDistance: undefined,
  precision: undefined,
  recall: { value: 0.75, spread: 0 },
  diversity: { value: 3, spread: 0.5 },
});

/** An experiment whose points are all measured. */
function measured(id: ExperimentId, values: number[]) {
  const experiment = { ...DEFAULT_EXPERIMENT, id, values, samples: 32 };
  const points = pointsOf({ experiment, seed: 7 }, loaded, networks, 'fp32').map((point) => ({
    point,
    status: 'done' as const,
    record: {
      samples: 48,
      starts: [0, 16, 32],
      network: 'judge',
      nfe: 12,
      seconds: 3.5,
      date: '2025-01-31T12:00:00.000Z',
      figures: [figuresOf(16), figuresOf(32), figuresOf(48)],
    },
  }));
  const series = seriesOf(experiment, loaded, [loaded]);
  return { series, points, networks, seed: 7, samples: 32, id };
}

describe('what is exported comes back', () => {
  test.each([
    ['strength', [0, 0.3, 4]],
    ['steps', [4, 8, 64]],
    ['temperature', [0, 1, 3]],
  ] as const)('%s', (id, values) => {
    const page = measured(id, [...values]);
    const results = exportResults(page);
    expect(results.features).toEqual({ id: 'judge', sha256 });
    expect(results.curves).toHaveLength(page.series.length);
    const file = readResultsFile(writeResults(results), 'a.json');
    expect(file.results).toEqual(JSON.parse(JSON.stringify(results)));
    const read = importedCurves(file, id, 'letters');
    expect(read.map(({ series: { varies, model } }) => [varies, model])).toEqual(
      page.series.map(({ varies }) => [varies, null]),
    );
    read.forEach(({ curve, series: { column } }, k) => {
      const own = page.points.filter(({ point }) => point.series === k);
      const before = curveOf(own, 32, 80);
      expect(curve.samples).toBe(32);
      expect(curve.points.map(({ figures }) => figures)).toEqual(
        before.points.map(({ figures }) => figures),
      );
      expect(column.sampler).toBe(page.series[k]!.column.sampler);
      const heun = column.sampler === 'heun';
      // Heun's evaluations are odd.
      expect(curve.points.map(({ value }) => value)).toEqual(heun ? [3, 7, 63] : [...values]);
    });
  });

  test('points without figures, and curves without points, stay out', () => {
    const page = measured('strength', [0, 1]);
    const [first, second] = page.points;
    const half = { ...page, points: [first!, { ...second!, record: undefined }] };
    expect(exportResults(half).curves.map(({ points }) => points.length)).toEqual([1]);
    const none = page.points.map((point) => ({ ...point, record: undefined }));
    expect(exportResults({ ...page, points: none }).curves).toEqual([]);
  });

  test('files that were brought along go along', () => {
    const page = measured('strength', [0, 1]);
    const file = readResultsFile(writeResults(exportResults(page)), 'a.json');
    expect(exportResults(page, [file]).curves).toHaveLength(2);
    expect(judgedBy(file, features)).toBe(true);
  });

  test('but not those of another feature network', () => {
    const page = measured('strength', [0, 1]);
    for (const judge of [{ id: 'other' }, { sha256: 'cd'.repeat(32) }]) {
      const results = exportResults(page);
      const other = { ...results, features: { ...results.features, ...judge } };
      const file = readResultsFile(writeResults(other), 'a.json');
      expect(judgedBy(file, features)).toBe(false);
      expect(exportResults(page, [file]).curves).toHaveLength(1);
    }
    const file = readResultsFile(writeResults(exportResults(page)), 'a.json');
    expect(judgedBy(file, undefined)).toBe(false);
  });
});

describe('a file of the command line', () => {
  const point = (guidanceScale: number, numSteps: number, samples = 100) => ({
    settings: {
      guidance: 'cfg',
      guidanceScale,
      interval: null,
      shape: 'constant',
      curve: null,
      threshold: null,
      mix: null,
      negative: null,
      numSteps,
      sampler: 'heun',
      schedule: 'karras',
      parameters: {},
    },
    samples,
    seed: 0,
    figures: { frechetDistance: { value: 1 } },
    nfe: 10,
    seconds: 1,
    date: '2025-01-31T12:00:00.000Z',
  });
  const file = (varied: string[], points: ReturnType<typeof point>[]): Results => ({
    format: 'guidance-results',
    version: 1,
    features: { id: 'judge', sha256 },
    curves: [{ model: { id: 'letters-p20', sha256 }, varied, points }],
  });
  const curves = (results: Results, id: ExperimentId) =>
    importedCurves(readResultsFile(JSON.stringify(results), 'a.json'), id, 'letters').map(
      ({ series, curve }) => [
        series.model,
        series.column.numSteps,
        curve.samples,
        ...curve.points.map(({ value }) => value),
      ],
    );

  test('becomes a curve for each setting of what is not swept', () => {
    const grid = file(
      ['guidanceScale', 'numSteps'],
      [point(2, 8), point(1, 8), point(1, 16), point(2, 16), point(3, 16, 50)],
    );
    expect(curves(grid, 'strength')).toEqual([
      ['letters-p20', 8, 100, 0, 1],
      ['letters-p20', 16, 100, 0, 1],
      ['letters-p20', 16, 50, 2],
    ]);
    expect(curves(grid, 'steps')).toEqual([
      ['letters-p20', 8, 100, 15, 31],
      ['letters-p20', 8, 100, 15, 31],
      ['letters-p20', 16, 50, 31],
    ]);
  });

  test('that sweeps something else has no curve here', () => {
    expect(curves(file(['guidanceScale'], [point(1, 8), point(2, 8)]), 'steps')).toEqual([]);
    expect(curves(file(['numSteps'], [point(1, 8), point(1, 9)]), 'strength')).toEqual([]);
  });

  test.each([
    ['{', 'a.json must be JSON, got "{"'],
    ['{"format":"guidance-playground"}', 'a.json: "format" must be "guidance-results"'],
    [
      JSON.stringify({ ...file([], []), curves: [{}] }),
      'a.json: "curves.0.model" must be present, got nothing',
    ],
    [
      JSON.stringify(file(['numSteps'], [{ ...point(1, 8), samples: 0 }])),
      'a.json: "curves.0.points.0.samples" must be a whole number of at least 1, got 0',
    ],
    [
      JSON.stringify(file([], [point(1, 8)])).replace('"heun"', '"magic"'),
      'a.json: Sampler must be one of ddim',
    ],
    [
      JSON.stringify(file([], [point(1, 8)])).replace('"constant"', '"round"'),
      'a.json: "shape" must be one that this page knows, got "round"',
    ],
  ])('%.40s is one clear line', (source, message) => {
    const read = () => readResultsFile(source, 'a.json');
    expect(read).toThrow(message);
    try {
      read();
    } catch (error) {
      expect(String(error)).not.toContain('\n');
    }
  });
});

test('a table of a row a point, with names that may hold commas and quotes', () => {
  const { points } = measured('strength', [0, 0.3]);
  const curve = curveOf(points, 32, 80);
  const text = curvesCsv([{ name: 'a, "b"', model: 'letters', curve }], 'w', 'judge');
  const [head, ...rows] = text.trimEnd().split('\r\n');
  expect(head?.split(',').slice(0, 7)).toEqual([
    'curve',
    'model',
    'w',
    'samples',
    'nfe',
    'frechetDistance (judge)',
    'frechetDistance spread',
  ]);
  expect(rows).toEqual([
    '"a, ""b""",letters,0,32,12,,,,,1.25,,0.5,0.1,,,0.75,0,,,,,3,0.5',
    '"a, ""b""",letters,0.3,32,12,,,,,1.25,,0.5,0.1,,,0.75,0,,,,,3,0.5',
  ]);
});
