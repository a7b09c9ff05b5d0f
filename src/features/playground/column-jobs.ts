import { findGuidanceRule } from '../../diffusion/guidance';
import { evaluationsFor } from '../../diffusion/guidance/needed';
import { findSampler } from '../../diffusion/samplers';
import type { InsideOptions, SampleSettings } from '../../engine/protocol';
import type { Job } from '../../kit/stale-work';
import type { Trajectory } from '../../kit/trajectories';
import { type StageSpan, sampleSettings, stageSpans } from '../../settings/sample-settings';
import type { Settings } from '../../settings/settings';
import type { AppState } from '../../settings/store';
import { sampleNames } from '../../settings/subject';

/** A run that is quicker is made anew for every movement of a slider. */
const QUICK_MS = 150;

/** The pictures of one column; its place is the column's id. */
export interface ColumnJob extends Job {
  readonly place: number;
  /** The settings asked for, as text: equal keys mean equal pixels. */
  readonly key: string;
  readonly settings: SampleSettings;
  readonly stages: readonly StageSpan[];
  /** The class of each sample. */
  readonly names: Trajectory['names'];
  /** What is recorded beside the pictures. */
  readonly inside: InsideOptions | undefined;
  /** Time from step to step of a run that is steered. */
  readonly stepMs?: number | undefined;
}

/**
 * What the columns should show, the active one first. Nothing while the grid or another page is
 * shown, which has the engine then.
 */
export function columnJobs({
  engine,
  settings,
  columns,
}: Pick<AppState, 'engine' | 'settings' | 'columns'>): ColumnJob[] {
  if (engine.status !== 'ready' || !showsColumns(settings)) return [];
  const { active } = settings;
  const gradient = settings.gradient && engine.manifest.companions?.classifier !== undefined;
  const names = sampleNames(settings);
  const inside = settings.inside ? { gradient } : undefined;
  const others = [...columns.keys()].filter((i) => i !== active);
  return [active, ...others].map((i) => {
    const sample = sampleSettings(settings, settings.columns[i]!, engine.manifest);
    const key = JSON.stringify(sample);
    const stages = stageSpans(engine.manifest, sample);
    return { place: columns[i]!.id, key, settings: sample, stages, names, inside };
  });
}

/** Whether the columns are on the screen: the grid and the other pages have runs of their own. */
function showsColumns({ page, layout }: Settings): boolean {
  return page === 'playground' && layout !== 'grid';
}

/** How long a run takes at this measured time of one evaluation of one sample, in milliseconds. */
export function expectedMs(settings: SampleSettings, msPerEvaluation: number): number {
  const somewhere = { step: 0, stage: 0, sigma: 1, sigmaDown: 0, guidanceScale: 2 };
  const evaluations = [settings, ...(settings.stages ?? [])].map(
    ({ numSteps, sampler, guidance, parameters }) =>
      findSampler(sampler).evaluations(numSteps) *
      evaluationsFor(findGuidanceRule(guidance).needs(somewhere, parameters)),
  );
  const sum = evaluations.reduce((a, b) => a + b);
  return sum * settings.seeds.length * msPerEvaluation;
}

/** Whether a run is over before a hand on a slider has moved on. */
export function isQuick(settings: SampleSettings, msPerEvaluation: number | undefined): boolean {
  return msPerEvaluation !== undefined && expectedMs(settings, msPerEvaluation) <= QUICK_MS;
}

/**
 * Whether a job's pictures do for another job: those with more recorded do for one that needs less,
 * not the reverse.
 */
export function serves(made: ColumnJob, wanted: ColumnJob): boolean {
  const recorded = ({ inside }: ColumnJob) => (inside ? 1 + Number(inside.gradient) : 0);
  const enough = recorded(made) >= recorded(wanted);
  return made.key === wanted.key && enough;
}
