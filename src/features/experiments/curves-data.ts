import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useAppState, useService } from '../../kit/app-context';
import { commonWords } from '../../kit/words/words';
import type { DenoiserManifest } from '../../networks/manifest';
import { DEFAULT_COLUMN, declaredParameters } from '../../settings/column';
import { traits } from '../../settings/describe';
import type { Language } from '../../settings/settings';
import { shortNumber } from '../../settings/short-text';
import { type Curve, curveOf, type FigureId } from './curves';
import { importedCurves, judgedBy } from './files';
import { type PaperPoint, rescaled, stepsCurve, weightCurve } from './paper-tables';
import { experimentRunner } from './service';
import { type ExperimentSettings, experimentSlice, type Series, sweepsSteps } from './settings';
import type { ExperimentState } from './state';
import { experimentsWords } from './words';

/** A curve with everything that is said of it. */
export interface ShownCurve {
  /** By its place: colour, symbol and dashes follow. */
  readonly index: number;
  readonly name: string;
  readonly series: Series;
  readonly curve: Curve;
  /** The file that it came with. */
  readonly file: string | undefined;
  /** Id of its denoiser. */
  readonly model: string;
}

export function useExperiments<T>(select: (state: ExperimentState) => T): T {
  return useStore(useService(experimentRunner).state, select);
}

/** The curves of the page, its own before those of files. */
export function useCurves(): readonly ShownCurve[] {
  const language = useAppState(({ settings }) => settings.language);
  const { id, samples } = useAppState(({ settings }) => experimentSlice.of(settings));
  const loaded = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  const series = useExperiments((state) => state.series);
  const points = useExperiments((state) => state.points);
  const files = useExperiments((state) => state.files);
  const networks = useExperiments((state) => state.networks);
  return useMemo(() => {
    if (!loaded) return [];
    const compared = files.filter((file) => judgedBy(file, networks?.features));
    const imported = compared.flatMap((file) => importedCurves(file, id, loaded.id));
    const all = [
      ...series.map((one, k) => ({
        series: one,
        curve: curveOf(
          points.filter(({ point }) => point.series === k),
          samples,
        ),
        file: undefined,
      })),
      ...imported,
    ];
    const names = curveNames(
      all.map((each) => each.series),
      sweepsSteps(id),
      networks?.denoisers ?? [loaded],
      language,
    );
    return all.map((each, index) => ({
      ...each,
      index,
      name: names[index] ?? '',
      model: each.series.model ?? loaded.id,
    }));
  }, [series, points, files, networks, loaded, id, samples, language]);
}

/** Names that tell curves apart: the rule, and what else they differ in; of a single one, how it is sampled. */
function curveNames(
  all: readonly Series[],
  steps: boolean,
  networks: readonly DenoiserManifest[],
  language: Language,
): string[] {
  const strings = commonWords[language];
  const { curves } = experimentsWords[language];
  const described = all.map(({ column }) =>
    traits(
      steps ? { ...column, numSteps: 1 } : { ...column, guidanceScale: 1, curve: null },
      strings,
      'w',
    ),
  );
  const keys = [...new Set(described.flatMap((each) => [...each.keys()]))];
  const hidden = steps ? ['steps', 'guidance'] : ['scale', 'guidance', 'noiseTemperature'];
  // Of the parameters, those that were set.
  const parameters = new Set<string>(
    all.flatMap(({ column }) => declaredParameters(column).map((p) => p.id)),
  );
  const isSet = (key: string) =>
    !parameters.has(key) || all.some(({ column }) => column.parameters[key] !== undefined);
  const usual = traits(DEFAULT_COLUMN, strings, 'w');
  const differing = keys.filter((key) => {
    if (hidden.includes(key) || !isSet(key)) return false;
    const values = new Set(described.flatMap((each) => each.get(key)?.value ?? []));
    const everywhere = described.every((each) => each.has(key));
    return values.size > 1 || (!everywhere && !values.has(usual.get(key)?.value ?? ''));
  });
  const told = all.length > 1 ? differing : steps ? ['sampler', 'scale'] : ['sampler', 'steps'];
  const models = new Set(all.map(({ model }) => model));
  const rules = new Set(all.map(({ column }) => column.guidance));
  return all.map(({ model, varies }, k) => {
    const traitsOf = described[k]!;
    const network = networks.find(({ id }) => id === model) ?? networks[0];
    const parts = [
      models.size > 1 && (model === null || network?.id === model)
        ? networkName(network, language)
        : (model ?? undefined),
      rules.size > 1 || !steps ? traitsOf.get('guidance')?.value : undefined,
      varies === 'scale+1' ? curves.atNextW : varies === 'noise' ? curves.lessNoise : undefined,
      ...told.map((key) => traitsOf.get(key)?.value),
    ];
    return parts.filter(Boolean).join(' · ');
  });
}

/** A network by what it was trained with, which the title of one of several says already. */
export function networkName(network: DenoiserManifest | undefined, language: Language): string {
  if (!network) return '';
  const { title, pUncond } = network;
  const { curves } = experimentsWords[language];
  const named = pUncond === undefined || title.includes(`p_uncond ${pUncond}`);
  return named ? title : curves.trainedWith(title, shortNumber(pUncond));
}

/** The paper's curve beside the page's, in the page's units. */
export interface PaperCurve {
  readonly name: string;
  readonly points: readonly PaperPoint[];
}

/**
 * What the paper's tables have of the experiment, laid on the range of its first curve: a curve for
 * each share of unconditional training that the page's networks have.
 */
export function paperCurves(
  { id }: Pick<ExperimentSettings, 'id'>,
  curves: readonly ShownCurve[],
  networks: readonly DenoiserManifest[],
  language: Language,
): readonly PaperCurve[] {
  const first = curves.find(({ curve }) => curve.points.length > 0);
  if (!first) return [];
  const { paper } = experimentsWords[language];
  const own = first.curve.points.map(({ value, figures }) => ({
    value,
    frechetDistance: figures.frechetDistance?.value,
    classifierScore: figures.classifierScore?.value,
  }));
  if (sweepsSteps(id)) {
    const { w, points } = stepsCurve(first.series.column.guidanceScale - 1);
    return drawn([{ name: paper.steps(shortNumber(w)), points: rescaled(points, own) }]);
  }
  const shares = [first, ...curves].map(({ model }) => {
    const network = networks.find((each) => each.id === model);
    return weightCurve(network?.pUncond ?? 0.1).pUncond;
  });
  const laid = weightCurve(shares[0]!).points;
  return drawn(
    [...new Set(shares)].map((share) => ({
      name: paper.weights(shortNumber(share)),
      points: rescaled(weightCurve(share).points, own, laid),
    })),
  );
}

function drawn(curves: readonly PaperCurve[]): readonly PaperCurve[] {
  return curves.filter(({ points }) => points.length > 0);
}

/** w = 0.3 or T = 64. */
export function valueText(value: number, steps: boolean): string {
  return `${steps ? 'T' : 'w'} = ${shortNumber(value)}`;
}

/** A figure as it is read: shares in per cent. */
export function figureText(
  id: FigureId,
  figure: { readonly value: number; readonly spread: number | undefined } | undefined,
): string {
  if (!figure) return '–';
  const share = id === 'classAccuracy' || id === 'precision' || id === 'recall';
  const digits = (value: number) => (share ? (100 * value).toFixed(1) : decimals(value));
  const unit = share ? ' %' : '';
  if (figure.spread === undefined) return `${digits(figure.value)}${unit}`;
  return `${digits(figure.value)} ± ${digits(figure.spread)}${unit}`;
}

function decimals(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
