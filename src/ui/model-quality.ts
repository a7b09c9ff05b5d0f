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
    const classAccuracy = numberIn(entry, 'classAccuracy');
    const frechetDistance = numberIn(entry, 'frechetDistance');
    const complete =
      guidanceScale !== undefined && classAccuracy !== undefined && frechetDistance !== undefined;
    return complete ? [{ guidanceScale, classAccuracy, frechetDistance }] : [];
  });
  const [best] = measured.toSorted((a, b) => a.frechetDistance - b.frechetDistance);
  return best && { samples, judge, best, realAccuracy: numberIn(real, 'classAccuracy') };
}

/**
 * Shares of a network's samples that lie nearer to a training picture than 99 % of unseen real
 * pictures do: about 0.01 where nothing was memorised (training/memorisation.py).
 */
export interface Memorisation {
  readonly guidanceScale: number;
  /** By the features of the feature network. */
  readonly features: number;
  readonly pixels: number;
}

/** Reads the memorisation check in a manifest's `quality`; undefined where there is none. */
export function memorisationIn(
  quality: Readonly<Record<string, unknown>> | undefined,
): Memorisation | undefined {
  const check = quality?.memorisation;
  const guidanceScale = numberIn(check, 'guidanceScale');
  const [features, pixels] = ['features', 'pixels'].map((space) =>
    numberIn(valueIn(check, space), 'shareNearer'),
  );
  const complete = guidanceScale !== undefined && features !== undefined && pixels !== undefined;
  return complete ? { guidanceScale, features, pixels } : undefined;
}

function numberIn(of: unknown, name: string): number | undefined {
  const value = valueIn(of, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function valueIn(of: unknown, name: string): unknown {
  if (typeof of !== 'object' || of === null) return undefined;
  return (of as Readonly<Record<string, unknown>>)[name];
}
