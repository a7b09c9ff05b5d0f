// npm run presets -- [--model ID,…] [--check]: measures the columns of every preset on each network, writes
// docs/presets.json and which captions hold into each manifest. Columns that are stored of the same networks are
// kept, with --again all are drawn anew. --check tells what holds of what is stored.
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { opinionFrom, promptOpinionFrom } from '../src/diffusion/metrics/verdicts';
import { sampleSeed } from '../src/diffusion/random';
import type { DenoiserManifest } from '../src/networks/manifest';
import type { ColumnSettings } from '../src/settings/column';
import type { ColumnFigures } from '../src/settings/presets';
import { stageSettings } from '../src/settings/sample-settings';
import { FIRST_VISIT } from '../src/settings/settings';
import { firstClass } from '../src/settings/subject';
import { ArgumentError } from './flags';
import type { SampleSpec } from './generate';
import { withEntry } from './manifest-text';
import { graphSha256, manifestOf, presetDenoisers } from './manifests';
import { companionsOf } from './networks';
import {
  borneOut,
  columnsOf,
  failedClaims,
  type NetworkPresets,
  possiblePresets,
  presetsFile,
  readPresets,
} from './preset-figures';
import { exitCodeOf, isProgram } from './program';
import { encodePrompts } from './prompts';
import { type Draw, type Drawn, openPool } from './sweep-pool';

/** About so many samples of all classes together. */
const ABOUT_SAMPLES = 90;
const BATCH = 16;

if (isProgram(import.meta.url)) {
  process.exitCode = await exitCodeOf(() => main(process.argv.slice(2)));
}

async function main(line: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...line],
    options: {
      model: { type: 'string' },
      again: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  for (const id of values.model?.split(',') ?? (await presetDenoisers())) {
    const { path, manifest } = await manifestOf(id);
    if (manifest.role !== 'denoiser') {
      throw new ArgumentError(`--model must be a denoiser, ${id} is "${manifest.role}"`);
    }
    const before = await readPresets();
    const stored = before.networks.find((network) => network.id === id);
    if (values.check && !stored) throw new ArgumentError(`${id} was not measured yet`);
    const measured = values.check
      ? stored!
      : await measure(manifest, values.again ? undefined : stored);
    const possible = possiblePresets(manifest);
    const hold = borneOut(possible, measured);
    console.log(`${id}: ${hold.join(', ')}`);
    for (const preset of possible) {
      for (const failed of failedClaims(preset, measured))
        console.log(`  not ${preset}: ${failed}`);
    }
    const others = before.networks.filter((network) => network.id !== id);
    const networks = [...others, measured].sort((a, b) => a.id.localeCompare(b.id));
    await writeFile(presetsFile, `${JSON.stringify({ ...before, networks }, null, 2)}\n`);
    const entry = { network: measured.sha256, hold };
    await writeFile(path, withEntry(await readFile(path, 'utf8'), 'presets', entry));
  }
}

/** @param stored what was measured before: columns of the same networks and samples are taken from it */
async function measure(
  manifest: DenoiserManifest,
  stored: NetworkPresets | undefined,
): Promise<NetworkPresets> {
  const { id, classes, companions } = manifest;
  const features = companions?.features;
  if (features === undefined) throw new ArgumentError(`${id} has no feature network`);
  const columns = columnsOf(possiblePresets(manifest));
  const used = Object.assign({}, ...columns.map((column) => companionsOf(column, manifest)));
  const { seed, count } = FIRST_VISIT;
  const name = firstClass(manifest);
  const asked = manifest.prompts?.examples ?? classes;
  const label = asked.indexOf(name);
  const each = Math.max(2, Math.floor(ABOUT_SAMPLES / asked.length));
  const jobs = {
    scene: jobsOf(count, () => label, seed),
    all: jobsOf(each * asked.length, (k) => k % asked.length, seed),
  };
  const named = namesOf(columns, asked);
  const about = {
    id,
    sha256: graphSha256(manifest),
    companions: await companionHashes({ ...used, features }),
    seed,
    samples: { scene: count, all: each },
    class: name,
  };
  const { date: _, columns: before = [], ...aboutBefore } = stored ?? {};
  const known = isDeepStrictEqual(aboutBefore, about) ? before : [];
  const measured = columns.map((column) =>
    known.find((other) => isDeepStrictEqual(other.column, column)),
  );
  const missing = [...columns.entries()].filter(([at]) => !measured[at]);
  if (missing.length > 0) {
    const opening = { model: id, companions: used, features };
    const pool = openPool(availableParallelism(), {
      ...opening,
      upsamplers: manifest.stages?.map(({ network }) => network) ?? [],
      prompts: manifest.prompts && (await encodePrompts(named, manifest.prompts)).states,
    });
    await pool.each(missing.values(), async ([at, column], draw) => {
      const request = requestOf(column, manifest, named);
      const scene = await figuresOf(draw, request, jobs.scene);
      measured[at] = { column, figures: { scene, all: await figuresOf(draw, request, jobs.all) } };
      console.error(`${id}: ${measured.filter(Boolean).length} of ${columns.length} columns`);
    });
  }
  const date = missing.length > 0 ? new Date().toISOString().slice(0, 10) : stored!.date;
  return { ...about, date, columns: measured.map((column) => column!) };
}

/** SHA-256 of the networks beside the denoiser, by their ids. */
export async function companionHashes(
  ids: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const id of Object.values(ids).sort()) {
    hashes[id] = graphSha256((await manifestOf(id)).manifest);
  }
  return hashes;
}

function jobsOf(count: number, labelOf: (k: number) => number, seed: number): SampleSpec[] {
  return Array.from({ length: count }, (_, k) => ({
    label: labelOf(k),
    seed: sampleSeed(seed, k),
  }));
}

/** The prompts of the columns after those that are drawn: of stages, mixed in, or led away from. */
function namesOf(columns: readonly ColumnSettings[], asked: readonly string[]): string[] {
  const others = columns.flatMap(({ mix, negative, stages = [] }) => [
    mix?.name,
    negative,
    ...stages.map(({ prompt }) => prompt),
  ]);
  return [...new Set([...asked, ...others.filter((name) => typeof name === 'string')])];
}

/** How a column is drawn, with names as places among `named`. */
function requestOf(
  column: ColumnSettings,
  { stages = [] }: DenoiserManifest,
  named: readonly string[],
): Omit<Draw, 'jobs'> {
  const { mix, negative, upTo: _, stages: __, ...run } = column;
  return {
    ...run,
    mix: mix ? { with: named.indexOf(mix.name), share: mix.share } : undefined,
    negative: negative === null ? undefined : named.indexOf(negative),
    stages: stageSettings(column, stages, named),
  };
}

async function figuresOf(
  draw: (request: Draw) => Promise<Drawn>,
  request: Omit<Draw, 'jobs'>,
  jobs: readonly SampleSpec[],
): Promise<ColumnFigures> {
  const logits: number[] = [];
  const features: number[] = [];
  const fits: number[] = [];
  for (let first = 0; first < jobs.length; first += BATCH) {
    const drawn = await draw({ ...request, jobs: jobs.slice(first, first + BATCH) });
    logits.push(...drawn.logits);
    features.push(...drawn.features);
    fits.push(...(drawn.fits ?? []));
  }
  const labels = jobs.map(({ label }) => label);
  const looked = [Float32Array.from(logits), Float32Array.from(features), labels] as const;
  if (fits.length > 0) {
    const { alignment, diversity } = promptOpinionFrom(...looked, fits);
    return { alignment: rounded(alignment), diversity: rounded(diversity) };
  }
  const opinion = opinionFrom(...looked);
  return { recognised: rounded(opinion.classAccuracy), diversity: rounded(opinion.diversity) };
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(4));
}
