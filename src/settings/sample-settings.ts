import type { StageSettings } from '../diffusion/cascade';
import { findGuidanceRule } from '../diffusion/guidance';
import { takesLabel, takesNegative } from '../diffusion/guidance/rule';
import { sampleSeed } from '../diffusion/random';
import { DEFAULT_RUN } from '../diffusion/run';
import type { SampleSettings } from '../engine/protocol';
import type { DenoiserManifest, Manifest } from '../networks/manifest';
import { type ColumnSettings, MOST_STAGES } from './column';
import type { Settings } from './settings';
import { sampleNames } from './subject';

/** What of a network decides how it is asked for samples. */
export type Sampled = Pick<Manifest, 'classes'> &
  Pick<Partial<DenoiserManifest>, 'prompts' | 'stages'>;

/** A column as the engine wants it. Sample k has the same noise in every column. */
export function sampleSettings(
  settings: Pick<Settings, 'subject' | 'count' | 'seed'>,
  column: ColumnSettings,
  manifest: Sampled,
): SampleSettings {
  const { upTo: _, stages: __, mix: mixed, negative: away, ...run } = column;
  const names = sampleNames(settings);
  const rule = findGuidanceRule(column.guidance);
  const mix = takesLabel(rule) ? mixed : null;
  const negative = takesNegative(rule) ? away : null;
  const own = column.stages?.map(({ prompt }) => prompt) ?? [];
  const asked = [...names, mix?.name ?? null, negative, ...own].filter((name) => name !== null);
  const prompts = manifest.prompts && [...new Set(asked)];
  const known = prompts ?? manifest.classes;
  return {
    ...run,
    seeds: names.map((_, k) => sampleSeed(settings.seed, k)),
    ...(prompts && { prompts }),
    labels: names.map((name) => (name === null ? known.length : known.indexOf(name))),
    mix: mix ? { with: known.indexOf(mix.name), share: mix.share } : undefined,
    negative: negative === null ? undefined : known.indexOf(negative),
    ...(manifest.stages && { stages: stageSettings(column, manifest.stages, known) }),
  };
}

/**
 * How the stages of a cascade after the first are sampled, as far as the column goes.
 *
 * @param prompts all that are asked for, those of stages among them
 */
export function stageSettings(
  { upTo = MOST_STAGES, stages: choices = [] }: Pick<ColumnSettings, 'upTo' | 'stages'>,
  stages: NonNullable<DenoiserManifest['stages']>,
  prompts: readonly string[] = [],
): StageSettings[] {
  const indexOf = (prompt: string | null | undefined) =>
    prompt ? { prompt: prompts.indexOf(prompt) } : {};
  return stages.slice(0, upTo - 1).map((stage, k) => ({
    ...DEFAULT_RUN,
    sampler: stage.sampler,
    guidanceScale: choices[k]?.guidanceScale ?? stage.guidanceScale,
    numSteps: choices[k]?.numSteps ?? stage.numSteps,
    augmentation: choices[k]?.augmentation ?? stage.augmentation,
    threshold: choices[k]?.threshold ?? null,
    ...indexOf(choices[k]?.prompt),
  }));
}

/** A stage among the frames of a run, whose stages follow each other; a single network is one. */
export interface StageSpan {
  /** Its frames are those from here on: one a step, and what it has drawn. */
  readonly first: number;
  readonly numSteps: number;
  /** [channels, height, width] */
  readonly shape: DenoiserManifest['shape'];
}

/** The stages of a run, one or more: the last one's shape is that of the finished pictures. */
export function stageSpans(
  manifest: Pick<DenoiserManifest, 'shape' | 'stages'>,
  { numSteps, stages = [] }: Pick<SampleSettings, 'numSteps' | 'stages'>,
): StageSpan[] {
  const shapes = [manifest.shape, ...(manifest.stages ?? []).map(({ shape }) => shape)];
  let first = 0;
  return [{ numSteps }, ...stages].map((stage, k) => {
    const span = { first, numSteps: stage.numSteps, shape: shapes[k]! };
    first += stage.numSteps + 1;
    return span;
  });
}

/** [channels, height, width] of a column's finished pictures. */
export function drawnShape(
  { upTo = MOST_STAGES }: Pick<ColumnSettings, 'upTo'>,
  { shape, stages = [] }: Pick<DenoiserManifest, 'shape' | 'stages'>,
): DenoiserManifest['shape'] {
  return stages.slice(0, upTo - 1).at(-1)?.shape ?? shape;
}

/** The place of a run's last frame. */
export function lastStepOf(stages: readonly StageSpan[]): number {
  const { first, numSteps } = stages.at(-1)!;
  return first + numSteps;
}
