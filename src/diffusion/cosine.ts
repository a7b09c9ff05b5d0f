/**
 * The matrix of the orthonormal discrete cosine transform (DCT-II) of `side` numbers, row by row: row k has
 * the cosine of k half waves. Its transpose is its inverse.
 */
export function cosineMatrix(side: number): Float64Array {
  return Float64Array.from({ length: side * side }, (_, at) => {
    const [k, i] = [Math.floor(at / side), at % side];
    const norm = Math.sqrt((k === 0 ? 1 : 2) / side);
    return norm * Math.cos((Math.PI * k * (2 * i + 1)) / (2 * side));
  });
}

/** How sharply low frequencies end: λ of HiGS. */
const SHARPNESS = 50;

/**
 * What a high-pass keeps of each cosine, `[height, width]`: sigmoid(50 (R - cutoff)), R² = (k/height)² +
 * (l/width)² for k half waves down and l across (2509.22300, eq. 8).
 *
 * @throws RangeError for a cutoff below 0 or not finite
 */
export function highPassWeights(height: number, width: number, cutoff: number): Float64Array {
  if (!(cutoff >= 0 && cutoff < Infinity)) {
    throw new RangeError(`highPass needs a finite cutoff of at least 0, got ${cutoff}`);
  }
  return Float64Array.from({ length: height * width }, (_, at) => {
    const radius = Math.hypot(Math.floor(at / width) / height, (at % width) / width);
    return 1 / (1 + Math.exp(-SHARPNESS * (radius - cutoff)));
  });
}

/**
 * Images without their low frequencies: the cosine transform of each channel, weighted, and back.
 *
 * @param images `[batch, channels, height, width]`
 * @param shape [channels, height, width]
 * @param out receives the result, as long as images
 */
export function highPass(
  images: Float32Array,
  [, height, width]: readonly [number, number, number],
  cutoff: number,
  out: Float32Array,
): void {
  const size = height * width;
  const weights = highPassWeights(height, width, cutoff);
  const [down, across] = [cosineMatrix(height), cosineMatrix(width)];
  const [back, backAcross] = [transposed(down, height), transposed(across, width)];
  for (let from = 0; from < images.length; from += size) {
    const image = images.subarray(from, from + size);
    const waves = toTransposedRows(toTransposedRows(image, across, width), down, height);
    for (let i = 0; i < size; i++) waves[i]! *= weights[i]!;
    out.set(toTransposedRows(toTransposedRows(waves, backAcross, width), back, height), from);
  }
}

/** A square matrix with its rows as columns. */
export function transposed(matrix: Float64Array, side: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % side) * side + Math.floor(at / side)]!);
}

/** A matrix applied to each row of `side` numbers; rows and columns change places. */
function toTransposedRows(
  rows: Float32Array | Float64Array,
  matrix: Float64Array,
  side: number,
): Float64Array {
  const count = rows.length / side;
  const out = new Float64Array(rows.length);
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < side; k++) {
      let sum = 0;
      for (let i = 0; i < side; i++) sum += matrix[k * side + i]! * rows[row * side + i]!;
      out[k * count + row] = sum;
    }
  }
  return out;
}
