import type { PromptStates } from '../../../src/diffusion/conditioning';
import { guidanceRegistry } from '../../../src/diffusion/guidance';
import { isCompanion, worksWith } from '../../../src/diffusion/guidance/rule';
import { gaussian } from '../../../src/diffusion/random';
import { DEFAULT_RUN } from '../../../src/diffusion/run';
import { samplerRegistry } from '../../../src/diffusion/samplers';
import { openCompanions } from '../../../src/engine/companions';
import type { Network } from '../../../src/engine/network';
import type { SampleSettings } from '../../../src/engine/protocol';
import { type RunNetworks, runSampler } from '../../../src/engine/run';
import { openRuntime, openWasm, type Runtime } from '../../../src/engine/session';
import { loadModel } from '../../../src/networks/download';
import type { DenoiserManifest, Manifest } from '../../../src/networks/manifest';
import { type Counts, countsNow, watchDevices } from './counts';

interface Opened<M extends Manifest = Manifest> {
  readonly manifest: M;
  readonly network: Network;
}

/** How far two runs of the same settings ended apart. */
export interface Apart {
  readonly rule: string;
  readonly sampler: string;
  readonly max: number;
  readonly mean: number;
}

/** Whether a run's fields stay on the device, or come back after every evaluation. */
type Path = 'device' | 'arrays';

const runtimes: { webgpu?: Promise<Runtime>; wasm?: Promise<Runtime> } = {};
const networks = new Map<string, Promise<Opened>>();

function runtimeOf(backend: 'webgpu' | 'wasm'): Promise<Runtime> {
  runtimes[backend] ??= backend === 'wasm' ? openWasm() : openRuntime('webgpu');
  return runtimes[backend];
}

async function open(backend: 'webgpu' | 'wasm', modelId: string) {
  const key = `${backend} ${modelId}`;
  const opening =
    networks.get(key) ??
    loadModel(modelId, { baseUrl }).then(async ({ manifest, files }) => {
      const runtime = await runtimeOf(backend);
      return { manifest, network: runtime.open(files.get('model.onnx')!, { maxBatch: 16 }) };
    });
  networks.set(key, opening);
  return opening;
}

/** All networks of a run; a made-up prompt conditions those that take prompts. */
async function networksFor(
  backend: 'webgpu' | 'wasm',
  modelId: string,
  predictions: Parameters<typeof openCompanions>[0],
  path: Path,
): Promise<RunNetworks> {
  const found = async (id: string) => {
    const { manifest, network } = await open(backend, id);
    const { run } = network;
    const arrays = { run, busyMs: 0, release: network.release };
    return { manifest, network: path === 'device' ? network : arrays };
  };
  const main = (await found(modelId)) as Opened<DenoiserManifest>;
  const { manifest } = main;
  return {
    ...main,
    companions: await openCompanions(predictions, manifest, found),
    prompts: manifest.prompts && madeUp(manifest.prompts),
  };
}

function madeUp({ tokens, width }: NonNullable<DenoiserManifest['prompts']>): PromptStates {
  const mask = new Float32Array(tokens).fill(1, 0, 3);
  const text = gaussian(11, 0, tokens * width).fill(0, 3 * width);
  return { text, mask, tokens, width };
}

function settingsFor(
  rule: string,
  sampler: string,
  manifest: DenoiserManifest,
  more: Partial<SampleSettings> = {},
): SampleSettings {
  return {
    ...DEFAULT_RUN,
    guidance: rule,
    guidanceScale: 3,
    sampler,
    numSteps: 3,
    seeds: [7],
    ...(manifest.prompts && { prompts: ['made up'] }),
    ...more,
    labels: (more.seeds ?? [7]).map((_, k) => (manifest.prompts ? 0 : 1 + k)),
  };
}

const baseUrl = new URL('../../models/', document.baseURI).href;
const never = async () => false;

/**
 * Every rule with the first sampler that can follow it, and cfg with every sampler: a run on the device
 * against one over arrays on wasm.
 */
export async function everyTrajectory(): Promise<Apart[]> {
  const apart: Apart[] = [];
  for (const rule of guidanceRegistry) {
    const own = rule.predictions.filter((name) => !isCompanion(name));
    const needsPrompts = own.includes('auxiliary') || own.includes('perturbed');
    const modelId = needsPrompts ? 'tiny-words' : 'tiny';
    const path = 'device';
    const device = await networksFor('webgpu', modelId, rule.predictions, path);
    const arrays = await networksFor('wasm', modelId, rule.predictions, path);
    const possible = samplerRegistry.filter((sampler) => worksWith(rule, sampler));
    for (const sampler of rule.id === 'cfg' ? possible : possible.slice(0, 1)) {
      // As many steps as the sampler and the rule look back, and one.
      const numSteps = sampler.firstOrder || sampler.id === 'heun' ? 2 : 3;
      const settings = settingsFor(rule.id, sampler.id, device.manifest, { numSteps });
      // Over all noise levels so few steps of Heun would multiply the network's rounding by hundreds.
      const { sigma } = device.manifest;
      const levels = sampler.id === 'heun' ? { ...sigma, min: 0.5, max: 10 } : sigma;
      const manifest = { ...device.manifest, sigma: levels };
      const ended = await runSampler({ ...device, manifest }, settings, () => {}, never);
      const wanted = await runSampler({ ...arrays, manifest }, settings, () => {}, never);
      apart.push({
        rule: rule.id,
        sampler: sampler.id,
        ...difference(ended.samples, wanted.samples),
      });
    }
  }
  return apart;
}

export function difference(a: Float32Array, b: Float32Array): { max: number; mean: number } {
  const apart = Array.from(a, (value, i) => Math.abs(value - b[i]!));
  return { max: Math.max(...apart), mean: apart.reduce((sum, one) => sum + one, 0) / a.length };
}

/**
 * What one run asks of the device, and takes, its network warm. No time passes for the run itself, so
 * that no picture is due before its end.
 */
export async function countedRun(
  modelId: string,
  path: Path,
  more: Partial<SampleSettings>,
): Promise<Counts & { ms: number; steps: number }> {
  watchDevices();
  const used = await networksFor('webgpu', modelId, ['cond', 'uncond'], path);
  const settings = settingsFor(more.guidance ?? 'cfg', more.sampler ?? 'ddim', used.manifest, more);
  await runSampler(used, { ...settings, numSteps: 2 }, () => {}, never);
  const { now } = performance;
  performance.now = () => 0;
  const before = countsNow();
  const started = Date.now();
  await runSampler(used, settings, () => {}, never);
  const ms = Date.now() - started;
  performance.now = now;
  const after = countsNow();
  const counted = Object.fromEntries(
    Object.entries(after).map(([name, count]) => [name, count - before[name as keyof Counts]]),
  ) as unknown as Counts;
  return { ...counted, ms, steps: settings.numSteps };
}
