import type { PointFigures } from '../../diffusion/metrics/point';
import type { ColumnSettings } from '../../settings/column';
import { isRound } from './points';
import type { PointState } from './state';

/** A figure of a point that a curve may show. */
export type FigureId = Exclude<keyof PointFigures, 'samples' | 'leftOut'>;

export const FIGURES: readonly FigureId[] = [
  'frechetDistance',
  'kernelDistance',
  'classifierScore',
  'classAccuracy',
  'precision',
  'recall',
  'density',
  'coverage',
  'diversity',
  'alignment',
];

/** What charts and tables show: of classes, or of prompts, whose things no class accuracy is known of. */
export function shownFigures(ofPrompts: boolean): readonly FigureId[] {
  const hidden: FigureId = ofPrompts ? 'classAccuracy' : 'alignment';
  const [distance, ...others] = FIGURES.filter((id) => id !== hidden);
  if (!ofPrompts) return [distance!, ...others];
  return [distance!, 'alignment', ...others.filter((id) => id !== 'alignment')];
}

/** What of a study's figures is set against the Fréchet distance: whether a picture is what was asked for. */
export function fidelityOf(ofPrompts: boolean): FigureId {
  return ofPrompts ? 'alignment' : 'classifierScore';
}

/** A point as a chart shows it. */
export interface CurvePoint {
  /** w, or evaluations T. */
  readonly value: number;
  readonly figures: PointFigures;
  /** Network evaluations a sample. */
  readonly nfe: number | undefined;
  /** What it was sampled with. */
  readonly column: ColumnSettings;
  /** Of a point that was computed here. */
  readonly key: string | undefined;
}

/** A curve of points with equally many samples: others do not compare. */
export interface Curve {
  /** undefined: it has no points yet. */
  readonly samples: number | undefined;
  /** By their values. */
  readonly points: readonly CurvePoint[];
}

/**
 * What can be shown of a series: its points at the largest count that all of them have in common,
 * of those that have finished a round; at first, of those that have any samples.
 *
 * @param wanted figures of more samples than this are left out
 * @param round as `roundOf`
 */
export function curveOf(points: readonly PointState[], wanted: number, round: number): Curve {
  const measured = points.flatMap(({ point, record }) => {
    const figures = record?.figures.filter(({ samples }) => samples <= wanted) ?? [];
    return figures.length > 0 ? [{ point, figures, nfe: record?.nfe }] : [];
  });
  const inRounds = measured.flatMap(({ figures, ...rest }) => {
    const finished = figures.filter(({ samples }) => isRound(samples, wanted, round));
    return finished.length > 0 ? [{ ...rest, figures: finished }] : [];
  });
  const compared = inRounds.length > 0 ? inRounds : measured;
  const [first] = compared;
  const counts = (first?.figures ?? [])
    .map(({ samples }) => samples)
    .filter((count) =>
      compared.every(({ figures }) => figures.some(({ samples }) => samples === count)),
    );
  const samples = counts.length > 0 ? Math.max(...counts) : undefined;
  const shown = compared.flatMap(({ point, figures, nfe }): CurvePoint[] => {
    const at = figures.find((each) => each.samples === samples);
    const { value, column, key } = point;
    return at ? [{ value, figures: at, nfe, column, key }] : [];
  });
  return { samples, points: shown.toSorted((a, b) => a.value - b.value) };
}
