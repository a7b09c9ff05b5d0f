import { describe, expect, test } from 'vitest';
import { TOUR } from '../features/idea/tour';
import { DEFAULT_PLANE, fitsPlane, PLANE_CHOICES } from '../features/plane/plane';
import { consistentTraining, TRAINING_CHOICES } from '../features/training/training';
import {
  CHOICES,
  type ColumnSettings,
  consistent,
  DEFAULT_COLUMN,
  declaredParameters,
  FIRST_VISIT,
  LIMITS,
  type Settings,
} from './settings';
import { readAddress, writeAddress } from './url';

/** A repeatable source of numbers in [0, 1) (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Settings within all limits, every property drawn at random. */
function randomSettings(seed: number): Settings {
  const next = randomNumbers(seed);
  const between = (min: number, max: number) => Number((min + next() * (max - min)).toFixed(4));
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const oneOf = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)]!;
  const column = (): ColumnSettings => {
    const chosen: ColumnSettings = {
      guidance: oneOf(CHOICES.guidance).id,
      guidanceScale: between(LIMITS.guidanceScale.min, LIMITS.guidanceScale.max),
      interval: oneOf([null, [between(0.002, 1), between(1, 80)]]),
      shape: oneOf(CHOICES.shape).id,
      curve: oneOf([null, Array.from({ length: whole(1, 20) }, () => between(-2, 15))]),
      threshold: oneOf([
        null,
        { kind: 'static' },
        { kind: 'dynamic', percentile: between(50, 100) },
      ]),
      mix: oneOf([null, { name: oneOf(['B', 'a,b', 'x:y', '%2C']), share: between(0, 1) }]),
      negative: oneOf([null, 'B', 'a,b', '50%']),
      numSteps: whole(LIMITS.numSteps.min, LIMITS.numSteps.max),
      sampler: oneOf(CHOICES.sampler).id,
      schedule: oneOf(CHOICES.schedule).id,
      parameters: {},
    };
    const fitting = consistent(chosen);
    const parameters = declaredParameters(fitting)
      .filter(() => next() < 0.7)
      .map(
        ({ id, min, max, choices }) => [id, choices?.at(-1)?.value ?? between(min, max)] as const,
      );
    return consistent({ ...fitting, parameters: Object.fromEntries(parameters) });
  };
  const columns = Array.from({ length: whole(1, LIMITS.columns) }, column);
  const planeRun = () => {
    const pictures = { curve: null, threshold: null, mix: null, negative: null };
    const guidanceScale = between(1, 15);
    const run = { ...column(), ...pictures, guidanceScale };
    return fitsPlane(run) ? run : DEFAULT_PLANE.runs[0]!;
  };
  return {
    page: oneOf(['playground', 'experiments', 'plane', 'idea']),
    model: oneOf(['', 'letters', 'tiny-weak_2']),
    subject: oneOf<Settings['subject']>([
      { kind: 'none' },
      { kind: 'class', name: oneOf(['A', '7', 'a,b', 'x:y', 'ü & ~+%', '猫']) },
      { kind: 'each', names: [...oneOf(['HELLO', 'a b', '你好,世界', '50%+1~2'])] },
      { kind: 'each', names: ['heart', 'tench, Tinca tinca', '100 %2C', 'a:b'] },
    ]),
    seed: whole(0, 2 ** 32 - 1),
    seedLocked: oneOf([true, false]),
    count: whole(LIMITS.count.min, LIMITS.count.max),
    columns,
    active: whole(0, columns.length - 1),
    layout: oneOf(['columns', 'grid', 'wipe']),
    gridRows: oneOf([
      { key: 'scale', values: ['1', '2.5'] },
      { key: 'interval', values: ['all', '0.2~2'] },
      { key: 'draw', values: ['class:A', 'class:a,b', 'none'] },
    ]),
    gridColumns: oneOf([
      { key: 'seed', values: ['1', '2'] },
      { key: 'apgMomentum', values: ['-0.5', '0'] },
    ]),
    wipe: [whole(0, 3), whole(0, 3)],
    wipeDifference: oneOf([true, false]),
    inside: oneOf([true, false]),
    gradient: oneOf([true, false]),
    overlay: oneOf([true, false]),
    view: oneOf(['estimate', 'noisy', 'both']),
    position: between(0, 1),
    wipeDivider: between(0, 1),
    picked: whole(0, LIMITS.count.max - 1),
    unit: oneOf(['s', 'w']),
    experiment: {
      id: oneOf(['strength', 'temperature', 'steps']),
      samples: whole(8, 10_000),
      values: oneOf([null, [4, 8, 2]]),
      series: oneOf([
        null,
        Array.from({ length: whole(1, 8) }, () => ({
          model: oneOf([null, 'letters-p20']),
          column: column(),
          varies: oneOf(['scale', 'scale+1', 'noise']),
        })),
      ]),
      overlay: oneOf([true, false]),
    },
    plane: {
      components: Array.from({ length: whole(1, 6) }, (_, i) => ({
        classLabel: i ? whole(0, 2) : 1,
        weight: between(0.05, 1),
        x: between(-3, 3),
        y: between(-3, 3),
        std: between(0.2, 1),
      })),
      classLabel: 1,
      runs: [planeRun(), planeRun()],
      active: whole(0, 1),
      particles: whole(100, 10_000),
      seed: whole(0, 2 ** 32 - 1),
      paths: whole(0, 60),
      weakBlur: between(0.05, 2),
      heat: oneOf(PLANE_CHOICES.heat),
      arrows: oneOf(PLANE_CHOICES.arrows),
      sigma: oneOf([null, between(0.01, 80)]),
    },
    training: consistentTraining({
      pUncond: between(0, 1),
      batch: oneOf(TRAINING_CHOICES.batch),
      steps: whole(500, 20_000),
      width: oneOf(TRAINING_CHOICES.width),
      seed: whole(0, 2 ** 32 - 1),
      sigma: between(0.05, 10),
      guidance: oneOf(TRAINING_CHOICES.guidance).id,
      guidanceScale: between(0, 15),
      sampler: oneOf(CHOICES.sampler).id,
      numSteps: whole(1, 64),
    }),
    backend: oneOf(['auto', 'webgpu', 'wasm']),
    precision: oneOf(['auto', 'fp16', 'fp32']),
    maxBatch: oneOf([0, 1, 2, 4, 8, 16]),
    language: oneOf(['en', 'zh']),
    theme: oneOf(['auto', 'light', 'dark']),
    tour: whole(0, TOUR.length),
  };
}

describe('round trip', () => {
  test('the first visit has an empty address, and an empty address is the first visit', () => {
    expect(writeAddress(FIRST_VISIT)).toBe('');
    expect(readAddress('')).toEqual({ settings: FIRST_VISIT, misread: [] });
  });

  test('settings drawn at random come back from the address bar', () => {
    for (let seed = 0; seed < 300; seed++) {
      const settings = randomSettings(seed);
      const address = writeAddress(settings);
      const { search } = new URL(`http://localhost/?${address}`);
      const read = readAddress(search);
      expect(read, address).toEqual({ settings, misread: [] });
      expect(writeAddress(read.settings)).toBe(address);
    }
  });
});

describe('columns', () => {
  const column = (changes: Partial<ColumnSettings>) => ({ ...DEFAULT_COLUMN, ...changes });
  const columnsOf = (query: string) => readAddress(query).settings.columns;

  test('what differs is a list, what agrees is one value', () => {
    const columns = [1, 3, 8].map((guidanceScale) => column({ guidanceScale, numSteps: 4 }));
    const address = writeAddress({ ...FIRST_VISIT, columns });
    expect(address).toBe('scale=1,3,8&steps=4');
    expect(columnsOf(address)).toEqual(columns);
    expect(columnsOf('scale=1,3,8')).toEqual(FIRST_VISIT.columns);
  });

  test('a parameter belongs to the columns that declare it', () => {
    const columns = [
      column({ sampler: 'heun', parameters: { sChurn: 20 } }),
      column({ sampler: 'dpmpp-2m' }),
      column({ sampler: 'ddim', parameters: { eta: 0.5 } }),
    ];
    const address = writeAddress({ ...FIRST_VISIT, columns });
    expect(address).toContain('sChurn=20,,');
    expect(address).toContain('eta=,,0.5');
    expect(columnsOf(address)).toEqual(columns);
    // One value holds for every column that declares the parameter, and for no other.
    expect(columnsOf('sampler=heun,ddim,ddpm&eta=0.25').map((c) => c.parameters)).toEqual([
      {},
      { eta: 0.25 },
      { eta: 0.25 },
    ]);
  });

  test('a default written out is the same as none', () => {
    expect(columnsOf('sampler=ddpm&eta=1')).toEqual([column({ sampler: 'ddpm' })]);
  });

  test('no more columns than fit, and the active one is among them', () => {
    expect(columnsOf('scale=1,2,3,4,5,6')).toHaveLength(LIMITS.columns);
    expect(readAddress('scale=1,2&active=3').settings.active).toBe(1);
  });
});

describe('nonsense', () => {
  test.each([
    'seed=-1',
    'seed=1.5',
    'seed=4294967296',
    'n=0',
    'n=65',
    'n=',
    'lock=maybe',
    'view=constructor',
    'at=1.01',
    'at=NaN',
    'draw=class:',
    'draw=wurst:A',
    `draw=word:${'x'.repeat(25)}`,
    'model=../secret',
    'unit=W',
    'backend=cuda',
    'lang=xx',
    'theme=pink',
    'active=9',
    'pick=-1',
    'scale=16',
    'scale=abc',
    'scale=Infinity',
    'steps=0',
    'steps=2.5',
    'steps=1e9',
    'sampler=euler',
    'schedule=__proto__',
    'guidance=none',
    'shape=round',
    'interval=5~1',
    'interval=1',
    'interval=1~2~3',
    'interval=a~b',
    'rho=0',
    'experiment=fast',
    'experiment=strength!n:0',
    'experiment=strength!at:1,,2',
    'experiment=strength!at:15',
    'experiment=steps!at:2.5',
    'experiment=steps!more',
    'experiment=strength!s:sampler:magic',
    'experiment=strength!s:seed:1',
    'experiment=strength!s:eta:0.5',
    'experiment=strength!s:model:..',
    'experiment=strength!s:varies:seed',
  ])('%s is left at its default and reported', (piece) => {
    const { settings, misread } = readAddress(piece);
    const at = piece.indexOf('=');
    expect(misread).toEqual([{ key: piece.slice(0, at), text: piece.slice(at + 1) }]);
    expect(settings).toEqual(FIRST_VISIT);
  });

  test('piece by piece: what makes sense beside it is kept', () => {
    const { settings, misread } = readAddress('scale=1,much,8&steps=8&seed=x&n=4&unknown=1');
    expect(settings).toMatchObject({ count: 4, seed: FIRST_VISIT.seed });
    expect(settings.columns.map((c) => c.guidanceScale)).toEqual([1, 1, 8]);
    expect(settings.columns.map((c) => c.numSteps)).toEqual([8, 8, 8]);
    expect(misread).toEqual([
      { key: 'seed', text: 'x' },
      { key: 'scale', text: 'much' },
    ]);
  });

  test('nothing that can be read of the columns: they stay the first visit’s', () => {
    const { settings, misread } = readAddress('scale=abc,def&rho=0&n=4');
    expect(settings).toEqual({ ...FIRST_VISIT, count: 4 });
    expect(misread.map(({ key }) => key)).toEqual(['scale', 'rho', 'scale']);
    expect(readAddress('scale=abc&rho=5').settings.columns).toEqual([
      { ...DEFAULT_COLUMN, parameters: { rho: 5 } },
    ]);
  });

  test('what is wrong in every column is reported once', () => {
    expect(readAddress('scale=1,3,8&sampler=euler').misread).toEqual([
      { key: 'sampler', text: 'euler' },
    ]);
  });

  test('random text is never fatal, and its settings can be written again', () => {
    const keys = ['scale', 'steps', 'interval', 'draw', 'seed', 'eta', 'rho', 'sampler', 'at', 'n'];
    for (let seed = 0; seed < 300; seed++) {
      const next = randomNumbers(seed);
      const query = keys
        .map((key) => {
          const length = Math.floor(next() * 12);
          const text = Array.from({ length }, () => String.fromCharCode(32 + next() * 95)).join('');
          return `${key}=${next() < 0.5 ? encodeURIComponent(text) : text}`;
        })
        .join('&');
      const { settings } = readAddress(query);
      expect(readAddress(writeAddress(settings)), query).toEqual({ settings, misread: [] });
    }
  });
});
