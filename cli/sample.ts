import type { PromptStates } from '../src/diffusion/conditioning';
import type { LostSample } from '../src/diffusion/lost';
import type { DenoiserManifest, Manifest } from '../src/networks/manifest';
import { percent } from '../src/settings/numbers';
import {
  classIndices,
  helpText,
  labelIndices,
  parseArguments,
  promptIndices,
  type SampleArguments,
} from './arguments';
import { ArgumentError } from './flags';
import { crossed, generate } from './generate';
import { judgeSamples, shareOutside } from './judge';
import { companionsOf, forGivenModel, openCompanions } from './networks';
import { checkOutput, writeWhole } from './outputs';
import { exitCodeOf, isProgram } from './program';
import { encodePrompts, tellReading } from './prompts';
import { openNetwork } from './runtime';
import { encodeSheet, sheetSize } from './sheet';
import { askedStages, openStages } from './stages';

if (isProgram(import.meta.url)) process.exitCode = await main(process.argv.slice(2));

/** `npm run sample`. Returns the exit code: 0, 1 or, for wrong arguments, 2. */
export function main(line: readonly string[]): Promise<number> {
  return exitCodeOf(async () => {
    const args = parseArguments(line);
    if (args === undefined) console.log(helpText());
    else await sample(args);
  });
}

async function sample(args: SampleArguments): Promise<void> {
  const { model, threads, precision } = args;
  for (const flag of ['out', 'raw'] as const) {
    const path = args[flag];
    if (path !== undefined) await checkOutput(flag, path);
  }
  const network = await forGivenModel(model, openNetwork(model, { threads, precision }));
  const { classes } = network.manifest;
  const {
    labels,
    negative,
    mix,
    prompts = [],
  } = network.manifest.prompts ? promptIndices(args) : classesOf(args, classes);
  const stages = askedStages(args, network.manifest, prompts);
  const companions = await openCompanions(companionsOf(args, network.manifest), args.threads);
  const enlarging = await openStages(stages, { threads, precision });
  const shape = enlarging.at(-1)?.network.manifest.shape ?? network.manifest.shape;
  // Before the work and not after it.
  if (args.out !== undefined) sheetSize(labels.length, args.seeds.length, shape, args.zoom);
  const states = await statesOf(prompts, network.manifest, threads);
  const { samples, nfe, flops, lost, totalMs } = await generate(
    network,
    crossed(labels, args.seeds),
    {
      ...args,
      negative,
      mix,
      companions,
      enlarging,
      prompts: states,
      onStep: drawProgress,
    },
  );
  for (const stage of enlarging) await stage.network.release();
  await network.release();
  for (const companion of Object.values(companions)) await companion.release();
  if (args.out !== undefined) {
    await writeWhole(
      args.out,
      encodeSheet(samples, labels.length, args.seeds.length, shape, args.zoom),
    );
  }
  // Every platform that Node runs on here is little-endian.
  if (args.raw !== undefined) await writeWhole(args.raw, new Uint8Array(samples.buffer));
  for (const { sample, stage, step, by } of lost) {
    const names = prompts.length > 0 ? prompts : classes;
    const label = names[labels[Math.floor(sample / args.seeds.length)]!] ?? 'null';
    const name = `${label} with seed ${args.seeds[sample % args.seeds.length]}`;
    const at = enlarging.length > 0 ? `step ${step + 1} of stage ${stage + 1}` : `step ${step + 1}`;
    console.warn(`Lost from ${at} on: ${name}. ${causeOf(by, precision)}`);
  }
  const count = labels.length * args.seeds.length;
  const written = [args.out, args.raw].filter((file) => file !== undefined).join(', ');
  console.log(
    `${count} samples, ${args.numSteps} steps, ${nfe} evaluations and ${(flops / 1e9).toFixed(1)} GFLOP each, ${(totalMs / 1000).toFixed(1)} s${written && ` → ${written}`}`,
  );
  if (args.judge) {
    const asked = labels.flatMap((label) => args.seeds.map(() => label));
    const about = { asked, mixed: mix?.with, prompts: states };
    console.log(await opinion(args, network.manifest, samples, about));
  }
}

/** The classes that are asked for. @throws ArgumentError where there are none */
function classesOf(args: SampleArguments, classes: readonly string[]) {
  if (args.prompts) {
    throw new ArgumentError(`--prompt: ${args.model} takes none, it has classes: give --labels`);
  }
  return {
    labels: labelIndices(args.labels, classes),
    ...classIndices(args, classes),
    prompts: undefined,
  };
}

/** Token states of the prompts, of a network that takes some; what was not understood is told. */
async function statesOf(
  prompts: readonly string[],
  { prompts: taken }: DenoiserManifest,
  threads: number,
): Promise<PromptStates | undefined> {
  if (!taken) return undefined;
  const { read, states } = await encodePrompts(prompts, taken, { threads });
  tellReading(read);
  return states;
}

/** What the feature network says, in a line. @throws ArgumentError if the model has none */
async function opinion(
  { model, threads }: SampleArguments,
  { companions }: Manifest,
  samples: Float32Array,
  {
    asked,
    ...options
  }: {
    readonly asked: readonly number[];
    readonly mixed: number | undefined;
    readonly prompts: PromptStates | undefined;
  },
): Promise<string> {
  const id = companions?.features;
  if (id === undefined)
    throw new ArgumentError(`--judge needs a feature network, ${model} has none`);
  const judged = await judgeSamples(id, samples, asked, { threads, ...options });
  const { classAccuracy, diversity, alignment } = judged;
  const figures = [
    classAccuracy !== undefined && `${percent(classAccuracy, 1)} read as what was asked for`,
    alignment !== undefined && `alignment with the prompts ${alignment.toFixed(3)}`,
    diversity !== undefined && `diversity ${diversity.toFixed(2)}`,
    `${percent(shareOutside(samples), 1)} of the numbers outside [-1, 1]`,
  ];
  return `${id}: ${figures.filter(Boolean).join(', ')}`;
}

/** What lost a sample, and what may help. */
function causeOf(by: LostSample['by'], precision: SampleArguments['precision']): string {
  if (by === 'guidance') {
    return 'The guidance drove it out of bounds: a smaller --scale, more --steps or a --threshold keep it in.';
  }
  const given = `The prediction "${by}" was not finite, or beyond a million`;
  return precision === 'fp16' ? `${given}, in float16: try --precision fp32.` : `${given}.`;
}

function drawProgress(done: number, total: number): void {
  if (!process.stderr.isTTY) return;
  const width = 32;
  const filled = Math.round((done / total) * width);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  process.stderr.write(done === total ? '\r\x1b[K' : `\r${bar} ${done}/${total} steps`);
}
