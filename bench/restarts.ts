/**
 * Should DPM-Solver++ 2M start again at first order where the guidance jumps? Its error against the
 * exact piecewise ODE, with and without, on the line and in the plane: `npm run restarts`.
 *
 * The ODE jumps where the run does, at the edges of its steps, so the reference is Heun's method with
 * REFINED steps in place of each. Restarting is running each stretch by itself.
 */
import { arrayFields } from '../src/diffusion/fields';
import { cfg } from '../src/diffusion/guidance/cfg';
import { guidedDenoise } from '../src/diffusion/guidance/guided';
import {
  type GuidanceModifiers,
  guidanceJumped,
  scaleAt,
} from '../src/diffusion/guidance/modifiers';
import { dpmpp2m } from '../src/diffusion/samplers/dpmpp-2m';
import { heun } from '../src/diffusion/samplers/heun';
import type { Sampler } from '../src/diffusion/samplers/sampler';
import { karras } from '../src/diffusion/schedules';
import { threeClasses } from '../src/diffusion/testing/runs';
import { mixtureEvaluate } from '../src/diffusion/worlds/analytic';
import { lineWorld, WANTED } from '../src/diffusion/worlds/line';

const SAMPLES = 300;
const REFINED = 60;
const STEPS = [8, 12, 16, 24, 40];

const worlds = [
  { name: 'line', mixture: lineWorld, label: WANTED, size: 1, sigmaMax: 20 },
  { name: 'plane', mixture: threeClasses, label: 1, size: 2, sigmaMax: 80 },
];
const intervals = [
  [0.2, 2],
  [0.5, 5],
  [0.1, 1],
  [0.3, 10],
] as const;
/** Scales of the thirds of a run, as a steered one has them. */
const steered = [
  [3, 8, 0.25],
  [1, 4, 2],
  [6, 1, 3],
] as const;

const cases: { readonly kind: string; of(numSteps: number): GuidanceModifiers }[] = [
  ...[2, 4, 8].flatMap((guidanceScale) =>
    intervals.map((interval) => ({ kind: 'interval', of: () => ({ guidanceScale, interval }) })),
  ),
  ...steered.map((scales) => ({
    kind: 'steered',
    of: (numSteps: number) => ({
      guidanceScale: 1,
      schedule: Array.from({ length: numSteps }, (_, i) => scales[Math.floor((3 * i) / numSteps)]!),
    }),
  })),
];

const ratios = new Map<string, number[]>();
for (const { name, mixture, label, size, sigmaMax } of worlds) {
  const seeds = Array.from({ length: SAMPLES }, (_, seed) => seed);
  const fields = arrayFields({ seeds, sampleSize: size });
  const evaluate = mixtureEvaluate({ mixture, labels: seeds.map(() => label), fields });

  /** x at the last noise level, each stretch between two of the edges a run of its own. */
  async function drawn(
    sampler: Sampler,
    sigmas: ArrayLike<number>,
    scales: readonly number[],
    edges: readonly number[] = [],
  ): Promise<Float32Array> {
    let x = fields.noise(-1).data.map((noise) => noise * sigmas[0]!);
    const ends = [...edges, sigmas.length - 1];
    let from = 0;
    for (const end of ends) {
      const levels = Array.from(sigmas).slice(from, end + 1);
      const modifiers = { guidanceScale: 1, schedule: scales.slice(from, end) };
      const run = { rule: cfg, params: {}, fields, evaluate, modifiers, sigmas: levels };
      const { denoise } = guidedDenoise(run);
      const start = fields.empty();
      start.data.set(x);
      for await (const step of sampler.sample({ fields, denoise, x: start, sigmas: levels }, {})) {
        x = step.x.data.slice();
      }
      from = end;
    }
    return x;
  }

  for (const { kind, of } of cases) {
    for (const numSteps of STEPS) {
      const all = karras.sigmas(numSteps, { sigmaMin: 0.02, sigmaMax }, {});
      const modifiers = of(numSteps);
      // The last step, to 0, would hide the order of the method.
      const sigmas = [...all].slice(0, -1);
      const steps = Array.from({ length: numSteps - 1 }, (_, step) => step);
      const scales = steps.map((step) => scaleAt(modifiers, all, step));
      const edges = steps.filter((step) => guidanceJumped(modifiers, all, step));
      const fine = steps.flatMap((step) =>
        Array.from(
          { length: REFINED },
          (_, k) => sigmas[step]! * (sigmas[step + 1]! / sigmas[step]!) ** (k / REFINED),
        ),
      );
      const exact = await drawn(
        heun,
        [...fine, sigmas.at(-1)!],
        scales.flatMap((scale) => Array<number>(REFINED).fill(scale)),
      );
      const error = (x: Float32Array) =>
        Math.sqrt(x.reduce((sum, value, i) => sum + (value - exact[i]!) ** 2, 0) / x.length);
      const restarted = error(await drawn(dpmpp2m, sigmas, scales, edges));
      const ratio = restarted / error(await drawn(dpmpp2m, sigmas, scales));
      for (const key of [`${name}, ${kind}`, `both, ${kind}`]) {
        ratios.set(key, [...(ratios.get(key) ?? []), ratio]);
      }
    }
  }
}

console.log(
  '| world | cases | restarting is worse in | error, restarted / not, geometric mean | range |',
);
console.log('|---|--:|--:|--:|---|');
for (const [key, values] of ratios) {
  const mean = Math.exp(values.reduce((sum, ratio) => sum + Math.log(ratio), 0) / values.length);
  const worse = values.filter((ratio) => ratio > 1).length;
  const range = `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
  console.log(`| ${key} | ${values.length} | ${worse} | ${mean.toFixed(2)} | ${range} |`);
}
