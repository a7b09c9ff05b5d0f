import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Results } from '../src/settings/results';
import { ArgumentError } from './flags';
import { finishedPoints, type Plan, writeResultsFile } from './results-file';
import { parseSweep } from './sweep-arguments';

const folder = mkdtempSync(join(tmpdir(), 'results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'a.json');
const sha256 = 'ab'.repeat(32);

function planOf(line: string): Plan {
  const { samples, seed, varied, points } = parseSweep([...line.split(' '), '--out', path])!;
  return {
    model: { id: 'letters', sha256 },
    features: { id: 'letters-features', sha256 },
    samples,
    seed,
    varied,
    settings: points.map((point) => point.settings),
  };
}

function resultsOf({ model, features, samples, seed, varied, settings }: Plan): Results {
  const measured = { samples, seed, figures: {}, nfe: 39, seconds: 1 };
  const points = settings.map((one) => ({
    settings: one,
    ...measured,
    date: '2025-01-31T12:00:00.000Z',
  }));
  return {
    format: 'guidance-results',
    version: 1,
    features,
    curves: [{ model, varied: [...varied], points }],
  };
}

const line = '--scales 1,2 --samples 52 --interval 0.2,5 --s-churn 9';
const plan = planOf(line);

test('a file of the same settings is continued, whatever its grid', async () => {
  expect(await finishedPoints(path, plan)).toEqual([]);
  const written = resultsOf(planOf(line.replace('1,2', '0:3')));
  await writeResultsFile(path, written);
  expect(await finishedPoints(path, plan)).toEqual(written.curves[0]!.points);
  expect(readdirSync(folder)).toEqual(['a.json']);

  // The scales of a curve are as many as the steps.
  const curves = planOf('--curve 1,3 --steps 2,3 --samples 52');
  await writeResultsFile(path, resultsOf(curves));
  expect(
    await finishedPoints(path, { ...curves, settings: curves.settings.slice(1) }),
  ).toHaveLength(2);
});

test('writing fails as a whole', async () => {
  writeFileSync(path, 'before');
  const results = resultsOf(plan);
  await expect(writeResultsFile(join(folder, 'none', 'a.json'), results)).rejects.toThrow('ENOENT');
  const broken = { ...results, toJSON: () => BigInt(1) };
  await expect(writeResultsFile(path, broken)).rejects.toThrow(TypeError);
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['a.json']);
});

describe('a file of another sweep is named with its difference', () => {
  test.each<[string, string]>([
    [line.replace('52', '104'), '104 samples a point'],
    [`${line} --seed 3`, 'seed 3'],
    [line.replace('0.2,5', '0.2,6'), 'interval [0.2,6]'],
    [line.replace(' --interval 0.2,5', ''), 'interval null'],
    [`${line} --sampler heun --schedule logsnr-cosine`, 'schedule "logsnr-cosine"'],
    [line.replace('--s-churn 9', '--s-churn 8'), 'parameters {"sChurn":8}'],
    [`${line} --steps 4:5`, 'over guidanceScale, numSteps'],
  ])('%s', async (other, difference) => {
    await writeResultsFile(path, resultsOf(planOf(other)));
    const reading = finishedPoints(path, plan);
    await expect(reading).rejects.toThrow(ArgumentError);
    await expect(reading).rejects.toThrow(
      `${path} holds another sweep (${difference}): give another --out`,
    );
  });

  test('of other networks, or of several curves', async () => {
    const [curve] = resultsOf(plan).curves;
    const other = { id: 'faces', sha256 };
    const cases: [Results, string][] = [
      [{ ...resultsOf(plan), features: other }, 'judged by faces'],
      [{ ...resultsOf(plan), curves: [{ ...curve!, model: other }] }, 'of faces'],
      [{ ...resultsOf(plan), curves: [curve!, curve!] }, '2 curves'],
    ];
    for (const [results, difference] of cases) {
      await writeResultsFile(path, results);
      await expect(finishedPoints(path, plan)).rejects.toThrow(`(${difference})`);
    }
  });
});

test('a folder that cannot be written to is known before the first sample', async () => {
  await expect(finishedPoints('/nowhere/a.json', plan)).rejects.toThrow(
    '--out must be in a folder that can be written to, got "/nowhere/a.json"',
  );
});
