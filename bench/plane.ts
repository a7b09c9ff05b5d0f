import { availableParallelism, cpus } from 'node:os';
import { DEFAULT_RUN } from '../src/diffusion/run';
import { type ParticleRun, runParticles } from '../src/diffusion/worlds/plane/particles';
import { median } from './statistics';

/**
 * How fast particles move in the plane, as the page's worker moves them: `npm run plane-speed`.
 *
 * 60 frames a second with 10,000 particles and a step a frame take 600,000 particle steps a second.
 */
const PARTICLES = 10_000;
const STEPS = 24;
/** The first runs compile. */
const WARM_UP = 2;
const REPEATS = 7;

const world = {
  mixture: [90, 210, 330].map((degrees, classLabel) => {
    const angle = (degrees * Math.PI) / 180;
    return { classLabel, weight: 1, mean: [Math.cos(angle), Math.sin(angle)], std: 0.7 };
  }),
  classLabel: 0,
  weakBlur: 0.5,
};

console.log(
  `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}`,
);
console.log(`${PARTICLES} particles, ${STEPS} steps, scale 3, median (fastest) of ${REPEATS}\n`);
console.log('| rule | sampler | ms a run | million particle steps a second | steps a second |');
console.log('|---|---|--:|--:|--:|');
for (const [guidance, sampler] of [
  ['cfg', 'ddim'],
  ['cfg', 'heun'],
  ['cfg', 'paper'],
  ['autoguidance', 'heun'],
  ['apg', 'ddim'],
  ['tcfg', 'ddim'],
] as const) {
  const run: ParticleRun = {
    ...DEFAULT_RUN,
    guidance,
    sampler,
    numSteps: STEPS,
    guidanceScale: 3,
    seed: 42,
    count: PARTICLES,
  };
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + REPEATS; i++) {
    const before = performance.now();
    await runParticles(world, run);
    if (i >= WARM_UP) times.push(performance.now() - before);
  }
  const ms = median(times);
  const millions = (taken: number) => ((STEPS * PARTICLES) / taken / 1000).toFixed(2);
  const fastest = Math.min(...times);
  const steps = ((1000 * STEPS) / ms).toFixed(0);
  console.log(
    `| ${guidance} | ${sampler} | ${ms.toFixed(0)} (${fastest.toFixed(0)}) | ${millions(ms)} (${millions(fastest)}) | ${steps} |`,
  );
}
