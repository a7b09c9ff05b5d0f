import type { Manifest } from '../networks/manifest';

/** The values of the slices that the page's features have brought, by their slices. */
export type SliceValues = ReadonlyMap<Slice<unknown>, unknown>;

/** Settings that features have brought slices to. */
interface WithSlices {
  readonly slices: SliceValues;
}

interface SliceDefinition<T> {
  /** Its key in the address. */
  readonly key: string;
  readonly default: T;
  /** The value that an address's text stands for; undefined: the text makes no sense. */
  read(text: string): T | undefined;
  write(value: T): string;
  /**
   * What it says beside what is drawn: `step` where the visitor is, so that a change of it is a step
   * of the browser's history; `aside` neither that. Undo leaves both alone.
   */
  readonly role?: 'step' | 'aside';
  /** The value as another model can follow it; absent: any model can. */
  fitTo?(value: T, model: Manifest): T;
}

/** A feature's part of the page's settings: src/settings stores, reads and writes it without knowing it. */
export interface Slice<T> extends SliceDefinition<T> {
  /** Its value in these settings; the default where the page has not this feature. */
  of(settings: WithSlices): T;
  /** The settings with another value of it. */
  put<S extends WithSlices>(settings: S, value: T): S;
}

export function defineSlice<T>(definition: SliceDefinition<T>): Slice<T> {
  const slice: Slice<T> = {
    ...definition,
    of: ({ slices }) => (slices.has(slice) ? (slices.get(slice) as T) : definition.default),
    put: (settings, value) => ({ ...settings, slices: new Map(settings.slices).set(slice, value) }),
  };
  return slice;
}

/** Each slice at its default. */
export function defaultSlices(slices: readonly Slice<unknown>[]): SliceValues {
  return new Map(slices.map((slice) => [slice, slice.default]));
}

/** Each slice's value as another model can follow it. */
export function slicesFittedTo(slices: SliceValues, model: Manifest): SliceValues {
  return new Map(
    [...slices].map(([slice, value]) => [slice, slice.fitTo?.(value, model) ?? value]),
  );
}
