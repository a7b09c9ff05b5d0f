/// <reference types="vite/client" />
// biome-ignore-all lint/style/noRestrictedImports: node placement is asked of the runtime itself

// A page for tests alone: it gives the engine's numbers, which the real page shows as pictures only.

import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { EngineClient, type LoadOptions } from '../../src/engine/client';
import type {
  Backend,
  BackendChoice,
  BackendInfo,
  SampleSettings,
} from '../../src/engine/protocol';
import { everyOperation, trustedDevices } from './gpu/operations';
import { everyRun } from './gpu/stand-in';
import { countedRun, everyTrajectory } from './gpu/trajectories';

const baseUrl = new URL('../../models/', document.baseURI).href;

async function run(
  modelId: string,
  backend: BackendChoice,
  settings: SampleSettings,
  wanted: Pick<LoadOptions, 'precision' | 'maxBatch'> = {},
): Promise<{ info: BackendInfo; samples: number[] }> {
  const client = new EngineClient();
  try {
    const { info } = await client.load({ modelId, baseUrl, backend, ...wanted });
    const { samples } = await client.sample(settings, { judge: false });
    return { info, samples: [...samples] };
  } finally {
    client.dispose();
  }
}

/** One evaluation of a graph whose batch is symbolic, by the runtime itself. */
async function evaluate(
  modelId: string,
  backend: Backend,
  inputs: Readonly<Record<string, { readonly data: number[]; readonly dims: readonly number[] }>>,
): Promise<Record<string, number[]>> {
  const session = await open(modelId, {
    executionProviders: [backend],
    freeDimensionOverrides: { batch: Object.values(inputs)[0]!.dims[0]! },
  });
  const feeds = Object.entries(inputs).map(([name, { data, dims }]) => [
    name,
    new ort.Tensor('float32', Float32Array.from(data), dims),
  ]);
  const results = await session.run(Object.fromEntries(feeds));
  const outputs = Object.entries(results).map(([name, { data }]) => [
    name,
    [...(data as Float32Array)],
  ]);
  await session.release();
  return Object.fromEntries(outputs);
}

/**
 * Creates a session on WebGPU that may not place a single node on the CPU.
 *
 * @param tokens of a network that prompts condition, as the page opens it
 */
async function placeOnGpu(modelId: string, batch: number, tokens = 1): Promise<void> {
  const session = await open(modelId, {
    executionProviders: [{ name: 'webgpu' }],
    freeDimensionOverrides: { batch, tokens },
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
  await session.release();
}

async function open(
  modelId: string,
  options: ort.InferenceSession.SessionOptions,
): Promise<ort.InferenceSession> {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm };
  const response = await fetch(new URL(`${modelId}/model.onnx`, baseUrl));
  if (!response.ok)
    throw new Error(`${modelId}/model.onnx: the server answered ${response.status}`);
  return ort.InferenceSession.create(new Uint8Array(await response.arrayBuffer()), options);
}

const harness = {
  run,
  evaluate,
  placeOnGpu,
  everyOperation,
  everyRun,
  everyTrajectory,
  countedRun,
  trustedDevices,
};
export type Harness = typeof harness;
declare global {
  interface Window {
    readonly harness: Harness;
  }
}
Object.assign(window, { harness });
