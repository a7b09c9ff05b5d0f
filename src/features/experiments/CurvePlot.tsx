import { useEffect, useMemo, useRef } from 'react';
import { useAppState, useWords } from '../../kit/app-context';
import { useWidth } from '../../kit/use-width';
import type { ChartCurve, ChartOptions, ChartPoint } from './curve-chart';
import type { CurvePoint, FigureId } from './curves';
import { figureText, type PaperCurve, type ShownCurve, valueText } from './curves-data';
import { valuesOf } from './points';
import { SaveCurves } from './SaveCurves';
import { experimentSlice, sweepsSteps } from './settings';
import { paperStyle, styleOf } from './symbols';
import { experimentsWords } from './words';

/** What a chart shows: a figure over what is swept, or Fréchet distance against classifier score. */
export type ChartKind = FigureId | 'plane';

const SHARES: readonly ChartKind[] = ['classAccuracy', 'precision', 'recall'];

interface CurvePlotProps {
  readonly kind: ChartKind;
  readonly large?: boolean;
  readonly curves: readonly ShownCurve[];
  readonly paper: readonly PaperCurve[];
  /** The feature network's id. */
  readonly network: string;
  readonly chosen: string | undefined;
  onChoose(id: string): void;
}

/** A chart with its title, drawn anew as points come. */
export function CurvePlot(props: CurvePlotProps) {
  const { kind, large = false, curves, paper, network, chosen, onChoose } = props;
  const { chart, figures, axes } = useWords(experimentsWords);
  const steps = useAppState(({ settings }) => sweepsSteps(experimentSlice.of(settings).id));
  const values = useAppState(({ settings }) => valuesOf(experimentSlice.of(settings)));
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const axis = steps ? axes.steps : axes.weight;
  const title = kind === 'plane' ? chart.plane : chart.over(figures[kind], axis);
  const drawn = useMemo(
    () => chartCurves(kind, curves, paper, steps, large),
    [kind, curves, paper, steps, large],
  );
  const empty = drawn.every(({ points, foreign }) => foreign || points.length === 0);
  const started = curves.some(({ curve }) => curve.points.length > 0);
  const height = large ? Math.max(300, Math.min(460, Math.round(width * 0.6))) : 190;
  const options = useMemo(
    (): ChartOptions => ({
      curves: drawn,
      width,
      height,
      x:
        kind === 'plane'
          ? {
              label: `${figures.classifierScore} (${network})`,
              logarithmic: false,
              domain: undefined,
            }
          : { label: axis, logarithmic: steps, domain: sweptRange(values, drawn) },
      y: {
        label: `${figures[kind === 'plane' ? 'frechetDistance' : kind]} (${network})`,
        bounds: SHARES.includes(kind) ? [0, 1] : [0, Infinity],
        share: SHARES.includes(kind),
      },
      chosen,
    }),
    [drawn, width, height, kind, steps, axis, values, figures, network, chosen],
  );

  useEffect(() => {
    const element = host.current;
    if (!element || options.width === 0 || empty) return;
    let wanted = true;
    // The library is fetched when the first chart is drawn.
    void import('./curve-chart').then(({ curveChart }) => {
      if (wanted) element.replaceChildren(curveChart(options));
    });
    return () => {
      wanted = false;
    };
  }, [options, empty]);

  return (
    <figure className="curve-plot" data-kind={kind} data-large={large}>
      <figcaption>
        <span>{title}</span>
        {!empty && <SaveCurves title={title} options={options} curves={curves} paper={paper} />}
      </figcaption>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the table has a button for each point */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table has a button for each point */}
      <div
        ref={host}
        className="curve-host"
        hidden={empty}
        onClick={(event) => {
          const id = nearestPoint(event.currentTarget, event.clientX, event.clientY);
          if (id !== undefined) onChoose(id);
        }}
      />
      {empty && (
        <p className="hint waiting">
          {!started
            ? chart.waiting
            : kind === 'plane' || kind === 'frechetDistance'
              ? chart.undefinedDistance
              : chart.undefinedFigure}
        </p>
      )}
    </figure>
  );
}

/** A click further from every point than this, in CSS pixels, means none. */
const REACH = 24;

/** The point that a pointer means: curves cross, and points lie over each other. */
function nearestPoint(host: HTMLElement, x: number, y: number): string | undefined {
  let nearest: string | undefined;
  let least = REACH;
  for (const mark of host.querySelectorAll<SVGElement>('[data-point]')) {
    const box = mark.getBoundingClientRect();
    const distance = Math.hypot(x - box.left - box.width / 2, y - box.top - box.height / 2);
    if (distance >= least) continue;
    least = distance;
    nearest = mark.dataset.point;
  }
  return nearest;
}

/** Points that a chart can show of each curve, and the paper's last. */
function chartCurves(
  kind: ChartKind,
  curves: readonly ShownCurve[],
  paper: readonly PaperCurve[],
  steps: boolean,
  noted: boolean,
): ChartCurve[] {
  const own = curves.map(({ index, name, curve, file }): ChartCurve => {
    const points = curve.points.flatMap((point): ChartPoint[] => {
      const x = kind === 'plane' ? point.figures.classifierScore : swept(point);
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
          note: noted && kind === 'plane' && isNoted(point, curve.points) ? value : '',
          title: `${name}\n${value}: ${figureText(figure, y)}`,
          id: pointId(index, point),
        },
      ];
    });
    return { style: styleOf(index), points, foreign: file !== undefined };
  });
  if (kind !== 'plane' && kind !== 'frechetDistance' && kind !== 'classifierScore') return own;
  const theirs = paper.map(({ name, points: given }, index): ChartCurve => {
    const points = given.map(
      (point): ChartPoint => ({
        x: kind === 'plane' ? point.classifierScore : point.value,
        y: kind === 'classifierScore' ? point.classifierScore : point.frechetDistance,
        xSpread: undefined,
        ySpread: undefined,
        note: '',
        title: `${name}\n${valueText(point.value, steps)}`,
        id: undefined,
      }),
    );
    return { style: paperStyle(index), points, foreign: true };
  });
  // Drawn first, so that they lie below.
  return [...theirs, ...own];
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
