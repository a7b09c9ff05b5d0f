import type { ArrayField } from './fields';
import {
  type GuidancePoint,
  type GuidanceRule,
  isCompanion,
  outputOf,
  type Prediction,
  type Predictions,
} from './guidance/rule';
import type { Parameters } from './parameters';
import type { RunObserver } from './run';

/** Pictures lie in [-1, 1], and guidance that is of any use takes no estimate beyond some hundreds. */
const FARTHEST = 1e6;

/** Noise stays within 6.7 standard deviations: a noisy picture beyond this many was driven there. */
const MOST_DEVIATIONS = 10;

/** A sample whose numbers are none of a picture any more: not finite, or beyond a million. */
export interface LostSample {
  /** Its place in the batch, from 0. */
  readonly sample: number;
  /** The stage of a cascade, from 0. */
  readonly stage: number;
  /** The step of that stage, from 0. */
  readonly step: number;
  /**
   * The prediction that gave such numbers of a noisy picture as usual; else it was the guidance, which
   * made them of whole predictions, or had driven the noisy picture too far before.
   */
  readonly by: Prediction | 'guidance';
}

/** A field of an evaluation. */
export type WatchedField = Prediction | 'guided' | 'x';

interface WatchedEvaluation {
  /** The predictions that the rule combines. */
  readonly used: readonly Prediction[];
  readonly batch: number;
  readonly at: Pick<GuidancePoint, 'step' | 'sigma'>;
  readonly stage: number;
}

/** The predictions that a rule combines at an evaluation: what is evaluated to be looked at costs no sample. */
export function combinedBy(
  { needs }: Pick<GuidanceRule, 'needs'>,
  params: Parameters,
  { predictions, at }: { readonly predictions: Predictions<unknown>; readonly at: GuidancePoint },
): Prediction[] {
  return needs(at, params).filter((name) => predictions[name] !== undefined);
}

/** Looks on at a run and notices the samples that are lost, and when, and by what. */
export class LossWatch {
  readonly #lost: Map<number, LostSample>;
  readonly #onLost: (() => void) | undefined;

  /**
   * @param onLost is called whenever a sample is lost; what it throws ends the run
   * @param before samples that stages before were known to have lost
   */
  constructor(onLost?: () => void, before: readonly LostSample[] = []) {
    this.#onLost = onLost;
    this.#lost = new Map(before.map((lost) => [lost.sample, lost]));
  }

  /** Ordered by their place in the batch. */
  get lost(): readonly LostSample[] {
    return [...this.#lost.values()].sort((a, b) => a.sample - b.sample);
  }

  /** Watches a stage of a cascade; that of a single network is 0. */
  observer(
    rule: Pick<GuidanceRule, 'needs'>,
    params: Parameters,
    stage = 0,
  ): RunObserver<ArrayField> {
    return {
      observe: ({ predictions, guided, x, at }) => {
        const fields = { ...predictions, guided, x };
        const used = combinedBy(rule, params, { predictions, at });
        this.look({ used, batch: x.batch, at, stage }, (name, sample, most) =>
          isWithin(fields[name]!, sample, most),
        );
      },
    };
  }

  /** Looks at one evaluation. @param within whether all numbers of a sample lie within ±most */
  look(
    { used, batch, at, stage }: WatchedEvaluation,
    within: (field: WatchedField, sample: number, most: number) => boolean,
  ): void {
    for (let sample = 0; sample < batch; sample++) {
      if (this.#lost.has(sample)) continue;
      const bad = used.find(
        // A gradient is multiplied by sigma² later: its own numbers may be large.
        (name) => !within(name, sample, isGradient(name) ? Number.MAX_VALUE : FARTHEST),
      );
      if (bad === undefined && within('guided', sample, FARTHEST)) continue;
      const usual = within('x', sample, MOST_DEVIATIONS * (1 + at.sigma));
      const by = bad !== undefined && usual ? bad : 'guidance';
      this.#lose({ sample, stage, step: at.step, by });
    }
  }

  /**
   * Takes what a stage has drawn: of a lost sample all numbers become NaN, so that nothing measures it
   * as a picture.
   */
  drawn(samples: ArrayField, stage: number, step: number): void {
    for (let sample = 0; sample < samples.batch; sample++) {
      if (!this.#lost.has(sample) && !isWithin(samples, sample, FARTHEST)) {
        this.#lose({ sample, stage, step, by: 'guidance' });
      }
    }
    for (const sample of this.#lost.keys()) {
      samples.data.fill(Number.NaN, sample * samples.size, (sample + 1) * samples.size);
    }
  }

  #lose(lost: LostSample): void {
    this.#lost.set(lost.sample, lost);
    this.#onLost?.();
  }
}

/** The samples that hold a number that is not finite, by their places. @param samples [batch, …] */
export function lostSamples(samples: Float32Array, batch: number): number[] {
  const field = { data: samples, batch, size: samples.length / batch };
  return Array.from({ length: batch }, (_, sample) => sample).filter(
    (sample) => !isWithin(field, sample, Number.MAX_VALUE),
  );
}

function isGradient(name: Prediction): boolean {
  return isCompanion(name) && outputOf(name) === 'grad';
}

/** Whether all numbers of a sample lie within ±most. */
function isWithin({ data, size }: ArrayField, sample: number, most: number): boolean {
  const end = (sample + 1) * size;
  for (let i = sample * size; i < end; i++) {
    // Written so that NaN fails too.
    if (!(Math.abs(data[i]!) <= most)) return false;
  }
  return true;
}
