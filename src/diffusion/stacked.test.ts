import { describe, expect, test } from 'vitest';
import { arrayFields } from './fields';
import type { GuidancePoint } from './guidance/rule';
import { labelRows, stackedEvaluate } from './stacked';

const at: GuidancePoint = { step: 0, stage: 0, sigma: 2, sigmaDown: 1, guidanceScale: 3 };

function setUp(labels: readonly number[]) {
  const fields = arrayFields({ seeds: labels.map((_, i) => i), sampleSize: 3 });
  const calls: { x: Float32Array; sigma: Float32Array; label: Float32Array }[] = [];
  // Tells rows apart: x plus ten times the class.
  const forward = async (x: Float32Array, sigma: Float32Array, label: Float32Array) => {
    calls.push({ x, sigma, label });
    const width = label.length / sigma.length;
    return x.map((value, i) => {
      const row = Math.floor(i / 3);
      return value + 10 * label.subarray(row * width, (row + 1) * width).indexOf(1);
    });
  };
  return { fields, calls, evaluate: stackedEvaluate({ forward, labels, numClasses: 4, fields }) };
}

describe('stackedEvaluate', () => {
  test('asks the network once for both predictions and takes them apart', async () => {
    const { fields, calls, evaluate } = setUp([1, 3]);
    const x = fields.noise(-1);
    const { cond, uncond } = await evaluate(x, 2, ['uncond', 'cond'], at);
    expect(calls).toHaveLength(1);
    expect(calls[0]!.sigma).toEqual(new Float32Array([2, 2, 2, 2]));
    x.data.forEach((value, i) => {
      expect(cond!.data[i]).toBeCloseTo(value + 10 * [1, 3][Math.floor(i / 3)]!, 5);
      expect(uncond!.data[i]).toBeCloseTo(value + 40, 5);
    });
  });

  test('asks for one prediction without copying x', async () => {
    const { fields, calls, evaluate } = setUp([0, 2]);
    const x = fields.noise(-1);
    await evaluate(x, 2, ['cond'], at);
    expect(calls[0]!.x).toBe(x.data);
    expect(calls[0]!.label).toEqual(labelRows([0, 2], 4));
  });

  test('asks the weak network for its own, with the class', async () => {
    const fields = arrayFields({ seeds: [5], sampleSize: 3 });
    const plus = (shift: number) => async (x: Float32Array, _: Float32Array, label: Float32Array) =>
      x.map((value) => value + shift + label.indexOf(1));
    const options = { labels: [2], numClasses: 4, fields, forward: plus(0), weak: plus(100) };
    const x = fields.noise(-1);
    const { cond, weak } = await stackedEvaluate(options)(x, 2, ['cond', 'weak'], at);
    x.data.forEach((value, i) => {
      expect(cond!.data[i]).toBeCloseTo(value + 2, 5);
      expect(weak!.data[i]).toBeCloseTo(value + 102, 4);
    });
  });

  test('names a prediction that the network cannot give', async () => {
    const { fields, evaluate } = setUp([0]);
    await expect(evaluate(fields.noise(-1), 2, ['weak'], at)).rejects.toThrow('"weak"');
  });
});

describe('labelRows', () => {
  test('is one-hot, with the null label last', () => {
    expect([...labelRows([2, 0, 3], 3)]).toEqual([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });

  test.each([-1, 4, 1.5, Number.NaN])('refuses %d of three classes', (label) => {
    expect(() => labelRows([label], 3)).toThrow(`got ${label}`);
  });
});
