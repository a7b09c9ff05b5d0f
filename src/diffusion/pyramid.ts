/** Binomial of order 4, the usual blur of a pyramid. */
const BLUR = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];

/**
 * The levels of the Laplacian pyramid of a batch of images, each brought up to full resolution:
 * band l = up^l(G_l) - up^(l+1)(G_(l+1)), the last one up^l(G_l), with G_0 the image and
 * G_(l+1) = down(G_l) (Burt & Adelson 1983). Their sum telescopes to the image.
 *
 * `down` blurs and keeps every second pixel, so that sides go 28 → 14 → 7 → 4; `up` interpolates
 * linearly between those. Edge pixels are repeated outwards, so that constants stay constant.
 *
 * @param images `[batch, channels, height, width]`
 * @param shape [channels, height, width]
 * @param out receives the bands, finest first, each as long as images; their number is the levels
 */
export function laplacianBands(
  images: Float32Array,
  [, height, width]: readonly [number, number, number],
  out: readonly Float32Array[],
): void {
  const size = height * width;
  const last = out.length - 1;
  const sides = out.map((_, level) => [halved(height, level), halved(width, level)] as const);
  for (let from = 0; from < images.length; from += size) {
    let gaussian: Float64Array = Float64Array.from(images.subarray(from, from + size));
    /** up^level(gaussian). */
    let whole = gaussian;
    for (let level = 0; level < last; level++) {
      const [h, w] = sides[level]!;
      gaussian = downTransposed(downTransposed(gaussian, w), h);
      let coarser: Float64Array = gaussian;
      for (let l = level; l >= 0; l--) {
        coarser = upTransposed(upTransposed(coarser, sides[l]![1]), sides[l]![0]);
      }
      const band = out[level]!;
      for (let i = 0; i < size; i++) band[from + i] = whole[i]! - coarser[i]!;
      whole = coarser;
    }
    out[last]!.set(whole, from);
  }
}

/**
 * What blurs a side to each level of the pyramid and brings it back, as matrices: since the levels are
 * made side by side, up^l(G_l) of an image X is M_l X M_l'ᵀ with those of its height and width.
 *
 * @param side pixels
 * @param levels 1 or more
 * @returns for each level M, [side, side]; the first is the identity
 * @throws RangeError for other levels
 */
export function bandOperators(side: number, levels: number): Float32Array[] {
  checkLevels(levels);
  const units = new Float32Array(side * side);
  for (let i = 0; i < side; i++) units[i * side + i] = 1;
  const bands = Array.from({ length: levels }, () => new Float32Array(side * side));
  laplacianBands(units, [1, side, 1], bands);
  return bands.map((_, level) => {
    const matrix = new Float32Array(side * side);
    for (const band of bands.slice(level)) {
      // Row j of the bands is what becomes of unit vector j.
      for (let at = 0; at < band.length; at++) {
        matrix[(at % side) * side + Math.floor(at / side)]! += band[at]!;
      }
    }
    return matrix;
  });
}

/** @throws RangeError unless it is a whole number of at least 1 */
export function checkLevels(levels: number): void {
  if (Number.isInteger(levels) && levels >= 1) return;
  throw new RangeError(`bands needs a whole number of levels of at least 1, got ${levels}`);
}

/** A side after so many halvings, rounded up. */
function halved(side: number, times: number): number {
  return Math.ceil(side / 2 ** times);
}

/** Rows of `length` pixels blurred and halved, as columns. */
function downTransposed(image: Float64Array, length: number): Float64Array {
  const rows = image.length / length;
  const out = new Float64Array(rows * halved(length, 1));
  for (let at = 0; at < out.length; at++) {
    const row = at % rows;
    const centre = 2 * Math.floor(at / rows);
    BLUR.forEach((weight, k) => {
      const column = Math.min(Math.max(centre + k - 2, 0), length - 1);
      out[at]! += weight * image[row * length + column]!;
    });
  }
  return out;
}

/** Rows brought up to `length` pixels, as columns: every second pixel is one of them, the others lie between. */
function upTransposed(image: Float64Array, length: number): Float64Array {
  const short = halved(length, 1);
  const rows = image.length / short;
  const out = new Float64Array(rows * length);
  for (let at = 0; at < out.length; at++) {
    const place = Math.floor(at / rows) / 2;
    const left = (at % rows) * short + Math.floor(place);
    const right = (at % rows) * short + Math.min(Math.ceil(place), short - 1);
    out[at] = (image[left]! + image[right]!) / 2;
  }
  return out;
}
