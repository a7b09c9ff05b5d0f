import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Adam, activationsFor, backward, createMlp, forward, initialise, layersOf } from './mlp';
import { type Batch, createTinyDenoiser, Evaluator, lossAndGradient } from './tiny-denoiser';

/** Written by training/mlp.py. */
interface Fixture {
  readonly classes: number;
  readonly width: number;
  readonly sigmaData: number;
  readonly rate: number;
  readonly x0: number[];
  readonly noise: number[];
  readonly sigma: number[];
  readonly label: number[];
  readonly parameters: number[];
  readonly denoised: number[];
  readonly losses: [number, number];
  readonly gradients: [number[], number[]];
  readonly afterTwoSteps: number[];
}
const stored = new URL('../../../e2e/fixtures/mlp.json', import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(stored, 'utf8'));

/** Both sides compute in float64: only the order of sums differs. */
const TOLERANCE = 1e-9;

/** Repeatable numbers in (0, 1) (the minimal standard of Park & Miller). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const scale = Math.max(1, Math.abs(expected[i]!));
    expect(Math.abs(actual[i]! - expected[i]!) / scale, `entry ${i}`).toBeLessThan(tolerance);
  }
}

describe('agrees with PyTorch', () => {
  const network = createTinyDenoiser(fixture);
  network.mlp.parameters.set(fixture.parameters);
  const batch: Batch = {
    x0: Float64Array.from(fixture.x0),
    noise: Float64Array.from(fixture.noise),
    sigma: Float64Array.from(fixture.sigma),
    label: Int32Array.from(fixture.label),
  };

  test('in the denoised points', () => {
    const x = batch.x0.map((value, i) => value + batch.sigma[i >> 1]! * batch.noise[i]!);
    new Evaluator(network).denoise(x, batch.sigma, batch.label, x);
    expectClose(x, fixture.denoised, TOLERANCE);
  });

  test('in the losses, the gradients and the weights after two steps of Adam', () => {
    const { parameters } = network.mlp;
    const gradient = new Float64Array(parameters.length);
    const activations = activationsFor(network.mlp, batch.sigma.length);
    const adam = new Adam(parameters.length);
    for (const step of [0, 1] as const) {
      const loss = lossAndGradient(network, batch, activations, gradient);
      expectClose([loss], [fixture.losses[step]], TOLERANCE);
      expectClose(gradient, fixture.gradients[step], TOLERANCE);
      adam.update(parameters, gradient, fixture.rate);
    }
    expectClose(parameters, fixture.afterTwoSteps, TOLERANCE);
  });
});

// Sizes that do and do not divide by the four rows that the kernels take at once.
test.each([
  { sizes: [3, 2], batch: 1 },
  { sizes: [4, 8, 4], batch: 4 },
  { sizes: [7, 5, 6, 2], batch: 3 },
  { sizes: [1, 9, 9, 9, 3], batch: 6 },
])('the gradient of $sizes is the finite difference, batch $batch', ({ sizes, batch }) => {
  const random = randomNumbers();
  const mlp = createMlp(sizes);
  for (let i = 0; i < mlp.parameters.length; i++) mlp.parameters[i] = random() - 0.5;
  const a = activationsFor(mlp, batch);
  const input = a.inputs[0]!;
  for (let i = 0; i < input.length; i++) input[i] = 2 * random() - 1;
  const seen = a.gradients.at(-1)!.map(() => random());
  const loss = () => forward(mlp, a).reduce((sum, out, i) => sum + seen[i]! * out, 0);

  loss();
  a.gradients.at(-1)!.set(seen);
  const gradient = new Float64Array(mlp.parameters.length);
  backward(mlp, a, gradient);
  const h = 1e-5;
  const differences = mlp.parameters.map((value, i) => {
    mlp.parameters[i] = value + h;
    const above = loss();
    mlp.parameters[i] = value - h;
    const below = loss();
    mlp.parameters[i] = value;
    return (above - below) / (2 * h);
  });
  expectClose(gradient, differences, 1e-8);
});

test('starts within ±√(6/inputs), with a last layer that says 0', () => {
  const mlp = createMlp([6, 32, 2]);
  mlp.parameters.fill(7);
  initialise(mlp, randomNumbers());
  const [first, last] = layersOf(mlp.sizes, mlp.parameters);
  expect(Math.max(...first!.weight.map(Math.abs))).toBeLessThanOrEqual(1);
  expect(Math.max(...first!.weight.map(Math.abs))).toBeGreaterThan(0.9);
  for (const zeros of [first!.bias, last!.weight, last!.bias]) {
    expect(zeros.every((value) => value === 0)).toBe(true);
  }
});

test.each([[[3]], [[3, 0]], [[3, 1.5, 2]]])('refuses the sizes %j', (sizes) => {
  expect(() => createMlp(sizes)).toThrow('sizes must be two or more positive integers');
});
