import { ModelError } from './errors';
import type { FeaturesManifest } from './manifest';
import type { Bytes } from './sources';

/** What a feature network says of real pictures: the reference of a Fréchet distance, precision and recall. */
export interface ModelReference {
  /** Real pictures that mean and covariance are of. */
  readonly pictures: number;
  /** [features] */
  readonly mean: Float32Array;
  /** [features, features], normalised by pictures - 1. */
  readonly covariance: Float32Array;
  /** Features of some of the pictures, equally many of each class, [kept, features]. */
  readonly features: Float32Array;
}

/**
 * Reads a feature network's reference: little-endian float32 mean [F] and covariance [F, F], then
 * float16 features [kept, F] (training/export.py).
 *
 * @param files as `loadModel` with `reference: true` gives them
 * @returns undefined for a network without one
 * @throws ModelError ('damaged-file') for a file that is no such reference
 */
export function readReference(
  { id, reference }: FeaturesManifest,
  files: ReadonlyMap<string, Bytes>,
): ModelReference | undefined {
  if (reference === undefined) return undefined;
  const path = `${id}/${reference.file}`;
  const bytes = files.get(reference.file);
  if (bytes === undefined) {
    const message = `${id}/manifest.json: "reference.file" must be one of "files", got "${reference.file}"`;
    throw new ModelError('invalid-manifest', `${id}/manifest.json`, message);
  }
  const { pictures, features: size, kept } = reference;
  const damaged = (requirement: string, received: string) =>
    new ModelError(
      'damaged-file',
      path,
      `models/${path} is damaged: ${requirement}, got ${received}. Put the file up again.`,
    );
  const expected = 4 * size + 4 * size ** 2 + 2 * kept * size;
  if (bytes.byteLength !== expected) {
    throw damaged(
      `${size} features of ${kept} pictures need ${expected} bytes`,
      `${bytes.byteLength}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const floats = (start: number, length: number) =>
    Float32Array.from({ length }, (_, i) => view.getFloat32(start + 4 * i, true));
  const mean = floats(0, size);
  const covariance = floats(4 * size, size ** 2);
  const start = 4 * size * (size + 1);
  const features = Float32Array.from({ length: kept * size }, (_, i) =>
    fromHalf(view.getUint16(start + 2 * i, true)),
  );
  for (const values of [mean, covariance, features]) {
    const bad = values.find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw damaged('its numbers must be finite', `${bad}`);
  }
  for (let i = 0; i < size; i++) {
    const variance = covariance[i * (size + 1)]!;
    if (variance < 0) throw damaged('variances must not be negative', `${variance}`);
    for (let j = 0; j < i; j++) {
      const [a, b] = [covariance[i * size + j]!, covariance[j * size + i]!];
      if (a !== b) throw damaged('its covariance must be symmetric', `${a} and ${b}`);
    }
  }
  return { pictures, mean, covariance, features };
}

/** The number that 16 bits of IEEE 754 half precision stand for: sign, 5 bits of exponent, 10 of fraction. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
