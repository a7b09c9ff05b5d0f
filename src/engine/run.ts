import { type ArrayField, arrayFields } from '../diffusion/fields';
import { findGuidanceRule } from '../diffusion/guidance';
import { type Evaluate, guidedDenoise } from '../diffusion/guidance/guided';
import { findSampler } from '../diffusion/samplers';
import { startingPoint } from '../diffusion/samplers/sampler';
import { findSchedule } from '../diffusion/schedules';
import type { DenoiserManifest } from '../models/manifest';
import { toBytes } from './pixels';
import type { Frame, RunFigures, SampleSettings } from './protocol';
import { type Network, Stopped } from './session';

export interface FinishedRun {
  readonly samples: Float32Array;
  readonly frame: Frame;
  readonly figures: RunFigures;
}

/**
 * One run of a sampler beside the network.
 *
 * @param onFrame takes each step's noisy picture and estimate, before the step is taken
 * @param stop asked between network runs
 * @throws Stopped, once `stop` says so; RangeError for settings out of range
 */
export async function runSampler(
  network: Network,
  manifest: DenoiserManifest,
  settings: SampleSettings,
  onFrame: (frame: Frame) => void,
  stop: () => boolean,
): Promise<FinishedRun> {
  const { seeds, labels, numSteps, parameters, modifiers } = settings;
  const numClasses = manifest.classes.length;
  if (labels.length !== seeds.length) {
    throw new RangeError(
      `labels: needs one for each of ${seeds.length} seeds, got ${labels.length}`,
    );
  }
  const started = performance.now();
  const sampler = findSampler(settings.sampler);
  const rule = findGuidanceRule(settings.guidance);
  const range = { sigmaMin: manifest.sigma.min, sigmaMax: manifest.sigma.max };
  const sigmas = findSchedule(settings.schedule).sigmas(numSteps, range, parameters);
  const sampleSize = manifest.shape.reduce((a, b) => a * b);
  const fields = arrayFields({ seeds, sampleSize });
  const cond = labelRows(labels, numClasses);
  const uncond = labelRows(
    labels.map(() => numClasses),
    numClasses,
  );
  const figures = { nfe: 0, networkMs: 0 };

  const evaluate: Evaluate<ArrayField> = async (x, sigma, needs) => {
    // All predictions of the one network in one batch: x repeated, the label rows one below the other.
    const copies = needs.length;
    const rows = copies * seeds.length;
    const xs = copies === 1 ? x.data : repeated(x.data, copies);
    const labelData = concatenated(needs.map((need) => (need === 'uncond' ? uncond : cond)));
    const before = performance.now();
    const { denoised } = await network.run(
      {
        x: { data: xs, dims: manifest.shape },
        sigma: { data: new Float32Array(rows).fill(sigma), dims: [] },
        label: { data: labelData, dims: [numClasses + 1] },
      },
      rows,
      stop,
    );
    figures.networkMs += performance.now() - before;
    figures.nfe += copies;
    return Object.fromEntries(
      needs.map((need, i) => {
        const field = fields.empty();
        field.data.set(denoised!.subarray(i * x.data.length, (i + 1) * x.data.length));
        return [need, field];
      }),
    );
  };

  const { denoise, guidanceJumped } = guidedDenoise({
    rule,
    params: parameters,
    fields,
    evaluate,
    modifiers,
    sigmas,
  });
  const start = startingPoint(fields, sigmas);
  let x = toBytes(start.data, shown(sigmas[0]!));
  let samples = new Float32Array(0);
  const run = { fields, denoise, x: start, sigmas, guidanceJumped };
  for await (const { step, sigma, ...field } of sampler.sample(run, parameters)) {
    if (stop()) throw new Stopped('The run was stopped');
    onFrame({ step, sigma: sigmas[step]!, x, denoised: toBytes(field.denoised.data) });
    x = toBytes(field.x.data, shown(sigma));
    if (step === numSteps - 1) samples = field.x.data.slice();
  }
  return {
    samples,
    frame: { step: numSteps, sigma: 0, x, denoised: x.slice() },
    figures: { ...figures, totalMs: performance.now() - started },
  };
}

/** Keeps the noise visible at every level: alpha = 1/sqrt(1 + sigma²), the variance-preserving picture. */
function shown(sigma: number): number {
  return 1 / Math.sqrt(1 + sigma ** 2);
}

/** One-hot label rows [batch, numClasses + 1]. @throws RangeError for a class that does not exist */
export function labelRows(labels: readonly number[], numClasses: number): Float32Array {
  const rows = new Float32Array(labels.length * (numClasses + 1));
  labels.forEach((label, i) => {
    if (!Number.isInteger(label) || label < 0 || label > numClasses) {
      throw new RangeError(
        `label: needs a class 0 … ${numClasses} (the last is null), got ${label}`,
      );
    }
    rows[i * (numClasses + 1) + label] = 1;
  });
  return rows;
}

function repeated(data: Float32Array, copies: number): Float32Array {
  return concatenated(Array.from({ length: copies }, () => data));
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
