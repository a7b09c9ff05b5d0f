import { findGuidanceRule } from '../src/diffusion/guidance';
import type { TrajectoryCost } from './results';
import { GUIDANCE_ON, type Plan, type Subject, settingsFor } from './settings';
import { median, pairedRatio } from './statistics';

/** The network with guidance, and its students: in one evaluation, and in few steps. */
const RULES = ['cfg', 'distilled', 'fast'] as const;

/**
 * Whole trajectories by the network and by its students, by the plain loop and by an earlier engine,
 * all in turn.
 *
 * @param before the engine of another checkout
 */
export async function measureTrajectories(
  subject: Subject,
  plan: Plan,
  before: Pick<Subject, 'run'> | undefined,
  say: (what: string) => void,
): Promise<TrajectoryCost[]> {
  const { backend, device, numClasses, companions } = subject;
  const costs: TrajectoryCost[] = [];
  for (const batch of plan.batches) {
    say(`${backend}: batch ${batch}, whole trajectories`);
    const runs = RULES.filter((rule) => rule === 'cfg' || companions.includes(rule)).flatMap(
      (rule) => {
        const { numSteps } = findGuidanceRule(rule).madeFor ?? {};
        return (numSteps ? [numSteps] : plan.trajectorySteps).map((steps) =>
          settingsFor(batch, numClasses, steps, GUIDANCE_ON, rule),
        );
      },
    );
    const longest = runs.findLast(({ guidance }) => guidance === 'cfg')!;
    const others: { readonly by: TrajectoryCost['by']; run(): Promise<number> }[] = [
      { by: 'plain loop', run: () => subject.runPlain(longest) },
      ...(before
        ? [{ by: 'engine before' as const, run: async () => (await before.run(longest)).totalMs }]
        : []),
    ];
    const walls = runs.map((): number[] => []);
    const outside = runs.map((): number[] => []);
    const counted = runs.map(() => ({ dispatches: 0, submits: 0, readBacks: 0 }));
    const otherWalls = others.map((): number[] => []);
    const started = performance.now();
    // The first round warms up and is not counted.
    for (let round = 0; ; round++) {
      const enough = round > plan.fewestPairs && performance.now() - started > plan.budgetMs;
      if (round > plan.mostPairs || enough) break;
      for (const [i, settings] of runs.entries()) {
        const earlier = await subject.counts?.();
        const { totalMs, networkMs } = await subject.run(settings);
        const later = await subject.counts?.();
        if (round === 0) continue;
        walls[i]!.push(totalMs);
        outside[i]!.push(1 - networkMs / totalMs);
        if (!earlier || !later) continue;
        counted[i] = {
          dispatches: later.dispatches - earlier.dispatches,
          submits: later.submits - earlier.submits,
          readBacks: later.readBacks - earlier.readBacks,
        };
      }
      for (const [i, { run }] of others.entries()) {
        const ms = await run();
        if (round > 0) otherWalls[i]!.push(ms);
      }
    }
    const slowest = walls[runs.indexOf(longest)]!;
    const row = (
      by: TrajectoryCost['by'],
      { guidance, numSteps }: typeof longest,
      ms: readonly number[],
    ) => ({
      ...{ backend, device, batch, by, rule: guidance, numSteps },
      msPerStep: median(ms) / numSteps,
      perSecond: (1000 * batch) / median(ms),
      overLongest: pairedRatio(ms, slowest),
    });
    costs.push(
      ...runs.map((settings, i) => ({
        ...row('engine', settings, walls[i]!),
        outsideShare: median(outside[i]!),
        ...(subject.counts && perStep(counted[i]!, settings.numSteps)),
      })),
      ...others.map(({ by }, i) => row(by, longest, otherWalls[i]!)),
    );
  }
  return costs;
}

function perStep(
  { dispatches, submits, readBacks }: NonNullable<TrajectoryCost['onDevice']>,
  steps: number,
): Pick<TrajectoryCost, 'onDevice'> {
  return {
    onDevice: {
      dispatches: dispatches / steps,
      submits: submits / steps,
      readBacks: readBacks / steps,
    },
  };
}
