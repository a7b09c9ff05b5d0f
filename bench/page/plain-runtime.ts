/// <reference types="vite/client" />
import type { InferenceSession } from 'onnxruntime-web';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import cpuWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { BackendInfo } from '../../src/engine/protocol';

type Ort = typeof import('onnxruntime-web');

export interface PlainRuntime {
  readonly ort: Pick<Ort, 'Tensor'>;
  readonly session: InferenceSession;
}

/** onnxruntime-web on the main thread, the way of its own examples, with the engine's backend and threads. */
export async function openPlain(
  { backend, threads }: BackendInfo,
  model: string | Uint8Array,
): Promise<PlainRuntime> {
  const jspi = 'Suspending' in WebAssembly;
  const ort: Ort =
    backend === 'wasm'
      ? await import('onnxruntime-web/wasm')
      : jspi
        ? await import('onnxruntime-web/jspi')
        : await import('onnxruntime-web/webgpu');
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = { wasm: backend === 'wasm' ? cpuWasm : jspi ? jspiWasm : asyncifyWasm };
  const session = await ort.InferenceSession.create(model as Uint8Array, {
    executionProviders: [backend],
  });
  return { ort, session };
}
