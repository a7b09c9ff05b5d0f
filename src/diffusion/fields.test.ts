import { describe, expect, test } from 'vitest';
import { arrayFields } from './fields';
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
  });
});
