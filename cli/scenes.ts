// npm run scenes: how telling the first visit's scene is with each class of each network. Writes
// docs/scenes.json and the best class into each manifest. With any of [--model ID,…] alone it does so for
// those; with [--classes A,B] [--sampler ID] [--steps N] or --print it prints the table and writes nothing.
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { opinionFrom } from '../src/diffusion/metrics/verdicts';
import { sampleSeed } from '../src/diffusion/random';
import { findSampler } from '../src/diffusion/samplers';
import type { DenoiserManifest } from '../src/networks/manifest';
import type { ColumnSettings } from '../src/settings/column';
import { flagWholeNumber } from '../src/settings/flag-text';
import { percent } from '../src/settings/numbers';
import { FIRST_VISIT } from '../src/settings/settings';
import { ArgumentError } from './flags';
import { withEntry } from './manifest-text';
import { graphSha256, manifestOf, shippedDenoisers } from './manifests';
import { exitCodeOf, isProgram } from './program';
import {
  bestScene,
  type ClassFigures,
  isMonotone,
  type NetworkScenes,
  readScenes,
  scenesFile,
  telling,
} from './scene-ranking';
import { type Draw, type Drawn, openPool } from './sweep-pool';

if (isProgram(import.meta.url)) {
  process.exitCode = await exitCodeOf(() => main(process.argv.slice(2)));
}

async function main(line: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...line],
    options: {
      model: { type: 'string' },
      classes: { type: 'string' },
      sampler: { type: 'string' },
      steps: { type: 'string' },
      print: { type: 'boolean', default: false },
    },
  });
  const changes = {
    ...(values.sampler !== undefined && { sampler: findSampler(values.sampler).id }),
    ...(values.steps !== undefined && { numSteps: flagWholeNumber(values.steps, 1) }),
  };
  const columns = FIRST_VISIT.columns.map((column) => ({ ...column, ...changes }));
  const ids = values.model?.split(',') ?? (await shippedDenoisers());
  const asStored = !values.classes && !values.sampler && !values.steps && !values.print;
  for (const id of ids) {
    const { path, text, manifest } = await manifestOf(id);
    if (manifest.role !== 'denoiser') {
      throw new ArgumentError(`--model must be a denoiser, ${id} is "${manifest.role}"`);
    }
    const scenes = await measure(manifest, values.classes?.split(','), columns);
    console.log(tableOf(scenes));
    if (!asStored) continue;
    const stored = await readScenes();
    const others = stored.networks.filter((network) => network.id !== id);
    const networks = [...others, scenes].sort((a, b) => a.id.localeCompare(b.id));
    await writeFile(scenesFile, `${JSON.stringify({ ...stored, networks }, null, 1)}\n`);
    const best = bestScene(scenes);
    const entry = { class: best.name, network: scenes.sha256, telling: round(telling(best)) };
    // Read anew: measuring takes minutes.
    await writeFile(
      path,
      withEntry(await readFile(path, 'utf8').catch(() => text), 'scene', entry),
    );
  }
}

/** Draws the first visit's columns with each class. */
async function measure(
  manifest: DenoiserManifest,
  only: readonly string[] | undefined,
  columns: readonly ColumnSettings[],
): Promise<NetworkScenes> {
  const { id, classes, companions } = manifest;
  const features = companions?.features;
  if (features === undefined) throw new ArgumentError(`${id} has no feature network`);
  const unknown = only?.find((name) => !classes.includes(name));
  if (unknown !== undefined) throw new ArgumentError(`${id} does not know the class "${unknown}"`);
  const pool = openPool(availableParallelism(), { model: id, companions: {}, features });
  const measured: ClassFigures[] = [];
  await pool.each(only ?? classes, async (name, draw) => {
    measured.push(await measureClass(draw, classes, name, columns));
    console.error(`${id}: ${measured.length} of ${(only ?? classes).length} classes`);
  });
  return {
    id,
    sha256: graphSha256(manifest),
    features,
    date: new Date().toISOString().slice(0, 10),
    seed: FIRST_VISIT.seed,
    samples: FIRST_VISIT.count,
    sampler: columns[0]!.sampler,
    steps: columns[0]!.numSteps,
    scales: columns.map(({ guidanceScale }) => guidanceScale),
    classes: measured.sort((a, b) => classes.indexOf(a.name) - classes.indexOf(b.name)),
  };
}

/** Exactly the samples that the page draws. */
async function measureClass(
  draw: (request: Draw) => Promise<Drawn>,
  classes: readonly string[],
  name: string,
  columns: readonly ColumnSettings[],
): Promise<ClassFigures> {
  const { seed, count } = FIRST_VISIT;
  const label = classes.indexOf(name);
  const diversity: number[] = [];
  const recognised: number[] = [];
  for (const column of columns) {
    const { mix: _, negative: __, upTo: ___, stages: ____, ...run } = column;
    const { logits, features } = await draw({
      ...run,
      jobs: Array.from({ length: count }, (_, k) => ({ label, seed: sampleSeed(seed, k) })),
      negative: undefined,
      mix: undefined,
    });
    const opinion = opinionFrom(logits, features, Array(count).fill(label));
    diversity.push(round(opinion.diversity ?? Number.NaN));
    recognised.push(round(opinion.classAccuracy ?? Number.NaN));
  }
  return { name, diversity, recognised };
}

function tableOf({ id, scales, sampler, steps, seed, samples, classes }: NetworkScenes): string {
  const ranked = [...classes].sort((a, b) => telling(b) - telling(a));
  const rows = ranked.map((figures) => {
    const { name, diversity, recognised } = figures;
    const marks = [telling(figures).toFixed(3), isMonotone(figures) ? '' : 'not monotone'];
    return [
      name,
      ...diversity.map((d) => d.toFixed(1)),
      ...recognised.map((r) => percent(r)),
      ...marks,
    ];
  });
  const head = [
    'class',
    ...scales.map((scale) => `diversity at ${scale}`),
    ...scales.map((scale) => `recognised at ${scale}`),
    'telling',
    '',
  ];
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]!.length)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ');
  const title = `${id}: ${samples} samples of seed ${seed}, ${sampler}, ${steps} steps`;
  return [title, line(head), ...rows.map(line)].join('\n');
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
