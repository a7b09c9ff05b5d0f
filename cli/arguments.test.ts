import { describe, expect, test } from 'vitest';
import { sampleSeed } from '../src/diffusion/random';
import { classIndex, helpText, labelIndices, parseArguments } from './arguments';
import { ArgumentError } from './flags';

const parse = (line: string) => parseArguments(line.split(' '));

test('the example of the help text', () => {
  const args = parse(
    '--model letters --labels A,B,C --seeds 0-2,7 --sampler heun --steps 12 --scale 3 --interval 0.2,5 --precision fp16 --out sheet.png --raw out.f32',
  );
  expect(args).toMatchObject({
    model: 'letters',
    labels: ['A', 'B', 'C'],
    seeds: [0, 1, 2, 7],
    sampler: 'heun',
    schedule: 'karras',
    guidance: 'cfg',
    numSteps: 12,
    guidanceScale: 3,
    interval: [0.2, 5],
    parameters: {},
    precision: 'fp16',
    out: 'sheet.png',
    raw: 'out.f32',
  });
});

test('defaults: every class, eight seeds, guidance off', () => {
  const args = parse('--out a.png');
  expect(args?.labels).toBeUndefined();
  expect(args?.seeds).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(args).toMatchObject({ guidanceScale: 1, interval: null, shape: 'constant', curve: null });
});

test('settings of sampler and schedule under the names of their declarations', () => {
  const args = parse('--sampler heun --s-churn 40 --s-noise 1.01 --rho 5 --out a.png');
  expect(args?.parameters).toEqual({ sChurn: 40, sNoise: 1.01, rho: 5 });
  expect(parse('--sampler ddpm --eta 0.5 --out a.png')?.parameters).toEqual({ eta: 0.5 });
  expect(parse('--sampler paper --v 0.3 --out a.png')?.parameters).toEqual({ v: 0.3 });
});

test('samples of a seed of the page, by their numbers', () => {
  expect(parse('--page-seed 42 --seeds 0-2,15 --out a.png')?.seeds).toEqual(
    [0, 1, 2, 15].map((k) => sampleSeed(42, k)),
  );
  expect(() => parse('--page-seed 4294967296 --out a.png')).toThrow('A seed must be an integer');
});

test('a negative scale needs no equals sign', () => {
  expect(parse('--scale -2.5 --out a.png')?.guidanceScale).toBe(-2.5);
  expect(parse('--scale=-.5 --out a.png')?.guidanceScale).toBe(-0.5);
});

test('a curve of scales is brought to the steps', () => {
  const curve = (line: string) => parse(`${line} --out a.png`)?.curve;
  expect(curve('--curve 1,-2,3 --steps 3')).toEqual([1, -2, 3]);
  expect(curve('--curve -1,3 --steps 4')).toEqual([-1, 0, 2, 3]);
  expect(curve('--curve 4 --steps 2')).toEqual([4, 4]);
});

test('thresholds', () => {
  const threshold = (text: string) => parse(`--threshold ${text} --out a.png`)?.threshold;
  expect(threshold('static')).toEqual({ kind: 'static' });
  expect(threshold('dynamic')).toEqual({ kind: 'dynamic', percentile: 99.5 });
  expect(threshold('dynamic:90')).toEqual({ kind: 'dynamic', percentile: 90 });
  expect(parse('--guidance conditional --threshold static --out a.png')).toBeDefined();
});

test('the classifierScale is the guidance scale less one', () => {
  const scale = (line: string) => parse(`--guidance ${line} --out a.png`)?.guidanceScale;
  expect(scale('classifier --classifier-scale 2.5')).toBe(3.5);
  expect(scale('classifier-conditional --classifier-scale 0')).toBe(1);
  expect(scale('classifier --scale 2.5')).toBe(2.5);
  expect(parse('--guidance classifier --classifier-size 1 --out a.png')?.parameters).toEqual({
    classifierSize: 1,
  });
});

test('a negative class and a mix, by name', () => {
  const args = parse('--negative B --mix C:0.3 --out a.png');
  expect(args).toMatchObject({ negative: 'B', mix: { name: 'C', share: 0.3 } });
  expect(parse('--mix a:b:1 --out a.png')?.mix).toEqual({ name: 'a:b', share: 1 });
  expect(classIndex('mix', 'B', ['A', 'B'])).toBe(1);
  for (const name of ['Z', 'null']) {
    const wanted = `--negative must be of A,B, got "${name}"`;
    expect(() => classIndex('negative', name, ['A', 'B'])).toThrow(wanted);
  }
});

test('--help wins over everything and lists every flag', () => {
  expect(parse('--help --steps many')).toBeUndefined();
  for (const flag of ['--labels', '--interval', '--eta', '--s-churn', '--rho', '--raw']) {
    expect(helpText()).toContain(`  ${flag} `);
  }
  for (const flag of ['--threshold', '--curve', '--negative', '--mix', '--classifier-scale']) {
    expect(helpText()).toContain(`  ${flag} `);
  }
  expect(helpText()).toContain('0 larger network, 1 smaller network [classifier, classifier-c');
});

describe('a wrong argument is one line that says what is wanted', () => {
  test.each([
    ['--seeds 0-3', 'Nothing to do: give --out'],
    ['--out a.png --s-min 1', '--s-min has no effect with these settings of heun'],
    ['--out a.png --colour red', "Unknown option '--colour'"],
    ['--out a.png letters', "Unexpected argument 'letters'"],
    ['--out', "Option '--out <value>' argument missing"],
    ['--out a.png --steps 0', '--steps must be a whole number of at least 1, got "0"'],
    ['--out a.png --steps 1e9', '--steps must be at most 10000, got "1e9"'],
    ['--out a.png --scale 1e308', '--scale must be a number of -1000 to 1000, got "1e308"'],
    ['--out a.png --threads 100000', '--threads must be at most 256, got "100000"'],
    ['--out a.png --batch 1e7', '--batch must be at most 4096, got "1e7"'],
    ['--out a.png --zoom 1e4', '--zoom must be at most 64, got "1e4"'],
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
    ['--out a.png --precision f16', '--precision must be fp32 or fp16, got "f16"'],
    ['--out a.png --sampler heun --eta 1', '--eta is a setting of ddim, ddpm, not of heun'],
    ['--out a.png --sampler ddim --eta 3', '--eta must be within [0, 1], got 3'],
    ['--out a.png --guidance conditional --scale 3', '--scale has no effect with --guidance'],
    ['--out a.png --guidance cfg-plus-plus', 'needs a first-order sampler, got "heun"'],
    ['--out a.png --guidance cfg-plus-plus --sampler ddim --curve 1,2', '--curve has no effect'],
    ['--out a.png --curve 1,x', '--curve must be a number, got "x"'],
    ['--out a.png --curve 1,2 --scale 3', '--scale has no effect with --curve'],
    ['--out a.png --curve 1,2 --shape rising', '--shape has no effect with --curve'],
    ['--out a.png --threshold soft', '--threshold must be static, dynamic or dynamic:PERCENTILE'],
    ['--out a.png --threshold static:9', 'got "static:9"'],
    ['--out a.png --threshold dynamic:1:2', 'got "dynamic:1:2"'],
    ['--out a.png --threshold dynamic:most', '--threshold must be a number, got "most"'],
    ['--out a.png --threshold dynamic:20', '"percentile" must be within [50, 100], got 20'],
    ['--out a.png --classifier-scale 1', '--classifier-scale has no effect with --guidance cfg'],
    [
      '--out a.png --guidance classifier --classifier-scale 1 --scale 2',
      '--scale has no effect with --classifier-scale: give one',
    ],
    ['--out a.png --guidance classifier --classifier-scale no', 'must be a number, got "no"'],
    [
      '--out a.png --guidance classifier --classifier-size 0.5',
      'must be one of 0 (larger network), 1 (smaller network), got 0.5',
    ],
    ['--out a.png --guidance conditional --negative A', '--negative has no effect'],
    ['--out a.png --guidance unconditional --mix A:0.5', '--mix has no effect'],
    ['--out a.png --guidance unconditional --negative A', '--negative has no effect'],
    ['--out a.png --guidance classifier --negative A', '--negative has no effect'],
    ['--out a.png --mix A', '--mix must be CLASS:SHARE with a share of 0 to 1, got "A"'],
    ['--out a.png --mix A:2', 'got "A:2"'],
    ['--out a.png --mix :1', 'got ":1"'],
    ['--out a.png --sampler ddim --sde-eta 1', '--sde-eta is a setting of dpmpp-2m-sde'],
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
