import { useMemo } from 'react';
import { useAppState, useWords } from '../../kit/app-context';
import { ChartFrame } from './ChartFrame';
import type { ChartContent, ChartCurve, ChartPoint } from './curve-chart';
import { figureText, valueText } from './curve-names';
import { type CurvePoint, type FigureId, fidelityOf } from './curves';
import type { CurveGroup, ShownCurve } from './curves-data';
import { valuesOf } from './points';
import { experimentSlice, sweepsSteps } from './settings';
import { styleOf } from './symbols';
import { experimentsWords } from './words';

/**
 * What a chart shows: a figure over what is swept, or Fréchet distance against classifier score, of prompts
 * against alignment.
 */
export type ChartKind = FigureId | 'plane';

const SHARES: readonly ChartKind[] = ['classAccuracy', 'precision', 'recall', 'coverage'];

/** An unbiased kernel distance of next to nothing may be below 0, and a cosine. */
const BELOW_0: readonly ChartKind[] = ['kernelDistance', 'alignment'];

interface CurvePlotProps {
  readonly kind: ChartKind;
  readonly large: boolean;
  readonly group: CurveGroup;
  readonly chosen: string | undefined;
  onChoose(id: string): void;
}

/** A chart of curves that were judged by the same network. */
export function CurvePlot({ kind, large, group, chosen, onChoose }: CurvePlotProps) {
  const words = useWords(experimentsWords);
  const { chart, figures, axes } = words;
  const { curves } = group;
  const judge = group.judge?.id ?? '';
  const steps = useAppState(({ settings }) => sweepsSteps(experimentSlice.of(settings).id));
  const values = useAppState(({ settings }) =>
    valuesOf(experimentSlice.of(settings), group.ofPrompts),
  );
  const axis = steps ? axes.steps : axes.weight;
  const fidelity = fidelityOf(group.ofPrompts);
  const drawn = useMemo(
    () => chartCurves(kind, fidelity, curves, steps, large),
    [kind, fidelity, curves, steps, large],
  );
  const empty = drawn.every(({ points }) => points.length === 0);
  const content = useMemo(
    (): ChartContent => ({
      curves: drawn,
      x:
        kind === 'plane'
          ? {
              label: `${figures[fidelity]} (${judge})`,
              logarithmic: false,
              domain: undefined,
            }
          : { label: axis, logarithmic: steps, domain: sweptRange(values, drawn) },
      y: {
        label: large ? `${figures[kind === 'plane' ? 'frechetDistance' : kind]} (${judge})` : judge,
        bounds: SHARES.includes(kind) ? [0, 1] : [BELOW_0.includes(kind) ? -Infinity : 0, Infinity],
        share: SHARES.includes(kind),
      },
      chosen,
    }),
    [drawn, kind, fidelity, large, steps, axis, values, figures, judge, chosen],
  );
  const started = curves.some(({ curve }) => curve.points.length > 0);
  const waiting = !started
    ? chart.waiting
    : kind === 'plane' || kind === 'frechetDistance'
      ? chart.undefinedDistance
      : chart.undefinedFigure;
  const legend = curves
    .filter(({ curve }) => curve.points.length > 0)
    .map(({ style, name, curve, origin }) => ({
      style: styleOf(style),
      text: [
        `${name} (${words.curves.count(curve.samples ?? 0)})`,
        ...(origin.kind === 'stored' ? [words.stored.measured(origin.date.slice(0, 10))] : []),
      ].join(', '),
    }));
  const plane = group.ofPrompts ? chart.planeOfPrompts : chart.plane;
  const heading = kind === 'plane' ? plane : chart.over(figures[kind], axis);
  return (
    <ChartFrame
      title={group.own ? heading : `${heading} (${judge})`}
      heading={large || kind === 'plane' ? heading : figures[kind]}
      content={empty ? undefined : content}
      note={large ? storedNote(curves, words) : undefined}
      {...{ kind, large, legend, waiting, onChoose }}
    />
  );
}

/** Which of the points were measured beforehand, how carefully, and when. */
function storedNote(curves: readonly ShownCurve[], { stored }: typeof experimentsWords.en) {
  const all = curves.flatMap(({ origin, curve, model }) =>
    origin.kind === 'stored' ? [{ date: origin.date, samples: curve.samples ?? 0, model }] : [],
  );
  if (all.length === 0) return undefined;
  const counts = [...new Set(all.map(({ samples }) => samples))].toSorted((a, b) => b - a);
  const models = [...new Set(all.map(({ model }) => model))];
  const last = all
    .map(({ date }) => date.slice(0, 10))
    .toSorted()
    .at(-1)!;
  return stored.note(models.join(', '), counts.join(' / '), last);
}

/** Points that a chart can show of each curve; the page's own last, so that they lie above. */
function chartCurves(
  kind: ChartKind,
  fidelity: FigureId,
  curves: readonly ShownCurve[],
  steps: boolean,
  noted: boolean,
): ChartCurve[] {
  const stored = curves.filter(({ origin }) => origin.kind === 'stored');
  const others = curves.filter(({ origin }) => origin.kind !== 'stored');
  const all = [...stored, ...others];
  // One curve's values say where the others' are.
  const first = all.find(({ curve }) => curve.points.length > 0);
  return all.map((shown): ChartCurve => {
    const { index, style, name, curve, origin } = shown;
    const points = curve.points.flatMap((point): ChartPoint[] => {
      const x = kind === 'plane' ? point.figures[fidelity] : swept(point);
      const figure = kind === 'plane' ? 'frechetDistance' : kind;
      const y = point.figures[figure];
      if (!x || !y) return [];
      const value = valueText(point.value, steps);
      return [
        {
          x: x.value,
          y: y.value,
          xSpread: x.spread,
          ySpread: y.spread,
          note:
            noted && shown === first && kind === 'plane' && isNoted(point, curve.points)
              ? value
              : '',
          title: `${name}\n${value}: ${figureText(figure, y)}`,
          id: pointId(index, point),
        },
      ];
    });
    return { style: styleOf(style), points, hollow: origin.kind !== 'here' };
  });
}

/** From the first value to the last, of those that are swept and those that came with files. */
function sweptRange(
  values: readonly number[],
  curves: readonly ChartCurve[],
): [number, number] | undefined {
  const all = [...values, ...curves.flatMap(({ points }) => points.map(({ x }) => x))];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return low < high ? [low, high] : undefined;
}

function swept({ value }: CurvePoint) {
  return { value, spread: undefined };
}

/** The ends of a curve are told apart by their values, and a point between. */
function isNoted(point: CurvePoint, points: readonly CurvePoint[]): boolean {
  const at = points.indexOf(point);
  const { value } = point;
  return at === 0 || at === points.length - 1 || value === 1 || value === 0.3;
}

/** Names a point on the page. */
export function pointId(curve: number, { value }: Pick<CurvePoint, 'value'>): string {
  return `${curve}/${value}`;
}
