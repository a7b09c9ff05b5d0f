import { expect, test } from 'vitest';
import { ArgumentError } from '../cli/flags';
import { checkModel, HELP, parseArguments } from './arguments';

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean));

test('defaults: the letters on every backend, in full', () => {
  expect(parse('')).toEqual({
    model: 'letters',
    backends: ['node', 'wasm', 'webgpu'],
    quick: false,
    networks: undefined,
    trajectories: false,
    against: undefined,
    out: undefined,
    check: false,
  });
});

test('every argument', () => {
  expect(
    parse(
      '--model tiny --backends wasm,node --quick --networks letters,emoji --trajectories --against ../before --out a.json --check',
    ),
  ).toEqual({
    model: 'tiny',
    backends: ['node', 'wasm'],
    quick: true,
    networks: ['letters', 'emoji'],
    trajectories: true,
    against: '../before',
    out: 'a.json',
    check: true,
  });
});

test('help wins over everything else', () => {
  expect(parse('--quick --help')).toBeUndefined();
  expect(parse('-h')).toBeUndefined();
  const flags = [
    'model',
    'backends',
    'quick',
    'networks',
    'trajectories',
    'against',
    'out',
    'check',
  ];
  for (const flag of [...flags, 'help']) {
    expect(HELP).toContain(`--${flag}`);
  }
});

test.each([
  ['--backends gpu', '--backends must be of node, wasm, webgpu, got "gpu"'],
  ['--backends wasm,', '--backends must be of node, wasm, webgpu, got ""'],
  ['--fast', "Unknown option '--fast'"],
  ['extra', "Unexpected argument 'extra'"],
  ['--out', "Option '--out <value>' argument missing"],
])('%s is a wrong argument, told in one line', (line, message) => {
  const wrong = () => parse(line);
  expect(wrong).toThrow(ArgumentError);
  expect(wrong).toThrow(message);
  expect(wrong).not.toThrow('\n');
});

test('a model must be there', () => {
  expect(() => checkModel('tiny', ['letters', 'tiny'])).not.toThrow();
  expect(() => checkModel('faces', ['letters', 'tiny'])).toThrow(
    '--model must be one of letters, tiny, got "faces"',
  );
});
