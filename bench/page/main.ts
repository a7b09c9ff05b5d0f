/// <reference types="vite/client" />
import { EngineClient } from '../../src/engine/client';
import type { Backend, BackendInfo } from '../../src/engine/protocol';
import type { DenoiserManifest } from '../../src/models/manifest';
import { largestDifference } from '../difference';
import { plainLoop } from '../plain-loop';
import type { BenchSettings, TimedRun } from '../settings';
import { openPlain, type PlainRuntime } from './plain-runtime';

export interface Opened {
  readonly info: BackendInfo;
  readonly numClasses: number;
}

/** What the benchmark asks of this page, one call at a time. */
export interface BenchPage {
  open(modelId: string, backend: Backend): Promise<Opened>;
  run(settings: BenchSettings): Promise<TimedRun>;
  /** Opened on first use, so that it costs nothing where it is not compared. */
  runPlain(settings: BenchSettings): Promise<number>;
  difference(): number;
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
let ours: Float32Array = new Float32Array();
let plain: Float32Array = new Float32Array();

window.bench = {
  async open(modelId, backend) {
    const loaded = await client.load({ modelId, baseUrl, backend });
    opened = loaded;
    return { info: loaded.info, numClasses: loaded.manifest.classes.length };
  },

  async run({ seeds, labels, numSteps, guidanceScale, guidance }) {
    const before = performance.now();
    const { samples, figures } = await client.sample(
      {
        seeds,
        labels,
        numSteps,
        sampler: 'ddim',
        schedule: 'karras',
        guidance,
        parameters: {},
        modifiers: { guidanceScale },
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
};
