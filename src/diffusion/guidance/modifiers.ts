import { checkThreshold, type Threshold } from './threshold';

export type ScheduleShapeId = 'constant' | 'rising' | 'falling' | 'peak' | 'exponential';

/** A course of the guidance over a run. */
export interface ScheduleShape {
  readonly id: ScheduleShapeId;
  readonly label: string;
  /** Weight w(t) ≥ 0 on t in (0, 1), with mean 1 over the midpoints t = (i + ½)/numSteps. */
  weight(t: number, numSteps: number): number;
}

/** ln of how much stronger the exponential course ends than it begins: some twenty times. */
const GROWTH = 3;

/** Mean 1 each, so that shapes compare at equal total guidance. */
export const scheduleShapeRegistry: readonly ScheduleShape[] = [
  { id: 'constant', label: 'Constant', weight: () => 1 },
  { id: 'rising', label: 'Rising', weight: (t) => 2 * t },
  { id: 'falling', label: 'Falling', weight: (t) => 2 * (1 - t) },
  { id: 'peak', label: 'Peak in the middle', weight: (t) => 1 - Math.cos(2 * Math.PI * t) },
  {
    // C²FG (2603.08155): with noise, what tells c from u vanishes exponentially, and so does the
    // guidance. e^(GROWTH t), divided by its mean over the midpoints.
    id: 'exponential',
    label: 'Exponential',
    weight(t, numSteps) {
      const mean = Math.expm1(GROWTH) / (2 * numSteps * Math.sinh(GROWTH / (2 * numSteps)));
      return Math.exp(GROWTH * t) / mean;
    },
  },
];

/** How strong the guidance is at each step, for every rule that uses a scale; and what is done to any rule's estimate. */
export interface GuidanceModifiers {
  /** 1 = off. */
  readonly guidanceScale: number;
  /** Guidance where the step's starting sigma is in (lo, hi], none elsewhere; absent: everywhere (2404.07724). */
  readonly interval?: readonly [lo: number, hi: number] | undefined;
  /**
   * Course over the steps: a shape, or the scale of every step, which then replaces guidanceScale.
   * The entry of a step is read when the step starts, so a caller that steers writes later entries
   * during the run, and replays them afterwards.
   */
  readonly schedule?: ScheduleShapeId | ArrayLike<number> | undefined;
  /** Keeps the estimate in the data's range; applies to every rule, at every scale. Absent: as it is. */
  readonly threshold?: Threshold | undefined;
}

/**
 * A listed schedule has jumped where neighbouring scales differ by more than this: a curve drawn
 * by hand over 20 steps stays below it, a slider moved during the run does not.
 */
const LISTED_JUMP = 0.5;

/**
 * The effective scale of a step: 1 outside the interval, else s_i with s_i - 1 = (s - 1) w(t_i).
 *
 * t_i = (i + ½)/numSteps: at midpoints the mean of every shape's weights is exactly 1 (from
 * numSteps = 2 on; a single step has weight 1). Decided by the step's starting noise level, so
 * that both evaluations of a second-order step agree.
 *
 * @param sigmas numSteps + 1 noise levels
 */
export function scaleAt(
  modifiers: GuidanceModifiers,
  sigmas: ArrayLike<number>,
  step: number,
): number {
  return inInterval(modifiers, sigmas, step) ? scheduledScale(modifiers, sigmas, step) : 1;
}

/**
 * Whether the guidance is discontinuous between step - 1 and step: the interval's edge was crossed
 * with guidance on, or a listed schedule jumped. A shape is smooth and does not jump.
 */
export function guidanceJumped(
  modifiers: GuidanceModifiers,
  sigmas: ArrayLike<number>,
  step: number,
): boolean {
  if (step === 0) return false;
  const before = scaleAt(modifiers, sigmas, step - 1);
  const now = scaleAt(modifiers, sigmas, step);
  if (before === now) return false;
  if (inInterval(modifiers, sigmas, step - 1) !== inInterval(modifiers, sigmas, step)) return true;
  return typeof modifiers.schedule === 'object' && Math.abs(now - before) > LISTED_JUMP;
}

/** @throws RangeError for a scale that is not finite, a bad interval, schedule or threshold. */
export function checkModifiers(modifiers: GuidanceModifiers, numSteps: number): void {
  const { guidanceScale, interval, schedule, threshold } = modifiers;
  if (!Number.isFinite(guidanceScale)) {
    throw new RangeError(`guidanceScale must be finite, got ${guidanceScale}`);
  }
  if (interval && !(interval[0] >= 0 && interval[0] <= interval[1])) {
    throw new RangeError(`The interval must satisfy 0 ≤ lo ≤ hi, got (${interval.join(', ')}]`);
  }
  if (typeof schedule === 'object' && schedule.length !== numSteps) {
    throw new RangeError(`The schedule must list ${numSteps} scales, got ${schedule.length}`);
  }
  if (typeof schedule === 'string') findShape(schedule);
  if (threshold) checkThreshold(threshold);
}

/**
 * A listed course of scales on another number of steps: interpolated linearly between the steps'
 * midpoints (i + ½)/numSteps, constant beyond the first and the last.
 *
 * @throws RangeError for an empty list or a numSteps that is not a positive integer
 */
export function resampled(scales: readonly number[], numSteps: number): number[] {
  const { length } = scales;
  if (length === 0) throw new RangeError('A course must list at least one scale, got none');
  if (!Number.isInteger(numSteps) || numSteps < 1) {
    throw new RangeError(`numSteps must be a positive integer, got ${numSteps}`);
  }
  if (length === numSteps) return [...scales];
  return Array.from({ length: numSteps }, (_, step) => {
    const place = ((step + 0.5) / numSteps) * length - 0.5;
    const at = Math.min(Math.max(place, 0), length - 1);
    const left = scales[Math.floor(at)]!;
    return left + (at - Math.floor(at)) * (scales[Math.ceil(at)]! - left);
  });
}

function inInterval(
  { interval }: GuidanceModifiers,
  sigmas: ArrayLike<number>,
  step: number,
): boolean {
  const sigma = sigmas[step]!;
  return interval === undefined || (sigma > interval[0] && sigma <= interval[1]);
}

function scheduledScale(
  { guidanceScale, schedule }: GuidanceModifiers,
  sigmas: ArrayLike<number>,
  step: number,
): number {
  const numSteps = sigmas.length - 1;
  if (schedule === undefined) return guidanceScale;
  if (typeof schedule === 'string') {
    if (numSteps === 1) return guidanceScale;
    return 1 + (guidanceScale - 1) * findShape(schedule).weight((step + 0.5) / numSteps, numSteps);
  }
  const scale = schedule[step];
  if (scale === undefined || !Number.isFinite(scale)) {
    throw new RangeError(`The schedule's scale of step ${step} must be finite, got ${scale}`);
  }
  return scale;
}

function findShape(id: string): ScheduleShape {
  const shape = scheduleShapeRegistry.find((entry) => entry.id === id);
  if (shape === undefined) {
    const known = scheduleShapeRegistry.map((entry) => entry.id).join(', ');
    throw new RangeError(`The schedule's shape must be one of ${known}, got "${id}"`);
  }
  return shape;
}
