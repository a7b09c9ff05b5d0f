import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { findGuidanceRule } from '../src/diffusion/guidance';
import { measurePoint, type PointFigures } from '../src/diffusion/metrics/point';
import { pageSeedOf } from '../src/diffusion/random';
import { findSampler } from '../src/diffusion/samplers';
import type { LoadedModel } from '../src/networks/download';
import { RESULTS_FORMAT, type ResultsPoint } from '../src/settings/results';
import { classIndices } from './arguments';
import { ArgumentError } from './flags';
import type { SampleSpec } from './generate';
import { openJudge } from './judge';
import { loadLocalModel } from './models';
import { type CompanionIds, companionsOf, forGivenModel } from './networks';
import { exitCodeOf, isProgram } from './program';
import { finishedPoints, numberAt, writeResultsFile } from './results-file';
import { parseSweep, type SweepArguments, type SweepPoint, sweepHelp } from './sweep-arguments';
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
  const { out, samples, seed, varied } = args;
  const model = await forGivenModel(args.model, loadLocalModel(args.model));
  const { manifest } = model;
  const featuresId = manifest.companions?.features;
  if (featuresId === undefined) {
    throw new ArgumentError(`A sweep needs a feature network, ${args.model} has none`);
  }
  const network = shipped(model);
  const features = shipped(await loadLocalModel(featuresId));
  let companions: CompanionIds = {};
  for (const { run } of args.points) {
    companions = { ...companions, ...companionsOf(run, manifest) };
  }
  const settings = args.points.map((point) => point.settings);
  const plan = { model: network, features, samples, seed, varied, settings };
  const { classes } = manifest;
  const requests = args.points.map((point) => requestOf(point, classes));

  const finished = [...(await finishedPoints(out, plan))];
  const isDone = ({ settings }: SweepPoint) =>
    finished.some((point) => isDeepStrictEqual(point.settings, settings));
  const open = args.points.flatMap((point, index) => (isDone(point) ? [] : [index]));
  const before = args.points.length - open.length;
  if (before > 0) console.error(`${before} of ${args.points.length} points are in ${out} already`);

  const chunks = Math.ceil(samples / args.batch) * open.length;
  const processes = Math.min(args.processes || availableParallelism(), chunks);
  const pool = openPool(processes, { model: args.model, companions, features: featuresId });
  const judge = await openJudge(featuresId);
  await judge.release(); // Its reference is wanted; the processes look.
  const progress = new Progress(
    open.map((index) => evaluationsOf(args.points[index]!)),
    samples,
  );
  stop = () => {
    pool.close();
    progress.clear();
    console.error(
      `Stopped: ${out} holds ${args.points.filter(isDone).length} of ${args.points.length} points, the same command goes on from there`,
    );
  };
  try {
    const tasks = open.map((index) => ({
      point: args.points[index]!,
      request: requests[index]!,
      jobs: jobsOf(samples, seed, classes.length),
    }));
    await drawAll(pool, tasks, args.batch, progress, async (task, parts, seconds) => {
      const measured = measurePoint(
        {
          numClasses: classes.length,
          numFeatures: parts[0]!.features.length / parts[0]!.size,
          mixed: task.request.mix?.with,
        },
        judge.reference,
      );
      let first = 0;
      for (const { logits, features, size } of parts) {
        const labels = task.jobs.slice(first, first + size).map(({ label }) => label);
        measured.add(logits, features, labels);
        first += size;
      }
      const { samples: count, leftOut, ...figures } = measured.figures();
      finished.push({
        settings: task.point.settings,
        samples: count,
        leftOut,
        seed,
        figures,
        nfe: parts[0]!.nfe,
        seconds: Number(seconds.toFixed(1)),
        date: new Date().toISOString(),
      });
      const order = ({ settings }: ResultsPoint) => varied.map((name) => numberAt(settings, name));
      finished.sort((a, b) => compare(order(a), order(b)));
      const curve = { model: network, varied: [...varied], command: args.command };
      await writeResultsFile(out, {
        format: RESULTS_FORMAT,
        version: 1,
        features,
        curves: [{ ...curve, points: finished }],
      });
      progress.clear();
      const lost = leftOut === undefined ? '' : `, ${leftOut} left out: not finite`;
      console.log(
        `${describe(task.point, varied)}: ${words(figures)}${lost} (${seconds.toFixed(0)} s)`,
      );
    });
  } finally {
    pool.close();
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
  const queue = batches();
  let finishing = Promise.resolve();
  const work = async (process: number) => {
    for (const { state, number, jobs } of queue) {
      state.started ||= performance.now();
      const drawn = await pool.draw(process, { ...state.task.request, jobs });
      state.parts[number] = { ...drawn, size: jobs.length };
      state.left -= jobs.length;
      progress.advance(state.index, jobs.length);
      if (state.left > 0) continue;
      const seconds = (performance.now() - state.started) / 1000;
      finishing = finishing.then(() => finish(state.task, state.parts, seconds));
      await finishing;
    }
  };
  await Promise.all(Array.from({ length: pool.size }, (_, process) => work(process)));
}

/** Sample k has class k modulo the number of classes, and seed + k: as the page's experiments. */
function jobsOf(samples: number, seed: number, numClasses: number): SampleSpec[] {
  return Array.from({ length: samples }, (_, k) => ({ label: k % numClasses, seed: seed + k }));
}

/** @throws ArgumentError for a class that the model does not have */
function requestOf({ run }: SweepPoint, classes: readonly string[]): Omit<Draw, 'jobs'> {
  return { ...run, ...classIndices(run, classes) };
}

/** Network evaluations a sample, about: what the time left is estimated from. */
function evaluationsOf({ run, settings }: SweepPoint): number {
  const guided = settings.curve !== null || settings.guidanceScale !== 1;
  const rule = findGuidanceRule(run.guidance);
  const predictions = rule.usesScale && !guided ? 1 : rule.predictions.length;
  return findSampler(run.sampler).evaluations(run.numSteps) * Math.min(2, predictions);
}

function shipped({ manifest }: LoadedModel) {
  const graph = manifest.files.find(({ name }) => name === 'model.onnx');
  if (graph === undefined) {
    throw new RangeError(`${manifest.id}/manifest.json must list the file model.onnx`);
  }
  return { id: manifest.id, sha256: graph.sha256 };
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
    precision: 'precision',
    recall: 'recall',
    diversity: 'diversity',
  } as const;
  const known = Object.entries(names).flatMap(([id, name]) => {
    const figure = figures[id as keyof typeof names];
    if (figure === undefined) return [];
    const spread = figure.spread === undefined ? '' : ` ± ${figure.spread.toPrecision(2)}`;
    return [`${name} ${figure.value.toPrecision(4)}${spread}`];
  });
  return known.join(', ');
}
