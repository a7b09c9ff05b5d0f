// npm run student-speed -- [--model letters] [--threads 2]: pictures a second of a network with guidance and of
// its students, in turn, on onnxruntime-node.
import { parseArgs } from 'node:util';
import { crossed, generate } from '../cli/generate';
import { companionsOf, openCompanions } from '../cli/networks';
import { openNetwork } from '../cli/runtime';
import { findGuidanceRule } from '../src/diffusion/guidance';
import { DEFAULT_RUN } from '../src/diffusion/run';
import { GUIDANCE_ON } from './settings';
import { median, pairedRatio } from './statistics';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'letters' },
    threads: { type: 'string', default: '2' },
    batch: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '7' },
  },
});
const [threads, batch, rounds] = [values.threads, values.batch, values.rounds].map(Number) as [
  number,
  number,
  number,
];
if (![threads, batch, rounds].every((count) => Number.isInteger(count) && count > 0)) {
  throw new RangeError(
    `--threads, --batch and --rounds must be whole numbers from 1, got ${values.threads}, ${values.batch}, ${values.rounds}`,
  );
}

const STEPS = [4, 8, 16];
const network = await openNetwork(values.model, { threads });
const { manifest } = network;
const runs = ['cfg', 'distilled', 'fast'].flatMap((guidance) => {
  const { madeFor } = findGuidanceRule(guidance);
  const asked = { ...DEFAULT_RUN, sampler: 'ddim', guidance, guidanceScale: GUIDANCE_ON };
  return madeFor ? [{ ...asked, ...madeFor }] : STEPS.map((numSteps) => ({ ...asked, numSteps }));
});
const companions = await openCompanions(
  Object.assign({}, ...runs.map((run) => companionsOf(run, manifest))),
  threads,
);
const jobs = crossed(
  [0],
  Array.from({ length: batch }, (_, seed) => seed),
);

/** One run a round, all kinds in turn; the first round warms up and is not counted. */
const times = runs.map((): number[] => []);
for (let round = 0; round <= rounds; round++) {
  for (const [i, run] of runs.entries()) {
    const { totalMs } = await generate(network, jobs, { ...run, companions, batch });
    if (round > 0) times[i]!.push(totalMs);
  }
}
for (const opened of [network, ...Object.values(companions)]) await opened.release();

const slowest = times[STEPS.length - 1]!;
console.log(
  `${values.model}: ${batch} samples at once, Euler, s = ${GUIDANCE_ON}, ${threads} threads, ${rounds} rounds\n`,
);
console.log('| network | steps | ms a picture | pictures a second | time over cfg’s in 16 steps |');
console.log('|---|--:|--:|--:|--:|');
for (const [i, { guidance, numSteps }] of runs.entries()) {
  const ms = median(times[i]!) / batch;
  const ratio = pairedRatio(times[i]!, slowest);
  const half = `${ratio.low.toFixed(3)} – ${ratio.high.toFixed(3)}`;
  const cells = [guidance, numSteps, ms.toFixed(2), (1000 / ms).toFixed(1)];
  console.log(`| ${cells.join(' | ')} | ${ratio.median.toFixed(3)} (${half}) |`);
}
