import { describe, expect, test } from 'vitest';
import { findGuidanceRule, guidanceRegistry } from './index';
import { evaluationsFor, neededPredictions, scalesOf } from './needed';

test.each([
  ['classifier', { classifierSize: 0 }, undefined, ['uncond', 'classifier']],
  ['classifier', { classifierSize: 1 }, undefined, ['uncond', 'smallClassifier']],
  ['classifier', {}, [1], ['uncond']],
  ['classifier-conditional', {}, [3], ['cond', 'classifier']],
  ['autoguidance', {}, [1], ['cond']],
  ['autoguidance', {}, [1, 2], ['cond', 'weak']],
  ['cfg', {}, undefined, ['cond', 'uncond']],
  ['pag', {}, [1], ['cond']],
  ['pag', {}, [3], ['cond', 'perturbed']],
  ['icg', {}, [0, 3], ['cond', 'random']],
  ['internal', {}, [3], ['cond', 'auxiliary']],
] as const)('%s with %o at scales %o needs %o', (id, params, scales, needed) => {
  expect(neededPredictions(findGuidanceRule(id), params, scales).toSorted()).toEqual(
    needed.toSorted(),
  );
});

describe.each(guidanceRegistry)('$id', (rule) => {
  test('needs no more than it declares, and at no scale more than at the few that stand for all', () => {
    const any = neededPredictions(rule, {});
    expect(rule.predictions).toEqual(expect.arrayContaining(any));
    const more = [-2, -0.5, 0.3, 1.001, 4, 15];
    expect(any).toEqual(expect.arrayContaining(neededPredictions(rule, {}, more)));
  });
});

test('the head in the middle costs nothing beside the whole network, alone as much as it', () => {
  expect(evaluationsFor(['cond', 'auxiliary'])).toBe(1);
  expect(evaluationsFor(['auxiliary'])).toBe(1);
  expect(evaluationsFor(['cond', 'perturbed'])).toBe(2);
  expect(evaluationsFor(['cond', 'uncond', 'auxiliary'])).toBe(2);
});

test('a run has the scale of its steps, and 1 outside the interval', () => {
  const sigmas = [8, 4, 2, 1, 0];
  expect(scalesOf({ guidanceScale: 3 }, sigmas)).toEqual([3]);
  expect(scalesOf({ guidanceScale: 3, interval: [1, 4] }, sigmas)).toEqual([1, 3]);
  expect(scalesOf({ guidanceScale: 3, schedule: [1, 1, 1, 1] }, sigmas)).toEqual([1]);
});
