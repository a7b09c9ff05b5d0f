import { type ArrayField, arrayFields } from '../../diffusion/fields';
import type { Evaluate } from '../../diffusion/guidance/guided';
import type { Predictions } from '../../diffusion/guidance/rule';
import { gaussian } from '../../diffusion/random';
import { createRun, DEFAULT_RUN } from '../../diffusion/run';
import {
  componentsOf,
  denoiseExactly,
  type GaussianMixture,
  logDensity,
  mixtureEvaluate,
} from '../../diffusion/worlds/analytic';
import { Evaluator, type TinyDenoiser } from './tiny-denoiser';
import type {
  LearntField,
  Look,
  PerLabel,
  PlaneSamples,
  Report,
  TrainingSpec,
} from './train-protocol';
import { drawBatch, pick, SIGMA_RANGE, uniformNumbers } from './trainer';

/** Points a side of the grid of estimates. */
const GRID = 15;
const SAMPLES = 400;
/** Points that the errors are averaged over: their standard error is about 1/√1024 of themselves. */
const POINTS = 1024;
/** Points for the least loss, which needs the exact denoisers only. */
const LEAST_POINTS = 8192;
/** Streams of the seed that no step of any training reaches. */
const VALIDATION = 2 ** 31;
const SAMPLE_SEED = 1;

/** Everything about a training run that can be seen, save for its losses. */
export type Seen = Omit<Report, 'step' | 'losses' | 'stepsPerSecond'>;

/** Looks at one network while it is trained; what does not change with the weights is computed once. */
export class Observer {
  readonly #network: TinyDenoiser;
  readonly #spec: TrainingSpec;
  readonly #evaluator: Evaluator;
  // Made at the first look: of the networks that a dragged slider opens, few are ever looked at.
  #validation: Validation | undefined;
  #leastLoss: number | undefined;
  #exact: { readonly look: Look; readonly samples: PlaneSamples } | undefined;

  constructor(network: TinyDenoiser, spec: TrainingSpec) {
    this.#network = network;
    this.#spec = spec;
    this.#evaluator = new Evaluator(network);
  }

  /** @throws RangeError for a look that cannot be had */
  async see(look: Look): Promise<Seen> {
    const { mixture } = this.#spec;
    this.#leastLoss ??= leastLossOf(this.#spec, this.#network.sigmaData);
    return {
      look,
      leastLoss: this.#leastLoss,
      excess: this.#excess(),
      errors: this.#errors(look),
      field: this.#field(look),
      samples: await drawSamples(mixture, look, (fields) => this.#evaluate(fields.batch, look)),
      exactSamples: await this.#exactSamples(look),
    };
  }

  /** Mean of lambda (D - D*)² over the validation points, a dimension. */
  #excess(): PerLabel {
    this.#validation ??= drawValidation(this.#spec, POINTS);
    const { x, sigma, label, cond, uncond } = this.#validation;
    const { sigmaData, classes } = this.#network;
    const out = new Float64Array(x.length);
    const against = (exact: Float64Array, labels: number | ArrayLike<number>) => {
      this.#evaluator.denoise(x, sigma, labels, out);
      return weighted(out, exact, sigma, sigmaData);
    };
    return { cond: against(cond, label), uncond: against(uncond, classes) };
  }

  /** E|D - D*|² at one noise level. */
  #errors({ sigma, classLabel }: Look): PerLabel {
    const { mixture } = this.#spec;
    const of = (data: GaussianMixture, label: number, stream: number) => {
      const x = drawNoisy(data, sigma, stream);
      const out = new Float64Array(x.length);
      const exact = new Float64Array(x.length);
      this.#evaluator.denoise(x, sigma, label, out);
      denoiseAll(data, x, sigma, exact);
      return squaredDistance(out, exact) / POINTS;
    };
    return {
      cond: of(componentsOf(mixture, classLabel), classLabel, 0),
      uncond: of(mixture, this.#network.classes, 1),
    };
  }

  #field({ sigma, classLabel }: Look): LearntField {
    const { mixture } = this.#spec;
    const own = componentsOf(mixture, classLabel);
    const half = halfOf(mixture, sigma);
    const points = gridPoints(half);
    const learnt = (label: number) => {
      const out = new Float32Array(points.length);
      this.#evaluator.denoise(points, sigma, label, out);
      return out;
    };
    const exact = (data: GaussianMixture) => {
      const out = new Float32Array(points.length);
      denoiseAll(data, points, sigma, out);
      return out;
    };
    return {
      half,
      points,
      cond: learnt(classLabel),
      uncond: learnt(this.#network.classes),
      exactCond: exact(own),
      exactUncond: exact(mixture),
      condDensity: relativeDensity(own, points, sigma),
      uncondDensity: relativeDensity(mixture, points, sigma),
    };
  }

  async #exactSamples(look: Look): Promise<PlaneSamples> {
    if (this.#exact?.look !== look) {
      const { mixture } = this.#spec;
      const samples = await drawSamples(mixture, look, (fields) => {
        const labels = Array.from({ length: fields.batch }, () => look.classLabel);
        return mixtureEvaluate({ mixture, labels, fields });
      });
      this.#exact = { look, samples };
    }
    return this.#exact.samples;
  }

  /** The network's predictions, as a rule asks for them. */
  #evaluate(batch: number, { classLabel }: Look): Evaluate<ArrayField> {
    const { classes } = this.#network;
    return (x, sigma, needs) => {
      const predictions: Predictions<ArrayField> = {};
      for (const name of needs) {
        if (name !== 'cond' && name !== 'uncond') {
          throw new RangeError(`A tiny network predicts cond and uncond, not "${name}"`);
        }
        const data = new Float32Array(2 * batch);
        this.#evaluator.denoise(x.data, sigma, name === 'cond' ? classLabel : classes, data);
        predictions[name] = { data, batch, size: 2 };
      }
      return predictions;
    };
  }
}

/** Half the side of a square around the data with their noise: 2.5 standard deviations beyond every mean. */
function halfOf(mixture: GaussianMixture, sigma: number): number {
  const reach = ({ mean, std }: GaussianMixture[number]) =>
    Math.max(...mean.map(Math.abs)) + 2.5 * Math.hypot(std, sigma);
  return Math.max(...mixture.map(reach));
}

/** Samples of one class by a sampler and a rule, from noise that is always the same. */
async function drawSamples(
  mixture: GaussianMixture,
  look: Look,
  evaluateWith: (fields: ReturnType<typeof arrayFields>) => Evaluate<ArrayField>,
): Promise<PlaneSamples> {
  const { guidance, guidanceScale, sampler, numSteps } = look;
  const settings = { ...DEFAULT_RUN, guidance, guidanceScale, sampler, numSteps };
  const seeds = Array.from({ length: SAMPLES }, (_, k) => SAMPLE_SEED + k);
  const fields = arrayFields({ seeds, sampleSize: 2 });
  const evaluate = evaluateWith(fields);
  const run = createRun({ settings, range: SIGMA_RANGE, fields, evaluate });
  const x = new Float32Array(2 * SAMPLES);
  for await (const step of run.steps(run.start())) x.set(step.x.data);
  return { x, recognised: shareOf(mixture, look.classLabel, x), spread: spreadOf(x) };
}

/** Share of points where no other class is as likely, by Bayes' rule. */
function shareOf(mixture: GaussianMixture, classLabel: number, x: Float32Array): number {
  const own = componentsOf(mixture, classLabel);
  const others = mixture.filter((component) => component.classLabel !== classLabel);
  if (others.length === 0) return 1;
  const joint = (data: GaussianMixture, at: ArrayLike<number>) =>
    Math.log(data.reduce((sum, { weight }) => sum + weight, 0)) + logDensity(data, at, 0);
  const groups = [...new Set(others.map((component) => component.classLabel))].map((label) =>
    componentsOf(mixture, label),
  );
  let share = 0;
  for (let i = 0; i < x.length; i += 2) {
    const at = x.subarray(i, i + 2);
    const mine = joint(own, at);
    if (groups.every((group) => joint(group, at) < mine)) share += 2 / x.length;
  }
  return share;
}

function spreadOf(x: Float32Array): number {
  const n = x.length / 2;
  const mean = [0, 0];
  for (let i = 0; i < x.length; i++) mean[i % 2]! += x[i]! / n;
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += (x[i]! - mean[i % 2]!) ** 2;
  return Math.sqrt(squares / x.length);
}

interface Validation {
  readonly x: Float64Array;
  readonly sigma: Float64Array;
  readonly label: Int32Array;
  readonly x0: Float64Array;
  /** The exact estimates [points, 2]. */
  readonly cond: Float64Array;
  readonly uncond: Float64Array;
}

/** Noisy points as the training draws them, none of them in a batch, with their exact estimates. */
function drawValidation(spec: TrainingSpec, points: number): Validation {
  const { mixture } = spec;
  const { x0, noise, sigma, label } = drawBatch({ ...spec, batch: points, pUncond: 0 }, VALIDATION);
  const x = x0.map((value, i) => value + sigma[i >> 1]! * noise[i]!);
  const cond = new Float64Array(x.length);
  const uncond = new Float64Array(x.length);
  const classes = new Map([...new Set(label)].map((c) => [c, componentsOf(mixture, c)]));
  for (let i = 0; i < points; i++) {
    const at = x.subarray(2 * i, 2 * i + 2);
    const out = (exact: Float64Array) => exact.subarray(2 * i, 2 * i + 2);
    denoiseExactly(classes.get(label[i]!)!, at, sigma[i]!, out(cond));
    denoiseExactly(mixture, at, sigma[i]!, out(uncond));
  }
  return { x, sigma, label, x0, cond, uncond };
}

/** The expected loss of the exact denoisers, each with its share of the training. */
function leastLossOf(spec: TrainingSpec, sigmaData: number): number {
  const { x0, sigma, cond, uncond } = drawValidation(spec, LEAST_POINTS);
  const { pUncond } = spec;
  return (
    (1 - pUncond) * weighted(cond, x0, sigma, sigmaData) +
    pUncond * weighted(uncond, x0, sigma, sigmaData)
  );
}

/** Mean of (sigma² + sigmaData²)/(sigma sigmaData)² (a - b)², as the loss weighs it. */
function weighted(
  a: Float64Array,
  b: Float64Array,
  sigma: Float64Array,
  sigmaData: number,
): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const s = sigma[i >> 1]!;
    sum += ((s ** 2 + sigmaData ** 2) / (s * sigmaData) ** 2) * (a[i]! - b[i]!) ** 2;
  }
  return sum / a.length;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}

/** Points of p(x; sigma), the same ones every time. */
function drawNoisy(mixture: GaussianMixture, sigma: number, stream: number): Float64Array {
  const normal = gaussian(SAMPLE_SEED, VALIDATION + stream, 2 * POINTS);
  const random = uniformNumbers(SAMPLE_SEED, VALIDATION + stream);
  const x = new Float64Array(2 * POINTS);
  for (let i = 0; i < POINTS; i++) {
    const { mean, std } = pick(mixture, random());
    const deviation = Math.hypot(std, sigma);
    for (let d = 0; d < 2; d++) x[2 * i + d] = mean[d]! + deviation * normal[2 * i + d]!;
  }
  return x;
}

function denoiseAll<T extends Float32Array | Float64Array>(
  mixture: GaussianMixture,
  x: T,
  sigma: number,
  out: T,
): void {
  for (let i = 0; i < x.length; i += 2) {
    denoiseExactly(mixture, x.subarray(i, i + 2), sigma, out.subarray(i, i + 2));
  }
}

/** The middles of GRID × GRID cells over [-half, half]². */
function gridPoints(half: number): Float32Array {
  const points = new Float32Array(2 * GRID * GRID);
  for (let i = 0; i < GRID * GRID; i++) {
    points[2 * i] = half * ((2 * (i % GRID) + 1) / GRID - 1);
    points[2 * i + 1] = half * (1 - (2 * Math.floor(i / GRID) + 1) / GRID);
  }
  return points;
}

function relativeDensity(mixture: GaussianMixture, points: Float32Array, sigma: number) {
  const logs = Float64Array.from({ length: points.length / 2 }, (_, i) =>
    logDensity(mixture, points.subarray(2 * i, 2 * i + 2), sigma),
  );
  const largest = Math.max(...logs);
  return Float32Array.from(logs, (log) => Math.exp(log - largest));
}
