/**
 * Tables 1 and 2 of "Classifier-Free Diffusion Guidance" (Ho and Salimans, arXiv 2207.12598): FID and
 * Inception Score of ImageNet, 50,000 samples a point, judged by Inception v3. Another data set and
 * another judge than this page's: only their shape compares.
 */
export interface PaperRow {
  readonly w: number;
  /** Of each column, in their order. */
  readonly fid: readonly [number, number, number];
  readonly inceptionScore: readonly [number, number, number];
}

/** ImageNet 64², T = 256. The columns are networks trained with these shares of no class. */
export const TABLE_1: { readonly pUncond: readonly number[]; readonly rows: readonly PaperRow[] } =
  {
    pUncond: [0.1, 0.2, 0.5],
    rows: [
      { w: 0, fid: [1.8, 1.8, 2.21], inceptionScore: [53.71, 52.9, 47.61] },
      { w: 0.1, fid: [1.55, 1.62, 1.91], inceptionScore: [66.11, 64.58, 56.1] },
      { w: 0.2, fid: [2.04, 2.1, 2.08], inceptionScore: [78.91, 76.99, 65.6] },
      { w: 0.3, fid: [3.03, 2.93, 2.65], inceptionScore: [92.8, 88.64, 74.92] },
      { w: 0.4, fid: [4.3, 4, 3.44], inceptionScore: [106.2, 101.11, 84.27] },
      { w: 0.5, fid: [5.74, 5.19, 4.34], inceptionScore: [119.3, 112.15, 92.95] },
      { w: 0.6, fid: [7.19, 6.48, 5.27], inceptionScore: [131.1, 122.13, 102] },
      { w: 0.7, fid: [8.62, 7.73, 6.23], inceptionScore: [141.8, 131.6, 109.8] },
      { w: 0.8, fid: [10.08, 8.9, 7.25], inceptionScore: [151.6, 140.82, 116.9] },
      { w: 0.9, fid: [11.41, 10.09, 8.21], inceptionScore: [161, 150.26, 124.6] },
      { w: 1, fid: [12.6, 11.21, 9.13], inceptionScore: [170.1, 158.29, 131.1] },
      { w: 2, fid: [21.03, 18.79, 16.16], inceptionScore: [225.5, 212.98, 183] },
      { w: 3, fid: [24.83, 22.36, 19.75], inceptionScore: [250.4, 237.65, 208.9] },
      { w: 4, fid: [26.22, 23.84, 21.48], inceptionScore: [260.2, 248.97, 225.1] },
    ],
  };

/** ImageNet 128², p_uncond 0.2. The columns are numbers of steps of the paper's sampler. */
export const TABLE_2: { readonly steps: readonly number[]; readonly rows: readonly PaperRow[] } = {
  steps: [128, 256, 1024],
  rows: [
    { w: 0, fid: [8.11, 7.27, 7.22], inceptionScore: [81.46, 82.45, 81.54] },
    { w: 0.1, fid: [5.31, 4.53, 4.5], inceptionScore: [105.01, 106.12, 104.67] },
    { w: 0.2, fid: [3.7, 3.03, 3], inceptionScore: [130.79, 132.54, 130.09] },
    { w: 0.3, fid: [3.04, 2.43, 2.43], inceptionScore: [156.09, 158.47, 156] },
    { w: 0.4, fid: [3.02, 2.49, 2.48], inceptionScore: [183.01, 183.41, 180.88] },
    { w: 0.5, fid: [3.43, 2.98, 2.96], inceptionScore: [206.94, 207.98, 204.31] },
    { w: 0.6, fid: [4.09, 3.76, 3.73], inceptionScore: [227.72, 228.83, 226.76] },
    { w: 0.7, fid: [4.96, 4.67, 4.69], inceptionScore: [247.92, 249.25, 247.89] },
    { w: 0.8, fid: [5.93, 5.74, 5.71], inceptionScore: [265.54, 267.99, 265.52] },
    { w: 0.9, fid: [6.89, 6.8, 6.81], inceptionScore: [280.19, 283.41, 281.14] },
    { w: 1, fid: [7.88, 7.86, 7.8], inceptionScore: [295.29, 297.98, 294.56] },
    { w: 2, fid: [15.9, 15.93, 15.75], inceptionScore: [378.56, 377.37, 373.18] },
    { w: 3, fid: [19.77, 19.77, 19.56], inceptionScore: [409.16, 407.44, 405.68] },
    { w: 4, fid: [21.55, 21.53, 21.45], inceptionScore: [422.29, 421.03, 419.06] },
  ],
};

/** A point of the paper: FID and Inception Score. */
export interface PaperPoint {
  readonly value: number;
  readonly frechetDistance: number;
  readonly classifierScore: number;
}

/** Table 1 as a curve over w, of the network whose share is nearest to `pUncond`. */
export function weightCurve(pUncond: number): { pUncond: number; points: PaperPoint[] } {
  const column = nearest(TABLE_1.pUncond, pUncond);
  const points = TABLE_1.rows.map(({ w, fid, inceptionScore }) => ({
    value: w,
    frechetDistance: fid[column]!,
    classifierScore: inceptionScore[column]!,
  }));
  return { pUncond: TABLE_1.pUncond[column]!, points };
}

/** Table 2 as a curve over the number of steps, at the row whose w is nearest. */
export function stepsCurve(w: number): { w: number; points: PaperPoint[] } {
  const row =
    TABLE_2.rows[
      nearest(
        TABLE_2.rows.map((entry) => entry.w),
        w,
      )
    ]!;
  const points = TABLE_2.steps.map((value, i) => ({
    value,
    frechetDistance: row.fid[i]!,
    classifierScore: row.inceptionScore[i]!,
  }));
  return { w: row.w, points };
}

function nearest(list: readonly number[], wanted: number): number {
  let best = 0;
  list.forEach((value, i) => {
    if (Math.abs(value - wanted) < Math.abs(list[best]! - wanted)) best = i;
  });
  return best;
}
