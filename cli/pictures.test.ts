import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { StageSettings } from '../src/diffusion/cascade';
import { DEFAULT_RUN } from '../src/diffusion/run';
import { type DrawnStage, generate } from './generate';
import { judgeSamples } from './judge';
import { encodePrompts } from './prompts';
import { type NodeNetwork, openNetwork } from './runtime';
import { askedStages, openStages } from './stages';

// What the cascade that is shipped draws: its captions and docs say no more than is tested here.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MODEL = 'pictures';
const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7];
/** Backgrounds as training/drawings.py paints them, a tenth of the range to either side. */
const GROUNDS = { blue: [40, 80, 195], green: [50, 150, 60], purple: [125, 60, 165] } as const;

let network: NodeNetwork;
let stages: DrawnStage[];

beforeAll(async () => {
  network = await openNetwork(MODEL, { threads: 2 });
  stages = await openStages(askedStages({ model: MODEL, asked: [] }, network.manifest), {
    threads: 2,
  });
});

afterAll(async () => {
  for (const { network: opened } of [{ network }, ...stages]) await opened.release();
});

/** Eight samples of each prompt, prompt by prompt, after as many stages as there are changes of them. */
async function draw(
  prompts: readonly string[],
  guidanceScale: number,
  changes: readonly Partial<StageSettings>[],
) {
  const { states } = await encodePrompts(prompts, network.manifest.prompts!, { threads: 2 });
  const jobs = prompts.flatMap((_, label) => SEEDS.map((seed) => ({ label, seed })));
  const enlarging = changes.map((change, k) => ({
    network: stages[k]!.network,
    settings: { ...stages[k]!.settings, ...change },
  }));
  const settings = { ...DEFAULT_RUN, guidanceScale, batch: jobs.length };
  const drawn = await generate(network, jobs, { ...settings, prompts: states, enlarging });
  return { ...drawn, states, labels: jobs.map(({ label }) => label) };
}

/** Pictures [n, 3, side, side] at half the side, by area. */
function halved(pictures: Float32Array, side: number): Float32Array {
  const half = side / 2;
  const out = new Float32Array(pictures.length / 4);
  for (let i = 0; i < out.length; i++) {
    const [plane, y, x] = [Math.floor(i / half ** 2), Math.floor(i / half) % half, i % half];
    for (const [dy, dx] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      out[i]! += pictures[(plane * side + 2 * y + dy) * side + 2 * x + dx]! / 4;
    }
  }
  return out;
}

/** Root mean square difference of two lists of pictures, limited to what a screen shows. */
function apart(a: Float32Array, b: Float32Array): number {
  const shown = (x: number) => Math.min(1, Math.max(-1, x));
  const sum = a.reduce((total, x, i) => total + (shown(x) - shown(b[i]!)) ** 2, 0);
  return Math.sqrt(sum / a.length);
}

/** The colour of a picture's border, 0 … 255: the median of each channel. */
function borderOf(picture: Float32Array, side: number): number[] {
  return [0, 1, 2].map((channel) => {
    const values: number[] = [];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const atEdge = x === 0 || y === 0 || x === side - 1 || y === side - 1;
        if (atEdge) values.push(picture[(channel * side + y) * side + x]!);
      }
    }
    const middle = values.toSorted((a, b) => a - b)[values.length >> 1]!;
    return 127.5 * (1 + Math.min(1, Math.max(-1, middle)));
  });
}

test('the background of a prompt is drawn, by every stage', async () => {
  const prompts = Object.keys(GROUNDS).map((colour) => `an owl on a plain ${colour} background`);
  const { samples, shape, labels } = await draw(
    prompts,
    3,
    stages.map(() => ({})),
  );
  const size = shape.reduce((a, b) => a * b);
  const colours = Object.values(GROUNDS);
  const right = labels.filter((label, i) => {
    const border = borderOf(samples.subarray(i * size, (i + 1) * size), shape[1]);
    return colours[label]!.every((value, c) => Math.abs(value - border[c]!) < 40);
  });
  expect(right.length / labels.length).toBeGreaterThanOrEqual(0.9);
});

test('guidance brings pictures nearer to their prompts', async () => {
  const prompts = ['a red apple', 'a pizza', 'an automobile', 'a cat face'];
  const alignment = async (scale: number) => {
    const { samples, states, labels } = await draw(prompts, scale, []);
    const judged = await judgeSamples(network.manifest.companions!.features!, samples, labels, {
      prompts: states,
    });
    return judged.alignment!;
  };
  expect(await alignment(4)).toBeGreaterThan((await alignment(1)) + 0.01);
});

test('a stage follows the picture that it enlarges, the less the more noise is added to it', async () => {
  const prompts = ['a red apple', 'three tulips'];
  for (const k of stages.keys()) {
    const earlier = Array.from({ length: k }, () => ({ augmentation: 0 }));
    const before = await draw(prompts, 3, earlier);
    const distance = async (augmentation: number) => {
      const { samples, shape } = await draw(prompts, 3, [...earlier, { augmentation }]);
      return apart(halved(samples, shape[1]), before.samples);
    };
    const [none, some, much] = [await distance(0), await distance(0.3), await distance(0.9)];
    expect(none, `stage ${k + 2}`).toBeLessThan(0.1);
    expect(some, `stage ${k + 2}`).toBeGreaterThan(none);
    expect(much, `stage ${k + 2}`).toBeGreaterThan(2 * some);
  }
});
