import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { PromptStates } from '../src/diffusion/conditioning';
import { measurePoint, type PointFigures } from '../src/diffusion/metrics/point';
import { pageSeedOf } from '../src/diffusion/random';
import { messageOf } from '../src/networks/errors';
import type { DenoiserManifest, Manifest } from '../src/networks/manifest';
import { RESULTS_FORMAT, type Results, type ResultsPoint } from '../src/settings/results';
import { sampleCost } from '../src/settings/sample-cost';
import { stageSettings } from '../src/settings/sample-settings';
import { classIndices } from './arguments';
import { ArgumentError } from './flags';
import type { SampleSpec } from './generate';
import { type Judge, openJudge } from './judge';
import { graphSha256, manifestOf } from './manifests';
import { loadLocalModel } from './models';
import { type CompanionIds, companionsOf, forGivenModel } from './networks';
import { checkOutput, reserve } from './outputs';
import { exitCodeOf, isProgram } from './program';
import { encodePrompts, tellReading } from './prompts';
import { finishedPoints, numberAt, writeResultsFile } from './results-file';
import { promptIndex } from './stages';
import {
  parseSweep,
  pointsOf,
  type SweepArguments,
  type SweepPoint,
  sweepHelp,
} from './sweep-arguments';
import { type Draw, type Drawn, openPool, type Pool } from './sweep-pool';
import { Progress } from './sweep-progress';

let stop = (): void => {};

if (isProgram(import.meta.url)) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stop();
      process.exit(130);
    });
  }
  process.exitCode = await main(process.argv.slice(2));
}

/** `npm run sweep`. Returns the exit code: 0, 1 or, for wrong arguments, 2. */
export function main(line: readonly string[]): Promise<number> {
  return exitCodeOf(async () => {
    const args = parseSweep(line);
    if (args === undefined) console.log(sweepHelp());
    else await sweep(args);
  });
}

async function sweep(args: SweepArguments): Promise<void> {
  await checkOutput('out', args.out);
  const free = reserve('out', args.out);
  try {
    await sweepInto(args, free);
  } finally {
    free();
  }
}

/** @param free lets other programs write the file */
async function sweepInto(args: SweepArguments, free: () => void): Promise<void> {
  const { out, samples, seed } = args;
  const { manifest } = await forGivenModel(args.model, loadLocalModel(args.model));
  if (manifest.role !== 'denoiser' && manifest.role !== 'weak') {
    throw new ArgumentError(`--model must be a denoiser, ${args.model} is "${manifest.role}"`);
  }
  const featuresId = manifest.companions?.features;
  if (featuresId === undefined) {
    throw new ArgumentError(`A sweep needs a feature network, ${args.model} has none`);
  }
  const { points, varied } = pointsOf(args, manifest);
  let companions: CompanionIds = {};
  for (const { run } of points) companions = { ...companions, ...companionsOf(run, manifest) };
  const judge = await openJudge(featuresId);
  await judge.release(); // Its reference is wanted; the processes look.
  const subjects = subjectsOf(args, points, manifest, judge);
  const requests = points.map((point) => requestOf(point, manifest, subjects));

  const settings = points.map((point) => point.settings);
  const model = shipped(manifest);
  const features = shipped(judge.manifest);
  const networks = await networksBeside(manifest);
  const plan = {
    ...{ model, features, networks, samples, seed, varied, settings },
    prompts: subjects.prompts,
  };
  let finished = await finishedPoints(out, plan);
  const isDone = ({ settings }: SweepPoint) =>
    finished.some((point) => isDeepStrictEqual(point.settings, settings));
  const open = points.flatMap((point, index) => (isDone(point) ? [] : [index]));
  const before = points.length - open.length;
  if (before > 0) console.error(`${before} of ${points.length} points are in ${out} already`);

  const chunks = Math.ceil(samples / args.batch) * open.length;
  const processes = Math.min(args.processes || availableParallelism(), chunks);
  const states = processes > 0 ? await statesOf(subjects, args, manifest) : undefined;
  const upsamplers = (manifest.stages ?? []).map((stage) => stage.network);
  const opening = { model: args.model, companions, features: featuresId, upsamplers };
  const pool = openPool(processes, { ...opening, prompts: states });
  const progress = new Progress(
    open.map((index) => sampleCost(points[index]!.run, manifest)),
    samples,
  );
  const rest = () =>
    `${out} holds ${points.filter(isDone).length} of ${points.length} points, the same command goes on from there`;
  stop = () => {
    pool.close();
    free();
    progress.clear();
    console.error(`Stopped: ${rest()}`);
  };
  try {
    const tasks = open.map((index) => ({
      point: points[index]!,
      request: requests[index]!,
      jobs: jobsOf(samples, seed, subjects.labels),
    }));
    await drawAll(pool, tasks, args.batch, progress, async (task, parts, seconds) => {
      const measured = measurePoint(
        {
          numClasses: parts[0]!.logits.length / parts[0]!.size,
          numFeatures: parts[0]!.features.length / parts[0]!.size,
          mixed: task.request.mix?.with,
        },
        judge.reference,
      );
      let first = 0;
      for (const { logits, features, fits, size } of parts) {
        const labels = task.jobs.slice(first, first + size).map(({ label }) => label);
        measured.add(logits, features, labels, fits);
        first += size;
      }
      const { samples: count, leftOut, ...figures } = measured.figures();
      const point: ResultsPoint = {
        settings: task.point.settings,
        samples: count,
        leftOut,
        seed,
        figures,
        nfe: parts[0]!.nfe,
        seconds: Number(seconds.toFixed(1)),
        date: new Date().toISOString(),
      };
      const order = ({ settings }: ResultsPoint) => varied.map((name) => numberAt(settings, name));
      const more = [...finished, point].sort((a, b) => compare(order(a), order(b)));
      const curve = {
        model,
        ...(networks && { networks }),
        ...(subjects.prompts && { prompts: [...subjects.prompts] }),
        varied: [...varied],
        command: args.command,
      };
      await writeResultsFile(out, {
        format: RESULTS_FORMAT,
        version: 1,
        features,
        curves: [{ ...curve, points: more }],
      });
      finished = more;
      progress.clear();
      const lost = leftOut === undefined ? '' : `, ${leftOut} left out: not finite`;
      console.log(
        `${describe(task.point, varied)}: ${words(figures)}${lost} (${seconds.toFixed(0)} s)`,
      );
    });
  } catch (error) {
    throw new Error(`${messageOf(error)}. ${rest()}`, { cause: error });
  } finally {
    progress.clear();
  }
  console.log(`${finished.length} points of ${samples} samples, by ${featuresId} → ${out}`);
  console.log(`The page draws the same samples with seed=${pageSeedOf(seed)} in its address`);
}

/** One point's share of the work. */
interface Task {
  readonly point: SweepPoint;
  readonly request: Omit<Draw, 'jobs'>;
  readonly jobs: readonly SampleSpec[];
}

type Part = Drawn & { readonly size: number };

/**
 * Draws the tasks' samples, point after point, with every process busy until the last batch.
 *
 * @param finish called with the parts in order, one point at a time
 */
async function drawAll(
  pool: Pool,
  tasks: readonly Task[],
  batch: number,
  progress: Progress,
  finish: (task: Task, parts: readonly Part[], seconds: number) => Promise<void>,
): Promise<void> {
  function* batches() {
    for (const [index, task] of tasks.entries()) {
      const state = { index, task, parts: [] as Part[], left: task.jobs.length, started: 0 };
      for (let first = 0; first < task.jobs.length; first += batch) {
        yield { state, number: first / batch, jobs: task.jobs.slice(first, first + batch) };
      }
    }
  }
  let finishing = Promise.resolve();
  await pool.each(batches(), async ({ state, number, jobs }, draw) => {
    state.started ||= performance.now();
    const drawn = await draw({ ...state.task.request, jobs });
    state.parts[number] = { ...drawn, size: jobs.length };
    state.left -= jobs.length;
    progress.advance(state.index, jobs.length);
    if (state.left > 0) return;
    const seconds = (performance.now() - state.started) / 1000;
    finishing = finishing.then(() => finish(state.task, state.parts, seconds));
    await finishing;
  });
}

/** Sample k has the label of k in turn, and seed + k: as the page's experiments. */
function jobsOf(samples: number, seed: number, labels: readonly number[]): SampleSpec[] {
  return Array.from({ length: samples }, (_, k) => ({
    label: labels[k % labels.length]!,
    seed: seed + k,
  }));
}

/** What is asked for: classes, or prompts. */
interface Subjects {
  /** Those that the samples go through in turn. */
  readonly labels: readonly number[];
  /** The prompts of these, "" for none. */
  readonly prompts?: readonly string[];
  /** Every prompt that is named, which labels are indices of. */
  readonly named: readonly string[];
}

/** @throws ArgumentError for prompts that the model does not take, or lacks */
function subjectsOf(
  { model, prompts: given, samples }: SweepArguments,
  points: readonly SweepPoint[],
  { classes, prompts: taken }: DenoiserManifest,
  judge: Judge,
): Subjects {
  if (!taken) {
    if (given) throw new ArgumentError(`--prompt: ${model} takes none, it has classes`);
    return { labels: classes.map((_, index) => index), named: [] };
  }
  const all = given ?? judge.manifest.reference?.prompts;
  if (!all) throw new ArgumentError(`--prompt: ${model} needs some, or --prompts FILE; got none`);
  const prompts = all.slice(0, samples);
  const others = points.flatMap(({ run: { mix, negative, stages = [] } }) => [
    mix?.name,
    negative,
    ...stages.map(({ prompt }) => prompt),
  ]);
  const texts = [...prompts, ...others].filter((text) => typeof text === 'string');
  const named = [...new Set(texts.filter((text) => text.trim() !== ''))];
  return { prompts, named, labels: prompts.map((prompt) => promptIndex(named, prompt)) };
}

/** Token states of all that is named; how what was given was read is told. */
async function statesOf(
  { named }: Subjects,
  { prompts: given }: SweepArguments,
  { prompts: taken }: DenoiserManifest,
): Promise<PromptStates | undefined> {
  if (!taken) return undefined;
  const { read, states } = await encodePrompts(named, taken);
  if (given) tellReading(read);
  return states;
}

/** @throws ArgumentError for a class that the model does not have */
function requestOf(
  { run }: SweepPoint,
  { classes, prompts, stages = [] }: DenoiserManifest,
  { named }: Subjects,
): Omit<Draw, 'jobs'> {
  const { upTo: _, stages: __, mix, negative, ...rest } = run;
  const indexOf = (name: string) => promptIndex(named, name);
  const indices = prompts
    ? {
        mix: mix ? { with: indexOf(mix.name), share: mix.share } : undefined,
        negative: negative === null ? undefined : indexOf(negative),
      }
    : classIndices({ mix, negative }, classes);
  return { ...rest, ...indices, stages: stageSettings(run, stages, named) };
}

function shipped(manifest: Manifest): Results['features'] {
  return { id: manifest.id, sha256: graphSha256(manifest) };
}

/** The stages of a cascade after the first; undefined of a network that draws alone. */
async function networksBeside({ stages }: DenoiserManifest) {
  if (!stages) return undefined;
  const read = stages.map(async ({ network: id }) => (await manifestOf(id)).manifest);
  return (await Promise.all(read)).map(({ id, files }) => ({
    id,
    sha256: graphSha256({ id, files }),
  }));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) if (value !== b[i]) return value - b[i]!;
  return 0;
}

function describe({ settings }: SweepPoint, varied: readonly string[]): string {
  return varied.map((name) => `${name} ${numberAt(settings, name)}`).join(', ');
}

/** "class accuracy 0.912 ± 0.004, …" */
function words(figures: Omit<PointFigures, 'samples' | 'leftOut'>): string {
  const names = {
    classAccuracy: 'class accuracy',
    classifierScore: 'classifier score',
    frechetDistance: 'Fréchet distance',
    kernelDistance: 'kernel distance',
    precision: 'precision',
    recall: 'recall',
    density: 'density',
    coverage: 'coverage',
    diversity: 'diversity',
    alignment: 'alignment',
  } as const;
  const known = Object.entries(names).flatMap(([id, name]) => {
    const figure = figures[id as keyof typeof names];
    if (figure === undefined) return [];
    const spread = figure.spread === undefined ? '' : ` ± ${figure.spread.toPrecision(2)}`;
    return [`${name} ${figure.value.toPrecision(4)}${spread}`];
  });
  return known.join(', ');
}
