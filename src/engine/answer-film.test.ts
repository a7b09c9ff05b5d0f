import { describe, expect, test } from 'vitest';
import { guidanceRegistry } from '../diffusion/guidance';
import { DEFAULT_RUN } from '../diffusion/run';
import type { DenoiserManifest } from '../networks/manifest';
import { drawFilm } from './answer-film';
import { Aborted, type Network } from './network';
import type { SampleSettings } from './protocol';
import { runSampler } from './run';
import { StartMemory } from './start-memory';

const manifest = {
  id: 'fake',
  shape: [1, 4, 4],
  classes: ['A', 'B'],
  conditioning: ['label', 'perturb'],
  outputs: ['auxiliary'],
  sigma: { min: 0.002, max: 80 },
} as unknown as DenoiserManifest;

/** A smooth network whose answer depends on x, sigma and the label, row by row. */
function network(shift: number) {
  const rowsOfRuns: number[] = [];
  const fake: Network = {
    async run({ x, sigma, label, perturb, scale }, rows) {
      rowsOfRuns.push(rows);
      const denoised = x!.data.map((value, i) => {
        const row = Math.floor(i / 16);
        const s = sigma!.data[row]!;
        const wanted = label ? label.data[3 * row]! - label.data[3 * row + 1]! : 0;
        const disturbed = 0.2 * (perturb?.data[row] ?? 0) + 0.05 * (scale?.data[row] ?? 0);
        return Math.tanh((value + shift + disturbed + wanted * Math.cos(i % 16)) / (1 + s * s));
      });
      return { denoised, grad: denoised, auxiliary: denoised.map((value) => 0.7 * value) };
    },
    busyMs: 0,
    release: async () => {},
  };
  return { fake, rowsOfRuns };
}

const settings: SampleSettings = {
  ...DEFAULT_RUN,
  seeds: [7, 8],
  labels: [0, 1],
  numSteps: 4,
  sampler: 'ddim',
};
const scales = [-1, 0, 1, 3];
const never = async () => false;

function networks(starts?: StartMemory) {
  const main = network(0);
  const beside = { network: network(0.3).fake, manifest: {} };
  const student = { ...beside, manifest: { conditioning: ['label', 'scale'] } };
  const companions = {
    ...{ weak: beside, classifier: beside, smallClassifier: beside },
    ...{ distilled: student, fast: student },
  };
  return { ...main, all: { network: main.fake, manifest, companions, starts } };
}

describe('a film', () => {
  test.each(guidanceRegistry.map(({ id }) => id))(
    'ends in the pixels of runs alone, with %s, in as many network runs as one of them',
    async (guidance) => {
      const { all, rowsOfRuns } = networks();
      const takes = await drawFilm(all, { ...settings, guidance }, scales, never);
      const together = rowsOfRuns.length;
      let longest = 0;
      for (const [i, guidanceScale] of scales.entries()) {
        rowsOfRuns.length = 0;
        const wanted = { ...settings, guidance, guidanceScale };
        const alone = await runSampler(
          all,
          wanted,
          () => {},
          () => false,
        );
        longest = Math.max(longest, rowsOfRuns.length);
        expect(takes[i]!.samples, `s = ${guidanceScale}`).toEqual(alone.samples);
        expect(takes[i]!.frames).toHaveLength(settings.numSteps + 1);
        expect(takes[i]!.figures).toMatchObject({ nfe: alone.figures.nfe, sharedBy: 4 });
      }
      expect(together).toBe(longest);
    },
  );

  test('whose network fails at any question ends, and so do all of its runs', async () => {
    for (let fails = 1; fails <= 4; fails++) {
      const { all, rowsOfRuns } = networks();
      const broken: Network = {
        ...all.network,
        run: (inputs, rows) =>
          rowsOfRuns.length + 1 === fails
            ? Promise.reject(new Error(`run ${fails}`))
            : all.network.run(inputs, rows),
      };
      const film = drawFilm({ ...all, network: broken }, settings, scales, never);
      await expect(film).rejects.toThrow(`run ${fails}`);
    }
  });

  test('that is not wanted any more ends with Aborted', async () => {
    const { all, rowsOfRuns } = networks();
    const film = drawFilm(all, settings, scales, async () => rowsOfRuns.length >= 2);
    await expect(film).rejects.toThrow(Aborted);
    expect(rowsOfRuns.length).toBeLessThan(4);
  });
});

describe('the memory of starts', () => {
  const draw = (all: ReturnType<typeof networks>['all'], changes: Partial<SampleSettings> = {}) =>
    runSampler(
      all,
      { ...settings, ...changes },
      () => {},
      () => false,
    );

  test.each(['ddim', 'heun', 'dpmpp-2m', 'ddpm', 'dpmpp-2m-sde'])(
    'spares another scale its first evaluation and changes no pixel of %s',
    async (sampler) => {
      const { all, rowsOfRuns } = networks(new StartMemory());
      await draw(all, { sampler, guidanceScale: 2 });
      rowsOfRuns.length = 0;
      const spared = await draw(all, { sampler, guidanceScale: 5 });
      const asked = rowsOfRuns.length;
      rowsOfRuns.length = 0;
      const whole = await draw({ ...all, starts: undefined }, { sampler, guidanceScale: 5 });
      expect(spared.samples).toEqual(whole.samples);
      expect(asked).toBe(rowsOfRuns.length - 1);
      expect(spared.figures.nfe).toBe(whole.figures.nfe);
    },
  );

  test('knows no other label, seed, mix, negative or batch', async () => {
    const { all, rowsOfRuns } = networks(new StartMemory());
    const asked = async (changes: Partial<SampleSettings>) => {
      rowsOfRuns.length = 0;
      await draw(all, { guidanceScale: 3, ...changes });
      return rowsOfRuns.length;
    };
    expect(await asked({})).toBe(4);
    expect(await asked({ guidanceScale: 5 })).toBe(3);
    expect(await asked({ guidanceScale: 1 }), 'another batch').toBe(4);
    expect(await asked({ seeds: [8], labels: [1] }), 'another batch').toBe(4);
    expect(await asked({ labels: [1, 0] })).toBe(4);
    expect(await asked({ seeds: [7, 9] })).toBe(4);
    expect(await asked({ negative: 1 })).toBe(4);
    expect(await asked({ mix: { with: 1, share: 0.5 } })).toBe(4);
    all.starts!.clear();
    expect(await asked({})).toBe(4);
  });

  test.each(['distilled', 'fast'])('knows the estimates of %s by their scale', async (guidance) => {
    const { all } = networks(new StartMemory());
    await draw(all, { guidance, guidanceScale: 2 });
    const other = await draw(all, { guidance, guidanceScale: 5 });
    const whole = await draw({ ...all, starts: undefined }, { guidance, guidanceScale: 5 });
    expect(other.samples).toEqual(whole.samples);
  });

  test('forgets the oldest beyond its budget', async () => {
    const { all, rowsOfRuns } = networks(new StartMemory(4 * 2 * 64)); // two samples, cond and uncond
    await draw(all, { guidanceScale: 3 });
    await draw(all, { guidanceScale: 3, seeds: [1, 2] });
    rowsOfRuns.length = 0;
    await draw(all, { guidanceScale: 4, seeds: [1, 2] });
    expect(rowsOfRuns).toHaveLength(3);
    rowsOfRuns.length = 0;
    await draw(all, { guidanceScale: 4 });
    expect(rowsOfRuns).toHaveLength(4);
  });
});
