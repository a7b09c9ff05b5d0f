/// <reference types="vite/client" />
// biome-ignore-all lint/style/noRestrictedImports: node placement is asked of the runtime itself

// A page for tests alone: it gives the engine's numbers, which the real page shows as pictures only.

import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { EngineClient } from '../../src/engine/client';
import type { BackendChoice, BackendInfo, SampleSettings } from '../../src/engine/protocol';

const baseUrl = new URL('../../models/', document.baseURI).href;

async function run(
  modelId: string,
  backend: BackendChoice,
  settings: SampleSettings,
): Promise<{ info: BackendInfo; samples: number[] }> {
  const client = new EngineClient();
  try {
    const { info } = await client.load({ modelId, baseUrl, backend });
    const { samples } = await client.sample(settings, { judge: false });
    return { info, samples: [...samples] };
  } finally {
    client.dispose();
  }
}

/** Creates a session on WebGPU that may not place a single node on the CPU. */
async function placeOnGpu(modelId: string, batch: number): Promise<void> {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm };
  const response = await fetch(new URL(`${modelId}/model.onnx`, baseUrl));
  if (!response.ok)
    throw new Error(`${modelId}/model.onnx: the server answered ${response.status}`);
  const session = await ort.InferenceSession.create(new Uint8Array(await response.arrayBuffer()), {
    executionProviders: [{ name: 'webgpu' }],
    freeDimensionOverrides: { batch },
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
  await session.release();
}

const harness = { run, placeOnGpu };
export type Harness = typeof harness;
declare global {
  interface Window {
    readonly harness: Harness;
  }
}
Object.assign(window, { harness });
