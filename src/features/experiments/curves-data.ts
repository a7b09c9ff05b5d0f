import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useAppState, useService } from '../../kit/app-context';
import type { Results } from '../../settings/results';
import { curveNames } from './curve-names';
import { type Curve, curveOf } from './curves';
import { type ImportedCurve, importedCurves, judgedBy } from './files';
import { graphHash, roundOf } from './points';
import { experimentRunner } from './service';
import { type ExperimentId, experimentSlice, type Series, sweepsSteps } from './settings';
import type { ExperimentState, ImportedFile } from './state';
import { STORED } from './stored-curves';

/** Where a curve comes from. */
export type CurveOrigin =
  /** Drawn and measured on this page. */
  | { readonly kind: 'here' }
  /** A file that the visitor brought. */
  | { readonly kind: 'file'; readonly file: string }
  /** Measured beforehand by the command line, and built into the page. */
  | {
      readonly kind: 'stored';
      readonly file: string;
      readonly command: string | undefined;
      readonly date: string;
    };

/** A curve with everything that is said of it. */
export interface ShownCurve {
  /** Tells it apart from all others that are shown. */
  readonly index: number;
  /** Colour, symbol and dashes: those of the page's own curve of the same settings, if there is one. */
  readonly style: number;
  readonly name: string;
  readonly series: Series;
  readonly curve: Curve;
  readonly origin: CurveOrigin;
  /** Id of its denoiser. */
  readonly model: string;
}

/** Curves whose figures are those of one feature network, and so compare. */
export interface CurveGroup {
  /** undefined: the page's network has none, or none is known yet. */
  readonly judge: Results['features'] | undefined;
  /** Whether the page's own curves are among them. */
  readonly own: boolean;
  /** Whether the samples were asked for by prompts. */
  readonly ofPrompts: boolean;
  readonly curves: readonly ShownCurve[];
}

type Unnamed = Omit<ShownCurve, 'index' | 'style' | 'name'>;

export function useExperiments<T>(select: (state: ExperimentState) => T): T {
  return useStore(useService(experimentRunner).state, select);
}

/** Whether the page's network takes prompts; while it loads, what its stored curves say of that. */
export function useOfPrompts(): boolean {
  return useAppState(({ engine, settings }) =>
    engine.status === 'ready'
      ? engine.manifest.prompts !== undefined
      : STORED.strength.some(
          (file) =>
            isOfPrompts(file) &&
            file.results.curves.some(({ model }) => model.id === settings.model),
        ),
  );
}

/**
 * The curves of the experiment, those that compare together: the page's own, those of files, and those
 * that were measured beforehand, which are there before any network is.
 */
export function useCurveGroups(): readonly CurveGroup[] {
  const language = useAppState(({ settings }) => settings.language);
  const { id } = useAppState(({ settings }) => experimentSlice.of(settings));
  const samples = useExperiments((state) => state.samples);
  const loaded = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  const series = useExperiments((state) => state.series);
  const points = useExperiments((state) => state.points);
  const files = useExperiments((state) => state.files);
  const networks = useExperiments((state) => state.networks);
  const ofPrompts = useOfPrompts();
  return useMemo(() => {
    const features = networks?.features;
    const own = !loaded
      ? []
      : series.map((one, k): Unnamed => {
          const measured = points.filter(({ point }) => point.series === k);
          return {
            series: one,
            curve: curveOf(measured, samples, roundOf(features)),
            origin: { kind: 'here' },
            model: one.model ?? loaded.id,
          };
        });
    const brought = files
      .filter((file) => judgedBy(file, features))
      .flatMap((file) => importedCurves(file, id, loaded?.id))
      .map((each) => imported(each, { kind: 'file', file: each.file }));
    // Curves of classes and of prompts have other figures, which have nothing to say of each other.
    const known = STORED[id].filter((file) => isOfPrompts(file) === ofPrompts);
    const stored = known.map((file) => ({
      judge: file.results.features,
      curves: importedCurves(file, id, loaded?.id).map((each) =>
        imported(each, {
          kind: 'stored',
          file: each.file,
          command: each.command,
          date: each.date,
        }),
      ),
    }));
    const judge = features && { id: features.id, sha256: graphHash(features) ?? '' };
    const groups: { judge: CurveGroup['judge']; own: boolean; curves: Unnamed[] }[] =
      loaded || brought.length > 0 ? [{ judge, own: true, curves: [...own, ...brought] }] : [];
    for (const { judge, curves } of stored) {
      const same = groups.find((group) => isSameNetwork(group.judge, judge));
      if (same) same.curves.push(...curves);
      else groups.push({ judge, own: false, curves });
    }
    let index = 0;
    return groups.map((group): CurveGroup => {
      const named = curveNames(
        group.curves.map((each) => each.series),
        sweepsSteps(id),
        networks?.denoisers ?? (loaded ? [loaded] : []),
        language,
      );
      const styles = stylesOf(group.curves, id);
      const curves = group.curves.map((each, k) => ({
        ...each,
        index: index++,
        style: styles[k]!,
        name: named[k]!,
      }));
      return { ...group, ofPrompts, curves };
    });
  }, [series, points, files, networks, loaded, ofPrompts, id, samples, language]);
}

function imported({ series, curve, model }: ImportedCurve, origin: CurveOrigin): Unnamed {
  return { series, curve, model, origin };
}

/** Whether a results file's samples were asked for by prompts. */
function isOfPrompts({ results }: ImportedFile): boolean {
  return results.curves.some(({ prompts }) => prompts !== undefined);
}

function isSameNetwork(a: CurveGroup['judge'], b: CurveGroup['judge']): boolean {
  return a !== undefined && a.id === b?.id && a.sha256 === b.sha256;
}

/** A style each; a stored curve has that of the page's own one whose points land on it. */
function stylesOf(curves: readonly Unnamed[], id: ExperimentId): number[] {
  let next = 0;
  const own = new Map<string, number>();
  return curves.map((each) => {
    const key = settingsKey(each, id);
    if (each.origin.kind === 'here' && !own.has(key)) own.set(key, next);
    else if (each.origin.kind === 'stored') {
      const style = own.get(key);
      // Of several measured alike, the others are told apart.
      own.delete(key);
      if (style !== undefined) return style;
    }
    return next++;
  });
}

/** Everything that a curve is set to, without what is swept. */
function settingsKey({ model, series: { column, varies } }: Unnamed, id: ExperimentId): string {
  const swept = sweepsSteps(id) ? { numSteps: 0 } : { guidanceScale: 0, curve: null };
  const settings = Object.entries({ ...column, ...swept });
  return JSON.stringify([model, varies, settings.toSorted(([a], [b]) => a.localeCompare(b))]);
}
