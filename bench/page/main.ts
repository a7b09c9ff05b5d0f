/// <reference types="vite/client" />
import { DEFAULT_RUN } from '../../src/diffusion/run';
import { EngineClient } from '../../src/engine/client';
import type { Backend, BackendInfo } from '../../src/engine/protocol';
import type { DenoiserManifest } from '../../src/networks/manifest';
import { largestDifference } from '../difference';
import { plainLoop } from '../plain-loop';
import { makeProducts } from '../products';
import type { BenchSettings, TimedRun } from '../settings';
import { openPlain, type PlainRuntime } from './plain-runtime';

export interface Opened {
  readonly info: BackendInfo;
  readonly numClasses: number;
  readonly companions: readonly string[];
  readonly flopsPerForward: number | undefined;
}

/** What the benchmark asks of this page, one call at a time. */
export interface BenchPage {
  open(modelId: string, backend: Backend): Promise<Opened>;
  run(settings: BenchSettings): Promise<TimedRun>;
  /** Opened on first use, so that it costs nothing where it is not compared. */
  runPlain(settings: BenchSettings): Promise<number>;
  difference(): number;
  /** Makes matrix products of about as many operations ready; tells how many they are. */
  openProducts(flops: number): Promise<number>;
  /** Milliseconds for all. */
  runProducts(times: number): Promise<number>;
}

declare global {
  interface Window {
    bench: BenchPage;
  }
}

const baseUrl = new URL('../../models/', location.href).href;
const client = new EngineClient();
let opened: { readonly manifest: DenoiserManifest; readonly info: BackendInfo } | undefined;
let plainRuntime: PlainRuntime | undefined;
let products: { readonly runtime: PlainRuntime; readonly side: number } | undefined;
let ours: Float32Array = new Float32Array();
let plain: Float32Array = new Float32Array();

window.bench = {
  async open(modelId, backend) {
    const loaded = await client.load({ modelId, baseUrl, backend });
    opened = loaded;
    const { classes, companions = {}, flopsPerForward } = loaded.manifest;
    return {
      info: loaded.info,
      numClasses: classes.length,
      companions: Object.keys(companions),
      flopsPerForward,
    };
  },

  async run({ seeds, labels, numSteps, guidanceScale, guidance, schedule }) {
    const before = performance.now();
    const { samples, figures } = await client.sample(
      {
        ...DEFAULT_RUN,
        ...(schedule && { schedule }),
        seeds,
        labels,
        numSteps,
        sampler: 'ddim',
        guidance,
        guidanceScale,
      },
      { judge: false },
    );
    const wallMs = performance.now() - before;
    ours = samples;
    return { wallMs, totalMs: figures.totalMs, networkMs: figures.networkMs };
  },

  async runPlain(settings) {
    if (!opened) throw new Error('runPlain: needs an open model, none is');
    const { manifest, info } = opened;
    plainRuntime ??= await openPlain(info, `${baseUrl}${manifest.id}/model.onnx`);
    const before = performance.now();
    plain = await plainLoop(plainRuntime.ort, plainRuntime.session, manifest, settings);
    return performance.now() - before;
  },

  difference: () => largestDifference(ours, plain),

  async openProducts(wanted) {
    if (!opened) throw new Error('openProducts: needs an open model, none is');
    await products?.runtime.session.release();
    const { graph, side, flops } = makeProducts(wanted, opened.info.precision);
    products = { runtime: await openPlain(opened.info, graph), side };
    return flops;
  },

  async runProducts(times) {
    if (!products) throw new Error('runProducts: needs open products, none are');
    const { runtime, side } = products;
    const x = new runtime.ort.Tensor('float32', new Float32Array(side * side).fill(1), [
      side,
      side,
    ]);
    const before = performance.now();
    for (let i = 0; i < times; i++) {
      const { y } = await runtime.session.run({ x });
      y?.dispose();
    }
    return performance.now() - before;
  },
};
