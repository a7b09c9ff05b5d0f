import { guidanceRegistry } from '../../diffusion/guidance';
import { samplerRegistry } from '../../diffusion/samplers';
import { worksInPlane } from '../../diffusion/worlds/plane/world';
import { type PlaneSettings, worldOf } from '../../kit/plane/settings';
import { samplersFor } from '../../settings/column';
import { defineSlice } from '../../settings/slice';
import type { Look, TrainingSpec } from './train-protocol';

/** Id of the page. */
export const TRAINING_PAGE = 'training';

/** The network trained in the page, as the address keeps it; its data and class are the plane's. */
export interface TrainingSettings {
  /** Probability that the training shows a sample without its class. */
  readonly pUncond: number;
  /** Samples a step. */
  readonly batch: number;
  readonly steps: number;
  /** Numbers of each hidden layer. */
  readonly width: number;
  readonly seed: number;
  /** Noise level of the fields. */
  readonly sigma: number;
  readonly guidance: string;
  /** 1 = off, 0 = unconditional. */
  readonly guidanceScale: number;
  readonly sampler: string;
  readonly numSteps: number;
}

export const DEFAULT_TRAINING: TrainingSettings = {
  pUncond: 0.2,
  batch: 128,
  steps: 4000,
  width: 32,
  seed: 1,
  sigma: 0.7,
  guidance: 'cfg',
  guidanceScale: 3,
  sampler: 'dpmpp-2m',
  numSteps: 16,
};

export const TRAINING_LIMITS = {
  pUncond: { min: 0, max: 1, step: 0.05 },
  steps: { min: 500, max: 20_000, step: 500 },
  seed: { min: 0, max: 2 ** 32 - 1, step: 1 },
  sigma: { min: 0.05, max: 10 },
  guidanceScale: { min: 0, max: 15, step: 0.1 },
  numSteps: { min: 1, max: 64, step: 1 },
} as const;

/** The rules that need nothing but the two predictions of the one network. */
const RULES = guidanceRegistry.filter(
  (rule) =>
    worksInPlane(rule) && rule.predictions.every((name) => name === 'cond' || name === 'uncond'),
);

export const TRAINING_CHOICES = {
  batch: [32, 64, 128, 256],
  width: [16, 32, 64, 128],
  guidance: RULES,
} as const;

/** With another sampler where the rule cannot work with the chosen one. */
export function consistentTraining(training: TrainingSettings): TrainingSettings {
  const samplers = samplersFor(training.guidance);
  const known = samplers.some(({ id }) => id === training.sampler);
  return known ? training : { ...training, sampler: samplers[0]!.id };
}

/** What the training depends on. */
export function specOf(
  { pUncond, batch, steps, width, seed }: TrainingSettings,
  plane: PlaneSettings,
): TrainingSpec {
  return { mixture: worldOf(plane).mixture, pUncond, batch, steps, width, seed };
}

/** What is to be seen of it. */
export function lookOf(
  { sigma, guidance, guidanceScale, sampler, numSteps }: TrainingSettings,
  { classLabel }: PlaneSettings,
): Look {
  return { sigma, classLabel, guidance, guidanceScale, sampler, numSteps };
}

/** How each property is read from its key in the address. */
const READERS: {
  readonly [K in keyof TrainingSettings]: readonly [
    key: string,
    read: (text: string) => TrainingSettings[K] | undefined,
  ];
} = {
  pUncond: ['p', within(TRAINING_LIMITS.pUncond)],
  batch: ['batch', oneOf(TRAINING_CHOICES.batch)],
  steps: ['steps', within(TRAINING_LIMITS.steps, true)],
  width: ['width', oneOf(TRAINING_CHOICES.width)],
  seed: ['seed', within(TRAINING_LIMITS.seed, true)],
  sigma: ['sigma', within(TRAINING_LIMITS.sigma)],
  guidance: ['rule', (text) => RULES.find(({ id }) => id === text)?.id],
  guidanceScale: ['scale', within(TRAINING_LIMITS.guidanceScale)],
  sampler: ['sampler', (text) => samplerRegistry.find(({ id }) => id === text)?.id],
  numSteps: ['n', within(TRAINING_LIMITS.numSteps, true)],
};
const ROWS = Object.entries(READERS) as [
  keyof TrainingSettings,
  readonly [key: string, read: (text: string) => string | number | undefined],
][];

/** `p:0.1,steps:2000`: what is absent is as by default; undefined where a part makes no sense. */
export function readTraining(raw: string): TrainingSettings | undefined {
  const read: Record<string, string | number> = { ...DEFAULT_TRAINING };
  for (const part of raw ? raw.split(',') : []) {
    const [key, text = ''] = part.split(':');
    const row = ROWS.find(([, [name]]) => name === key);
    const value = row?.[1][1](text);
    if (!row || value === undefined) return undefined;
    read[row[0]] = value;
  }
  return consistentTraining(read as unknown as TrainingSettings);
}

export function writeTraining(training: TrainingSettings): string {
  return ROWS.filter(([name]) => training[name] !== DEFAULT_TRAINING[name])
    .map(([name, [key]]) => `${key}:${shortened(training[name])}`)
    .join(',');
}

/** The network trained on the plane's data. Links from when it was a section of that page have it too. */
export const trainingSlice = defineSlice<TrainingSettings>({
  key: 'training',
  default: DEFAULT_TRAINING,
  read: readTraining,
  write: writeTraining,
});

function shortened(value: string | number): string | number {
  return typeof value === 'number' ? Number(value.toFixed(4)) : value;
}

function within({ min, max }: { readonly min: number; readonly max: number }, whole = false) {
  return (text: string): number | undefined => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const fits = value >= min && value <= max;
    return fits && (!whole || Number.isInteger(value)) ? value : undefined;
  };
}

function oneOf(values: readonly number[]) {
  return (text: string): number | undefined => values.find((value) => String(value) === text);
}
