import { setTimeout } from 'node:timers/promises';
import type { Comparison, RuleCost, StepCost } from './results';
import {
  GUIDANCE_OFF,
  GUIDANCE_ON,
  type Plan,
  type Subject,
  settingsFor,
  TWO_PREDICTION_RULES,
} from './settings';
import { median, pairedRatio } from './statistics';

/** The plain loop must draw what the engine draws, or the comparison means nothing. */
const MOST_DIFFERENCE = 1e-2;

export interface BackendFigures {
  readonly steps: readonly StepCost[];
  readonly guidance: readonly Comparison[];
  readonly plain: readonly Comparison[];
  readonly rules: readonly RuleCost[];
}

/** Everything that is measured alike on all backends. */
export async function measure(
  subject: Subject,
  plan: Plan,
  say: (what: string) => void,
): Promise<BackendFigures> {
  const steps: StepCost[] = [];
  const guidance: Comparison[] = [];
  const plain: Comparison[] = [];
  const { backend, device, numClasses } = subject;
  for (const batch of plan.batches) {
    say(`${backend}: batch ${batch}, guidance on and off`);
    const numSteps = plan.steps(batch);
    const at = (scale: number) => settingsFor(batch, numClasses, numSteps, scale);
    const [on, off] = await interleaved(
      plan,
      () => subject.run(at(GUIDANCE_ON)),
      () => subject.run(at(GUIDANCE_OFF)),
    );
    for (const [guidanceScale, runs] of [
      [GUIDANCE_OFF, off] as const,
      [GUIDANCE_ON, on] as const,
    ]) {
      steps.push({
        backend,
        device,
        batch,
        guidanceScale,
        numSteps,
        msPerStep: median(runs.map(({ totalMs }) => totalMs / numSteps)),
        outsideShare: median(runs.map(({ totalMs, networkMs }) => 1 - networkMs / totalMs)),
      });
    }
    const walls = [on, off].map((runs) => runs.map(({ totalMs }) => totalMs)) as [
      number[],
      number[],
    ];
    guidance.push({ backend, device, batch, ...compared(walls, numSteps) });
  }
  for (const batch of plan.plainBatches) {
    say(`${backend}: batch ${batch}, against the plain loop`);
    const numSteps = plan.steps(batch);
    const settings = settingsFor(batch, numClasses, numSteps, GUIDANCE_ON);
    const walls = await interleaved(
      plan,
      async () => (await subject.run(settings)).wallMs,
      () => subject.runPlain(settings),
    );
    const difference = await subject.difference();
    if (!(difference < MOST_DIFFERENCE)) {
      throw new Error(
        `${backend}: the plain loop must draw the engine's pictures to ${MOST_DIFFERENCE}, they differ by ${difference}`,
      );
    }
    plain.push({ backend, device, batch, ...compared(walls, numSteps) });
  }
  const rules: RuleCost[] = [];
  for (const batch of plan.ruleBatches) {
    const numSteps = plan.steps(batch);
    const run = (rule: string) =>
      subject.run(settingsFor(batch, numClasses, numSteps, GUIDANCE_ON, rule));
    for (const { id } of TWO_PREDICTION_RULES) {
      say(`${backend}: batch ${batch}, ${id} against cfg`);
      const [theirs, ours] = await interleaved(
        plan,
        () => run(id),
        () => run('cfg'),
      );
      const walls = [theirs, ours].map((runs) => runs.map(({ totalMs }) => totalMs));
      const sides = walls as [number[], number[]];
      rules.push({ backend, device, batch, rule: id, ...compared(sides, numSteps) });
    }
  }
  return { steps, guidance, plain, rules };
}

/** Runs a and b in turn, a b a b …, once both are warm. */
export async function interleaved<A, B>(
  { warmUpMs, budgetMs, pauseMs, fewestPairs, mostPairs }: Plan,
  a: () => Promise<A>,
  b: () => Promise<B>,
): Promise<[A[], B[]]> {
  const warmUpStart = performance.now();
  do {
    await after(pauseMs, a);
    await after(pauseMs, b);
  } while (performance.now() - warmUpStart < warmUpMs);
  const sides: [A[], B[]] = [[], []];
  const start = performance.now();
  while (
    sides[0].length < fewestPairs ||
    (sides[0].length < mostPairs && performance.now() - start < budgetMs)
  ) {
    sides[0].push(await after(pauseMs, a));
    sides[1].push(await after(pauseMs, b));
  }
  return sides;
}

async function after<T>(pauseMs: number, run: () => Promise<T>): Promise<T> {
  await setTimeout(pauseMs);
  return run();
}

function compared([a, b]: [number[], number[]], numSteps: number) {
  return {
    ratio: pairedRatio(a, b),
    msPerStep: [median(a) / numSteps, median(b) / numSteps] as const,
  };
}
