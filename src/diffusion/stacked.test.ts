import { describe, expect, test } from 'vitest';
import {
  byLabel,
  type Conditioning,
  classConditioning,
  labelRows,
  runConditioning,
} from './conditioning';
import { arrayFields } from './fields';
import type { GuidancePoint } from './guidance/rule';
import { randomLabels } from './random';
import { stackedEvaluate } from './stacked';
import { checkedFields } from './testing/checked-fields';

const at: GuidancePoint = { step: 0, stage: 0, sigma: 2, sigmaDown: 1, guidanceScale: 3 };

function setUp(labels: readonly number[]) {
  const fields = arrayFields({ seeds: labels.map((_, i) => i), sampleSize: 3 });
  const calls: { x: Float32Array; sigma: Float32Array; label: Float32Array }[] = [];
  // Tells rows apart: x plus ten times the class.
  const forward = async (x: Float32Array, sigma: Float32Array, rows: Conditioning) => {
    const label = rows.label!.data;
    calls.push({ x, sigma, label });
    const width = label.length / sigma.length;
    return x.map((value, i) => {
      const row = Math.floor(i / 3);
      return value + 10 * label.subarray(row * width, (row + 1) * width).indexOf(1);
    });
  };
  const conditioning = classConditioning({ labels, numClasses: 4 });
  return { fields, calls, evaluate: stackedEvaluate({ forward, ...conditioning, fields }) };
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
    const plus =
      (shift: number) =>
      async (x: Float32Array, _: Float32Array, { label }: Conditioning) =>
        x.map((value) => value + shift + label!.data.indexOf(1));
    const conditioning = classConditioning({ labels: [2], numClasses: 4 });
    const options = { ...conditioning, fields, forward: plus(0), weak: plus(100) };
    const x = fields.noise(-1);
    const { cond, weak } = await stackedEvaluate(options)(x, 2, ['cond', 'weak'], at);
    x.data.forEach((value, i) => {
      expect(cond!.data[i]).toBeCloseTo(value + 2, 5);
      expect(weak!.data[i]).toBeCloseTo(value + 102, 4);
    });
  });

  test('asks the classifiers for their own, with the class', async () => {
    const fields = arrayFields({ seeds: [5], sampleSize: 3 });
    const plus =
      (shift: number) =>
      async (x: Float32Array, _: Float32Array, { label }: Conditioning) =>
        x.map((value) => value + shift + label!.data.indexOf(1));
    const networks = { forward: plus(0), classifier: plus(100), smallClassifier: plus(200) };
    const conditioning = classConditioning({ labels: [2], numClasses: 4 });
    const evaluate = stackedEvaluate({ ...networks, ...conditioning, fields });
    const x = fields.noise(-1);
    const needs = ['uncond', 'classifier', 'smallClassifier'] as const;
    const made = await evaluate(x, 2, needs, at);
    x.data.forEach((value, i) => {
      expect(made.uncond!.data[i]).toBeCloseTo(value + 4, 5);
      expect(made.classifier!.data[i]).toBeCloseTo(value + 102, 4);
      expect(made.smallClassifier!.data[i]).toBeCloseTo(value + 202, 4);
    });
  });

  /** The label rows that each network was asked with. */
  async function rowsAsked(options: Partial<Parameters<typeof classConditioning>[0]>) {
    const fields = arrayFields({ seeds: [5, 6], sampleSize: 3 });
    const rows: Record<string, number[]> = {};
    const noting =
      (name: string) =>
      async (x: Float32Array, _: Float32Array, { label }: Conditioning) => {
        rows[name] = [...label!.data].map((value) => Math.round(value * 1e6) / 1e6);
        return x;
      };
    const networks = { forward: noting('forward'), weak: noting('weak') };
    const classifiers = { classifier: noting('large'), smallClassifier: noting('small') };
    const conditioning = classConditioning({ labels: [0, 1], numClasses: 2, ...options });
    const evaluate = stackedEvaluate({ fields, ...conditioning, ...networks, ...classifiers });
    const all = ['cond', 'uncond', 'weak', 'classifier', 'smallClassifier'] as const;
    await evaluate(fields.noise(-1), 2, all, at);
    return rows;
  }

  test('a negative class stands in for the null label, of uncond alone', async () => {
    const cond = [1, 0, 0, 0, 1, 0];
    expect(await rowsAsked({ negative: 1 })).toEqual({
      forward: [...cond, 0, 1, 0, 0, 1, 0],
      weak: cond,
      large: cond,
      small: cond,
    });
  });

  test('a mix goes into every row but the unconditional ones', async () => {
    const cond = [0.7, 0.3, 0, 0, 1, 0];
    expect(await rowsAsked({ mix: { with: 1, share: 0.3 } })).toEqual({
      forward: [...cond, 0, 0, 1, 0, 0, 1],
      weak: cond,
      large: cond,
      small: cond,
    });
  });

  test('says what does not fit', async () => {
    await expect(rowsAsked({ negative: 3 })).rejects.toThrow('negative: needs a class 0 … 2');
    await expect(rowsAsked({ negative: 0.5 })).rejects.toThrow('got 0.5');
    await expect(rowsAsked({ mix: { with: 7, share: 0 } })).rejects.toThrow('mix: needs a class');
    for (const share of [-0.1, 1.1, Number.NaN]) {
      await expect(rowsAsked({ mix: { with: 1, share } })).rejects.toThrow(
        `mix: needs a share within [0, 1], got ${share}`,
      );
    }
  });

  test('releases what it has when a network fails or is missing', async () => {
    const fields = checkedFields(arrayFields({ seeds: [5], sampleSize: 3 }));
    const conditioning = classConditioning({ labels: [0], numClasses: 2 });
    const options = { ...conditioning, fields, weak: async (x: Float32Array) => x };
    const failing = async () => {
      throw new Error('lost device');
    };
    const x = fields.noise(-1);
    const evaluate = stackedEvaluate({ ...options, forward: failing });
    await expect(evaluate(x, 2, ['weak', 'cond'], at)).rejects.toThrow('lost device');
    await expect(evaluate(x, 2, ['weak', 'classifier'], at)).rejects.toThrow('"classifier"');
    expect(fields.liveCount()).toBe(1);
  });

  test('names a prediction that the network cannot give', async () => {
    const { fields, evaluate } = setUp([0]);
    await expect(evaluate(fields.noise(-1), 2, ['weak'], at)).rejects.toThrow('"weak"');
  });
});

describe('what else a denoiser can say', () => {
  const fields = arrayFields({ seeds: [5, 6], sampleSize: 3 });
  const manifest = { classes: ['A', 'B', 'C'], conditioning: ['label', 'perturb'] };
  const conditioning = runConditioning({ labels: [0, 1] }, manifest, undefined);

  test('with its attention disturbed: in the same batch, the same but for the input perturb', async () => {
    const asked: Conditioning[] = [];
    const forward = async (x: Float32Array, _: Float32Array, rows: Conditioning) => {
      asked.push(rows);
      return x.map((value, i) => value + rows.perturb!.data[Math.floor(i / 3)]!);
    };
    const evaluate = stackedEvaluate({ forward, ...conditioning, fields });
    const x = fields.noise(-1);
    const { cond, perturbed } = await evaluate(x, 2, ['cond', 'perturbed'], at);
    expect(asked).toHaveLength(1);
    expect([...asked[0]!.perturb!.data]).toEqual([0, 0, 1, 1]);
    expect([...asked[0]!.label!.data]).toEqual([...labelRows([0, 1, 0, 1], 3)]);
    expect(cond!.data).toEqual(x.data);
    x.data.forEach((value, i) => {
      expect(perturbed!.data[i]).toBeCloseTo(value + 1, 5);
    });
  });

  test('with a random class, undisturbed', async () => {
    const asked: Conditioning[] = [];
    const forward = async (x: Float32Array, _: Float32Array, rows: Conditioning) => {
      asked.push(rows);
      return x;
    };
    const evaluate = stackedEvaluate({ forward, ...conditioning, fields });
    for (const step of [0, 1, 2]) await evaluate(fields.noise(-1), 2, ['random'], { ...at, step });
    expect(asked.map(({ label }) => [...label!.data])).toEqual(
      [0, 1, 2].map((step) => [...labelRows(randomLabels([5, 6], step, 3), 3)]),
    );
    expect([...asked[0]!.perturb!.data]).toEqual([0, 0]);
  });

  test('by a head in its middle: one evaluation gives both', async () => {
    let evaluations = 0;
    const forwardBoth = async (x: Float32Array) => {
      evaluations++;
      return { denoised: x.map((value) => value + 1), auxiliary: x.map((value) => value + 2) };
    };
    const forward = async () => {
      throw new Error('not to be asked');
    };
    const evaluate = stackedEvaluate({ forward, forwardBoth, ...conditioning, fields });
    const x = fields.noise(-1);
    const made = await evaluate(x, 2, ['uncond', 'cond', 'auxiliary'], at);
    expect(evaluations).toBe(1);
    x.data.forEach((value, i) => {
      expect(made.uncond!.data[i]).toBeCloseTo(value + 1, 5);
      expect(made.cond!.data[i]).toBeCloseTo(value + 1, 5);
      expect(made.auxiliary!.data[i]).toBeCloseTo(value + 2, 5);
    });
  });

  test('is refused of a network that cannot, and nothing leaks', async () => {
    const checked = checkedFields(fields);
    const x = checked.noise(-1);
    const states = { text: new Float32Array(4), mask: new Float32Array(2), tokens: 2, width: 2 };
    const prompted = runConditioning({ labels: [0, 0] }, { classes: [] }, states);
    const weak = async (y: Float32Array) => y;
    const options = { forward: weak, weak, ...prompted, fields: checked };
    const evaluate = stackedEvaluate(options);
    await expect(evaluate(x, 2, ['weak', 'random'], at)).rejects.toThrow('a network with classes');
    await expect(evaluate(x, 2, ['perturbed'], at)).rejects.toThrow('an input "perturb"');
    await expect(evaluate(x, 2, ['cond', 'auxiliary'], at)).rejects.toThrow('a head in its middle');
    expect(checked.liveCount()).toBe(1);
  });
});

test('named rows of any length go below each other, beside the label', async () => {
  const fields = arrayFields({ seeds: [5, 6], sampleSize: 3 });
  const low = (value: number) => ({ data: new Float32Array(8).fill(value), dims: [1, 2, 2] });
  const asked: Conditioning[] = [];
  const evaluate = stackedEvaluate({
    forward: async (x, _, rows) => {
      asked.push(rows);
      return x;
    },
    cond: { ...byLabel([0, 1], 2), low: low(7) },
    uncond: { ...byLabel([2, 2], 2), low: low(0) },
    fields,
  });
  await evaluate(fields.noise(-1), 2, ['cond', 'uncond'], at);
  const [{ label, low: lows }] = asked as [Conditioning];
  expect([...label!.data]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1]);
  expect(lows).toEqual({
    data: Float32Array.of(...Array(8).fill(7), ...Array(8).fill(0)),
    dims: [1, 2, 2],
  });
});

test('a student sees the class and the scale of the step, one evaluation a sample', async () => {
  const labels = [1, 3];
  const fields = arrayFields({ seeds: labels, sampleSize: 3 });
  const seen: Conditioning[] = [];
  const student = async (x: Float32Array, _sigma: Float32Array, rows: Conditioning) => {
    seen.push(rows);
    return x.map((value, i) => value + 10 * rows.scale!.data[Math.floor(i / 3)]!);
  };
  const evaluate = stackedEvaluate({
    forward: () => Promise.reject(new Error('the denoiser is not asked')),
    distilled: student,
    ...classConditioning({ labels, numClasses: 4 }),
    fields,
  });
  const x = fields.noise(-1);
  const { distilled } = await evaluate(x, 2, ['distilled'], { ...at, guidanceScale: 2.5 });
  expect([...distilled!.data]).toEqual([...x.data.map((value) => value + 25)]);
  expect(seen).toHaveLength(1);
  expect(seen[0]!.label!.data).toEqual(labelRows(labels, 4));
  expect(seen[0]!.scale).toEqual({ data: new Float32Array([2.5, 2.5]), dims: [] });
  await expect(evaluate(x, 2, ['fast'], at)).rejects.toThrow('"fast" needs a network');
});
