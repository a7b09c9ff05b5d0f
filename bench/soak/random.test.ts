import { expect, test } from 'vitest';
import { Choices } from './random';

test('the seed decides every choice', () => {
  const draw = (seed: number) => {
    const choices = new Choices(seed);
    return Array.from({ length: 50 }, () => choices.below(1000));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('choices are as likely as their weights say', () => {
  const choices = new Choices(1);
  const counts = { often: 0, seldom: 0, never: 0 };
  for (let i = 0; i < 4000; i++) counts[choices.weighted({ often: 3, seldom: 1, never: 0 })]++;
  expect(counts.never).toBe(0);
  expect(counts.often / counts.seldom).toBeGreaterThan(2.5);
  expect(counts.often / counts.seldom).toBeLessThan(3.5);
  expect(() => choices.of([])).toThrow('needs values to choose from, got none');
});
