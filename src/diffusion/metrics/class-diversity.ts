import { NUM_GROUPS } from './spread';

/** Diversity within the classes, of samples that arrive one by one. */
export interface ClassDiversity {
  /** Takes one more sample, of a group in 0 … NUM_GROUPS - 1. @param features [numFeatures] */
  add(features: Float32Array, label: number, group: number): void;
  /**
   * Mean Euclidean feature distance of two samples of one class, averaged over the classes that
   * have two; undefined where none has.
   *
   * @param without a group to leave out
   */
  value(without?: number): number | undefined;
}

/** One class: its samples, and sum and number of the distances of its pairs, by their two groups. */
interface Members {
  readonly samples: { readonly features: Float32Array; readonly group: number }[];
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

export function classDiversity(): ClassDiversity {
  const classes = new Map<number, Members>();
  return {
    add(features, label, group) {
      const members = classes.get(label) ?? {
        samples: [],
        sums: new Float64Array(NUM_GROUPS ** 2),
        counts: new Float64Array(NUM_GROUPS ** 2),
      };
      classes.set(label, members);
      for (const other of members.samples) {
        let square = 0;
        for (let i = 0; i < features.length; i++)
          square += (features[i]! - other.features[i]!) ** 2;
        const pair = group * NUM_GROUPS + other.group;
        members.sums[pair]! += Math.sqrt(square);
        members.counts[pair]!++;
      }
      members.samples.push({ features: features.slice(), group });
    },
    value(without) {
      const means: number[] = [];
      for (const { sums, counts } of classes.values()) {
        let sum = 0;
        let count = 0;
        for (let a = 0; a < NUM_GROUPS; a++) {
          for (let b = 0; b < NUM_GROUPS; b++) {
            if (a === without || b === without) continue;
            sum += sums[a * NUM_GROUPS + b]!;
            count += counts[a * NUM_GROUPS + b]!;
          }
        }
        if (count > 0) means.push(sum / count);
      }
      return means.length ? means.reduce((a, b) => a + b) / means.length : undefined;
    },
  };
}
