import { findGuidanceRule, guidanceRegistry } from '../diffusion/guidance';
import { scheduleShapeRegistry } from '../diffusion/guidance/modifiers';
import { neededPredictions } from '../diffusion/guidance/needed';
import { type GuidanceRule, type Prediction, worksWith } from '../diffusion/guidance/rule';
import type { Threshold } from '../diffusion/guidance/threshold';
import type { NumberParameter, Parameters } from '../diffusion/parameters';
import { DEFAULT_RUN, type RunSettings } from '../diffusion/run';
import { findSampler, samplerRegistry } from '../diffusion/samplers';
import { findSchedule, scheduleRegistry } from '../diffusion/schedules';
import type { DenoiserManifest, Manifest } from '../networks/manifest';

/** What one column of the page is set to: everything that may differ between columns. */
export interface ColumnSettings extends RunSettings {
  /** A second class, and its share of the label. */
  readonly mix: ClassMix | null;
  /** Class, or prompt, that the guidance leads away from, in place of none. */
  readonly negative: string | null;
  /** How many stages of a cascade are drawn. Absent: all. */
  readonly upTo?: number;
  /** What is asked of its stages after the first, in their order. Absent: as its manifest says. */
  readonly stages?: readonly StageChoice[];
}

/** What is asked of a stage that enlarges the picture; null: as the cascade's manifest says. */
export interface StageChoice {
  readonly guidanceScale: number | null;
  readonly numSteps: number | null;
  /** Level of the noise that is added to the picture that it enlarges, 0 … 1. */
  readonly augmentation: number | null;
  readonly threshold: Threshold | null;
  /** A prompt of its own; null: that of the first stage. */
  readonly prompt: string | null;
}

export interface ClassMix {
  readonly name: string;
  /** Share of this class, 0 … 1; the rest is the class that is drawn. */
  readonly share: number;
}

/** A stage as the cascade's manifest says. */
export const DEFAULT_STAGE: StageChoice = {
  guidanceScale: null,
  numSteps: null,
  augmentation: null,
  threshold: null,
  prompt: null,
};

/** Most stages of a cascade: the second and the third have settings of their own. */
export const MOST_STAGES = 3;

export const DEFAULT_COLUMN: ColumnSettings = { ...DEFAULT_RUN, mix: null, negative: null };

export const LIMITS = {
  guidanceScale: { min: -2, max: 15, step: 0.1 },
  numSteps: { min: 1, max: 1024, step: 1 },
  count: { min: 1, max: 64, step: 1 },
  columns: 4,
  /** Classes, or prompts, of which one sample each is drawn. */
  each: 24,
  /** Letters of a class's name, or of a prompt. */
  name: 300,
  /** Values of an axis of the grid. */
  axis: 16,
} as const;

/** Noise levels offered by the interval slider, whatever the network's own range. */
export const INTERVAL_RANGE = { min: 0.002, max: 80 } as const;

export const CHOICES = {
  guidance: guidanceRegistry,
  sampler: samplerRegistry,
  schedule: scheduleRegistry,
  shape: scheduleShapeRegistry,
} as const;

/** Replaces a sampler that a rule cannot work with. */
const FIRST_ORDER_SAMPLER = 'ddim';

/** The samplers that a rule can work with. */
export function samplersFor(guidance: string) {
  const rule = findGuidanceRule(guidance);
  return samplerRegistry.filter((sampler) => worksWith(rule, sampler));
}

/** The declared parameters of a column's sampler, schedule and rule, in the order of the controls. */
export function declaredParameters(
  column: Pick<ColumnSettings, 'sampler' | 'schedule' | 'guidance'>,
): readonly NumberParameter[] {
  return [
    ...findSampler(column.sampler).parameters,
    ...findSchedule(column.schedule).parameters,
    ...findGuidanceRule(column.guidance).parameters,
  ];
}

/** Those of them that change anything. */
export function actingParameters(column: ColumnSettings): readonly NumberParameter[] {
  const params = column.parameters;
  const run = { params, stochastic: findSampler(column.sampler).stochastic(params) };
  return declaredParameters(column).filter(({ acts }) => acts?.(run) ?? true);
}

/**
 * The column after a choice has changed: a rule that needs a first-order sampler gets one, and values
 * that change nothing fall away.
 */
export function consistent(wanted: ColumnSettings): ColumnSettings {
  const fits = worksWith(findGuidanceRule(wanted.guidance), findSampler(wanted.sampler));
  const column = fits ? wanted : { ...wanted, sampler: FIRST_ORDER_SAMPLER };
  const acting = new Set(actingParameters(column).map(({ id }) => id));
  const kept = Object.entries(column.parameters).filter(([id]) => acting.has(id));
  return { ...column, parameters: Object.fromEntries(kept) };
}

/** As the controls, the address and results files have it: a parameter at its default is not named. */
export function withoutDefaultParameters(column: ColumnSettings): ColumnSettings {
  const defaults = new Map(declaredParameters(column).map((p) => [p.id, p.default]));
  const set = Object.entries(column.parameters).filter(([id, value]) => defaults.get(id) !== value);
  return { ...column, parameters: Object.fromEntries(set) };
}

/** What of a model decides which predictions it can make. */
export type Predicting = Pick<Manifest, 'classes' | 'companions'> &
  Pick<Partial<DenoiserManifest>, 'adapt' | 'conditioning' | 'outputs' | 'prompts' | 'stages'>;

/** What of a model decides what can be asked of it by name. */
export type Named = Pick<Predicting, 'classes' | 'prompts'>;

/** Whether anything can be asked of a model by name: one of its classes, or a prompt. */
export function isConditional({ classes, prompts }: Named): boolean {
  return prompts !== undefined || classes.length > 0;
}

/** Whether a model can draw what has this name: a class that it knows, or any prompt. */
export function knows({ classes, prompts }: Named, name: string): boolean {
  return prompts !== undefined || classes.includes(name);
}

/** Whether a model is itself a student, which takes the scale as an input: guidance in one pass. */
export function takesScale({ adapt }: Predicting): boolean {
  return adapt?.scale !== undefined;
}

/**
 * Whether a model with its companions can make the predictions that a rule needs with these parameters;
 * a student makes that of its own rule.
 */
export function canPredict(
  rule: Pick<GuidanceRule, 'needs'>,
  model: Predicting,
  parameters: Parameters = {},
): boolean {
  const needed = neededPredictions(rule, parameters);
  if (takesScale(model)) return needed.includes('distilled');
  return needed.every((name) => canMake(model, name));
}

/** Whether a model with its companions can make a prediction. */
export function canMake(model: Predicting, name: Prediction): boolean {
  switch (name) {
    case 'cond':
      return isConditional(model);
    case 'uncond':
      return hasNullClass(model);
    case 'random':
      return model.classes.length > 1;
    case 'perturbed':
      return isConditional(model) && (model.conditioning?.includes('perturb') ?? false);
    case 'auxiliary':
      return isConditional(model) && (model.outputs?.includes('auxiliary') ?? false);
    default:
      return model.companions?.[name] !== undefined;
  }
}

/** The values of a rule's parameter with which a model can make the rule's predictions. */
export function offeredChoices(
  { id, choices = [] }: NumberParameter,
  { guidance, parameters }: Pick<ColumnSettings, 'guidance' | 'parameters'>,
  model: Predicting,
): NonNullable<NumberParameter['choices']> {
  const rule = findGuidanceRule(guidance);
  return choices.filter(({ value }) => canPredict(rule, model, { ...parameters, [id]: value }));
}

/** Whether a model draws without a class; one of another convention may never have been taught to. */
export function hasNullClass({ adapt }: Predicting): boolean {
  return !adapt?.label || adapt.label.nullLabel !== undefined;
}
