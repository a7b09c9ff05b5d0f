import { describe, expect, test } from 'vitest';
import { arrayFields, scaledNoise } from './fields';
import { gaussian } from './random';
import { checkedFields } from './testing/checked-fields';

const fields = arrayFields({ seeds: [5, 9], sampleSize: 3 });

function field(values: readonly number[]) {
  const made = fields.empty();
  made.data.set(values);
  return made;
}

describe('arrayFields', () => {
  test('lincomb adds any number of terms', () => {
    const unit = field([1, 2, 3, 4, 5, 6]);
    for (const count of [1, 2, 3, 4, 5]) {
      const terms = Array.from({ length: count }, (_, k) => [k + 1, unit] as const);
      const factor = (count * (count + 1)) / 2;
      expect([...fields.lincomb(terms).data]).toEqual([1, 2, 3, 4, 5, 6].map((x) => factor * x));
    }
  });

  test('lincomb takes one coefficient a sample', () => {
    const a = field([1, 1, 1, 1, 1, 1]);
    const b = field([1, 2, 3, 4, 5, 6]);
    const sum = fields.lincomb([
      [[10, 20], a],
      [Float64Array.of(1, -1), b],
      [100, a],
    ]);
    expect([...sum.data]).toEqual([111, 112, 113, 116, 115, 114]);
  });

  test('lincomb rounds once: terms are added in float64', () => {
    // In float32 each sum with 2^25 would lose the 1.
    const large = field([2 ** 25, 0, 0, 0, 0, 0]);
    const one = field([1, 0, 0, 0, 0, 0]);
    for (const ones of [1, 2, 3]) {
      const terms = Array.from({ length: ones }, () => [1, one] as const);
      expect(fields.lincomb([[1, large], ...terms, [-1, large]]).data[0]).toBe(ones);
    }
  });

  test('gram gives inner products and means of each sample', () => {
    const a = field([1, 2, 3, 0, 0, 6]);
    const b = field([1, 1, 1, 2, 2, 2]);
    const { inner, mean } = fields.gram([a, b]);
    expect(inner.map((row) => [...row])).toEqual([
      [14, 6, 6, 3],
      [36, 12, 12, 12],
    ]);
    expect(mean.map((row) => [...row])).toEqual([
      [2, 1],
      [2, 2],
    ]);
  });

  test('gram sums in float64', () => {
    const n = 1_000_000;
    const wide = arrayFields({ seeds: [0], sampleSize: n });
    const ones = wide.empty();
    ones.data.fill(0.1);
    const square = Math.fround(0.1) ** 2;
    const { inner, mean } = wide.gram([ones]);
    expect(Math.abs(inner[0]![0]! / (n * square) - 1)).toBeLessThan(1e-9);
    expect(Math.abs(mean[0]![0]! / Math.fround(0.1) - 1)).toBeLessThan(1e-9);
  });

  test('clamp limits every number, with one bound or one a sample', () => {
    const a = field([-3, 0.5, 3, -1, 1, 2]);
    expect([...fields.clamp(a, 1).data]).toEqual([-1, 0.5, 1, -1, 1, 1]);
    expect([...fields.clamp(a, [2, 0.5]).data]).toEqual([-2, 0.5, 2, -0.5, 0.5, 0.5]);
    expect([...a.data]).toEqual([-3, 0.5, 3, -1, 1, 2]);
    expect(fields.clamp(field([Number.NaN, 0, 0, 0, 0, 0]), 1).data[0]).toBeNaN();
    expect(() => fields.clamp(a, [1, -2])).toThrow('at least 0, got -2');
    expect(() => fields.clamp(a, Number.NaN)).toThrow('at least 0, got NaN');
    expect(() => fields.clamp(a, [1])).toThrow('2 entries, got 1');
  });

  // numpy.quantile(numpy.abs(a), q, axis=1)
  test.each([
    [1, [5, 4]],
    [0.5, [1, 2]],
    [0.75, [3, 3]],
    [0.9, [4.2, 3.6]],
  ])('absQuantile %d of |f|, interpolated', (q, wanted) => {
    const a = field([-1, 5, 0, 2, -4, 0]);
    const quantiles = fields.absQuantile(a, q);
    wanted.forEach((value, b) => {
      expect(quantiles[b]).toBeCloseTo(value, 12);
    });
    expect([...a.data]).toEqual([-1, 5, 0, 2, -4, 0]);
  });

  test.each([0, -0.1, 1.1, Number.NaN])('absQuantile refuses q = %d', (q) => {
    expect(() => fields.absQuantile(fields.empty(), q)).toThrow(`q in (0, 1], got ${q}`);
  });

  test('noise is the stream of each sample’s own seed', () => {
    const noise = fields.noise(4);
    expect(noise.data.slice(0, 3)).toEqual(gaussian(5, 4, 3));
    expect(noise.data.slice(3)).toEqual(gaussian(9, 4, 3));
    const alone = arrayFields({ seeds: [9], sampleSize: 3 });
    expect(alone.noise(4).data).toEqual(noise.data.slice(3));
  });

  test('recycles released buffers, and only once', () => {
    const first = field([1, 2, 3, 4, 5, 6]);
    const buffer = first.data;
    fields.release(first);
    expect(fields.lincomb([[2, field([1, 1, 1, 1, 1, 1])]]).data).not.toBe(fields.empty().data);
    const second = fields.empty();
    const reused = second.data;
    fields.release(second);
    expect(fields.empty().data).toBe(reused);
    expect(buffer).not.toBe(fields.empty().data);
    expect(() => fields.release(first)).toThrow('got a released field');
    expect(() => fields.lincomb([[1, first]])).toThrow('2 × 3 numbers, got a released field');
    expect(() => fields.gram([first])).toThrow('got a released field');
  });

  test('keeps few released buffers, however many network outputs it is given', () => {
    const own = arrayFields({ seeds: [1], sampleSize: 3 });
    const outputs: Float32Array[] = Array.from({ length: 50 }, () => new Float32Array(3));
    for (const data of outputs) own.release({ data, batch: 1, size: 3 });
    const reused = outputs.map(() => own.empty().data).filter((data) => outputs.includes(data));
    expect(reused).toHaveLength(8);
  });

  test('says what does not fit', () => {
    const other = arrayFields({ seeds: [1], sampleSize: 3 }).empty();
    expect(() => fields.lincomb([[1, other]])).toThrow('2 × 3 numbers, got 3 numbers');
    expect(() => fields.lincomb([])).toThrow('at least one term');
    expect(() => fields.lincomb([[[1], fields.empty()]])).toThrow('2 entries, got 1');
    expect(() => arrayFields({ seeds: [], sampleSize: 3 })).toThrow('at least one sample');
    expect(() => arrayFields({ seeds: [0.5], sampleSize: 3 })).toThrow('got 0.5');
    expect(() => arrayFields({ seeds: [1], sampleSize: 0 })).toThrow('got 0');
    expect(() => arrayFields({ seeds: [1], sampleSize: 6, shape: [1, 2, 2] })).toThrow(
      'shape must hold 6 numbers a sample, got 1 × 2 × 2',
    );
  });
});

describe('bands', () => {
  const image = (shape: readonly [number, number, number], seeds = [5, 9]) =>
    arrayFields({ seeds, sampleSize: shape.reduce((a, b) => a * b), shape });

  test.each([
    [[1, 28, 28], 3],
    [[1, 28, 28], 4],
    [[3, 7, 5], 3],
    [[2, 1, 9], 4],
    [[1, 1, 1], 3],
    [[1, 4, 4], 1],
  ] as const)('of %j: %d levels, which sum to the field', (shape, levels) => {
    const own = image(shape);
    const noise = own.noise(0);
    const bands = own.bands(noise, levels);
    expect(bands).toHaveLength(levels);
    noise.data.forEach((value, i) => {
      expect(bands.reduce((total, { data }) => total + data[i]!, 0)).toBeCloseTo(value, 5);
    });
    if (levels === 1) expect(bands[0]!.data).toEqual(noise.data);
  });

  test('a constant is all in the residual', () => {
    const own = image([2, 7, 6]);
    const constant = own.empty();
    constant.data.fill(0.25);
    const [fine, middle, coarse] = own.bands(constant, 3);
    expect(fine!.data.every((value) => value === 0)).toBe(true);
    expect(middle!.data.every((value) => value === 0)).toBe(true);
    expect(coarse!.data).toEqual(constant.data);
  });

  test('two levels of a row by hand: blur, every second pixel, interpolate', () => {
    const own = image([1, 1, 5], [1]);
    const row = own.empty();
    row.data.set([16, 0, 32, 0, 0]);
    // [1 4 6 4 1]/16 around pixels 0, 2 and 4, edges repeated:
    // (1 + 4 + 6)·16/16 + 32/16, (16 + 6·32)/16 and 32/16.
    const [a, b, c] = [13, 13, 2];
    const coarse = [a, (a + b) / 2, b, (b + c) / 2, c];
    const [fine, residual] = own.bands(row, 2);
    expect([...residual!.data]).toEqual(coarse);
    expect([...fine!.data]).toEqual([...row.data].map((value, i) => value - coarse[i]!));
  });

  test('rows and columns, channels and samples are treated alike and apart', () => {
    const tall = image([1, 6, 3], [1]);
    const wide = image([1, 3, 6], [1]);
    const noise = tall.noise(0);
    const turned = wide.empty();
    const at = (i: number) => (i % 3) * 6 + Math.floor(i / 3);
    noise.data.forEach((value, i) => {
      turned.data[at(i)] = value;
    });
    const [tallBands, wideBands] = [tall.bands(noise, 3), wide.bands(turned, 3)];
    tallBands.forEach(({ data }, level) => {
      data.forEach((value, i) => {
        expect(wideBands[level]!.data[at(i)]).toBeCloseTo(value, 6);
      });
    });
    // The same 36 numbers as two channels and as two samples.
    const channels = image([2, 6, 3], [1]);
    const samples = image([1, 6, 3], [1, 2]);
    const both = channels.noise(0);
    const copy = samples.empty();
    copy.data.set(both.data);
    expect(channels.bands(both, 3).map(({ data }) => data)).toEqual(
      samples.bands(copy, 3).map(({ data }) => data),
    );
  });

  test('needs a shape and a number of levels', () => {
    expect(() => fields.bands(fields.empty(), 2)).toThrow('needs the shape of the images');
    const own = image([1, 2, 2]);
    for (const levels of [0, 1.5, Number.NaN]) {
      expect(() => own.bands(own.empty(), levels)).toThrow(`at least 1, got ${levels}`);
    }
  });
});

describe('highPass', () => {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

  test.each([
    [0, 0, 0.05],
    [0, 3, 0.3],
    [2, 0, 0.3],
    [4, 2, 0.5],
    [1, 1, 0],
  ])('of %d half waves down and %d across above %d: the wave, weighted', (k, l, cutoff) => {
    const [height, width] = [6, 5];
    const own = arrayFields({
      seeds: [1],
      sampleSize: 2 * height * width,
      shape: [2, height, width],
    });
    const wave = own.empty();
    wave.data.forEach((_, i) => {
      const [y, x] = [Math.floor(i / width) % height, i % width];
      const value = (n: number, side: number, at: number) =>
        Math.cos((Math.PI * n * (at + 0.5)) / side);
      wave.data[i] = (i < height * width ? 1 : -2) * value(k, height, y) * value(l, width, x);
    });
    const kept = sigmoid(50 * (Math.hypot(k / height, l / width) - cutoff));
    own.highPass(wave, cutoff).data.forEach((value, i) => {
      expect(value).toBeCloseTo(kept * wave.data[i]!, 6);
    });
  });

  test('samples are treated apart', () => {
    const shape = [1, 4, 4] as const;
    const both = arrayFields({ seeds: [5, 9], sampleSize: 16, shape });
    const alone = arrayFields({ seeds: [9], sampleSize: 16, shape });
    const made = both.highPass(both.noise(0), 0.2).data;
    expect(made.subarray(16)).toEqual(alone.highPass(alone.noise(0), 0.2).data);
  });

  test('needs a shape and a cutoff', () => {
    expect(() => fields.highPass(fields.empty(), 0.1)).toThrow('needs the shape of the images');
    const own = arrayFields({ seeds: [1], sampleSize: 4, shape: [1, 2, 2] });
    for (const cutoff of [-0.1, Infinity, Number.NaN]) {
      expect(() => own.highPass(own.empty(), cutoff)).toThrow(`at least 0, got ${cutoff}`);
    }
  });
});

describe('scaledNoise', () => {
  test('multiplies the noise of the steps, not the starting noise, and leaks nothing', () => {
    const checked = checkedFields(fields);
    const half = scaledNoise(checked, 0.5);
    expect(half.noise(-1).data).toEqual(fields.noise(-1).data);
    const noise = fields.noise(3).data;
    expect(half.noise(3).data).toEqual(noise.map((value) => value / 2));
    expect(checked.liveCount()).toBe(2);
    expect(scaledNoise(checked, 1)).toBe(checked);
    expect(() => scaledNoise(checked, Number.NaN)).toThrow('must be finite, got NaN');
  });

  test('is the same algebra otherwise', async () => {
    const shaped = checkedFields(arrayFields({ seeds: [5], sampleSize: 4, shape: [1, 2, 2] }));
    const scaled = scaledNoise(shaped, 0);
    const x = shaped.noise(0);
    expect(scaled.lincomb([[2, x]]).data).toEqual(shaped.lincomb([[2, x]]).data);
    expect(scaled.clamp(x, 0.1).data).toEqual(shaped.clamp(x, 0.1).data);
    expect(await scaled.gram([x])).toEqual(await shaped.gram([x]));
    expect(await scaled.absQuantile(x, 0.5)).toEqual(shaped.absQuantile(x, 0.5));
    expect(scaled.bands(x, 2)).toEqual(shaped.bands(x, 2));
    expect(scaled.highPass(x, 0.2)).toEqual(shaped.highPass(x, 0.2));
    scaled.release(x);
    expect(() => scaled.release(x)).toThrow('not live');
  });
});

describe('checkedFields', () => {
  test('catches a late use, a double release and a leak', () => {
    const checked = checkedFields(arrayFields({ seeds: [1], sampleSize: 2 }));
    const noise = checked.noise(0);
    expect(checked.liveCount()).toBe(1);
    checked.release(noise);
    expect(checked.liveCount()).toBe(0);
    expect([...noise.data]).toEqual([Number.NaN, Number.NaN]);
    expect(() => checked.release(noise)).toThrow('not live');
    expect(() => checked.lincomb([[1, noise]])).toThrow('not live');
    expect(() => checked.clamp(noise, 1)).toThrow('not live');
    expect(() => checked.absQuantile(noise, 1)).toThrow('not live');
    expect(() => checked.bands(noise, 1)).toThrow('not live');
    expect(() => checked.highPass(noise, 0.1)).toThrow('not live');
  });

  test('counts what clamp, bands and highPass make', () => {
    const checked = checkedFields(arrayFields({ seeds: [1], sampleSize: 2, shape: [1, 1, 2] }));
    const noise = checked.noise(0);
    const filtered = checked.highPass(noise, 0.1);
    const made = [checked.clamp(noise, 1), ...checked.bands(noise, 3), filtered];
    expect(checked.liveCount()).toBe(6);
    for (const field of [noise, ...made]) checked.release(field);
    expect(checked.liveCount()).toBe(0);
  });
});
