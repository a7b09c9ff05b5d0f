// npm run rules -- --model letters: every rule on the same noise, each at some scales, measured; and a
// sheet of pictures of each at its best. Writes docs/rules/MODEL.json, a results file with a curve a rule,
// and docs/rules/MODEL.png. A rule that the file has already, measured so, is not measured again.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findGuidanceRule, guidanceRegistry } from '../src/diffusion/guidance';
import { DEFAULT_RUN } from '../src/diffusion/run';
import type { DenoiserManifest } from '../src/networks/manifest';
import { canPredict } from '../src/settings/column';
import { flagWholeNumber } from '../src/settings/flag-text';
import {
  parseResults,
  RESULTS_FORMAT,
  type Results,
  type ResultsCurve,
  writeResults,
} from '../src/settings/results';
import {
  accuracyOf,
  bestPoint,
  distanceOf,
  OVERVIEW_PICTURES,
  OVERVIEW_SAMPLES,
  OVERVIEW_STEPS,
} from '../src/settings/rules-overview';
import { spreadClasses } from '../src/settings/subject';
import { ArgumentError } from './flags';
import { generate } from './generate';
import { graphSha256, manifestOf } from './manifests';
import { companionsOf, openCompanions } from './networks';
import { exitCodeOf, isProgram } from './program';
import { encodePrompts } from './prompts';
import { openNetwork } from './runtime';
import { encodeSheet } from './sheet';
import { askedStages, openStages } from './stages';
import { main as sweep } from './sweep';

/** Tried of a rule: scales of most, others where a rule takes hold sooner or later, λ of CFG++. */
const USUAL = '--scales 1.5,2.5,4';
const TRIED: Readonly<Record<string, string>> = {
  conditional: '',
  unconditional: '',
  classifier: '--scales 3,6,11',
  'classifier-conditional': '--scales 2,4,7',
  feedback: '--scales 2,4,8',
  momentum: '--scales 1.1,1.25,1.5',
  'low-temperature': '--scales 1.1,1.3,1.5',
  'cfg-plus-plus': '--cfgpp-lambda 0.4,0.6,0.8',
};

if (isProgram(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}

/** `npm run rules`. Returns the exit code: 0, 1 or, for wrong arguments, 2. */
export function main(line: readonly string[]): Promise<number> {
  return exitCodeOf(() => measureRules(line));
}

async function measureRules(line: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...line],
    options: {
      model: { type: 'string', default: 'letters' },
      samples: { type: 'string', default: String(OVERVIEW_SAMPLES) },
      steps: { type: 'string', default: String(OVERVIEW_STEPS) },
      seed: { type: 'string', default: '0' },
      processes: { type: 'string', default: '0' },
      folder: { type: 'string', default: 'docs/rules' },
      /** Ids, to measure some of the rules. */
      rules: { type: 'string' },
    },
  });
  const { model, processes, folder } = values;
  const wanted = values.rules?.split(',').map((id) => findGuidanceRule(id).id);
  const samples = flagWholeNumber(values.samples, 2);
  const steps = flagWholeNumber(values.steps, 1);
  const seed = flagWholeNumber(values.seed, 0);
  const { manifest } = await manifestOf(model);
  if (manifest.role !== 'denoiser') {
    throw new ArgumentError(`--model must be a denoiser, ${model} is "${manifest.role}"`);
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${model}.json`);
  const before = await readFile(path, 'utf8').catch(() => undefined);
  const known = before === undefined ? undefined : parseResults(before, path);
  const work = await mkdtemp(join(tmpdir(), 'rules-'));
  const curves: ResultsCurve[] = [];
  let features: Results['features'] | undefined;
  try {
    for (const rule of guidanceRegistry) {
      if (!canPredict(rule, manifest)) continue;
      if (wanted && !wanted.includes(rule.id)) {
        const kept = known?.curves.find((curve) => ruleOf(curve) === rule.id);
        if (kept?.model.sha256 !== graphSha256(manifest)) continue;
        curves.push(kept);
        features = known!.features;
        continue;
      }
      const usual = { numSteps: steps, sampler: rule.firstOrderOnly ? 'ddim' : 'dpmpp-2m' };
      const run = { ...usual, schedule: DEFAULT_RUN.schedule, ...rule.madeFor };
      const flags = [
        `--model ${model} --guidance ${rule.id}`,
        ...[TRIED[rule.id] ?? USUAL].filter((tried) => tried !== ''),
        `--steps ${run.numSteps} --sampler ${run.sampler} --samples ${samples} --seed ${seed}`,
        ...(run.schedule === DEFAULT_RUN.schedule ? [] : [`--schedule ${run.schedule}`]),
      ].join(' ');
      const command = `npm run sweep -- ${flags}`;
      const old = known?.curves.find((curve) => curve.command === command);
      if (old && old.model.sha256 === graphSha256(manifest)) {
        curves.push(old);
        features = known!.features;
        continue;
      }
      const out = join(work, `${rule.id}.json`);
      const code = await sweep([...flags.split(' '), '--processes', processes, '--out', out]);
      if (code !== 0) throw new Error(`The sweep of ${rule.id} ended with ${code}`);
      const made = parseResults(await readFile(out, 'utf8'), out);
      curves.push({ ...made.curves[0]!, command });
      features = made.features;
      const others = (known?.curves ?? []).filter((curve) => ruleOf(curve) !== rule.id);
      await write(path, features, [...curves, ...others.filter((other) => !has(curves, other))]);
    }
  } finally {
    await rm(work, { recursive: true });
  }
  if (!features) throw new ArgumentError(`--model ${model} can make no rule's predictions`);
  const asked = spreadClasses(curves[0]!.prompts ?? manifest.classes, OVERVIEW_PICTURES);
  await write(path, features, curves, asked);
  const sheet = await drawSheet(manifest, curves, asked, seed);
  await writeFile(join(folder, `${model}.png`), sheet);
  console.log(`${curves.length} rules → ${path} and ${model}.png`);
  for (const curve of curves) console.log(lineOf(curve));
}

function ruleOf({ points }: ResultsCurve): string {
  return points[0]!.settings.guidance;
}

function has(curves: readonly ResultsCurve[], other: ResultsCurve): boolean {
  return curves.some((curve) => ruleOf(curve) === ruleOf(other));
}

/** @param asked what the pictures of the sheet are of */
async function write(
  path: string,
  features: Results['features'],
  curves: ResultsCurve[],
  asked: readonly string[] = [],
): Promise<void> {
  const results: Results = { format: RESULTS_FORMAT, version: 1, features, curves };
  await writeFile(path, writeResults({ ...results, ...(asked.length > 0 && { asked }) }));
}

/** A row a rule, at its best: the same classes, or prompts, and the same noise in every row. */
async function drawSheet(
  manifest: DenoiserManifest,
  curves: readonly ResultsCurve[],
  asked: readonly string[],
  seed: number,
): Promise<Uint8Array> {
  const { prompts } = manifest;
  const jobs = asked.map((name, k) => ({
    label: prompts ? k : manifest.classes.indexOf(name),
    seed: seed + k,
  }));
  const network = await openNetwork(manifest.id, { threads: 1 });
  const stages = askedStages({ model: manifest.id, asked: [] }, manifest);
  const enlarging = await openStages(stages);
  const states = prompts && (await encodePrompts(asked, prompts)).states;
  const rows: Float32Array[] = [];
  let shape = manifest.shape;
  for (const { points } of curves) {
    const { guidance, guidanceScale, numSteps, sampler, schedule, parameters } =
      bestPoint(points).settings;
    const chosen = { guidance, guidanceScale, numSteps, sampler, schedule, parameters };
    const run = { ...DEFAULT_RUN, ...chosen };
    const companions = await openCompanions(companionsOf(run, manifest), 1);
    const drawn = await generate(network, jobs, {
      ...run,
      companions,
      enlarging,
      prompts: states,
      batch: jobs.length,
    });
    for (const opened of Object.values(companions)) await opened.release();
    rows.push(drawn.samples);
    shape = drawn.shape;
  }
  for (const { network: opened } of [{ network }, ...enlarging]) await opened.release();
  const pictures = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  rows.forEach((row, i) => {
    pictures.set(row, i * row.length);
  });
  return encodeSheet(pictures, rows.length, jobs.length, shape, 1, 0);
}

/** "cfg at 1.5: 0.9520, distance 12.3, 24 evaluations" */
function lineOf(curve: ResultsCurve): string {
  const best = bestPoint(curve.points);
  const { settings, nfe } = best;
  const accuracy = accuracyOf(best)?.value ?? Number.NaN;
  const distance = distanceOf(best)?.value.toFixed(2) ?? 'none';
  const { usesScale } = findGuidanceRule(settings.guidance);
  const at = usesScale ? ` at ${settings.guidanceScale}` : '';
  return `${settings.guidance}${at}: ${accuracy.toFixed(4)}, distance ${distance}, ${nfe} evaluations`;
}
