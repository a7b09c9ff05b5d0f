import { describe, expect, test } from 'vitest';
import { LIMITS } from './column';
import { knownNames, knownSubject, namesText, presetSubject, spreadClasses } from './subject';

const LETTERS = ['A', 'B', 'C', 'd'];
const KINDS = ['heart', 'sky & weather', 'tench, Tinca tinca', 'time', 'arrow'];

describe('a sample each of several classes', () => {
  test('names are classes in whichever case; others fall away', () => {
    expect(knownNames('a!BD', LETTERS)).toEqual(['A', 'B', 'd']);
    expect(knownNames(['HEART', 'time', 'x', 'time'], KINDS)).toEqual(['heart', 'time', 'time']);
    expect(knownNames('A'.repeat(99), LETTERS)).toHaveLength(LIMITS.each);
  });

  test('none known: the first class', () => {
    const subject = { kind: 'each', names: ['x', 'y'] } as const;
    expect(knownSubject(subject, { classes: KINDS })).toEqual({ kind: 'class', name: 'heart' });
    expect(knownSubject(subject, { classes: [] })).toEqual({ kind: 'none' });
  });

  test('the class that a network is first shown with is its most telling one', () => {
    const first = { kind: 'class', name: '' } as const;
    const scene = { class: 'time', network: 'a'.repeat(64), telling: 0.5 };
    expect(knownSubject(first, { classes: KINDS, scene })).toEqual({ kind: 'class', name: 'time' });
    expect(presetSubject({ kind: 'none' }, { classes: KINDS, scene })).toMatchObject({
      name: 'time',
    });
    const gone = { ...scene, class: 'dog' };
    expect(knownSubject(first, { classes: KINDS, scene: gone })).toMatchObject({ name: 'heart' });
    expect(knownSubject(first, { classes: KINDS })).toMatchObject({ name: 'heart' });
  });

  test.each([1, 2, 3, 5, 49])('%d from all over a list of 49, each once', (wanted) => {
    const classes = Array.from({ length: 49 }, (_, k) => `class ${k}`);
    const chosen = spreadClasses(classes, wanted);
    const at = chosen.map((name) => classes.indexOf(name));
    const count = Math.min(wanted, LIMITS.each);
    expect(chosen).toHaveLength(count);
    expect(at[0]).toBe(0);
    for (const [k, place] of at.entries()) {
      const gap = (at[k + 1] ?? 49) - place;
      expect(Math.abs(gap - 49 / count)).toBeLessThan(1);
    }
  });

  test('no more than there are', () => {
    expect(spreadClasses(KINDS, 16)).toEqual(KINDS);
  });

  test('letters are a word, names a list', () => {
    expect(namesText(['H', '好'])).toBe('H好');
    expect(namesText(['heart', 'H'])).toBe('heart, H');
  });
});
