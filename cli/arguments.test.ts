import { describe, expect, test } from 'vitest';
import { ArgumentError, helpText, labelIndices, parseArguments } from './arguments';

const parse = (line: string) => parseArguments(line.split(' '));

test('the example of the help text', () => {
  const args = parse(
    '--model letters --labels A,B,C --seeds 0-2,7 --sampler heun --steps 12 --scale 3 --interval 0.2,5 --precision f32 --out sheet.png --raw out.f32',
  );
  expect(args).toMatchObject({
    model: 'letters',
    labels: ['A', 'B', 'C'],
    seeds: [0, 1, 2, 7],
    sampler: { id: 'heun' },
    schedule: { id: 'karras' },
    rule: { id: 'cfg' },
    numSteps: 12,
    modifiers: { guidanceScale: 3, interval: [0.2, 5] },
    params: {},
    out: 'sheet.png',
    raw: 'out.f32',
  });
});

test('defaults: every class, eight seeds, guidance off', () => {
  const args = parse('--out a.png');
  expect(args?.labels).toBeUndefined();
  expect(args?.seeds).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(args?.modifiers).toEqual({ guidanceScale: 1, interval: undefined, schedule: undefined });
});

test('settings of sampler and schedule under the names of their declarations', () => {
  const args = parse('--sampler heun --s-churn 40 --s-noise 1.01 --rho 5 --out a.png');
  expect(args?.params).toEqual({ sChurn: 40, sNoise: 1.01, rho: 5 });
  expect(parse('--sampler ddpm --eta 0.5 --out a.png')?.params).toEqual({ eta: 0.5 });
  expect(parse('--sampler paper --v 0.3 --out a.png')?.params).toEqual({ v: 0.3 });
});

test('a negative scale needs no equals sign', () => {
  expect(parse('--scale -2.5 --out a.png')?.modifiers.guidanceScale).toBe(-2.5);
  expect(parse('--scale=-.5 --out a.png')?.modifiers.guidanceScale).toBe(-0.5);
});

test('--help wins over everything and lists every flag', () => {
  expect(parse('--help --steps many')).toBeUndefined();
  for (const flag of ['--labels', '--interval', '--eta', '--s-churn', '--rho', '--raw']) {
    expect(helpText()).toContain(`  ${flag} `);
  }
});

describe('a wrong argument is one line that says what is wanted', () => {
  test.each([
    ['--seeds 0-3', 'Nothing to write: give --out'],
    ['--out a.png --colour red', "Unknown option '--colour'"],
    ['--out a.png letters', "Unexpected argument 'letters'"],
    ['--out', "Option '--out <value>' argument missing"],
    ['--out a.png --steps 0', '--steps must be a whole number of at least 1, got "0"'],
    ['--out a.png --steps 2.5', '--steps must be a whole number of at least 1, got "2.5"'],
    ['--out a.png --scale strong', '--scale must be a number, got "strong"'],
    ['--out a.png --seeds 7-0', '--seeds must be numbers and ranges such as 0-7,12, got "7-0"'],
    ['--out a.png --seeds 4294967296', '--seeds must be numbers and ranges'],
    ['--out a.png --sampler euler', 'Sampler must be one of ddim,'],
    ['--out a.png --schedule none', 'Schedule must be one of karras,'],
    ['--out a.png --guidance none', 'Guidance rule must be one of cfg,'],
    ['--out a.png --shape zigzag', "The schedule's shape must be one of constant,"],
    ['--out a.png --interval 3', '--interval must be two numbers LO,HI, got "3"'],
    ['--out a.png --interval 3,1', 'The interval must satisfy 0 ≤ lo ≤ hi, got (3, 1]'],
    ['--out a.png --precision f16', '--precision must be f32, got "f16"'],
    ['--out a.png --sampler heun --eta 1', '--eta is a setting of ddim, ddpm, not of heun'],
    ['--out a.png --sampler ddim --eta 3', 'Parameter "eta" must be within [0, 1], got 3'],
    ['--out a.png --guidance conditional --scale 3', '--scale has no effect with --guidance'],
  ])('%s', (line, message) => {
    const run = () => parse(line);
    expect(run).toThrow(ArgumentError);
    expect(run).toThrow(message);
    expect(run).not.toThrow(/\n/);
  });
});

test('labels by name, null after the last class', () => {
  expect(labelIndices(['B', 'null', 'A'], ['A', 'B'])).toEqual([1, 2, 0]);
  expect(labelIndices(undefined, ['A', 'B'])).toEqual([0, 1]);
  expect(() => labelIndices(['Z'], ['A', 'B'])).toThrow('--labels must be of A,B or null, got "Z"');
});
