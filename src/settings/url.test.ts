import { describe, expect, test } from 'vitest';
import { type ColumnSettings, DEFAULT_COLUMN, LIMITS } from './column';
import { FIRST_VISIT } from './settings';
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

describe('round trip', () => {
  test('the first visit has an empty address, and an empty address is the first visit', () => {
    expect(writeAddress(FIRST_VISIT)).toBe('');
    expect(readAddress('')).toEqual({ settings: FIRST_VISIT, ignored: [] });
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
    expect(columnsOf('scale=1,3,8&sampler=ddim&steps=12')).toEqual(FIRST_VISIT.columns);
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
  ])('%s is left at its default and reported', (piece) => {
    const { settings, ignored } = readAddress(piece);
    const at = piece.indexOf('=');
    expect(ignored).toEqual([{ key: piece.slice(0, at), text: piece.slice(at + 1) }]);
    expect(settings).toEqual(FIRST_VISIT);
  });

  test('piece by piece: what makes sense beside it is kept', () => {
    const { settings, ignored } = readAddress('scale=1,much,8&steps=8&seed=x&n=4&unknown=1');
    expect(settings).toMatchObject({ count: 4, seed: FIRST_VISIT.seed });
    expect(settings.columns.map((c) => c.guidanceScale)).toEqual([1, 1, 8]);
    expect(settings.columns.map((c) => c.numSteps)).toEqual([8, 8, 8]);
    expect(ignored).toEqual([
      { key: 'seed', text: 'x' },
      { key: 'scale', text: 'much' },
    ]);
  });

  test('nothing that can be read of the columns: they stay the first visit’s', () => {
    const { settings, ignored } = readAddress('scale=abc,def&rho=0&n=4');
    expect(settings).toEqual({ ...FIRST_VISIT, count: 4 });
    expect(ignored.map(({ key }) => key)).toEqual(['scale', 'rho', 'scale']);
    expect(readAddress('scale=abc&rho=5').settings.columns).toEqual([
      { ...DEFAULT_COLUMN, parameters: { rho: 5 } },
    ]);
  });

  test('what is wrong in every column is reported once', () => {
    expect(readAddress('scale=1,3,8&sampler=euler').ignored).toEqual([
      { key: 'sampler', text: 'euler' },
    ]);
  });

  test('long values are not read beyond a bound, and told in short', () => {
    for (const length of [5_000, 40_000]) {
      const text = 'x'.repeat(length);
      const query = ['draw=class:', 'scale=', 'sampler=', 'model=', 'rows=', 'curve=']
        .map((start) => `${start}${text}`)
        .join('&');
      const { settings, ignored } = readAddress(query);
      expect(settings).toEqual(FIRST_VISIT);
      expect(ignored.map(({ key }) => key).toSorted()).toEqual(
        ['curve', 'draw', 'model', 'rows', 'sampler', 'scale'].toSorted(),
      );
      for (const piece of ignored) expect(piece.text.length).toBeLessThan(80);
    }
    const many = Array.from({ length: 500 }, (_, k) => `x${k}`).join(',');
    expect(readAddress(`scale=${many}`).ignored.length).toBeLessThan(20);
    // No half of a pair of surrogates.
    const [emoji] = readAddress(`model=${encodeURIComponent('😀'.repeat(100))}`).ignored;
    expect(emoji!.text).not.toMatch(/\p{Surrogate}/u);
    expect(readAddress(`draw=prompt:${'y'.repeat(300)}`).ignored).toEqual([]);
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
      expect(readAddress(writeAddress(settings)), query).toEqual({ settings, ignored: [] });
    }
  });
});
