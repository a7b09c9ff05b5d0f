import { describe, expect, test } from 'vitest';
import { sampleSeed } from '../../diffusion/random';
import { fileName } from '../../kit/save';
import type { Manifest } from '../../networks/manifest';
import { DEFAULT_COLUMN } from '../../settings/column';
import { FIRST_VISIT, type Settings } from '../../settings/settings';
import { idleColumn } from '../../settings/store';
import {
  columnParts,
  ExportError,
  type Exported,
  exportPage,
  momentParts,
  parseExport,
  sharedParts,
  subjectPart,
} from './export';

const manifest = {
  id: 'letters',
  title: 'Handwritten letters',
  classes: ['A', 'B'],
  files: [{ name: 'model.onnx', bytes: 12, sha256: 'ab12' }],
} as unknown as Manifest;

const settings: Settings = {
  ...FIRST_VISIT,
  subject: { kind: 'class', name: 'B' },
  seed: 2 ** 32 - 1,
  count: 2,
  columns: [
    DEFAULT_COLUMN,
    { ...DEFAULT_COLUMN, guidanceScale: 3, interval: [0.2, 2], parameters: { rho: 5 } },
  ],
  position: 0.25,
  language: 'zh',
  theme: 'dark',
};

const page: Exported = {
  settings,
  columns: [
    {
      ...idleColumn(0),
      status: 'done',
      figures: { nfe: 32, totalMs: 640.5, networkMs: 600 },
      verdicts: {
        network: 'letters-features',
        predicted: [1, 0],
        confidence: [0.9, 0.6],
        classAccuracy: 0.5,
        diversity: undefined,
      },
    },
    { ...idleColumn(1), status: 'failed' },
  ],
  grid: { paused: false, cells: [] },
  manifest,
  info: { backend: 'wasm', adapter: '', threads: 2, precision: 'fp32', maxBatch: 16 },
  link: 'https://example.org/?seed=1',
  date: new Date('2026-01-02T03:04:05Z'),
};

const visitor = { language: 'en', theme: 'auto', slices: new Map() } as const;
const parse = (json: unknown) => parseExport(JSON.stringify(json), 'page.json', visitor);

describe('an exported page', () => {
  test('comes back as it was, in the visitor’s own language and theme', () => {
    const { settings: restored, model } = parse(exportPage(page));
    expect(restored).toEqual({ ...settings, model: 'letters', ...visitor });
    expect(model.files).toEqual([{ name: 'model.onnx', bytes: 12, sha256: 'ab12' }]);
  });

  test('does not rely on the defaults of the page that restores it', () => {
    const { query } = exportPage({
      ...page,
      settings: { ...FIRST_VISIT, columns: [DEFAULT_COLUMN, DEFAULT_COLUMN] },
    });
    expect(query).toMatch(/steps=16/);
    expect(query).toMatch(/sampler=dpmpp-2m/);
    expect(query).toMatch(/&n=16&/);
  });

  test('tells seeds, classes and the figures of what has been run', () => {
    const { seeds, classes, columns, exported } = exportPage(page);
    expect(exported).toBe('2026-01-02T03:04:05.000Z');
    expect(seeds).toEqual([0, 1].map((k) => sampleSeed(2 ** 32 - 1, k)));
    expect(classes).toEqual(['B', 'B']);
    expect(columns[0]).toMatchObject({
      figures: { nfe: 32, totalMs: 640.5 },
      verdicts: { predicted: ['B', 'A'], classAccuracy: 0.5, diversity: null },
    });
    expect(columns[1]).toMatchObject({
      figures: null,
      verdicts: null,
      settings: { guidanceScale: 3, interval: [0.2, 2] },
    });
  });
});

const NOT_OURS = 'page.json must be a page exported here ("format": "guidance-playground"), got';

test('of a grid tells its cells, and nothing of the columns behind it', () => {
  const cell = { subject: settings.subject, seed: 1, column: DEFAULT_COLUMN };
  const figures = { nfe: 2, totalMs: 3, networkMs: 1 };
  const axes = {
    gridRows: { key: 'scale', values: ['1', '3'] },
    gridColumns: { key: 'seed', values: ['7'] },
  };
  const json = exportPage({
    ...page,
    settings: { ...settings, ...axes, layout: 'grid' },
    grid: {
      paused: false,
      cells: [
        { cell, status: 'done', figures },
        { cell, status: 'waiting' },
      ],
    },
  });
  expect(json.grid).toEqual([
    { row: 'scale=1', column: 'seed=7', figures, verdicts: null },
    { row: 'scale=3', column: 'seed=7', figures: null, verdicts: null },
  ]);
  expect(json.columns[0]).toMatchObject({ figures: null, verdicts: null });
  expect(parse(json).settings).toMatchObject({ ...axes, layout: 'grid' });
});

describe('a file that is no export', () => {
  const good = exportPage(page);
  const first = good.columns[0]!;
  test.each([
    ['not JSON', '\u0089PNG', 'page.json must be JSON, got "\u0089PNG"'],
    ['empty', '', 'page.json must be JSON, got ""'],
    ['another JSON', '{"a":1}', `${NOT_OURS} {"a":1}`],
    ['a list', '[1]', `${NOT_OURS} [1]`],
    ['null', 'null', `${NOT_OURS} null`],
  ])('%s', (_, source, message) => {
    expect(() => parseExport(source, 'page.json', visitor)).toThrow(new ExportError(message));
  });

  test.each([
    [
      'another version',
      { ...good, version: 2 },
      '"version" must be 1 (the only version that this page reads), got 2',
    ],
    ['no model', { ...good, model: undefined }, '"model" must be present, got nothing'],
    ['no query', { ...good, query: 7 }, '"query" must be a string, got 7'],
    [
      'a model that cannot be',
      { ...good, model: { ...good.model, id: '../x' } },
      '"model.id" must be a model id, got "../x"',
    ],
    [
      'figures that are none',
      { ...good, columns: [{ ...first, figures: { nfe: 'many' } }] },
      '"columns.0.figures.nfe" must be a number, got "many"',
    ],
    [
      'settings out of range',
      { ...good, query: 'scale=3&steps=2000&seed=-1' },
      '"query" must hold settings that this page knows, got seed=-1, steps=2000',
    ],
    [
      'a rule that there is not',
      { ...good, query: 'guidance=telepathy' },
      '"query" must hold settings that this page knows, got guidance=telepathy',
    ],
  ])('%s', (_, json, message) => {
    expect(() => parse(json)).toThrow(new ExportError(`page.json: ${message}`));
  });
});

describe('file names', () => {
  const [plain, guided] = settings.columns as [typeof DEFAULT_COLUMN, typeof DEFAULT_COLUMN];

  test('say what is in the file', () => {
    const parts = ['letters', 'A', 'seed42', ...columnParts([{ ...plain, guidanceScale: 3 }])];
    expect(fileName(parts, 'png')).toBe('guidance-letters-A-seed42-cfg-s3-dpmpp-2m-16steps.png');
  });

  test('of columns list what they differ in', () => {
    expect(columnParts([plain, guided, { ...plain, guidanceScale: -0.5 }])).toEqual([
      'cfg',
      's1+s3+s-0.5',
      'dpmpp-2m',
      '16steps',
      'sigma0.2-2',
      'rho5',
    ]);
    const other = { ...plain, guidance: 'unconditional', sampler: 'heun' };
    expect(columnParts([plain, other]).join('-')).toBe(
      'cfg+unconditional-s1-dpmpp-2m+heun-16steps',
    );
  });

  test('of a grid name what its cells share', () => {
    const heun = { ...plain, sampler: 'heun' };
    expect(sharedParts([plain, heun, guided])).toEqual(['cfg', '16steps']);
  });

  test('name every modifier', () => {
    const column = {
      ...plain,
      curve: [1, 2],
      threshold: { kind: 'dynamic', percentile: 99.5 },
      mix: { name: 'B', share: 0.25 },
      negative: 'C',
      schedule: 'logsnr-cosine',
    } as const;
    expect(columnParts([column]).join(' ')).toBe(
      'cfg curve dpmpp-2m 16steps logsnr-cosine p99.5 mix-B-0.25 not-C',
    );
    // Those that its rule takes.
    expect(columnParts([{ ...column, guidance: 'unconditional' }]).join(' ')).toBe(
      'unconditional dpmpp-2m 16steps logsnr-cosine p99.5',
    );
    expect(columnParts([{ ...plain, shape: 'rising', threshold: { kind: 'static' } }])).toEqual(
      expect.arrayContaining(['rising', 'static']),
    );
  });

  test('tell the moment and the view, where they are not the finished estimate', () => {
    expect(momentParts({ position: 1, view: 'estimate' })).toEqual([]);
    expect(momentParts({ position: 0.25, view: 'noisy' })).toEqual(['at0.25', 'noisy']);
    expect(subjectPart({ subject: { kind: 'none' } })).toBe('no-class');
    expect(subjectPart({ subject: { kind: 'each', names: [...'HELLO'] } })).toBe('word-HELLO');
    expect(subjectPart({ subject: { kind: 'each', names: ['heart', 'sky'] } })).toBe('heart+sky');
    const many = Array.from({ length: 16 }, (_, k) => `class ${k}`);
    expect(subjectPart({ subject: { kind: 'each', names: many } })).toBe('16-classes');
  });

  test.each([
    ['a/b\\c:d*e?"<>|', 'a-b-c-d-e'],
    ['..', undefined],
    ['  ', undefined],
    ['\u0000\n', undefined],
    ['猫 é', '猫-é'],
    ['-0.5', '-0.5'],
  ])('are safe: %j', (part, safe) => {
    expect(fileName([part, 'x'], 'png')).toBe(
      ['guidance', safe, 'x.png'].filter(Boolean).join('-'),
    );
  });

  test('are not too long for a file system', () => {
    const name = fileName(['猫'.repeat(200)], 'json');
    expect(new TextEncoder().encode(name).length).toBeLessThan(200);
    expect(name).toMatch(/猫\.json$/);
  });
});
