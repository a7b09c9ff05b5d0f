import type { ArrayField, ArrayFieldAlgebra } from '../diffusion/fields';
import { comparedWith, type GuidanceRule } from '../diffusion/guidance/rule';
import { differences, gradientAgreement, saturatedShares } from '../diffusion/inside';
import type { RunObserver } from '../diffusion/run';
import { toSigned } from './pixels';
import type { Inside, InsideOptions, SignedPicture } from './protocol';

/** Pictures of eps show this many standard deviations of the noise to either side. */
const EPS_LIMIT = 3;

/** Observes a run's evaluations and records what the guidance did. */
export interface InsideObserver extends RunObserver<ArrayField> {
  /** What the evaluation that the step started from has shown. */
  seen(): Inside | undefined;
}

/**
 * Records what the guidance does at each step, at the step's first evaluation.
 *
 * @param options.opinion probability of the class asked for, sample by sample, of estimates
 */
export function insideObserver(options: {
  readonly rule: GuidanceRule;
  readonly fields: ArrayFieldAlgebra;
  readonly look: InsideOptions;
  readonly opinion?: ((estimates: Float32Array) => Promise<readonly number[]>) | undefined;
}): InsideObserver {
  const { rule, fields, look, opinion } = options;
  const other = comparedWith(rule);
  const unknown = () => Array<number>(fields.batch).fill(Number.NaN);
  let latest: Inside | undefined;

  /** Σ coefficient · field as a picture; the field itself is released. */
  function picture(
    terms: Parameters<typeof fields.lincomb>[0],
    limits: (data: Float32Array) => readonly number[],
  ): SignedPicture {
    const field = fields.lincomb(terms);
    const made = toSigned(field.data, limits(field.data));
    fields.release(field);
    return made;
  }
  const noiseScale = () => Array<number>(fields.batch).fill(EPS_LIMIT);

  function epsPictures(x: ArrayField, c: ArrayField, u: ArrayField, sigma: number) {
    const eps = (denoised: ArrayField) =>
      picture(
        [
          [1 / sigma, x],
          [-1 / sigma, denoised],
        ],
        noiseScale,
      );
    const difference = picture(
      [
        [1 / sigma, u],
        [-1 / sigma, c],
      ],
      (data) => roundLimits(largest(data, fields.batch)),
    );
    return { cond: eps(c), other: eps(u), difference };
  }

  function gradientPictures(c: ArrayField, u: ArrayField, g: ArrayField, sigma: number) {
    const implicit = fields.lincomb([
      [1 / sigma ** 2, c],
      [-1 / sigma ** 2, u],
    ]);
    const ofExplicit = largest(g.data, fields.batch);
    const limit = roundLimits(
      largest(implicit.data, fields.batch).map((value, b) => Math.max(value, ofExplicit[b]!)),
    );
    const pictures = {
      explicit: toSigned(g.data, limit),
      implicit: toSigned(implicit.data, limit),
    };
    fields.release(implicit);
    return pictures;
  }

  return {
    alsoNeeded: look.gradient ? ['cond', other, 'uncond', 'classifier'] : [],
    async observe({ predictions, guided, x, at: { stage, sigma } }) {
      if (stage > 0) return;
      const { cond: c, uncond, classifier: g } = predictions;
      const u = predictions[other];
      const seen = c && u ? differences(fields.gram([x, c, u]), sigma) : undefined;
      const comparable = look.gradient && c && uncond && g;
      latest = {
        figures: {
          norm: seen?.map(({ norm }) => norm) ?? unknown(),
          angle: seen?.map(({ angle }) => angle) ?? unknown(),
          parallel: seen?.map(({ parallel }) => parallel) ?? unknown(),
          orthogonal: seen?.map(({ orthogonal }) => orthogonal) ?? unknown(),
          saturated: saturatedShares(guided.data, fields.batch),
          opinion: (await opinion?.(guided.data)) ?? unknown(),
          agreement: comparable ? gradientAgreement(fields.gram([c, uncond, g])) : unknown(),
        },
        eps: c && u && epsPictures(x, c, u, sigma),
        gradients: comparable ? gradientPictures(c, uncond, g, sigma) : undefined,
      };
    },
    seen: () => latest,
  };
}

/** The buffers of a step's pictures, to be transferred. */
export function buffersOf({ eps, gradients }: Inside): ArrayBufferLike[] {
  return [...Object.values(eps ?? {}), ...Object.values(gradients ?? {})].map(
    ({ data }) => data.buffer,
  );
}

/** The largest |number| of each sample. */
function largest(data: Float32Array, batch: number): number[] {
  const size = data.length / batch;
  return Array.from({ length: batch }, (_, b) =>
    data.subarray(b * size, (b + 1) * size).reduce((most, v) => Math.max(most, Math.abs(v)), 0),
  );
}

/** The next of 1, 2, 5, 10, 20 … at or above each number: scales that can be read. 1 for 0. */
function roundLimits(values: readonly number[]): number[] {
  return values.map((value) => {
    if (!(value > 0)) return 1;
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 5, 10].map((digit) => digit * power).find((limit) => limit >= value) ?? value;
  });
}
