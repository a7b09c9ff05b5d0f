import { expect, test } from 'vitest';
import type { SamplerStep } from '../../diffusion/samplers/sampler';
import type { Commands } from './commands';
import type { GpuField, GpuFieldAlgebra } from './fields';
import { type Note, type ReadStep, readSteps } from './read-steps';

/** Fields whose buffers are arrays of one number, and a device that is as far as it is told. */
function fakeFields() {
  const live = new Set<GpuField>();
  const done: (() => void)[] = [];
  const field = (value = 0): GpuField => {
    const made = { buffer: [value] as unknown as GPUBuffer };
    live.add(made);
    return made;
  };
  const commands = {
    copy: (from: number[], _: number, to: number[]) => {
      to[0] = from[0]!;
    },
    flush: () => {},
    give: () => {},
    read: async (parts: readonly { buffer: number[] }[]) =>
      parts.map(({ buffer }) => Float32Array.from(buffer)),
    waited: <T>(answer: Promise<T>) => answer,
    device: {
      queue: {
        onSubmittedWorkDone: () => new Promise<void>((resolve) => done.push(resolve)),
      },
    },
  };
  const fields = {
    batch: 1,
    size: 1,
    commands: commands as unknown as Commands,
    empty: () => field(),
    bufferOf: ({ buffer }: GpuField) => buffer!,
    release: (one: GpuField) => {
      if (!live.delete(one)) throw new Error('released twice');
    },
  };
  return { fields: fields as unknown as GpuFieldAlgebra, field, live, done };
}

async function* stepsFrom(
  field: (value: number) => GpuField,
  count: number,
  begun: number[] = [],
): AsyncGenerator<SamplerStep<GpuField> & { stage: number }> {
  const x = field(0);
  const denoised = field(0);
  for (let step = 0; step < count; step++) {
    begun.push(step);
    (x.buffer as unknown as number[])[0] = 10 + step;
    (denoised.buffer as unknown as number[])[0] = 20 + step;
    yield { stage: 0, step, sigma: count - step - 1, x, denoised };
  }
}

test('every step arrives once, in order, with its own numbers and the start before the first', async () => {
  const { fields, field, live, done } = fakeFields();
  const start = field(5);
  const seen: ReadStep[] = [];
  const reading = (async () => {
    for await (const step of readSteps(stepsFrom(field, 5), fields, {
      start,
      everyStep: false,
      notes: [],
    })) {
      seen.push(step);
    }
  })();
  while (done.length < 5) {
    await new Promise((resolve) => setTimeout(resolve));
    for (const resolve of done) resolve();
  }
  await reading;
  expect(seen.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
  expect(seen.map(({ x }) => [...x])).toEqual([[10], [11], [12], [13], [14]]);
  expect(seen.map(({ denoised }) => [...denoised])).toEqual([[20], [21], [22], [23], [24]]);
  expect(seen.map((step) => step.start && [...step.start])).toEqual([
    [5],
    ...Array(4).fill(undefined),
  ]);
  // What the run itself made, and nothing that was copied of it.
  expect(live.size).toBe(3);
});

test('no step begins while two before it are not done', async () => {
  const { fields, field, done } = fakeFields();
  const begun: number[] = [];
  const steps = readSteps(stepsFrom(field, 9, begun), fields, {
    start: field(0),
    everyStep: false,
    notes: [],
  });
  const first = steps.next();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(begun).toEqual([0, 1]);
  done[0]!();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(begun).toEqual([0, 1, 2]);
  while (done.length < 9) {
    for (const resolve of done) resolve();
    await new Promise((resolve) => setTimeout(resolve));
  }
  for (const resolve of done) resolve();
  await first;
  await steps.return();
});

test('asked for every step, it has read one before the next begins', async () => {
  const { fields, field, done } = fakeFields();
  const begun: number[] = [];
  const steps = readSteps(stepsFrom(field, 3, begun), fields, {
    start: field(0),
    everyStep: true,
    notes: [],
  });
  await steps.next();
  expect(begun).toEqual([0]);
  await Promise.all([steps.next(), new Promise<void>((r) => setTimeout(r)).then(() => done[0]!())]);
  expect(begun).toEqual([0, 1]);
  await steps.return();
});

test('notes are told with the step that they were made in, before it is passed on', async () => {
  const { fields, field, done } = fakeFields();
  const log: string[] = [];
  const notes: Note[] = [];
  async function* noting() {
    for await (const step of stepsFrom(field, 3)) {
      for (let evaluation = 0; evaluation < 2; evaluation++) {
        notes.push({
          buffer: [100 * step.step + evaluation] as unknown as GPUBuffer,
          numbers: 1,
          tell: (numbers) => log.push(`note ${numbers[0]}`),
        });
      }
      yield step;
    }
  }
  const reading = (async () => {
    const options = { start: field(0), everyStep: false, notes };
    for await (const { step } of readSteps(noting(), fields, options)) log.push(`step ${step}`);
  })();
  while (done.length < 3) {
    await new Promise((resolve) => setTimeout(resolve));
    for (const resolve of done) resolve();
  }
  await reading;
  expect(log).toEqual(
    [0, 1, 2].flatMap((k) => [`note ${100 * k}`, `note ${100 * k + 1}`, `step ${k}`]),
  );
});

test('a run that is given up or fails leaves no copy behind', async () => {
  const { fields, field, live } = fakeFields();
  async function* failing() {
    yield* stepsFrom(field, 1);
    throw new Error('the device is lost');
  }
  const start = field(0);
  const steps = readSteps(failing(), fields, { start, everyStep: false, notes: [] });
  await expect(steps.next()).rejects.toThrow('the device is lost');
  expect(live.size).toBe(3);
});
