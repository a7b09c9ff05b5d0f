import { describe, expect, test } from 'vitest';
import { type ArrayField, arrayFields } from '../fields';
import { createRun, DEFAULT_RUN } from '../run';
import { checkedFields } from '../testing/checked-fields';
import { blurredClasses, threeClasses } from '../testing/runs';
import { mixtureEvaluate } from '../worlds/analytic';
import { findGuidanceRule } from './index';
import { comparedWith, type Prediction } from './rule';

const RULES: readonly (readonly [id: string, worse: Prediction])[] = [
  ['autoguidance', 'weak'],
  ['internal', 'auxiliary'],
  ['pag', 'perturbed'],
  ['icg', 'random'],
];

describe.each(RULES)('%s', (id, worse) => {
  const rule = findGuidanceRule(id);

  test.each([-1, 0, 1, 2.5])('at scale %d is w + s (c - w), and asks for no more', async (s) => {
    const fields = checkedFields(arrayFields({ seeds: [1, 2], sampleSize: 3 }));
    const all: Partial<Record<Prediction, ArrayField>> = {
      cond: fields.noise(0),
      [worse]: fields.noise(1),
    };
    const at = { step: 3, stage: 0, sigma: 2, sigmaDown: 1, guidanceScale: s };
    const needs = rule.needs(at, {});
    expect(needs).toEqual(s === 1 ? ['cond'] : s === 0 ? [worse] : ['cond', worse]);
    const given = Object.fromEntries(needs.map((name) => [name, all[name]!]));
    const made = (await rule.create(fields, {})(given, at, fields.noise(2))) as ArrayField;
    made.data.forEach((value, i) => {
      const [c, w] = [all.cond!.data[i]!, all[worse]!.data[i]!];
      expect(value).toBeCloseTo(w + s * (c - w), 5);
    });
  });

  test('is compared with what it leads away from', () => {
    expect(comparedWith(rule)).toBe(worse);
  });

  test('a run counts the evaluations that it takes', async () => {
    const fields = arrayFields({ seeds: [3], sampleSize: 2 });
    const mixtures = { mixture: threeClasses, weak: blurredClasses };
    const settings = { ...DEFAULT_RUN, guidance: id, guidanceScale: 2, numSteps: 8 };
    const run = createRun({
      settings,
      range: { sigmaMin: 0.02, sigmaMax: 20 },
      fields,
      evaluate: mixtureEvaluate({ ...mixtures, labels: [1], fields }),
    });
    for await (const { x } of run.steps(run.start()))
      expect(x.data.every(Number.isFinite)).toBe(true);
    expect(run.nfe).toBe(id === 'internal' ? 8 : 16);
  });
});

test('a rule that leads away from no prediction is compared with the estimate without a class', () => {
  expect(comparedWith(findGuidanceRule('cfg'))).toBe('uncond');
  expect(comparedWith(findGuidanceRule('low-temperature'))).toBe('uncond');
  expect(comparedWith(findGuidanceRule('classifier-conditional'))).toBe('uncond');
});
