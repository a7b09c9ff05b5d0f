import { describe, expect, test } from 'vitest';
import { parseResults, type Results, ResultsError, writeResults } from './results';

const sha256 = 'ab'.repeat(32);
const settings = {
  guidance: 'cfg',
  guidanceScale: 1.3,
  interval: [0.2, 5] as [number, number],
  shape: 'constant',
  curve: null,
  threshold: { kind: 'dynamic' as const, percentile: 99 },
  mix: { name: 'B', share: 0.25 },
  negative: 'C',
  numSteps: 20,
  sampler: 'heun',
  schedule: 'karras',
  parameters: { sChurn: 10 },
};
const point = {
  settings,
  samples: 520,
  seed: 7,
  figures: { classAccuracy: { value: 0.9, spread: 0.01 }, recall: { value: 0.5 } },
  nfe: 78,
  seconds: 12.5,
  date: '2025-01-31T12:00:00.000Z',
};
const curve = { model: { id: 'letters', sha256 }, varied: ['guidanceScale'], points: [point] };
const file: Results = {
  format: 'guidance-results',
  version: 1,
  features: { id: 'letters-features', sha256 },
  curves: [{ ...curve, command: 'npm run sweep -- --out a.json' }, curve],
};

const parse = (json: unknown) => parseResults(JSON.stringify(json), 'a.json');

test('what is written is read', () => {
  expect(parseResults(writeResults(file), 'a.json')).toEqual(file);
  const plain = { ...settings, interval: null, curve: [1, 2], threshold: null, mix: null };
  const other = { ...file, curves: [{ ...curve, points: [{ ...point, settings: plain }] }] };
  expect(parse(other)).toEqual(other);
  expect(parse({ ...file, curves: [] }).curves).toEqual([]);
});

test('figures that are undefined stay out of the file', () => {
  const figures = { classAccuracy: { value: 1, spread: undefined }, recall: undefined };
  const written = writeResults({
    ...file,
    curves: [{ ...curve, points: [{ ...point, figures }] }],
  });
  expect(parseResults(written, 'a.json').curves[0]!.points[0]!.figures).toEqual({
    classAccuracy: { value: 1 },
  });
});

describe('a file that holds no results is one line', () => {
  const withPoint = (change: object) => ({
    ...file,
    curves: [{ ...curve, points: [{ ...point, ...change }] }],
  });
  const withSettings = (change: object) => withPoint({ settings: { ...settings, ...change } });
  test.each<[unknown, string]>([
    [[], 'a.json: "format" must be present, got nothing'],
    [{}, 'a.json: "format" must be present, got nothing'],
    [3, 'a.json must be an object, got 3'],
    [{ ...file, format: 'page' }, '"format" must be "guidance-results", got "page"'],
    [{ ...file, version: 2 }, '"version" must be 1 (the only version that this program reads)'],
    [{ ...file, curves: 1 }, '"curves" must be a list of curves, got 1'],
    [withPoint({ samples: 0 }), 'points.0.samples" must be a whole number of at least 1, got 0'],
    [withPoint({ seed: -1 }), 'points.0.seed" must be a whole number of 0 to 2^32 - 1, got -1'],
    [withPoint({ date: 'today' }), 'must be a date such as 2025-01-31T12:00:00.000Z, got "today"'],
    [withPoint({ figures: { recall: 0.5 } }), 'figures.recall" must be an object, got 0.5'],
    [withPoint({ figures: { recall: { value: null } } }), 'must be a number, got null'],
    [withSettings({ interval: [1] }), 'settings.interval.1" must be a number, got nothing'],
    [withSettings({ threshold: { kind: 'soft' } }), 'must be static or dynamic, got "soft"'],
    [withSettings({ parameters: { eta: '1' } }), 'parameters.eta" must be a number, got "1"'],
  ])('%#: %s', (json, message) => {
    expect(() => parse(json)).toThrow(ResultsError);
    expect(() => parse(json)).toThrow(message);
    expect(() => parse(json)).not.toThrow(/\n/);
  });
  test('that is no JSON', () => {
    expect(() => parseResults('w,score\n0,1', 'a.csv')).toThrow(
      'a.csv must be JSON, got "w,score\\n0,1"',
    );
  });
});
