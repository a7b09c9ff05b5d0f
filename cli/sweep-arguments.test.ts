import { describe, expect, test } from 'vitest';
import { ArgumentError } from './flags';
import { parseSweep, sweepHelp } from './sweep-arguments';

const parse = (line: string) => parseSweep(`${line} --out r.json`.split(' '));
const settings = (line: string) => parse(line)!.points.map((point) => point.settings);
const scales = (line: string) => settings(line).map(({ guidanceScale }) => guidanceScale);

test('the example of the help text', () => {
  const args = parse('--model letters --guidance cfg --scales 0:4 --steps 20 --samples 5000');
  expect(args).toMatchObject({
    model: 'letters',
    samples: 5000,
    seed: 0,
    varied: ['guidanceScale'],
    out: 'r.json',
    command:
      'npm run sweep -- --model letters --guidance cfg --scales 0:4 --steps 20 --samples 5000 --out r.json',
  });
  expect(args?.points.map(({ run }) => run.guidanceScale)).toEqual([0, 1, 2, 3, 4]);
  expect(args?.points.every(({ run }) => run.numSteps === 20 && run.guidance === 'cfg')).toBe(true);
});

test("without a grid it is the paper's, as guidance scales s = 1 + w", () => {
  const paper = [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 3, 4, 5];
  expect(scales('--steps 4')).toEqual(paper);
  expect(scales('--ws 0:0.9:0.1,1:4')).toEqual(paper);
});

test('grids: numbers, ranges, ranges with a step, each value once and exact', () => {
  expect(scales('--scales 3,-1:1,0:0.5:0.25,3')).toEqual([3, -1, 0, 1, 0.25, 0.5]);
  expect(scales('--scales 0:0.35:0.1')).toEqual([0, 0.1, 0.2, 0.3]);
  expect(scales('--scales -2:-1')).toEqual([-2, -1]);
  expect(scales('--ws 0.1,0.2')).toEqual([1.1, 1.2]);
  expect(parse('--scales 2')?.varied).toEqual(['guidanceScale']);
});

test('steps and every parameter are axes too', () => {
  const line = '--ws 0,1 --steps 4,8 --sampler ddim --eta 0,0.5';
  expect(parse(line)?.varied).toEqual(['guidanceScale', 'numSteps', 'eta']);
  expect(
    settings(line).map(({ guidanceScale, numSteps, parameters }) => [
      guidanceScale,
      numSteps,
      parameters.eta,
    ]),
  ).toEqual([
    [1, 4, undefined],
    [1, 4, 0.5],
    [1, 8, undefined],
    [1, 8, 0.5],
    [2, 4, undefined],
    [2, 4, 0.5],
    [2, 8, undefined],
    [2, 8, 0.5],
  ]);
  expect(parse('--guidance conditional --steps 4:6')?.varied).toEqual(['numSteps']);
  expect(parse('--guidance conditional')?.points).toHaveLength(1);
});

test('every other setting of `npm run sample` reaches the run and the file', () => {
  const line =
    '--scales 2 --sampler heun --s-churn 10 --schedule karras --rho 7 --interval 0.2,5 --shape rising --threshold dynamic:99 --negative B --mix C:0.25 --stages 2';
  const [point] = parse(line)!.points;
  expect(point!.settings).toEqual({
    guidance: 'cfg',
    guidanceScale: 2,
    interval: [0.2, 5],
    shape: 'rising',
    curve: null,
    threshold: { kind: 'dynamic', percentile: 99 },
    mix: { name: 'C', share: 0.25 },
    negative: 'B',
    upTo: 2,
    numSteps: 20,
    sampler: 'heun',
    schedule: 'karras',
    parameters: { sChurn: 10 },
  });
  expect(point!.run.parameters).toEqual({ sChurn: 10, rho: 7 });
  expect(settings('--curve 1,3 --steps 2,3').map(({ curve }) => curve)).toEqual([
    [1, 3],
    [1, 2, 3],
  ]);
});

test('the command can be given to a shell', () => {
  const args = ['--mix', "it's a:0.5", '--scales', '1', '--out', 'my results.json'];
  expect(parseSweep(args)?.command).toBe(
    "npm run sweep -- --mix 'it'\\''s a:0.5' --scales 1 --out 'my results.json'",
  );
});

test('--help lists every flag', () => {
  expect(parseSweep(['--help'])).toBeUndefined();
  for (const flag of ['--scales', '--ws', '--samples', '--interval', '--eta', '--out']) {
    expect(sweepHelp()).toContain(`  ${flag} `);
  }
  expect(sweepHelp()).not.toContain('  --scale ');
});

describe('a wrong argument is one line that says what is wanted', () => {
  test.each([
    ['--samples 0', '--samples must be a whole number of at least 1, got "0"'],
    ['--samples 1e8', '--samples must be at most 1000000, got "1e8"'],
    ['--processes 5000', '--processes must be at most 256, got "5000"'],
    ['--scales 1e308', '--scale must be a number of -1000 to 1000, got "1e+308"'],
    ['--steps 1e9', '--steps must be at most 10000, got "1000000000"'],
    ['--samples 2.5', '--samples must be a whole number of at least 1, got "2.5"'],
    ['--seed 4294967295', '--seed and --samples must stay below 2^32 together'],
    ['--scales 4:0', '--scales must have ranges that rise, got "4:0"'],
    ['--scales 0:4:0', '--scales must have steps above 0 in its ranges, got "0:4:0"'],
    ['--scales 0:4:-1', '--scales must have steps above 0 in its ranges, got "0:4:-1"'],
    ['--scales 0:1:2:3', '--scales must be numbers and ranges such as 1,2.5 or 0:4'],
    ['--scales 1,,2', 'got "1,,2"'],
    ['--scales strong', 'got "strong"'],
    ['--scales 0:Infinity', 'got "0:Infinity"'],
    ['--scales 0:1:0.0001', '--scales must have at most 1000 values, got "0:1:0.0001"'],
    ['--scales 1:100 --steps 1:100', 'A sweep must have at most 1000 points, got 10000'],
    ['--scales 1 --ws 0', '--scales and --ws are the same grid: give one'],
    ['--steps 0:4', '--steps must be a whole number of at least 1, got "0"'],
    ['--steps 4:5:0.5', '--steps must be a whole number of at least 1, got "4.5"'],
    ['--scale 3', "Unknown option '--scale'"],
    ['--scales 1 --guidance conditional', '--scales has no effect with --guidance conditional'],
    ['--ws 1 --curve 1,2', '--ws has no effect with --curve'],
    ['--sampler euler', 'Sampler must be one of ddim,'],
    ['--sampler ddim --eta 0:2', '--eta must be within [0, 1], got 2'],
    ['--sampler heun --eta 1', '--eta is a setting of ddim, ddpm, not of heun'],
    ['--interval 3,1', 'The interval must satisfy 0 ≤ lo ≤ hi, got (3, 1]'],
  ])('%s', (line, message) => {
    expect(() => parse(line)).toThrow(ArgumentError);
    expect(() => parse(line)).toThrow(message);
    expect(() => parse(line)).not.toThrow(/\n/);
  });
  test('no file', () => {
    expect(() => parseSweep(['--scales', '1'])).toThrow('Nowhere to write to: give --out');
  });
});
