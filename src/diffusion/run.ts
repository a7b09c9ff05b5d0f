import { type GuidanceModifiers, resampled, type ScheduleShapeId } from './guidance/modifiers';
import type { Threshold } from './guidance/threshold';
import type { Parameters } from './parameters';

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
  /** The scale of every step, drawn by hand or recorded while steering, instead of scale and shape. */
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

/** How strong a run's guidance is at each step; a curve of another length is resampled. */
export function guidanceModifiers(run: RunSettings): GuidanceModifiers {
  const { guidanceScale, interval, shape, curve, threshold, numSteps } = run;
  const schedule = shape === 'constant' ? undefined : shape;
  return {
    guidanceScale,
    interval: interval ?? undefined,
    schedule: curve ? resampled(curve, numSteps) : schedule,
    threshold: threshold ?? undefined,
  };
}
