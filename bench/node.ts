import { InferenceSession, Tensor } from 'onnxruntime-node';
import { crossed, generate } from '../cli/generate';
import { loadLocalModel } from '../cli/models';
import { companionsOf, openCompanions } from '../cli/networks';
import { type NodeNetwork, openNetwork } from '../cli/runtime';
import { byLabel } from '../src/diffusion/conditioning';
import { DEFAULT_RUN } from '../src/diffusion/run';
import type { Manifest } from '../src/networks/manifest';
import { largestDifference } from './difference';
import type { ModelSubject } from './per-model';
import { plainLoop } from './plain-loop';
import { makeProducts } from './products';

/** A later network takes memory that an earlier one has left: only the first one's is measured. */
let isFirst = true;

/** The command line's runtime, and the plain loop on a session of its own with as many threads. */
export async function openNode(
  model: string,
  threads: number,
): Promise<ModelSubject & { close(): Promise<void> }> {
  const before = process.memoryUsage().rss;
  const network = await openNetwork(model, { threads });
  const { manifest } = network;
  const [channels, height, width] = manifest.shape;
  const { length: numClasses } = manifest.classes;
  const x = new Float32Array(channels * height * width);
  await network.run(x, Float32Array.of(1), byLabel([numClasses], numClasses));
  const memoryMb = isFirst ? (process.memoryUsage().rss - before) / 1e6 : undefined;
  isFirst = false;
  // Opened on first use, so that it costs nothing before.
  let plainSession: InferenceSession | undefined;
  const openPlain = async () => {
    const { files } = await loadLocalModel(model);
    return InferenceSession.create(files.get('model.onnx')!, { intraOpNumThreads: threads });
  };
  let products: { readonly session: InferenceSession; readonly x: Tensor } | undefined;
  /** By the rule that asks for them. */
  const companions: Record<string, Awaited<ReturnType<typeof openCompanions>>> = {};
  let ours: Float32Array = new Float32Array();
  let plain: Float32Array = new Float32Array();
  return {
    backend: 'node',
    device: `${threads} thread${threads === 1 ? '' : 's'}`,
    numClasses: manifest.classes.length,
    companions: Object.keys(manifest.companions ?? {}),
    model,
    precision: 'fp32',
    maxBatch: Number.POSITIVE_INFINITY,
    flopsPerForward: costOf(manifest),
    memoryMb,
    async openProducts(wanted) {
      await products?.session.release();
      const { graph, side, flops } = makeProducts(wanted, 'fp32');
      const session = await InferenceSession.create(graph, { intraOpNumThreads: threads });
      const x = new Tensor('float32', new Float32Array(side * side).fill(1), [side, side]);
      products = { session, x };
      return flops;
    },
    async runProducts(times) {
      const before = performance.now();
      for (let i = 0; i < times; i++) await products?.session.run({ x: products.x });
      return performance.now() - before;
    },
    async run({ seeds, labels, numSteps, guidanceScale, guidance, schedule }) {
      let networkMs = 0;
      const timed = <M extends Manifest>(one: NodeNetwork<M>): NodeNetwork<M> => ({
        ...one,
        async run(...inputs) {
          const before = performance.now();
          const denoised = await one.run(...inputs);
          networkMs += performance.now() - before;
          return denoised;
        },
      });
      const rule = { guidance, parameters: DEFAULT_RUN.parameters };
      companions[guidance] ??= await openCompanions(companionsOf(rule, manifest), threads);
      const beside = Object.entries(companions[guidance]).map(([name, one]) => [name, timed(one)]);
      const jobs = crossed(labels.slice(0, 1), seeds);
      const { samples, totalMs } = await generate(timed(network), jobs, {
        ...DEFAULT_RUN,
        ...(schedule && { schedule }),
        companions: Object.fromEntries(beside),
        sampler: 'ddim',
        guidance,
        guidanceScale,
        numSteps,
        batch: seeds.length,
      });
      ours = samples;
      return { wallMs: totalMs, totalMs, networkMs };
    },
    async runPlain(settings) {
      const labels = settings.labels.map(() => settings.labels[0]!);
      plainSession ??= await openPlain();
      const before = performance.now();
      plain = await plainLoop({ Tensor }, plainSession, manifest, { ...settings, labels });
      return performance.now() - before;
    },
    difference: async () => largestDifference(ours, plain),
    async close() {
      await network.release();
      for (const opened of Object.values(companions).flatMap(Object.values)) await opened.release();
      await plainSession?.release();
      await products?.session.release();
    },
  };
}

/** @throws RangeError for a network that does not tell its cost */
export function costOf({ id, flopsPerForward }: Pick<Manifest, 'id' | 'flopsPerForward'>): number {
  if (flopsPerForward !== undefined) return flopsPerForward;
  throw new RangeError(`${id}/manifest.json must tell "flopsPerForward"`);
}
