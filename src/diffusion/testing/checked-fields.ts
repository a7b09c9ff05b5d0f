import type { ArrayField, ArrayFieldAlgebra } from '../fields';

/** The array algebra, watched: see `checkedFields`. */
export interface CheckedFields extends ArrayFieldAlgebra {
  /** Fields made and not released yet. */
  liveCount(): number;
}

/**
 * Watches who owns what, for tests: released buffers are filled with NaN and never used again, so
 * that a late read shows in the result; using or releasing a field that is not live is an error.
 */
export function checkedFields(inner: ArrayFieldAlgebra): CheckedFields {
  const live = new Set<ArrayField>();
  const add = (field: ArrayField): ArrayField => {
    live.add(field);
    return field;
  };
  const checkLive = (field: ArrayField): void => {
    if (!live.has(field)) throw new Error('A field was used that is not live');
  };
  return {
    ...inner,
    liveCount: () => live.size,
    // A fresh array each time: recycling would wash the NaN out of a stale reference.
    empty: () => {
      const data = new Float32Array(inner.batch * inner.size);
      return add({ data, batch: inner.batch, size: inner.size });
    },
    noise: (step) => add(inner.noise(step)),
    lincomb: (terms) => {
      for (const [, field] of terms) checkLive(field);
      return add(inner.lincomb(terms));
    },
    gram: (fields) => {
      fields.forEach(checkLive);
      return inner.gram(fields);
    },
    clamp: (field, bound) => {
      checkLive(field);
      return add(inner.clamp(field, bound));
    },
    absQuantile: (field, q) => {
      checkLive(field);
      return inner.absQuantile(field, q);
    },
    bands: (field, levels) => {
      checkLive(field);
      return inner.bands(field, levels).map(add);
    },
    highPass: (field, cutoff) => {
      checkLive(field);
      return add(inner.highPass(field, cutoff));
    },
    release: (field) => {
      checkLive(field);
      live.delete(field);
      field.data.fill(Number.NaN);
    },
  };
}
