import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { localModels, modelFolders } from '../cli/models';
import { exitCodeOf } from '../cli/program';
import type { BackendInfo } from '../src/engine/protocol';
import { type BenchArguments, checkModel, HELP, parseArguments } from './arguments';
import { barsOf } from './bars';
import { deviceName, findGpu, type Gpu, isSoftware, launch, openBrowserSubject } from './browser';
import { measureGrid } from './grid';
import { measure } from './measure';
import { openNode } from './node';
import { measureModel } from './per-model';
import { report } from './report';
import type {
  CanvasCost,
  Comparison,
  FirstSample,
  GridCost,
  ModelCost,
  Results,
  RuleCost,
  StepCost,
  TrajectoryCost,
} from './results';
import { planFor } from './settings';
import { serveSite } from './site';
import { measureTrajectories } from './trajectories';
import { measureCanvas, measureFirstSample } from './visit';

/** More threads than this the page does not take either. */
const MOST_THREADS = 4;

const failure = await exitCodeOf(async () => {
  const args = parseArguments(process.argv.slice(2));
  if (args === undefined) console.log(HELP);
  else await bench(args);
});
// A bar that was missed has set its own.
if (failure !== 0) process.exitCode = failure;

/** What is found, backend by backend. */
interface Findings {
  readonly steps: StepCost[];
  readonly guidance: Comparison[];
  readonly plain: Comparison[];
  readonly rules: RuleCost[];
  readonly trajectories: TrajectoryCost[];
  readonly canvas: CanvasCost[];
  readonly firstSample: FirstSample[];
  readonly grid: GridCost[];
  readonly models: ModelCost[];
  readonly notes: string[];
  readonly versions: Record<string, string>;
}

async function bench(args: BenchArguments): Promise<void> {
  for (const model of args.networks ? networksOf(args) : [args.model]) {
    checkModel(model, localModels());
  }
  const found: Findings = {
    steps: [],
    guidance: [],
    plain: [],
    rules: [],
    trajectories: [],
    canvas: [],
    firstSample: [],
    grid: [],
    models: [],
    notes: [],
    versions: { node: process.versions.node, ...packageVersions() },
  };
  if (args.backends.includes('node')) await benchNode(args, found);
  const inBrowser = args.backends.filter((backend) => backend !== 'node');
  if (inBrowser.length > 0) {
    say('building the site');
    const site = await serveSite();
    try {
      if (inBrowser.includes('wasm')) await benchBrowser(args, site.url, 'wasm', 'software', found);
      if (inBrowser.includes('webgpu')) {
        const gpu = await findGpu(site.url);
        if (gpu) await benchBrowser(args, site.url, 'webgpu', gpu, found);
        else found.notes.push('webgpu was not measured: the browser offers no adapter here');
      }
    } finally {
      await site.close();
    }
  }

  const results: Results = {
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
      cores: availableParallelism(),
      system: `${platform()} ${arch()}`,
    },
    model: args.networks?.join() ?? args.model,
    quick: args.quick,
    ...found,
  };
  const bars = barsOf(results);
  console.log(report(results, bars));
  if (args.out !== undefined) {
    await writeFile(args.out, `${JSON.stringify({ ...results, bars }, null, 2)}\n`);
    console.log(`\nWritten to ${args.out}`);
  }
  if (args.check && bars.some(({ verdict }) => verdict === 'miss')) process.exitCode = 1;
}

/** The networks to measure one by one; all: those of the site that draw. */
function networksOf({ networks = [] }: BenchArguments): readonly string[] {
  if (networks.join() !== 'all') return networks;
  return localModels(modelFolders.slice(0, 1)).filter((id) => roleOf(id) === 'denoiser');
}

function roleOf(id: string): string {
  return JSON.parse(readFileSync(`${modelFolders[0]}/${id}/manifest.json`, 'utf8')).role;
}

async function benchNode(args: BenchArguments, found: Findings): Promise<void> {
  const { model, quick } = args;
  const threads = Math.min(MOST_THREADS, availableParallelism());
  if (args.networks) {
    for (const network of networksOf(args)) {
      const subject = await openNode(network, threads);
      found.models.push(...(await measureModel(subject, planFor(quick), say)));
      await subject.close();
    }
    return;
  }
  const subject = await openNode(model, threads);
  const before =
    args.against === undefined ? undefined : await openBefore(args.against, model, threads);
  const plan = planFor(quick);
  found.trajectories.push(...(await measureTrajectories(subject, plan, before, say)));
  if (!args.trajectories) add(found, await measure(subject, plan, say));
  await subject.close();
  await before?.close();
}

/** The engine of another checkout of this project with that checkout's networks, and with our packages. */
async function openBefore(
  folder: string,
  model: string,
  threads: number,
): ReturnType<typeof openNode> {
  const other: { openNode: typeof openNode } = await import(
    pathToFileURL(resolve(folder, 'bench/node.ts')).href
  );
  return other.openNode(model, threads);
}

async function benchBrowser(
  args: BenchArguments,
  site: string,
  backend: 'wasm' | 'webgpu',
  gpu: Gpu,
  found: Findings,
): Promise<void> {
  const { model, quick } = args;
  const browser = await launch(gpu);
  try {
    found.versions.chromium = browser.version();
    for (const network of args.networks ? networksOf(args) : []) {
      const page = await browser.newPage();
      const subject = await openBrowserSubject(page, site, network, backend);
      const { info } = subject;
      if (info.backend !== backend) found.notes.push(notMeasured(backend, info));
      else {
        const plan = planFor(quick, isSoftware(info));
        found.models.push(...(await measureModel(subject, plan, say)));
      }
      await page.close();
    }
    if (args.networks) return;
    const page = await browser.newPage();
    const subject = await openBrowserSubject(page, site, model, backend);
    const { info } = subject;
    if (info.backend !== backend) {
      found.notes.push(notMeasured(backend, info));
      return;
    }
    const software = isSoftware(info);
    if (software) {
      found.notes.push(
        `${info.adapter} imitates a GPU on the CPU: its times say nothing about GPUs, and it ran at the smallest settings, once`,
      );
    }
    const plan = planFor(quick, software);
    found.trajectories.push(...(await measureTrajectories(subject, plan, undefined, say)));
    if (args.trajectories) return;
    add(found, await measure(subject, plan, say));
    await page.close();
    const where = { backend, device: deviceName(info) };
    say(`${backend}: the page, to its canvas`);
    found.canvas.push(await measureCanvas(browser, site, model, where, plan));
    say(`${backend}: first and second visit`);
    found.firstSample.push(await measureFirstSample(gpu, site, model, where, plan, software));
    if (software) return;
    // The test network's cells are there at once: nothing else keeps the page as busy.
    for (const network of new Set(['tiny', model])) {
      say(`${backend}: an 8 × 8 grid of ${network}`);
      found.grid.push(await measureGrid(browser, site, network, where, plan.gridSteps));
    }
  } finally {
    await browser.close();
  }
}

function notMeasured(backend: string, { fallback }: BackendInfo): string {
  const { reason, detail } = fallback ?? { reason: 'unknown', detail: '' };
  return `${backend} was not measured: ${reason} ${detail}`.trimEnd();
}

function add(found: Findings, figures: Awaited<ReturnType<typeof measure>>): void {
  found.steps.push(...figures.steps);
  found.guidance.push(...figures.guidance);
  found.plain.push(...figures.plain);
  found.rules.push(...figures.rules);
}

function packageVersions(): Record<string, string> {
  const source = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { dependencies, devDependencies } = JSON.parse(source);
  return {
    'onnxruntime-web': dependencies['onnxruntime-web'],
    'onnxruntime-node': devDependencies['onnxruntime-node'],
  };
}

function say(what: string): void {
  console.error(`… ${what}`);
}
