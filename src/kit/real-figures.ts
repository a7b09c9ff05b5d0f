/** What a manifest's `quality` says of real pictures that no network has seen. */
export interface RealFigures {
  readonly classAccuracy: number | undefined;
  readonly diversity: number | undefined;
  readonly alignment: number | undefined;
}

/** Reads a manifest's `quality`, whose form is free. */
export function realFigures(quality: Readonly<Record<string, unknown>> | undefined): RealFigures {
  const real = quality?.real;
  return {
    classAccuracy: numberIn(real, 'classAccuracy'),
    diversity: numberIn(real, 'diversity'),
    alignment: numberIn(real, 'alignment'),
  };
}

/** A number of an object of unknown form. */
export function numberIn(of: unknown, name: string): number | undefined {
  if (typeof of !== 'object' || of === null) return undefined;
  const value = (of as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
