import { describe, expect, test } from 'vitest';
import type { FieldAlgebra, Term } from '../fields';
import { karras } from '../schedules';
import { gaussianOde } from '../worlds/analytic';
import { findSampler } from './index';

/** A number in float64, so that the error of a step is not hidden by rounding. */
interface Scalar {
  readonly value: number;
}

const scalars = {
  lincomb: (terms: readonly Term<Scalar>[]) => ({
    value: terms.reduce((sum, [factor, { value }]) => sum + (factor as number) * value, 0),
  }),
  release: () => {},
} as unknown as FieldAlgebra<Scalar>;

/** x at every noise level, the first too. */
async function way(
  id: string,
  sigmas: ArrayLike<number>,
  denoise: (x: Scalar, sigma: number) => Scalar,
  x: Scalar,
  guidanceJumped?: (step: number) => boolean,
): Promise<number[]> {
  const run = { fields: scalars, denoise, sigmas, x, ...(guidanceJumped && { guidanceJumped }) };
  const xs = [x.value];
  for await (const step of findSampler(id).sample<Scalar>(run, {})) xs.push(step.x.value);
  return xs;
}

/** Uneven steps. */
const SIGMAS = [12, 9, 7.5, 4, 3.1, 2, 0.9, 0.5];

describe('where the estimate is a polynomial in ln sigma alone', () => {
  /** x' = q x + ∫ e^(s - h) D ds, of D = ln sigma ^ power, by parts. */
  function exactStep(x: number, from: number, to: number, power: number): number {
    // F' + F = D in lambda = -ln sigma: a solution of the ODE, to which a multiple of e^-lambda is added.
    const solution = (sigma: number) => {
      const lambda = -Math.log(sigma);
      const [constant, linear] = [1, lambda - 1];
      const square = lambda ** 2 - 2 * linear;
      return [constant, -linear, square][power]!;
    };
    return solution(to) + (to / from) * (x - solution(from));
  }

  test.each([
    ['ddim', 0, 0],
    ['dpmpp-3m', 1, 2],
    ['dpmpp-3m', 2, 2],
  ])('%s is exact for power %d once it knows %d earlier estimates', async (id, power, known) => {
    const denoise = (_: Scalar, sigma: number) => ({ value: Math.log(sigma) ** power });
    const xs = await way(id, SIGMAS, denoise, { value: 5 });
    for (let step = known; step + 1 < SIGMAS.length; step++) {
      const exact = exactStep(xs[step]!, SIGMAS[step]!, SIGMAS[step + 1]!, power);
      expect(xs[step + 1], `step ${step}`).toBeCloseTo(exact, 12);
    }
    // Without them it is not.
    if (known === 0) return;
    const first = exactStep(xs[0]!, SIGMAS[0]!, SIGMAS[1]!, power);
    expect(Math.abs(xs[1]! - first)).toBeGreaterThan(1e-3);
  });

  test('unipc goes over a step again, exactly for the square', async () => {
    const denoise = (_: Scalar, sigma: number) => ({ value: Math.log(sigma) ** 2 });
    const ahead = (count: number) =>
      way('unipc', SIGMAS.slice(0, count + 1), denoise, { value: 5 });
    // x after step k + 1 is made from the corrected x after step k: undo the prediction.
    const [xs, logs] = [await ahead(7), SIGMAS.map((sigma) => -Math.log(sigma))];
    const D = SIGMAS.map((sigma) => Math.log(sigma) ** 2);
    const corrected = (step: number) => {
      const q = SIGMAS[step + 1]! / SIGMAS[step]!;
      const ratio = (logs[step + 1]! - logs[step]!) / (logs[step]! - logs[step - 1]!);
      const guess = D[step]! + (ratio / 2) * (D[step]! - D[step - 1]!);
      return (xs[step + 1]! - (1 - q) * guess) / q;
    };
    for (let step = 2; step + 1 < SIGMAS.length - 1; step++) {
      const from = corrected(step);
      const exact = exactStep(from, SIGMAS[step]!, SIGMAS[step + 1]!, 2);
      expect(corrected(step + 1), `step ${step}`).toBeCloseTo(exact, 10);
      expect(Math.abs(xs[step + 1]! - exact)).toBeGreaterThan(1e-4);
    }
  });
});

test('dpmpp-3m is of third order once it knows three estimates', async () => {
  const [mean, std, x] = [0.3, 0.5, 12];
  const denoise = (at: Scalar, sigma: number) => ({
    value: (std ** 2 * at.value + sigma ** 2 * mean) / (std ** 2 + sigma ** 2),
  });
  const error = async (numSteps: number) => {
    const range = { sigmaMin: 0.1, sigmaMax: 10 };
    const even = karras.sigmas(numSteps + 1, range, {}).subarray(0, numSteps + 1);
    // Two short steps to begin with, whose first and second order would show in the end.
    const short = 1 / numSteps ** 2;
    const sigmas = [10, 10 * (1 - short / 4), 10 * (1 - short / 2), ...even.subarray(1)];
    const end = (await way('dpmpp-3m', sigmas, denoise, { value: x })).at(-1)!;
    return Math.abs(end - gaussianOde({ mean, std, x, sigmaFrom: 10, sigmaTo: 0.1 }));
  };
  expect(Math.abs(Math.log2((await error(512)) / (await error(1024))) - 3)).toBeLessThan(0.1);
});

test.each(['dpmpp-2m', 'dpmpp-3m', 'unipc'])(
  '%s begins anew where the guidance jumped',
  async (id) => {
    // Two vector fields: 1 until the jump, -1 from then on. What is mixed would lie between.
    const denoise = (_: Scalar, sigma: number) => ({ value: sigma > 3.5 ? 1 : -1 });
    const jump = SIGMAS.findIndex((sigma) => sigma < 3.5);
    const xs = await way(id, SIGMAS, denoise, { value: 5 }, (step) => step === jump);
    for (const [step, sigma] of SIGMAS.slice(0, -1).entries()) {
      const q = SIGMAS[step + 1]! / sigma;
      const wanted = q * xs[step]! + (1 - q) * (step < jump ? 1 : -1);
      expect(xs[step + 1], `step ${step}`).toBeCloseTo(wanted, 12);
    }
  },
);
