import { type FieldAlgebra, scaledNoise } from './fields';
import { findGuidanceRule } from './guidance';
import {
  type Evaluate,
  type GuidedDenoise,
  guidedDenoise,
  type SeenEvaluation,
} from './guidance/guided';
import { type GuidanceModifiers, resampled, type ScheduleShapeId } from './guidance/modifiers';
import { evaluationsFor } from './guidance/needed';
import { checkSampler, type GuidanceRule, type Prediction } from './guidance/rule';
import type { Threshold } from './guidance/threshold';
import type { Parameters } from './parameters';
import { findSampler } from './samplers';
import { type SamplerStep, startingPoint } from './samplers/sampler';
import { findSchedule, type SigmaRange } from './schedules';

/** How a run is sampled and guided: all that decides its pixels besides network, conditioning and noise. */
export interface RunSettings {
  /** Id of the guidance rule. */
  readonly guidance: string;
  /** 1 = off, 0 = unconditional. */
  readonly guidanceScale: number;
  /** Noise levels (lo, hi] in which guidance is on; null: everywhere. */
  readonly interval: readonly [number, number] | null;
  /** Course of the guidance over the steps. */
  readonly shape: ScheduleShapeId;
  /**
   * The scale of every step, drawn by hand or recorded while steering, instead of scale and shape. A
   * list of numSteps scales is read step by step, so that its later entries may change during a run.
   */
  readonly curve: readonly number[] | null;
  readonly threshold: Threshold | null;
  readonly numSteps: number;
  /** Id of the sampler. */
  readonly sampler: string;
  /** Id of the noise schedule. */
  readonly schedule: string;
  /** Parameters of sampler, schedule and rule that differ from their defaults, by their ids. */
  readonly parameters: Parameters;
}

/** Sixteen unguided steps. */
export const DEFAULT_RUN: RunSettings = {
  guidance: 'cfg',
  guidanceScale: 1,
  interval: null,
  shape: 'constant',
  curve: null,
  threshold: null,
  numSteps: 16,
  sampler: 'dpmpp-2m',
  schedule: 'karras',
  parameters: {},
};

/** How strong a run's guidance is at each step; a curve of another length than numSteps is resampled. */
export function guidanceModifiers(run: RunSettings): GuidanceModifiers {
  const { guidanceScale, interval, shape, curve, threshold, numSteps } = run;
  const schedule = shape === 'constant' ? undefined : shape;
  // The list itself where it fits: a run that is steered writes into it.
  const scales = curve?.length === numSteps ? curve : curve && resampled(curve, numSteps);
  return {
    guidanceScale,
    interval: interval ?? undefined,
    schedule: scales ?? schedule,
    threshold: threshold ?? undefined,
  };
}

/** A run's numSteps + 1 noise levels. @throws RangeError for settings out of range */
export function runSigmas(
  { schedule, numSteps, parameters }: RunSettings,
  range: SigmaRange,
): Float64Array {
  return findSchedule(schedule).sigmas(numSteps, range, parameters);
}

/** Looks on at a run's evaluations. */
export interface RunObserver<F> {
  /** Evaluated beside what the rule needs, at the first evaluation of every step. */
  readonly alsoNeeded?: readonly Prediction[];
  /** Sees every evaluation; the run waits for it, and fails with it. */
  observe(seen: SeenEvaluation<F>): void | Promise<void>;
}

/** Observers that look on together, one after the other. */
export function together<F>(observers: readonly RunObserver<F>[]): RunObserver<F> {
  return {
    alsoNeeded: [...new Set(observers.flatMap(({ alsoNeeded = [] }) => alsoNeeded))],
    async observe(seen) {
      for (const observer of observers) await observer.observe(seen);
    },
  };
}

/** One run, ready to go. */
export interface Run<F> extends Pick<GuidedDenoise<F>, 'denoise' | 'shown' | 'release'> {
  readonly rule: GuidanceRule;
  readonly fields: FieldAlgebra<F>;
  /** numSteps + 1 noise levels. */
  readonly sigmas: Float64Array;
  /** Network evaluations a sample so far: for what the rule needed, not for an observer. */
  readonly nfe: number;
  /** x at sigmas[0], sigmas[0] · n if nothing else was asked for, as a new field of the caller. */
  start(): F;
  /**
   * The sampler's steps from x, which it owns from the first on; `denoised` is the estimate as it is
   * shown. Everything that the run holds is released when the iteration ends, in whichever way.
   */
  steps(x: F): AsyncGenerator<SamplerStep<F>, void, void>;
}

/**
 * Puts a run together: rule, modifiers and threshold as the denoiser of a sampler, over the
 * schedule's noise levels, with the noise that the rule asks for.
 *
 * @param options.range noise levels that the network knows
 * @param options.fields of the run's samples: their seeds decide the noise
 * @param options.evaluate the network, or an exact stand-in
 * @throws RangeError for unknown ids, settings out of range or a sampler that the rule cannot follow
 */
export function createRun<F>(options: {
  readonly settings: RunSettings;
  readonly range: SigmaRange;
  readonly fields: FieldAlgebra<F>;
  readonly evaluate: Evaluate<F>;
  readonly observer?: RunObserver<F> | undefined;
  /** x at the first noise level, where it is not sigma n: see `adaptedStart`. */
  readonly startFrom?: ((sigma: number) => F) | undefined;
}): Run<F> {
  const { settings, range, fields, evaluate, observer, startFrom } = options;
  const { parameters } = settings;
  const rule = findGuidanceRule(settings.guidance);
  const sampler = findSampler(settings.sampler);
  checkSampler(rule, sampler);
  const sigmas = runSigmas(settings, range);
  let nfe = 0;
  const { denoise, shown, release, guidanceJumped } = guidedDenoise({
    rule,
    params: parameters,
    fields,
    sigmas,
    modifiers: guidanceModifiers(settings),
    async evaluate(x, sigma, needs, at) {
      // What is only observed is no cost of the rule, and in a batch of its own it cannot change the
      // rounding of what is not.
      const own = rule.needs(at, parameters);
      const observed = at.stage === 0 ? needs.filter((need) => !own.includes(need)) : [];
      nfe += evaluationsFor(own);
      const predictions = await evaluate(x, sigma, own, at);
      if (observed.length === 0) return predictions;
      try {
        return { ...predictions, ...(await evaluate(x, sigma, observed, at)) };
      } catch (error) {
        for (const field of Object.values(predictions)) fields.release(field);
        throw error;
      }
    },
    alsoNeeded: observer?.alsoNeeded,
    observe: observer?.observe,
  });
  const noisy = scaledNoise(fields, rule.noiseScale?.(parameters) ?? 1);
  return {
    rule,
    fields,
    sigmas,
    get nfe() {
      return nfe;
    },
    denoise,
    shown,
    release,
    start: () => startFrom?.(sigmas[0]!) ?? startingPoint(fields, sigmas),
    async *steps(x) {
      const run = { fields: noisy, denoise, x, sigmas, guidanceJumped };
      try {
        for await (const step of sampler.sample(run, parameters)) {
          yield { ...step, denoised: shown(step.denoised) };
        }
      } finally {
        release();
      }
    },
  };
}

/** A stage that is about to begin. */
export interface Stage<F> {
  readonly run: Run<F>;
  /** At the stage's first noise level, usually `run.start()`; it passes to the stage. */
  readonly x: F;
}

/**
 * Opens a stage whose rows are conditioned on what the stage before has drawn, which stays the
 * caller's; undefined: it is the first.
 */
export type OpenStage<F> = (before: F | undefined) => Stage<F> | Promise<Stage<F>>;

/**
 * The steps of all stages, one stage after the other: a cascade (2106.15282), or a single network as
 * its only stage. Everything that is held is released when the iteration ends, in whichever way.
 */
export async function* runStages<F>(
  stages: readonly OpenStage<F>[],
): AsyncGenerator<SamplerStep<F> & { readonly stage: number }, void, void> {
  const drawn: { readonly field: F; readonly fields: FieldAlgebra<F> }[] = [];
  try {
    for (const [stage, open] of stages.entries()) {
      const { run, x } = await open(drawn.at(-1)?.field);
      const lastStep = run.sigmas.length - 2;
      for await (const step of run.steps(x)) {
        if (step.step === lastStep && stage < stages.length - 1) {
          drawn.push({ field: run.fields.lincomb([[1, step.x]]), fields: run.fields });
        }
        yield { ...step, stage };
      }
    }
  } finally {
    for (const { field, fields } of drawn) fields.release(field);
  }
}
