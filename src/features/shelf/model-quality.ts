import { numberIn } from '../../kit/real-figures';

/** What a manifest says of a network's quality, as far as it has the usual form. */
export interface MeasuredQuality {
  readonly samples: number;
  /** Id of the feature network. */
  readonly judge: string;
  /** The scale with the least Fréchet distance, and the figures there. */
  readonly best: {
    readonly guidanceScale: number;
    readonly classAccuracy: number;
    readonly frechetDistance: number;
  };
  /** Share of real pictures that the judge recognises. */
  readonly realAccuracy: number | undefined;
}

/** Reads a manifest's `quality`; undefined where it has another form. */
export function measuredQuality(
  quality: Readonly<Record<string, unknown>> | undefined,
): MeasuredQuality | undefined {
  const { samples, judge, scales, real } = quality ?? {};
  if (typeof samples !== 'number' || typeof judge !== 'string' || !Array.isArray(scales)) {
    return undefined;
  }
  const measured = scales.flatMap((entry: unknown) => {
    const guidanceScale = numberIn(entry, 'guidanceScale');
    const classAccuracy = accuracyIn(entry);
    const frechetDistance = numberIn(entry, 'frechetDistance');
    const complete =
      guidanceScale !== undefined && classAccuracy !== undefined && frechetDistance !== undefined;
    return complete ? [{ guidanceScale, classAccuracy, frechetDistance }] : [];
  });
  const [best] = measured.toSorted((a, b) => a.frechetDistance - b.frechetDistance);
  return best && { samples, judge, best, realAccuracy: accuracyIn(real) };
}

/** Of classes, or of the things that prompts ask for. */
function accuracyIn(of: unknown): number | undefined {
  return numberIn(of, 'classAccuracy') ?? numberIn(of, 'thing');
}
