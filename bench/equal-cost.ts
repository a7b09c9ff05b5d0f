/**
 * Classifier guidance against classifier-free guidance at equal cost: every run may spend as many
 * floating-point operations a sample as classifier-free guidance spends in `--steps` steps.
 *
 *   npm run equal-cost -- --model letters --steps 16 --seeds 20
 */

import { parseArgs } from 'node:util';
import { crossed, generate } from '../cli/generate';
import { judgeSamples } from '../cli/judge';
import { openClassifier, openNetwork } from '../cli/runtime';
import { DEFAULT_RUN } from '../src/diffusion/run';
import type { Manifest } from '../src/networks/manifest';
import { percent } from '../src/settings/numbers';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'letters' },
    steps: { type: 'string', default: '16' },
    seeds: { type: 'string', default: '20' },
  },
});
const cfgSteps = Number(values.steps);
const count = Number(values.seeds);
if (!Number.isInteger(cfgSteps) || cfgSteps < 1 || !Number.isInteger(count) || count < 2) {
  throw new RangeError(
    `--steps and --seeds must be whole numbers of at least 1 and 2, got ${values.steps} and ${values.seeds}`,
  );
}

const network = await openNetwork(values.model);
const { manifest } = network;
const { classifier, smallClassifier, features } = manifest.companions ?? {};
if (!classifier || !smallClassifier || !features) {
  throw new Error(`${values.model}: needs a classifier, a small one and a feature network`);
}
const companions = {
  classifier: await openClassifier(classifier),
  smallClassifier: await openClassifier(smallClassifier),
};
const flops = ({ flopsPerForward }: Manifest) => flopsPerForward ?? Number.NaN;
const budget = 2 * cfgSteps * flops(manifest);

/** One row of the table: a rule with its settings, and what a step of it costs. */
const { classifier: large, smallClassifier: small } = companions;
const candidates = [
  { name: 'cfg', rule: 'cfg', parameters: {}, step: 2 * flops(manifest), scales: [1.5, 2, 3, 5] },
  ...[
    { name: 'larger classifier', classifierSize: 0, used: large.manifest },
    { name: 'smaller classifier', classifierSize: 1, used: small.manifest },
  ].flatMap(({ name, classifierSize, used }) => [
    {
      name: `${name}, unconditional base`,
      rule: 'classifier',
      parameters: { classifierSize },
      step: flops(manifest) + flops(used),
      scales: [2, 4, 6, 11],
    },
    {
      name: `${name}, conditional base`,
      rule: 'classifier-conditional',
      parameters: { classifierSize },
      step: flops(manifest) + flops(used),
      scales: [1.5, 2, 4],
    },
  ]),
];

const seeds = Array.from({ length: count }, (_, seed) => seed);
const labels = manifest.classes.map((_, label) => label);
console.log(
  `${values.model}: ${labels.length * count} samples a row, dpmpp-2m, at most ${(budget / 1e9).toFixed(2)} GFLOP a sample, judged by ${features}`,
);
console.log('| rule | scale | steps | GFLOP | recognised | diversity |');
console.log('|---|---|---|---|---|---|');
for (const { name, rule, parameters, step, scales } of candidates) {
  const numSteps = Math.floor(budget / step);
  for (const guidanceScale of scales) {
    const { samples, ...cost } = await generate(network, crossed(labels, seeds), {
      ...DEFAULT_RUN,
      guidance: rule,
      guidanceScale,
      parameters,
      companions,
      numSteps,
      batch: 16,
    });
    const asked = labels.flatMap((label) => seeds.map(() => label));
    const { classAccuracy, diversity } = await judgeSamples(features, samples, asked);
    const cells = [
      name,
      rule === 'cfg' ? `s = ${guidanceScale}` : `${guidanceScale - 1}`,
      numSteps,
      (cost.flops / 1e9).toFixed(2),
      percent(classAccuracy!, 1),
      diversity!.toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
for (const opened of [network, ...Object.values(companions)]) await opened.release();
