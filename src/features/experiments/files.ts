import { findGuidanceRule } from '../../diffusion/guidance';
import { scheduleShapeRegistry } from '../../diffusion/guidance/modifiers';
import type { PointFigures } from '../../diffusion/metrics/point';
import { firstSeed } from '../../diffusion/random';
import { findSampler } from '../../diffusion/samplers';
import { findSchedule } from '../../diffusion/schedules';
import { messageOf } from '../../networks/errors';
import type { FeaturesManifest, Manifest } from '../../networks/manifest';
import { type ColumnSettings, DEFAULT_COLUMN } from '../../settings/column';
import {
  parseResults,
  RESULTS_FORMAT,
  type Results,
  type ResultsCurve,
  ResultsError,
  type ResultsPoint,
} from '../../settings/results';
import { type Curve, type CurvePoint, FIGURES, shownFigures } from './curves';
import { type StudyNetworks, studyPrompts } from './networks';
import { graphHash } from './points';
import { type ExperimentId, type Series, sweepsSteps } from './settings';
import type { ImportedFile, PointState } from './state';

/** A curve of a file, as the page shows it beside its own. */
export interface ImportedCurve {
  readonly file: string;
  readonly series: Series;
  readonly curve: Curve;
  /** Id of its denoiser. */
  readonly model: string;
  /** What made it, if it was a command. */
  readonly command: string | undefined;
  /** ISO 8601, when its last point was finished. */
  readonly date: string;
}

/**
 * Reads a results file and checks that the page knows what it speaks of.
 *
 * @throws ResultsError, one line naming file, field, requirement and the value received
 */
export function readResultsFile(source: string, name: string): ImportedFile {
  const results = parseResults(source, name);
  for (const { points } of results.curves) {
    for (const { settings } of points) {
      try {
        findGuidanceRule(settings.guidance);
        findSampler(settings.sampler);
        findSchedule(settings.schedule);
      } catch (error) {
        throw new ResultsError(`${name}: ${messageOf(error)}`);
      }
      if (!scheduleShapeRegistry.some(({ id }) => id === settings.shape)) {
        throw new ResultsError(
          `${name}: "shape" must be one that this page knows, got "${settings.shape}"`,
        );
      }
    }
  }
  return { name, results };
}

/** Whether a file's figures are those of this feature network, and so compare with its others. */
export function judgedBy(
  { results }: ImportedFile,
  features: FeaturesManifest | undefined,
): boolean {
  const { id, sha256 } = results.features;
  return features !== undefined && id === features.id && sha256 === graphHash(features);
}

/** Those curves of a file that sweep what the experiment sweeps; one for each setting of the rest. */
export function importedCurves(
  { name, results }: ImportedFile,
  id: ExperimentId,
  loaded: string | undefined,
): ImportedCurve[] {
  return results.curves.flatMap(({ model, varied, command, points }) => {
    const steps = sweepsSteps(id);
    const swept = steps ? ['numSteps'] : ['guidanceScale', 'noiseTemperature'];
    if (points.length > 1 && !varied.some((key) => swept.includes(key))) return [];
    const noise = !steps && varied.includes('noiseTemperature');
    const groups = new Map<string, ResultsPoint[]>();
    for (const point of points) {
      const rest = JSON.stringify([neutral(point, steps, noise), point.samples, point.seed]);
      groups.set(rest, [...(groups.get(rest) ?? []), point]);
    }
    return [...groups.values()].map((group): ImportedCurve => {
      const [first] = group as [ResultsPoint];
      const column = columnOf(first);
      const next = !steps && column.guidance === 'classifier';
      const varies = noise ? 'noise' : next ? 'scale+1' : 'scale';
      const shown = group.map((point): CurvePoint => {
        const figures = Object.fromEntries(
          FIGURES.map((figure) => {
            const measured = point.figures[figure];
            return [figure, measured && { value: measured.value, spread: measured.spread }];
          }),
        );
        return {
          value: steps ? evaluationsOf(point) : weightOf(point, varies),
          figures: {
            ...figures,
            samples: point.samples,
            leftOut: point.leftOut,
          } as PointFigures,
          nfe: point.nfe,
          column: columnOf(point),
          key: undefined,
        };
      });
      return {
        file: name,
        series: { model: model.id === loaded ? null : model.id, column, varies },
        curve: {
          samples: first.samples,
          points: shown.toSorted((a, b) => a.value - b.value),
        },
        model: model.id,
        command,
        date: group
          .map(({ date }) => date)
          .toSorted()
          .at(-1)!,
      };
    });
  });
}

function columnOf({ settings }: ResultsPoint): ColumnSettings {
  const { shape, ...rest } = settings;
  const known = scheduleShapeRegistry.find(({ id }) => id === shape);
  return { ...DEFAULT_COLUMN, ...rest, shape: known?.id ?? DEFAULT_COLUMN.shape };
}

/** The settings without what is swept. */
function neutral({ settings }: ResultsPoint, steps: boolean, noise: boolean): object {
  if (steps) return { ...settings, numSteps: 0 };
  const { noiseTemperature: _, ...parameters } = settings.parameters;
  return noise ? { ...settings, parameters } : { ...settings, guidanceScale: 0 };
}

function weightOf({ settings }: ResultsPoint, varies: Series['varies']): number {
  const rounded = (value: number) => Number(value.toFixed(3));
  if (varies === 'noise') return rounded(1 / (settings.parameters.noiseTemperature ?? 1) - 1);
  return rounded(settings.guidanceScale - (varies === 'scale' ? 1 : 2));
}

function evaluationsOf({ settings }: ResultsPoint): number {
  return findSampler(settings.sampler).evaluations(settings.numSteps);
}

/** What was computed of an experiment, and the files that compare, in the format of the command line's results. */
export function exportResults(
  page: {
    readonly series: readonly Series[];
    readonly points: readonly PointState[];
    readonly networks: StudyNetworks;
    readonly seed: number;
    readonly samples: number;
    readonly id: ExperimentId;
  },
  files: readonly ImportedFile[] = [],
): Results {
  const { features, denoisers, stages } = page.networks;
  if (!features) throw new ResultsError('Results need a feature network, this model has none');
  const prompts = studyPrompts(features).slice(0, page.samples);
  const prompted = denoisers[0]?.prompts && {
    ...(stages.length > 0 && { networks: stages.map(networkOf) }),
    prompts,
  };
  const curves = page.series.map((series, index): ResultsCurve => {
    const own = page.points.filter(({ point }) => point.series === index);
    const network = denoisers.find(({ id }) => id === own[0]?.point.model);
    const points = own.flatMap(({ point, record }): ResultsPoint[] => {
      const figures = record?.figures.findLast(({ samples }) => samples <= page.samples);
      if (!record || !figures) return [];
      const { nfe, seconds, date } = record;
      return [
        {
          settings: point.column,
          samples: figures.samples,
          leftOut: figures.leftOut,
          seed: firstSeed(page.seed),
          figures: writtenFigures(figures),
          nfe,
          seconds,
          date,
        },
      ];
    });
    const varied = sweepsSteps(page.id)
      ? 'numSteps'
      : series.varies === 'noise'
        ? 'noiseTemperature'
        : 'guidanceScale';
    return { model: networkOf(network ?? denoisers[0]!), ...prompted, varied: [varied], points };
  });
  const compared = files.filter((file) => judgedBy(file, features));
  const imported = compared.flatMap(({ results }) => results.curves);
  return {
    format: RESULTS_FORMAT,
    version: 1,
    features: networkOf(features),
    curves: [...curves.filter(({ points }) => points.length > 0), ...imported],
  };
}

function networkOf(manifest: Manifest): { id: string; sha256: string } {
  return { id: manifest.id, sha256: graphHash(manifest) ?? '' };
}

function writtenFigures(figures: PointFigures): ResultsPoint['figures'] {
  const written: ResultsPoint['figures'] = {};
  for (const id of FIGURES) {
    const figure = figures[id];
    if (!figure || !Number.isFinite(figure.value)) continue;
    const { value, spread } = figure;
    written[id] = spread === undefined || !Number.isFinite(spread) ? { value } : { value, spread };
  }
  return written;
}

/** A curve with its name, for a table. */
export interface NamedCurve {
  readonly name: string;
  readonly model: string;
  readonly curve: Curve;
}

/**
 * Curves as comma-separated values (RFC 4180), a row a point, each figure with its spread.
 *
 * @param swept the heading of the swept value: w or T
 */
export function curvesCsv(curves: readonly NamedCurve[], swept: string, network: string): string {
  const isAligned = ({ figures }: CurvePoint) => figures.alignment !== undefined;
  const ids = shownFigures(curves.some(({ curve }) => curve.points.some(isAligned)));
  const heads = ids.flatMap((id) => [`${id} (${network})`, `${id} spread`]);
  const rows = curves.flatMap(({ name, model, curve }) =>
    curve.points.map(({ value, figures, nfe }) => [
      name,
      model,
      value,
      figures.samples,
      nfe ?? '',
      ...ids.flatMap((id) => [figures[id]?.value ?? '', figures[id]?.spread ?? '']),
    ]),
  );
  const all = [['curve', 'model', swept, 'samples', 'nfe', ...heads], ...rows];
  return `${all.map((row) => row.map(quoted).join(',')).join('\r\n')}\r\n`;
}

function quoted(cell: string | number): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
