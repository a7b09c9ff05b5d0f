import { describe, expect, test } from 'vitest';
import { arrayFields } from './fields';
import { findGuidanceRule } from './guidance';
import type { Prediction } from './guidance/rule';
import { LossWatch, lostSamples } from './lost';
import { createRun, DEFAULT_RUN, type RunSettings } from './run';
import { checkedFields } from './testing/checked-fields';

const RANGE = { sigmaMin: 0.01, sigmaMax: 80 };

/** Two samples of two numbers, drawn by predictions that are 0.5 but for those that are spoilt. */
async function watched(
  changes: Partial<RunSettings>,
  spoil: (name: Prediction, step: number, stage: number) => number | undefined,
) {
  const settings: RunSettings = {
    ...{ ...DEFAULT_RUN, sampler: 'ddim', numSteps: 4, guidanceScale: 3 },
    ...changes,
  };
  const fields = checkedFields(arrayFields({ seeds: [7, 8], sampleSize: 2 }));
  const watch = new LossWatch();
  const run = createRun({
    settings,
    range: RANGE,
    fields,
    observer: watch.observer(findGuidanceRule(settings.guidance), settings.parameters),
    evaluate: (x, _sigma, needs, { step, stage }) =>
      Object.fromEntries(
        needs.map((name) => {
          const field = fields.lincomb([[0, x]]);
          field.data.fill(0.5);
          const spoilt = spoil(name, step, stage);
          // Of the second sample, its last number.
          if (spoilt !== undefined) field.data[3] = spoilt;
          return [name, field];
        }),
      ),
  });
  let samples = new Float32Array(0);
  let last = 0;
  for await (const { x, step } of run.steps(run.start())) {
    samples = x.data.slice();
    last = step;
  }
  watch.drawn({ data: samples, batch: 2, size: 2 }, 0, last);
  return { lost: watch.lost, samples: [...samples] };
}

const LOST = [0.5, 0.5, Number.NaN, Number.NaN];

describe('a sample is lost', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e30, -1e30])(
    'by a network that gives %d',
    async (bad) => {
      const at = (name: Prediction, step: number) =>
        name === 'cond' && step === 2 ? bad : undefined;
      const { lost, samples } = await watched({}, at);
      expect(lost).toEqual([{ sample: 1, stage: 0, step: 2, by: 'cond' }]);
      expect(samples).toEqual(LOST);
    },
  );

  test('by what the guidance leads away from', async () => {
    const { lost } = await watched({}, (name, step) =>
      name === 'uncond' && step === 1 ? Number.NaN : undefined,
    );
    expect(lost).toEqual([{ sample: 1, stage: 0, step: 1, by: 'uncond' }]);
  });

  test('at the second evaluation of a step', async () => {
    const { lost } = await watched({ sampler: 'heun' }, (_, step, stage) =>
      step === 1 && stage === 1 ? Number.NaN : undefined,
    );
    expect(lost).toEqual([{ sample: 1, stage: 0, step: 1, by: 'cond' }]);
  });

  test('though a threshold makes a finite picture of infinity', async () => {
    const { lost, samples } = await watched({ threshold: { kind: 'static' } }, (name, step) =>
      name === 'cond' && step === 3 ? Number.POSITIVE_INFINITY : undefined,
    );
    expect(lost).toEqual([{ sample: 1, stage: 0, step: 3, by: 'cond' }]);
    expect(samples).toEqual(LOST);
  });

  test('by the guidance, where the predictions are whole', async () => {
    const { lost } = await watched({ guidanceScale: 1e8 }, (name, step) =>
      name === 'uncond' && step === 1 ? 0.4 : undefined,
    );
    expect(lost).toEqual([{ sample: 1, stage: 0, step: 1, by: 'guidance' }]);
  });

  test('by the guidance, which had driven it where the network knows nothing', async () => {
    const { lost } = await watched({ guidanceScale: 1e6 }, (name, step) => {
      if (step === 1) return name === 'uncond' ? 0.4 : undefined;
      return step === 2 ? Number.NaN : undefined;
    });
    expect(lost).toEqual([{ sample: 1, stage: 0, step: 2, by: 'guidance' }]);
  });
});

describe('none is lost', () => {
  test('at the scales of the page, nor by a steep gradient of a classifier', async () => {
    expect((await watched({ guidanceScale: 15 }, () => -1)).lost).toEqual([]);
    const steep = await watched({ guidance: 'classifier' }, (name) =>
      name === 'classifier' ? 1e7 : undefined,
    );
    expect(steep.lost.map(({ by }) => by)).toEqual(['guidance']);
  });

  test('by a prediction that is evaluated to be looked at', async () => {
    const watch = new LossWatch();
    const { observe } = watch.observer(findGuidanceRule('conditional'), {});
    const field = (value: number) => ({ data: Float32Array.of(value), batch: 1, size: 1 });
    const at = { step: 0, stage: 0, sigma: 1, sigmaDown: 0.5, guidanceScale: 1 } as const;
    const predictions = { cond: field(0.5), classifier: field(Number.NaN) };
    await observe({ predictions, guided: field(0.5), x: field(1), at });
    expect(watch.lost).toEqual([]);
  });
});

test('tells of each loss once, and goes on from what stages before have lost', () => {
  let told = 0;
  const before = [{ sample: 0, stage: 0, step: 3, by: 'cond' }] as const;
  const watch = new LossWatch(() => told++, before);
  const samples = { data: Float32Array.of(0.5, Number.NaN, 0.25), batch: 3, size: 1 };
  watch.drawn(samples, 1, 2);
  watch.drawn(samples, 1, 2);
  expect(told).toBe(1);
  expect(watch.lost).toEqual([...before, { sample: 1, stage: 1, step: 2, by: 'guidance' }]);
  expect([...samples.data]).toEqual([Number.NaN, Number.NaN, 0.25]);
});

test('samples with numbers that are not finite', () => {
  const samples = Float32Array.of(0, Number.NaN, 1e30, 1, Number.NEGATIVE_INFINITY, 0);
  expect(lostSamples(samples, 3)).toEqual([0, 2]);
});
