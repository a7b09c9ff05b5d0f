import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { alignments } from '../src/diffusion/metrics/alignment';
import { measurePoint } from '../src/diffusion/metrics/point';
import { DEFAULT_RUN } from '../src/diffusion/run';
import type { DenoiserManifest, FeaturesManifest } from '../src/networks/manifest';
import { parseResults } from '../src/settings/results';
import { generate } from './generate';
import { openJudge } from './judge';
import { manifestOf } from './manifests';
import { encodePrompts } from './prompts';
import { openNetwork } from './runtime';
import { askedStages, openStages } from './stages';
import { main } from './sweep';
import { parseSweep, pointsOf } from './sweep-arguments';
import { inProcess } from './testing/programs';

// A sweep starts a program.
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'sweep-prompts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => join(folder, name);
const parse = (line: string) => parseSweep(['--model', 'pictures', ...line.split(' ')])!;
const tiny = (await manifestOf('tiny-words')).manifest as DenoiserManifest;
const cascade = (await manifestOf('pictures')).manifest as DenoiserManifest;

function curveOf(name: string) {
  return parseResults(readFileSync(file(name), 'utf8'), name).curves[0]!;
}

writeFileSync(file('prompts.txt'), 'a red apple\r\n\n  \nthree tulips\nan owl on blue\n');
const shared = [
  ...['--model', 'tiny-words', '--stages', '2', '--steps', '3', '--stage-steps', '16=2'],
  ...['--sampler', 'ddim'],
  ...['--samples', '7', '--seed', '5', '--batch', '4', '--processes', '1'],
];

test('sweeps prompts and settings of stages, and writes what the same samples give one by one', async () => {
  const line = [...shared, '--scales', '3', '--stage-scale', '16=1,4'];
  const asked = ['--prompts', file('prompts.txt'), '--prompt', 'a pizza', '--negative', 'a cat'];
  const { code, stdout, stderr } = await inProcess(main, [
    ...[...line, ...asked],
    ...['--out', file('a.json')],
  ]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^scale-2 1: .*alignment -?[\d.]+ ± [\d.]+ \(/m);
  const { points, prompts, networks, varied } = curveOf('a.json');
  expect(prompts).toEqual(['a pizza', 'a red apple', 'three tulips', 'an owl on blue']);
  expect(networks?.map(({ id }) => id)).toEqual(['tiny-words-16']);
  expect(varied).toEqual(['scale-2']);
  expect(points.map(({ settings }) => settings.stages![0]!.guidanceScale)).toEqual([1, 4]);

  const network = await openNetwork('tiny-words');
  const judge = await openJudge('tiny-words-judge');
  const { states } = await encodePrompts([...prompts!, 'a cat'], tiny.prompts!);
  const jobs = Array.from({ length: 7 }, (_, k) => ({ label: k % 4, seed: 5 + k }));
  const labels = jobs.map(({ label }) => label);
  for (const { settings, figures, samples, nfe } of points) {
    const stage = { guidanceScale: settings.stages![0]!.guidanceScale!, numSteps: 2 };
    const request = { flag: 'stage-scale', side: 16, asked: stage };
    const enlarging = await openStages(
      askedStages({ model: 'tiny-words', upTo: 2, asked: [request] }, tiny),
    );
    const drawn = await generate(network, jobs, {
      ...{ ...DEFAULT_RUN, guidanceScale: 3, numSteps: 3, sampler: 'ddim', negative: 4 },
      ...{ prompts: states, enlarging, batch: 7 },
    });
    const { logits, features, embedding } = await judge.look(drawn.samples, 7);
    const size = { numClasses: logits.length / 7, numFeatures: features.length / 7 };
    const measured = measurePoint(size, judge.reference);
    measured.add(logits, features, labels, alignments(embedding, labels, states));
    const { alignment, diversity, precision, classAccuracy } = measured.figures();
    expect([samples, nfe]).toEqual([7, drawn.nfe]);
    expect(figures.alignment!.value).toBeCloseTo(alignment!.value, 3);
    expect(figures.diversity!.value / diversity!.value).toBeCloseTo(1, 2);
    expect(figures.precision!.value).toBe(precision!.value);
    expect([classAccuracy, figures.classAccuracy]).toEqual([undefined, undefined]);
    for (const { network: opened } of enlarging) await opened.release();
  }
  expect(points[0]!.figures.alignment).not.toEqual(points[1]!.figures.alignment);
  await network.release();
  await judge.release();

  // The same prompts go on, others do not.
  const wider = [...shared, ...asked, '--scales', '3', '--stage-scale', '16=1,2,4'];
  const again = await inProcess(main, [...wider, '--out', file('a.json')]);
  expect([again.code, again.stderr]).toEqual([
    0,
    `2 of 3 points are in ${file('a.json')} already\n`,
  ]);
  const other = await inProcess(main, [...line, '--prompt', 'a dog', '--out', file('a.json')]);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('holds another sweep (4 prompts, the first "a pizza")');
  expect(
    curveOf('a.json').points.map(({ settings }) => settings.stages![0]!.guidanceScale),
  ).toEqual([1, 2, 4]);
});

test('without prompts it goes through those that ask for the judge’s own pictures', async () => {
  const line = [...shared, '--scales', '1', '--stages', '1', '--out', file('b.json')];
  const without = line.filter((_, i) => !['--stage-steps', '16=2'].includes(line[i]!));
  const { code, stderr } = await inProcess(main, without);
  expect([code, stderr]).toEqual([0, '']);
  const { reference } = (await manifestOf('tiny-words-judge')).manifest as FeaturesManifest;
  expect(curveOf('b.json').prompts).toEqual(reference!.prompts!.slice(0, 7));
});

test('the settings of stages are axes: of one, and the augmentation of all', () => {
  const of = (line: string) => {
    const args = parse(`${line} --out r.json`);
    const { points, varied } = pointsOf(args, cascade);
    return { varied, stages: points.map(({ settings }) => settings.stages) };
  };
  const one = of('--scales 2 --stage-augmentation 64=0,0.3 --stage-steps 32=4 --stage-prompt 32=x');
  expect(one.varied).toEqual(['augmentation-3']);
  expect(one.stages).toMatchObject([
    [{ numSteps: 4, prompt: 'x', augmentation: null }, { augmentation: 0 }],
    [{ numSteps: 4, prompt: 'x', augmentation: null }, { augmentation: 0.3 }],
  ]);
  const all = of('--scales 2 --augmentation 0,0.6');
  expect(all.varied).toEqual(['augmentation']);
  expect(all.stages.map((stages) => stages?.map(({ augmentation }) => augmentation))).toEqual([
    [0, 0],
    [0.6, 0.6],
  ]);
  expect(of('--scales 1,2').stages).toEqual([undefined, undefined]);
});

test('what of prompts and stages cannot be swept is one line, before anything is drawn', async () => {
  writeFileSync(file('empty.txt'), '\n \n');
  const cases: [line: string, message: string][] = [
    [`--prompts ${file('none.txt')}`, '--prompts: '],
    [`--prompts ${file('empty.txt')}`, 'must hold a prompt a line, it is empty'],
    ['--model tiny --prompt owl', '--prompt: tiny takes none, it has classes'],
    ['--model tiny --augmentation 0,1', '--augmentation needs a cascade, got tiny'],
    ['--stage-scale 16=1,2', '--stage-scale needs a stage of 32, 64, got 16'],
    ['--stage-scale 1,2', '--stage-scale must be SIDE=NUMBERS such as 32=1,2,4, got "1,2"'],
    ['--stage-scale 32=1 --stage-scale 32=2', '--stage-scale 32 is given twice'],
    ['--stage-augmentation 32=0:2', '--stage-augmentation must be within [0, 1], got "2"'],
    ['--stages 1 --stage-scale 32=2', '--stage-scale needs a cascade, got 32'],
  ];
  for (const [line, message] of cases) {
    const model = line.includes('--model') ? [] : ['--model', 'pictures'];
    const { code, stdout, stderr } = await inProcess(main, [
      ...[...model, ...line.split(' ')],
      ...['--scales', '1', '--out', file('c.json')],
    ]);
    expect(stderr, line).toContain(message);
    expect([code, stdout, stderr.trim().split('\n').length], line).toEqual([2, '', 1]);
  }
});
