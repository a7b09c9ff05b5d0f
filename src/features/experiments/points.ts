import { findGuidanceRule } from '../../diffusion/guidance';
import { firstSeed, sampleSeed } from '../../diffusion/random';
import { findSampler } from '../../diffusion/samplers';
import type { Precision, SampleSettings } from '../../engine/protocol';
import type { DenoiserManifest, FeaturesManifest, Manifest } from '../../networks/manifest';
import {
  type ColumnSettings,
  canPredict,
  consistent,
  DEFAULT_COLUMN,
  LIMITS,
} from '../../settings/column';
import { sampleCost } from '../../settings/sample-cost';
import { sampleSettings } from '../../settings/sample-settings';
import type { Subject } from '../../settings/subject';
import { type StudyNetworks, studyPrompts } from './networks';
import { type ExperimentSettings, type Series, sweepsSteps, type Varied } from './settings';

/** Samples of one request: as many as the network's largest batch. */
export const BATCH = 16;

/** Samples a point of a network with classes: four of each letter. */
const OWN_SAMPLES = 104;
const LEAST_ROUND = 5 * BATCH;
/** A Fréchet distance needs more samples than features, its spread a tenth more. */
const ENOUGH_PER_FEATURE = 1.25;

/** The paper's grid of w (2207.12598, section 4). */
export const PAPER_WEIGHTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 3, 4] as const;
/** Smallest and largest as wanted; the paper's are the last ones. */
const STEPS = [4, 8, 16, 32, 64, 128, 256, 512, 1024] as const;
const FEWER_WEIGHTS = [0, 0.25, 0.5, 1, 2, 4] as const;

/** The paper's best w at most of its tables. */
const STEPS_SCALE = 1.3;
/** Steps of the low-temperature experiment: large scales need many. */
const TEMPERATURE_STEPS = 64;

/** The interval of 2404.07724 that the best published results use. */
export const PUBLISHED_INTERVAL = [0.19, 1.61] as const;

/** Weights of Imagen's figures (2205.11487), less 1: those of a cascade, which takes its time. */
const CASCADE_WEIGHTS = [0, 0.5, 1, 2, 4, 7] as const;

/**
 * The values that are swept.
 *
 * @param ofPrompts whether prompts are asked for, by a cascade
 */
export function valuesOf(
  { id, values }: Pick<ExperimentSettings, 'id' | 'values'>,
  ofPrompts: boolean,
) {
  if (values) return values;
  switch (id) {
    case 'strength':
    case 'p-uncond':
      return ofPrompts ? CASCADE_WEIGHTS : PAPER_WEIGHTS;
    case 'steps':
      return STEPS;
    case 'temperature':
      return FEWER_WEIGHTS;
    default:
      return id satisfies never;
  }
}

/**
 * The curves of an experiment; of its own ones, those that the networks can make.
 *
 * @param loaded the denoiser of the page
 * @param networks denoisers like it, itself among them
 */
export function seriesOf(
  { id, series }: Pick<ExperimentSettings, 'id' | 'series'>,
  loaded: DenoiserManifest,
  networks: readonly DenoiserManifest[],
): readonly Series[] {
  if (series) return series;
  const plain = (changes: Partial<ColumnSettings>, varies: Varied = 'scale'): Series => ({
    model: null,
    column: consistent({ ...DEFAULT_COLUMN, ...changes }),
    varies,
  });
  switch (id) {
    case 'strength':
      return [plain({})];
    case 'p-uncond': {
      const study = comparable(networks, loaded);
      return study.map((network) => ({
        ...plain({}),
        model: network.id === loaded.id ? null : network.id,
      }));
    }
    case 'steps':
      return [
        plain({ guidanceScale: STEPS_SCALE, sampler: 'paper', schedule: 'logsnr-cosine' }),
        ...['ddim', 'heun', 'dpmpp-2m'].map((sampler) =>
          plain({ guidanceScale: STEPS_SCALE, sampler }),
        ),
      ];
    case 'temperature': {
      const base = { sampler: 'ddpm', numSteps: TEMPERATURE_STEPS };
      const own = [
        plain({ ...base, guidance: 'cfg' }),
        plain({ ...base, guidance: 'low-temperature' }),
        plain({ ...base, guidance: 'low-temperature' }, 'noise'),
        plain({ ...base, guidance: 'classifier' }, 'scale+1'),
        plain({ ...base, guidance: 'classifier-conditional' }),
      ];
      return own.filter(({ column: { guidance, parameters } }) =>
        canPredict(findGuidanceRule(guidance), loaded, parameters),
      );
    }
    default:
      return id satisfies never;
  }
}

/** The networks of the p_uncond study: those trained on equally many images, by their p_uncond. */
function comparable(
  networks: readonly DenoiserManifest[],
  loaded: DenoiserManifest,
): readonly DenoiserManifest[] {
  const groups = new Map<number | undefined, DenoiserManifest[]>();
  for (const network of networks) {
    if (network.role !== 'denoiser' || network.pUncond === undefined) continue;
    const images = network.training?.imagesSeen;
    groups.set(images, [...(groups.get(images) ?? []), network]);
  }
  const [largest = []] = [...groups.values()].toSorted((a, b) => b.length - a.length);
  const study = largest.length > 1 ? largest : [loaded];
  return study.toSorted((a, b) => (a.pUncond ?? 0) - (b.pUncond ?? 0));
}

/** Why a point cannot be sampled as its curve says. */
export type PointRefusal =
  /** The denoiser is not on this site. */
  | { readonly kind: 'model'; readonly model: string }
  /** The network has no companion for a prediction of the rule. */
  | { readonly kind: 'prediction'; readonly guidance: string }
  /** The rule has no scale, or no noise temperature, to be swept. */
  | { readonly kind: 'unused'; readonly guidance: string }
  /** The value leads out of the range of the setting. */
  | { readonly kind: 'range' };

/** One point of a curve. */
export interface Point {
  /** Index of the curve. */
  readonly series: number;
  readonly value: number;
  /** What the engine is asked for. */
  readonly column: ColumnSettings;
  /** Id of the denoiser. */
  readonly model: string;
  /** Everything that decides its samples, as text: sample k of equal keys is the same picture. */
  readonly key: string;
  /** Of a sample, as `sampleCost`: what its time is estimated from. */
  readonly cost: number;
  readonly refusal?: PointRefusal;
}

/**
 * The points of all curves, curve by curve.
 *
 * @param precision in which the networks compute: float16 makes other pictures than float32
 */
export function pointsOf(
  { experiment, seed }: { readonly experiment: ExperimentSettings; readonly seed: number },
  loaded: DenoiserManifest,
  { denoisers: networks, features, stages }: StudyNetworks,
  precision: Precision,
): Point[] {
  const hashOf = (used: Manifest | undefined) => used && [used.id, graphHash(used)];
  // The prompts come with the reference.
  const { reference } = features ?? {};
  const prompted = loaded.prompts && {
    stages: stages.map(hashOf),
    reference: features?.files.find(({ name }) => name === reference?.file)?.sha256,
  };
  return seriesOf(experiment, loaded, networks).flatMap((series, index) =>
    valuesOf(experiment, loaded.prompts !== undefined).map((value) => {
      const network =
        series.model === null ? loaded : networks.find(({ id }) => id === series.model);
      const column = sweepsSteps(experiment.id)
        ? withSteps(series.column, value)
        : withWeight(series, value);
      const refusal = refusalOf(series, column, network, sweepsSteps(experiment.id));
      const used = column ?? series.column;
      return {
        series: index,
        value,
        column: used,
        model: network?.id ?? series.model ?? loaded.id,
        key: JSON.stringify({
          networks: [network, features].map(hashOf),
          ...prompted,
          seed: firstSeed(seed),
          ...(precision !== 'fp32' && { precision }),
          sample: sampleSettings({ subject: { kind: 'none' }, count: 0, seed }, used, loaded),
        }),
        cost: sampleCost(used, network ?? loaded),
        ...(refusal && { refusal }),
      };
    }),
  );
}

/** The SHA-256 of a network's graph. */
export function graphHash({ files }: Manifest): string | undefined {
  return files.find(({ name }) => name === 'model.onnx')?.sha256;
}

/** A column with as many steps as `evaluations` of the network allow: Heun's take two each. */
function withSteps(column: ColumnSettings, evaluations: number): ColumnSettings {
  const sampler = findSampler(column.sampler);
  let numSteps = Math.max(1, Math.floor(evaluations));
  while (numSteps > 1 && sampler.evaluations(numSteps) > evaluations) numSteps--;
  return { ...column, numSteps };
}

/** undefined: out of the range of the setting. */
function withWeight({ column, varies }: Series, w: number): ColumnSettings | undefined {
  const rounded = (value: number) => Number(value.toFixed(4));
  if (varies === 'noise') {
    if (w < 0) return undefined;
    const noiseTemperature = rounded(1 / (1 + w));
    const parameters = { ...column.parameters, noiseTemperature };
    return { ...column, guidanceScale: 1, parameters };
  }
  const guidanceScale = rounded(w + (varies === 'scale' ? 1 : 2));
  const { min, max } = LIMITS.guidanceScale;
  const fits = guidanceScale >= min && guidanceScale <= max;
  return fits ? { ...column, guidanceScale, curve: null } : undefined;
}

function refusalOf(
  { column: { guidance, parameters }, varies, model }: Series,
  column: ColumnSettings | undefined,
  network: DenoiserManifest | undefined,
  steps: boolean,
): PointRefusal | undefined {
  if (!network) return { kind: 'model', model: model ?? '' };
  const rule = findGuidanceRule(guidance);
  if (!canPredict(rule, network, parameters)) return { kind: 'prediction', guidance };
  const swept =
    steps ||
    (varies === 'noise'
      ? rule.parameters.some(({ id }) => id === 'noiseTemperature')
      : rule.usesScale);
  if (!swept) return { kind: 'unused', guidance };
  return column ? undefined : { kind: 'range' };
}

/**
 * What samples start … start + count of a study are asked for, all classes in turn, or all prompts, so
 * that any number of samples is spread evenly: places among these.
 */
export function batchLabels(
  [start, count]: readonly [number, number],
  { classes, prompts }: Pick<DenoiserManifest, 'classes' | 'prompts'>,
  features: FeaturesManifest | undefined,
): number[] {
  const all = prompts ? studyPrompts(features).length : classes.length;
  return Array.from({ length: count }, (_, k) => (start + k) % all);
}

/** Samples start … start + count of a point. Sample k has the page's k-th noise: all points share it. */
export function batchSettings(
  { column }: Point,
  [start, count]: readonly [number, number],
  seed: number,
  manifest: DenoiserManifest,
  features: FeaturesManifest | undefined,
): SampleSettings {
  const labels = batchLabels([start, count], manifest, features);
  const prompts = studyPrompts(features);
  const names = manifest.prompts ? labels.map((label) => prompts[label]!) : [];
  const subject: Subject = manifest.prompts ? { kind: 'each', names } : { kind: 'none' };
  const settings = sampleSettings({ subject, count, seed }, column, manifest);
  return {
    ...settings,
    seeds: settings.seeds.map((_, k) => sampleSeed(seed, start + k)),
    // Those of prompts are places among the batch's own.
    ...(!manifest.prompts && { labels }),
  };
}

/** Samples that a point gets before the next has its turn: enough for a Fréchet distance. */
export function roundOf(features: FeaturesManifest | undefined): number {
  const needed = ENOUGH_PER_FEATURE * (features?.reference?.features ?? 0);
  return Math.max(LEAST_ROUND, BATCH * Math.ceil(needed / BATCH));
}

/** Samples that a point is to have. */
export function samplesOf(
  { samples }: Pick<ExperimentSettings, 'samples'>,
  features: FeaturesManifest | undefined,
): number {
  return samples ?? Math.max(OWN_SAMPLES, roundOf(features));
}

/** Counts at which a point is measured on its way to `samples`: every batch at first, then every round. */
export function isMilestone(count: number, samples: number, round: number): boolean {
  return isRound(count, samples, round) || (count <= 2 * round && count % BATCH === 0);
}

/**
 * Points in the order in which their samples are drawn: all get a round before any gets the next, so
 * that the whole curve is seen early, at equal counts; within a round what was begun first, then in
 * the order given.
 *
 * @param points how many samples each has; those to be skipped are left out
 * @param wanted samples a point is to have
 * @param order indices, from coarse to fine
 * @param round as `roundOf`
 * @returns the indices of those that miss samples
 */
export function drawOrder(
  points: readonly { readonly samples: number; readonly skip: boolean }[],
  wanted: number,
  order: readonly number[],
  round: number,
): number[] {
  const rounds = (samples: number) => Math.floor(samples / round);
  return order
    .filter((index) => !points[index]!.skip && points[index]!.samples < wanted)
    .toSorted((a, b) => {
      const [first, second] = [points[a]!.samples, points[b]!.samples];
      return rounds(first) - rounds(second) || second - first;
    });
}

/** Whether a point that has this many samples has finished a round, or all. */
export function isRound(count: number, samples: number, round: number): boolean {
  return count === samples || count % round === 0;
}
