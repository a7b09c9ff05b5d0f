import type { Conditioning, GuidanceConditioning } from './conditioning';
import { type ArrayField, arrayFields, type ImageShape } from './fields';
import { firstSeed } from './random';
import { createRun, type Run, type RunObserver, type RunSettings } from './run';
import type { SigmaRange } from './schedules';
import { type Forward, stackedEvaluate } from './stacked';

/** How a stage of a cascade after the first is sampled. */
export interface StageSettings extends RunSettings {
  /** Level of the noise that is added to the picture that it enlarges, 0 (none) … 1 (noise alone). */
  readonly augmentation: number;
  /** A prompt of its own, by its index; the number of prompts stands for none. Absent: the samples' own. */
  readonly prompt?: number | undefined;
}

/** The noise that augments a stage's picture, which no step of a run has. */
const AUGMENTATION_STEP = 2 ** 32 - 2;

/** The seeds of a stage's noise, different at every stage; those of stage 0 are the samples' own. */
export function stageSeeds(seeds: readonly number[], stage: number): number[] {
  return seeds.map((seed) => {
    let mixed = seed;
    for (let k = 0; k < stage; k++) mixed = firstSeed((mixed ^ 0x9e3779b9) >>> 0);
    return mixed;
  });
}

/**
 * The rows that tell a super-resolution network which picture to enlarge: `low` and `augmentation`.
 * The picture is limited to [-1, 1], as in training, and noise of the level a is added to it,
 * cos(πa/2) low + sin(πa/2) n: noise conditioning augmentation (2106.15282, 2205.11487), which makes a
 * stage less sensitive to the faults of the one before.
 *
 * @param low what the stage before has drawn; it stays the caller's
 * @param options.shape of that picture
 * @param options.seeds of the stage that enlarges it
 * @throws RangeError for a level outside [0, 1]
 */
export function lowRows(
  low: ArrayField,
  options: {
    readonly shape: ImageShape;
    readonly seeds: readonly number[];
    readonly augmentation: number;
  },
): Conditioning {
  const { shape, seeds, augmentation } = options;
  if (!(augmentation >= 0 && augmentation <= 1)) {
    throw new RangeError(`augmentation: needs a level within [0, 1], got ${augmentation}`);
  }
  const fields = arrayFields({ seeds, sampleSize: low.size, shape });
  const limited = fields.clamp(low, 1);
  const noise = fields.noise(AUGMENTATION_STEP);
  const angle = (Math.PI / 2) * augmentation;
  const { data } = fields.lincomb([
    [Math.cos(angle), limited],
    [Math.sin(angle), noise],
  ]);
  const level = new Float32Array(seeds.length).fill(augmentation);
  return { low: { data, dims: shape }, augmentation: { data: level, dims: [] } };
}

/**
 * A stage that enlarges pictures, ready to go. What its guidance leads away from is told the same
 * picture: cond and uncond differ in what else conditions the network.
 *
 * @param options.forward the stage's network
 * @param options.shape of what it draws
 * @param options.low what the stage before has drawn; it stays the caller's
 * @param options.lowShape of that
 * @param options.seeds of the samples
 * @param options.stage 1 for the first that enlarges
 * @param options.conditioning of the samples, or of the stage's own prompt
 * @throws RangeError for settings out of range
 */
export function enlargingRun(options: {
  readonly forward: Forward;
  readonly shape: ImageShape;
  readonly range: SigmaRange;
  readonly settings: StageSettings;
  readonly low: ArrayField;
  readonly lowShape: ImageShape;
  readonly seeds: readonly number[];
  readonly stage: number;
  readonly conditioning: GuidanceConditioning;
  readonly observer?: RunObserver<ArrayField> | undefined;
}): Run<ArrayField> {
  const { forward, shape, range, settings, low, lowShape, stage, conditioning, observer } = options;
  const { augmentation } = settings;
  const seeds = stageSeeds(options.seeds, stage);
  const rows = lowRows(low, { shape: lowShape, seeds, augmentation });
  const fields = arrayFields({ seeds, sampleSize: shape.reduce((a, b) => a * b), shape });
  const evaluate = stackedEvaluate({
    forward,
    cond: { ...conditioning.cond, ...rows },
    uncond: { ...conditioning.uncond, ...rows },
    fields,
  });
  return createRun({ settings, range, fields, evaluate, observer });
}
