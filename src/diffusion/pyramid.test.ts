import { expect, test } from 'vitest';
import { bandOperators, laplacianBands } from './pyramid';
import { gaussian } from './random';

test.each([
  [28, 28, 3],
  [7, 5, 4],
  [1, 9, 2],
  [4, 4, 1],
])('%d × %d: the operators of %d levels make of an image what its bands sum to', (h, w, levels) => {
  const image = gaussian(3, 0, h * w);
  const bands = Array.from({ length: levels }, () => new Float32Array(h * w));
  laplacianBands(image, [1, h, w], bands);
  const down = bandOperators(h, levels);
  const across = bandOperators(w, levels);
  for (let level = 0; level < levels; level++) {
    for (let i = 0; i < h; i++) {
      for (let j = 0; j < w; j++) {
        let made = 0;
        for (let k = 0; k < h; k++) {
          for (let l = 0; l < w; l++) {
            made += down[level]![i * h + k]! * image[k * w + l]! * across[level]![j * w + l]!;
          }
        }
        const wanted = bands.slice(level).reduce((sum, band) => sum + band[i * w + j]!, 0);
        expect(made).toBeCloseTo(wanted, 5);
      }
    }
  }
});

test('operators need a whole number of levels', () => {
  expect(() => bandOperators(8, 0)).toThrow('at least 1, got 0');
});
