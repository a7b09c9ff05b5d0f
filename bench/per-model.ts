import { interleaved } from './measure';
import type { ModelCost } from './results';
import { GUIDANCE_OFF, type Plan, type Subject, settingsFor } from './settings';
import { median, pairedRatio } from './statistics';

/** A network on a backend, beside matrix products on the same provider. */
export interface ModelSubject extends Subject {
  readonly model: string;
  readonly precision: 'fp16' | 'fp32';
  /** Most rows of one run. */
  readonly maxBatch: number;
  readonly flopsPerForward: number;
  /** Memory that the loaded network takes, in MB; undefined where it cannot be told. */
  readonly memoryMb: number | undefined;
  /** Makes products of about as many operations ready. @returns how many they are */
  openProducts(flops: number): Promise<number>;
  /** Runs them. @returns milliseconds in all */
  runProducts(times: number): Promise<number>;
}

/** Each batch of a network without guidance, and matrix products of as many operations, in turn. */
export async function measureModel(
  subject: ModelSubject,
  plan: Plan,
  say: (what: string) => void,
): Promise<ModelCost[]> {
  const { backend, device, model, precision, maxBatch, memoryMb, flopsPerForward } = subject;
  const costs: ModelCost[] = [];
  for (const batch of plan.batches) {
    say(`${backend}: ${model}, batch ${batch}, against matrix products`);
    const numSteps = plan.steps(batch);
    const settings = settingsFor(batch, subject.numClasses, numSteps, GUIDANCE_OFF);
    const flops = batch * flopsPerForward;
    const excess = (await subject.openProducts(flops)) / flops;
    const [network, products] = await interleaved(
      plan,
      () => subject.run(settings),
      () => subject.runProducts(numSteps),
    );
    const networkMs = network.map((run) => run.networkMs / numSteps);
    const productsMs = products.map((ms) => ms / numSteps / excess);
    costs.push({
      backend,
      device,
      model,
      precision,
      batch,
      largestRun: Math.min(batch, maxBatch),
      numSteps,
      msPerStep: median(network.map(({ totalMs }) => totalMs / numSteps)),
      gflops: flops / 1e6 / median(networkMs),
      productGflops: flops / 1e6 / median(productsMs),
      share: pairedRatio(productsMs, networkMs),
      memoryMb,
    });
  }
  return costs;
}
