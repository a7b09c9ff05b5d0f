import { findGuidanceRule } from '../../diffusion/guidance';
import { findSampler } from '../../diffusion/samplers';
import type { InsideOptions, SampleSettings } from '../../engine/protocol';
import type { Job } from '../../kit/stale-work';
import type { Trajectory } from '../../kit/trajectories';
import { sampleSettings } from '../../settings/sample-settings';
import type { Settings } from '../../settings/settings';
import type { AppState } from '../../settings/store';
import { sampleNames } from '../../settings/subject';

/** A preview lasts about this long, measured on the runs before. */
const PREVIEW_MS = 150;
/** One step from pure noise shows the mean of the data, whatever the guidance. */
const FEWEST_PREVIEW_STEPS = 2;

/** The pictures of one column; its place is the column's id. */
export interface ColumnJob extends Job {
  readonly place: number;
  /** The settings asked for, as text: equal keys mean equal pixels, but for previews. */
  readonly key: string;
  readonly settings: SampleSettings;
  /** Of one picture: [channels, height, width]. */
  readonly shape: Trajectory['shape'];
  /** The class of each sample. */
  readonly names: Trajectory['names'];
  /** What is recorded beside the pictures. */
  readonly inside: InsideOptions | undefined;
  /** Fewer steps than asked for. */
  readonly preview: boolean;
  /** Time from step to step of a run that is steered. */
  readonly stepMs?: number | undefined;
}

/**
 * What the columns should show, the active one first; while dragging, a preview of that one only.
 * Nothing while the grid or another page is shown, which has the engine then.
 *
 * @param msPerEvaluation measured time of one network evaluation of one sample
 */
export function columnJobs(
  { engine, settings, columns }: Pick<AppState, 'engine' | 'settings' | 'columns'>,
  dragging: boolean,
  msPerEvaluation: number | undefined,
): ColumnJob[] {
  if (engine.status !== 'ready' || !showsColumns(settings)) return [];
  const { active } = settings;
  const gradient = settings.gradient && engine.manifest.companions?.classifier !== undefined;
  const { shape } = engine.manifest;
  const names = sampleNames(settings);
  const inside = settings.inside ? { gradient } : undefined;
  const others = [...columns.keys()].filter((i) => i !== active);
  return (dragging ? [active] : [active, ...others]).map((i) => {
    const column = settings.columns[i]!;
    const full = sampleSettings(settings, column, engine.manifest);
    const numSteps = dragging ? previewSteps(full, msPerEvaluation) : full.numSteps;
    const reduced = sampleSettings(settings, { ...column, numSteps }, engine.manifest);
    const preview = numSteps < full.numSteps;
    const key = JSON.stringify(full);
    const place = columns[i]!.id;
    return { place, key, settings: reduced, shape, names, inside, preview, dragged: dragging };
  });
}

/** Whether the columns are on the screen: the grid and the other pages have runs of their own. */
function showsColumns({ page, layout }: Settings): boolean {
  return page === 'playground' && layout !== 'grid';
}

/** As many steps as fit in PREVIEW_MS at the measured speed. */
function previewSteps(full: SampleSettings, msPerEvaluation: number | undefined): number {
  if (msPerEvaluation === undefined) return full.numSteps;
  const { evaluations } = findSampler(full.sampler);
  const somewhere = { step: 0, stage: 0, sigma: 1, sigmaDown: 0, guidanceScale: 2 };
  const predictions = findGuidanceRule(full.guidance).needs(somewhere, full.parameters).length;
  const perStep = (evaluations(full.numSteps) / full.numSteps) * predictions * full.seeds.length;
  const fitting = Math.floor(PREVIEW_MS / (perStep * msPerEvaluation));
  return Math.min(full.numSteps, Math.max(FEWEST_PREVIEW_STEPS, fitting));
}

/**
 * Whether a job's pictures do for another job: those of a full run do for a preview, and those with
 * more recorded for one that needs less, not the reverse.
 */
export function serves(made: ColumnJob, wanted: ColumnJob): boolean {
  const recorded = ({ inside }: ColumnJob) => (inside ? 1 + Number(inside.gradient) : 0);
  const enough = recorded(made) >= recorded(wanted);
  return made.key === wanted.key && (wanted.preview || !made.preview) && enough;
}

/** Whether two jobs have the same noise and labels: then they differ by their settings alone. */
export function sameSubject(a: ColumnJob, b: ColumnJob): boolean {
  const subject = ({ settings: { seeds, labels } }: ColumnJob) =>
    `${seeds.join()}|${labels.join()}`;
  return subject(a) === subject(b);
}
