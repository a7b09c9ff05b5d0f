import { describe, expect, test } from 'vitest';
import type { PromptStates } from '../diffusion/conditioning';
import { DEFAULT_RUN } from '../diffusion/run';
import type { DenoiserManifest } from '../networks/manifest';
import { drawFilm } from './answer-film';
import { Aborted, type Network, type Rows } from './network';
import type { Frame, SampleSettings } from './protocol';
import { type RunNetworks, runSampler } from './run';
import { StageMemory } from './stage-memory';

const conditioning = ['text', 'mask'];
const sigma = { min: 0.002, max: 80 };
const base = { shape: [1, 2, 2], classes: [], sigma, conditioning } as unknown as DenoiserManifest;
const enlarging = {
  ...base,
  shape: [1, 4, 4],
  conditioning: [...conditioning, 'low', 'augmentation'],
} as unknown as DenoiserManifest;

/** Two prompts of one token, the numbers 1 and -1. */
const prompts: PromptStates = {
  text: Float32Array.of(1, -1),
  mask: Float32Array.of(1, 1),
  tokens: 1,
  width: 1,
};

type Inputs = Readonly<Record<string, Rows>>;

/** Answers number by number, from x, its place and its row; notes its inputs. */
function fake(answer: (x: number, i: number, row: number, inputs: Inputs) => number, size: number) {
  const asked: Inputs[] = [];
  const network: Network = {
    async run(inputs, rows) {
      asked.push(inputs);
      expect(inputs.x!.data).toHaveLength(rows * size);
      const numbers = inputs.x!.data.map((x, i) =>
        answer(x, i % size, Math.floor(i / size), inputs),
      );
      return { denoised: numbers };
    },
    busyMs: 0,
    release: async () => {},
  };
  return { network, asked };
}

function cascade() {
  const first = fake((x, i, row, { text }) => Math.tanh(x / 9 + text!.data[row]! / (2 + i)), 4);
  // Each pixel of the small picture repeated, darker where there is no text.
  const second = fake((_, i, row, { low, mask }) => {
    const [y, x] = [Math.floor(i / 8), Math.floor((i % 4) / 2)];
    return low!.data[4 * row + 2 * y + x]! - 0.25 * (1 - mask!.data[row]!);
  }, 16);
  const networks: RunNetworks = {
    network: first.network,
    manifest: base,
    prompts,
    upsamplers: [async () => ({ network: second.network, manifest: enlarging })],
  };
  return { networks, first, second };
}

const stage = { ...DEFAULT_RUN, sampler: 'ddim', numSteps: 2, guidanceScale: 3, augmentation: 0 };
const settings: SampleSettings = {
  ...DEFAULT_RUN,
  sampler: 'ddim',
  numSteps: 3,
  guidanceScale: 2,
  seeds: [7, 8],
  prompts: ['bright', 'dark'],
  labels: [0, 1],
  stages: [stage],
};

async function drawn(changes: Partial<SampleSettings> = {}, memory?: StageMemory) {
  const { networks, ...fakes } = cascade();
  const frames: Frame[] = [];
  const asked = { ...settings, ...changes };
  const upsamplers = networks.upsamplers!.slice(0, asked.stages?.length ?? 0);
  const run = await runSampler(
    { ...networks, upsamplers, stages: memory },
    asked,
    (frame) => frames.push(frame),
    () => false,
  );
  return { ...run, ...fakes, frames: [...frames, run.frame] };
}

describe('a run through the stages of a cascade', () => {
  test('has the frames of all stages in one row, each of its stage’s shape', async () => {
    const { frames, samples, figures } = await drawn();
    expect(frames.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(frames.map(({ shape }) => shape[1])).toEqual([2, 2, 2, 2, 4, 4, 4]);
    expect(frames.map((frame) => frame.sigma === 0)).toEqual([
      ...[false, false, false, true],
      ...[false, false, true],
    ]);
    for (const frame of frames) expect(frame.denoised).toHaveLength(2 * frame.shape[1] ** 2);
    expect(samples).toHaveLength(2 * 16);
    // Three guided steps, and two.
    expect(figures.nfe).toBe(2 * 3 + 2 * 2);
  });

  test('enlarges what the stage before has drawn, guided by the text alone', async () => {
    const { frames, samples, second } = await drawn();
    const small = frames[3]!.x;
    const { samples: alone } = await drawn({ stages: [] });
    for (let row = 0; row < 2; row++) {
      for (let i = 0; i < 16; i++) {
        const from = 4 * row + 2 * Math.floor(i / 8) + Math.floor((i % 4) / 2);
        // cond + (s - 1) (cond - uncond), which differ by a quarter.
        expect(samples[16 * row + i]).toBeCloseTo(alone[from]! + 2 * 0.25, 4);
        expect(small[from]).toBeGreaterThanOrEqual(0);
      }
    }
    const { low, mask, augmentation } = second.asked[0]!;
    expect(low!.data.slice(0, 8)).toEqual(low!.data.slice(8));
    expect([...mask!.data]).toEqual([1, 1, 0, 0]);
    expect([...augmentation!.data]).toEqual([0, 0, 0, 0]);
  });

  test('adds noise to that picture at the level asked for', async () => {
    const usual = await drawn();
    const noisy = await drawn({ stages: [{ ...stage, augmentation: 0.4 }] });
    const apart = noisy.samples.map((x, i) => Math.abs(x - usual.samples[i]!));
    expect(apart.reduce((a, b) => a + b) / apart.length).toBeGreaterThan(0.1);
    expect(noisy.second.asked[0]!.augmentation!.data[0]).toBeCloseTo(0.4);
    expect(noisy.frames[3]).toEqual(usual.frames[3]);
  });

  test('ends with the stage asked for', async () => {
    const { frames, samples, second } = await drawn({ stages: [] });
    expect(frames).toHaveLength(4);
    expect(samples).toHaveLength(2 * 4);
    expect(second.asked).toHaveLength(0);
  });

  test('stops in any stage', async () => {
    const { networks } = cascade();
    let steps = 0;
    const run = runSampler(
      networks,
      settings,
      () => {
        steps++;
      },
      () => steps === 5,
    );
    await expect(run).rejects.toThrow(Aborted);
    expect(steps).toBe(5);
  });
});

describe('a run whose first stage is remembered', () => {
  const other = { stages: [{ ...stage, guidanceScale: 6 }] };

  test('goes on from there, and is seen as if it did not', async () => {
    const memory = new StageMemory();
    const alone = await drawn(other);
    await drawn({}, memory);
    const again = await drawn(other, memory);
    expect(again.first.asked).toHaveLength(0);
    expect(again.second.asked).toHaveLength(2);
    expect(again.samples).toEqual(alone.samples);
    expect(again.frames).toEqual(alone.frames);
    expect(again.figures.nfe).toBe(alone.figures.nfe);
  });

  test('begins anew where anything of that stage differs, or it was forgotten', async () => {
    const memory = new StageMemory();
    await drawn({}, memory);
    for (const changes of [
      { guidanceScale: 3 },
      { seeds: [7, 9] },
      { prompts: ['grey', 'dark'] },
    ]) {
      expect((await drawn(changes, memory)).first.asked.length).toBeGreaterThan(0);
    }
    const small = new StageMemory(100);
    await drawn({}, small);
    expect((await drawn(other, small)).first.asked).toHaveLength(3);
  });
});

test('a stage that cannot be had fails after the one before has been seen', async () => {
  const { networks } = cascade();
  const frames: Frame[] = [];
  const upsamplers = [() => Promise.reject(new Error('pictures-4/model.onnx is missing'))];
  const run = runSampler(
    { ...networks, upsamplers },
    settings,
    (frame) => frames.push(frame),
    () => false,
  );
  await expect(run).rejects.toThrow('pictures-4/model.onnx is missing');
  expect(frames.map(({ sigma }) => sigma === 0)).toEqual([false, false, false, true]);
});

test('a film of a cascade ends in the pixels of runs alone, and shares their network runs', async () => {
  const { networks, first, second } = cascade();
  const scales = [1, 3, 5];
  const takes = await drawFilm(networks, settings, scales, async () => false);
  const together = first.asked.length + second.asked.length;
  for (const [i, guidanceScale] of scales.entries()) {
    const alone = await drawn({ guidanceScale });
    expect(takes[i]!.samples).toEqual(alone.samples);
    expect(takes[i]!.frames).toEqual(alone.frames);
  }
  expect(together).toBe(3 + 2);
});
