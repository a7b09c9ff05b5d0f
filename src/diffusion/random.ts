const TWO_POW_32 = 2 ** 32;

/**
 * Philox4x32-10: four random 32-bit words from a counter and a key ("Parallel random numbers: as
 * easy as 1, 2, 3", Salmon et al., SC 2011).
 *
 * Counter-based, so that any number of any stream is there without making the ones before it.
 *
 * @param counter four 32-bit words
 * @param key two 32-bit words
 * @param out receives the four words; may be `counter`
 */
export function philox(counter: Uint32Array, key: Uint32Array, out: Uint32Array): void {
  let c0 = counter[0]!;
  let c1 = counter[1]!;
  let c2 = counter[2]!;
  let c3 = counter[3]!;
  let k0 = key[0]!;
  let k1 = key[1]!;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = mulHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit numbers; every partial sum is below 2^32. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (carry >>> 16);
}

/** A 32-bit word as a number in (0, 1): never 0, where the logarithm is infinite; so |n| < 6.7. */
export function uniform(word: number): number {
  return (word + 0.5) / TWO_POW_32;
}

/** @throws RangeError unless the seed is an integer from 0 to 2^32 - 1. */
export function checkSeed(seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed >= TWO_POW_32) {
    throw new RangeError(`A seed must be an integer from 0 to ${TWO_POW_32 - 1}, got ${seed}`);
  }
}

/**
 * The noise seed of the first sample that the page shows for one of its seeds, a bijection of the
 * integers 0 … 2^32 - 1: sample k has `firstSeed(pageSeed) + k`, so pages of neighbouring seeds
 * would share all samples but one if it were the seed itself. The mixer is lowbias32 (C. Wellons,
 * "Prospecting for Hash Functions", 2018): each step can be undone, see `pageSeedOf`.
 *
 * @throws RangeError unless the seed is an integer from 0 to 2^32 - 1
 */
export function firstSeed(pageSeed: number): number {
  checkSeed(pageSeed);
  let x = pageSeed;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The page's seed whose first sample has this noise seed: the inverse of `firstSeed`. @throws RangeError */
export function pageSeedOf(noiseSeed: number): number {
  checkSeed(noiseSeed);
  let x = noiseSeed;
  x = Math.imul(x ^ (x >>> 16), 0x43021123);
  x = Math.imul(x ^ (x >>> 15) ^ (x >>> 30), 0x1d69e2a5);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The noise seed of sample k, 0, 1, … of a page's seed: (firstSeed(pageSeed) + k) mod 2^32. */
export function sampleSeed(pageSeed: number, k: number): number {
  return (firstSeed(pageSeed) + k) % TWO_POW_32;
}

/**
 * Fills `out` with standard normal numbers: element i is a function of (seed, stream, i) only.
 *
 * Box-Muller on Philox words, in float64 and rounded to float32 at the end: engines differ in the
 * last bit of `Math.log` and `Math.cos`, which the rounding hides, so that every browser starts
 * from the same noise.
 *
 * @param seed integer, 0 … 2^32 - 1: one for each sample
 * @param stream integer, -1 … 2^32 - 2: the step; -1 is the starting noise
 */
export function fillGaussian(out: Float32Array, seed: number, stream: number): void {
  checkSeed(seed);
  if (!Number.isInteger(stream) || stream < -1 || stream > TWO_POW_32 - 2) {
    throw new RangeError(`A stream must be an integer from -1 to 2^32 - 2, got ${stream}`);
  }
  const key = Uint32Array.of(seed, stream >>> 0);
  const counter = new Uint32Array(4);
  const words = new Uint32Array(4);
  for (let i = 0; i < out.length; i += 4) {
    counter[0] = i / 4;
    philox(counter, key, words);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = Math.sqrt(-2 * Math.log(uniform(words[pair]!)));
      const angle = 2 * Math.PI * uniform(words[pair + 1]!);
      // Writes past the end of a typed array are ignored, so a length need not divide by 4.
      out[i + pair] = radius * Math.cos(angle);
      out[i + pair + 1] = radius * Math.sin(angle);
    }
  }
}

/** Sets the streams of random labels apart from those of the noise: a word of Philox's counter. */
const LABELS = 0x6c61626c;

/**
 * A label 0 … numClasses - 1 for each sample, evenly distributed: a function of its seed and the step
 * only, independent of the noise.
 *
 * @param step integer, 0 … 2^32 - 2
 * @throws RangeError for another seed, step or a numClasses that is no positive integer
 */
export function randomLabels(seeds: readonly number[], step: number, numClasses: number): number[] {
  if (!Number.isInteger(numClasses) || numClasses < 1) {
    throw new RangeError(`Random labels need a positive number of classes, got ${numClasses}`);
  }
  if (!Number.isInteger(step) || step < 0 || step > TWO_POW_32 - 2) {
    throw new RangeError(`A step must be an integer from 0 to 2^32 - 2, got ${step}`);
  }
  return seeds.map((seed) => {
    checkSeed(seed);
    const words = Uint32Array.of(0, LABELS, 0, 0);
    philox(words, Uint32Array.of(seed, step), words);
    return Math.floor(uniform(words[0]!) * numClasses);
  });
}

/** Standard normal numbers as a new array: see `fillGaussian`. */
export function gaussian(seed: number, stream: number, length: number): Float32Array {
  const out = new Float32Array(length);
  fillGaussian(out, seed, stream);
  return out;
}
