import { InferenceSession, Tensor } from 'onnxruntime-node';
import { crossed, generate } from '../cli/generate';
import { loadLocalModel } from '../cli/models';
import { openNetwork } from '../cli/runtime';
import { findGuidanceRule } from '../src/diffusion/guidance';
import { ddim } from '../src/diffusion/samplers/ancestral';
import { karras } from '../src/diffusion/schedules';
import { largestDifference } from './difference';
import { plainLoop } from './plain-loop';
import type { Subject } from './settings';

/** The command line's runtime, and the plain loop on a session of its own with as many threads. */
export async function openNode(
  model: string,
  threads: number,
): Promise<Subject & { close(): Promise<void> }> {
  const network = await openNetwork(model, { threads });
  const { manifest } = network;
  const { files } = await loadLocalModel(model);
  const session = await InferenceSession.create(files.get('model.onnx')!, {
    intraOpNumThreads: threads,
  });
  let ours: Float32Array = new Float32Array();
  let plain: Float32Array = new Float32Array();
  return {
    backend: 'node',
    device: `${threads} thread${threads === 1 ? '' : 's'}`,
    numClasses: manifest.classes.length,
    async run({ seeds, labels, numSteps, guidanceScale, guidance }) {
      let networkMs = 0;
      const timed: typeof network = {
        ...network,
        async run(...inputs) {
          const before = performance.now();
          const denoised = await network.run(...inputs);
          networkMs += performance.now() - before;
          return denoised;
        },
      };
      const jobs = crossed(labels.slice(0, 1), seeds);
      const { samples, totalMs } = await generate(timed, jobs, {
        sampler: ddim,
        schedule: karras,
        rule: findGuidanceRule(guidance),
        numSteps,
        modifiers: { guidanceScale },
        params: {},
        batch: seeds.length,
      });
      ours = samples;
      return { wallMs: totalMs, totalMs, networkMs };
    },
    async runPlain(settings) {
      const labels = settings.labels.map(() => settings.labels[0]!);
      const before = performance.now();
      plain = await plainLoop({ Tensor }, session, manifest, { ...settings, labels });
      return performance.now() - before;
    },
    difference: async () => largestDifference(ours, plain),
    async close() {
      await network.release();
      await session.release();
    },
  };
}
