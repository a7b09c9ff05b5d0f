import { describe, expect, test } from 'vitest';
import type { Denoise } from '../denoiser';
import { type ArrayField, type ArrayFieldAlgebra, arrayFields } from '../fields';
import type { Parameters } from '../parameters';
import { karras } from '../schedules';
import { lastX, maxDifference } from '../testing/runs';
import { type GaussianMixture, gaussianOde, mixtureEvaluate } from '../worlds/analytic';
import { findSampler } from './index';
import { startingPoint } from './sampler';

function denoiserOf(mixture: GaussianMixture, fields: ArrayFieldAlgebra): Denoise<ArrayField> {
  const labels = Array(fields.batch).fill(mixture[0]!.classLabel);
  const evaluate = mixtureEvaluate({ mixture, labels, fields });
  return async (x, sigma, at) => {
    const { uncond } = await evaluate(x, sigma, ['uncond'], { ...at, sigma, guidanceScale: 1 });
    return uncond!;
  };
}

/** From sigma 10 to 0.1, where the solution is still curved; a last jump to 0 would hide the order. */
function curve(numSteps: number): Float64Array {
  const range = { sigmaMin: 0.1, sigmaMax: 10 };
  return karras.sigmas(numSteps + 1, range, {}).subarray(0, numSteps + 1);
}

/** log2 of how much the error shrinks when the steps are halved. */
async function measuredOrder(error: (numSteps: number) => Promise<number>): Promise<number> {
  return Math.log2((await error(32)) / (await error(64)));
}

describe('order of convergence on the probability-flow ODE of a Gaussian', () => {
  const [mean, std] = [0.3, 0.5];
  const fields = arrayFields({ seeds: [1, 2, 3, 4, 5, 6, 7, 8], sampleSize: 1 });
  const denoise = denoiserOf([{ classLabel: 0, weight: 1, mean: [mean], std }], fields);

  async function error(id: string, numSteps: number): Promise<number> {
    const sigmas = curve(numSteps);
    const x = startingPoint(fields, sigmas);
    const exact = Float64Array.from(x.data, (value) =>
      gaussianOde({ mean, std, x: value, sigmaFrom: 10, sigmaTo: 0.1 }),
    );
    return maxDifference(await lastX(findSampler(id), { fields, denoise, sigmas, x }), exact);
  }

  test.each([
    ['ddim', 1],
    ['heun', 2],
    ['dpmpp-2m', 2],
    ['unipc', 3],
  ])('%s: %d, within 0.1', async (id, order) => {
    expect(Math.abs((await measuredOrder((n) => error(id, n))) - order)).toBeLessThan(0.1);
  });
});

describe('order of convergence of the variance', () => {
  // Every step is linear in x and in the noises, so x_end = k x_start + Σ c_step n_step. One batch
  // with a sample for each noise (1 there, 0 elsewhere) gives all coefficients, and with them the
  // variance of x_end without the sampling error that would hide its order.
  const std = 0.5;

  async function varianceError(id: string, params: Parameters, numSteps: number): Promise<number> {
    const seeds = Array.from({ length: numSteps + 1 }, (_, i) => i);
    const plain = arrayFields({ seeds, sampleSize: 1 });
    const fields: ArrayFieldAlgebra = {
      ...plain,
      noise: (step) => {
        const unit = plain.empty();
        unit.data.fill(0);
        unit.data[step] = 1;
        return unit;
      },
    };
    const denoise = denoiserOf([{ classLabel: 0, weight: 1, mean: [0], std }], fields);
    const sigmas = curve(numSteps);
    const x = fields.noise(numSteps);
    const coefficients = await lastX(findSampler(id), { fields, denoise, sigmas, x }, params);
    const noises = coefficients.subarray(0, numSteps).reduce((total, c) => total + c ** 2, 0);
    const variance = noises + coefficients[numSteps]! ** 2 * (std ** 2 + sigmas[0]! ** 2);
    return Math.abs(variance - (std ** 2 + sigmas[numSteps]! ** 2));
  }

  test.each([
    ['ddpm', {}, 1],
    ['ddim', { eta: 0.5 }, 1],
    ['paper', { v: 0 }, 1],
    ['paper', { v: 0.3 }, 1],
    ['paper', { v: 1 }, 1],
    ['heun', { sChurn: 5, sMin: 0, sNoise: 1 }, 2],
    ['dpmpp-2m-sde', { sdeEta: 0 }, 2],
    ['dpmpp-2m-sde', { sdeEta: 0.5 }, 2],
    ['dpmpp-2m-sde', {}, 2],
  ])('%s %j: %d, within 0.1', async (id, params, order) => {
    const measured = await measuredOrder((n) => varianceError(id, params, n));
    expect(Math.abs(measured - order)).toBeLessThan(0.1);
  });
});

describe('moments on a mixture of two Gaussians', () => {
  const mixture: GaussianMixture = [
    { classLabel: 0, weight: 0.3, mean: [-1], std: 0.2 },
    { classLabel: 0, weight: 0.7, mean: [1], std: 0.3 },
  ];
  const count = 4000;
  const fields = arrayFields({ seeds: Array.from({ length: count }, (_, i) => i), sampleSize: 1 });
  const sigmas = karras.sigmas(60, { sigmaMin: 0.01, sigmaMax: 40 }, {});

  test.each([
    ['ddpm', {}],
    ['ddim', { eta: 0.5 }],
    ['ddim', {}],
    ['paper', { v: 0.3 }],
    ['heun', {}],
    ['heun', { sChurn: 20, sMin: 0.01, sMax: 40, sNoise: 1 }],
    ['dpmpp-2m', {}],
    ['dpmpp-3m', {}],
    ['unipc', {}],
    ['dpmpp-2m-sde', {}],
    ['dpmpp-2m-sde', { sdeEta: 0.5 }],
  ])('%s %j', async (id, params) => {
    const run = { fields, denoise: denoiserOf(mixture, fields), sigmas };
    const x = await lastX(findSampler(id), { ...run, x: startingPoint(fields, sigmas) }, params);
    // 4 standard errors of the sample, plus 0.02 for the steps' own error.
    const [low, high] = [x.filter((value) => value < 0), x.filter((value) => value >= 0)];
    const weightError = Math.abs(low.length / count - 0.3);
    expect(weightError).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / count));
    for (const [part, mean, std] of [
      [low, -1, 0.2],
      [high, 1, 0.3],
    ] as const) {
      const measuredMean = part.reduce((total, value) => total + value, 0) / part.length;
      const variance = part.reduce((total, v) => total + (v - measuredMean) ** 2, 0) / part.length;
      expect(Math.abs(measuredMean - mean)).toBeLessThan((4 * std) / Math.sqrt(part.length) + 0.02);
      expect(Math.abs(Math.sqrt(variance) - std)).toBeLessThan(
        (4 * std) / Math.sqrt(2 * part.length) + 0.02,
      );
    }
  });
});
