import { type PointerEvent, type ReactNode, useMemo, useRef } from 'react';
import type { InsideFigure } from '../../engine/protocol';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import type { Line, Scale } from '../../kit/line-chart';
import { Swatch } from '../../kit/Swatch';
import type { Trajectory } from '../../kit/trajectories';
import { useLineChart } from '../../kit/use-line-chart';
import { useWidth } from '../../kit/use-width';
import { shortNumber, withMinus } from '../../settings/short-text';
import { change } from '../../settings/store';
import { figureAt, stepAt, useFinishedTrajectories } from './inside-data';
import { insideWords } from './words';

interface ChartKind extends Scale {
  readonly figure: InsideFigure;
  /** `_c` is a subscript. */
  readonly formula: string;
  /** From the figure to the number in the chart. */
  readonly factor?: number;
}

const CHARTS: readonly ChartKind[] = [
  { figure: 'norm', formula: '‖ε_c − ε_u‖' },
  { figure: 'angle', formula: '∠(ε_c − ε_u, ε_c)', domain: [0, 180], unit: '°' },
  { figure: 'parallel', formula: '(c − u) ∥ c' },
  { figure: 'orthogonal', formula: '(c − u) ⊥ c' },
  { figure: 'saturated', formula: '|D| > 1.01', factor: 100, unit: '%' },
  { figure: 'opinion', formula: 'p(class | D)', factor: 100, domain: [0, 100], unit: '%' },
];
const AGREEMENT: ChartKind = {
  figure: 'agreement',
  formula: 'cos(∇ log p, −(ε_c − ε_u)/σ)',
  domain: [-1, 1],
};

/** Left and right of a chart's plot, in CSS pixels: where positions 0 and 1 of the scrubber lie. */
const MARGINS = { left: 44, right: 10 } as const;
/** Smaller numbers are written with a power of ten. */
const SMALL = 0.001;
/** Positions that have a noise level written below them. */
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** A chart for each figure, with a curve for each column. */
export function InsideCharts({ headings }: { headings: readonly string[] }) {
  const shown = useFinishedTrajectories();
  const gradient = useAppState(({ settings }) => settings.gradient);
  const offered = shown.some((t) => t?.frames.some(({ inside }) => inside?.gradients));
  const kinds = gradient && offered ? [...CHARTS, AGREEMENT] : CHARTS;
  return (
    <div className="charts">
      {kinds.map((kind) => (
        <Chart key={kind.figure} kind={kind} shown={shown} headings={headings} />
      ))}
    </div>
  );
}

interface ChartProps {
  readonly kind: ChartKind;
  readonly shown: readonly (Trajectory | undefined)[];
  readonly headings: readonly string[];
}

function Chart({ kind, shown, headings }: ChartProps) {
  const inside = useWords(insideWords);
  const position = useAppState(({ settings }) => settings.position);
  const picked = useAppState(({ settings }) => settings.picked);
  const values = shown.map((trajectory) =>
    readable(figureAt(trajectory && stepAt(trajectory, position), kind.figure, picked), kind),
  );
  const title = inside.charts[kind.figure];
  const spoken = values.map((value, i) => `${headings[i]}: ${value ?? inside.gap}`);
  return (
    <figure className="chart" data-figure={kind.figure}>
      <figcaption>
        <span>
          {title} <Formula text={kind.formula} />
        </span>
        <ul>
          {values.map((value, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place here
            <li key={i} title={headings[i]}>
              <Swatch index={i} />
              {value ?? '–'}
            </li>
          ))}
        </ul>
      </figcaption>
      <div className="curves" role="img" aria-label={`${title}. ${spoken.join('; ')}`}>
        <Scrubbing>
          <Curves kind={kind} shown={shown} picked={picked} />
        </Scrubbing>
      </div>
    </figure>
  );
}

/** The line at the scrubber's position; where the pointer goes, the scrubber follows. */
function Scrubbing({ children }: { children: ReactNode }) {
  const { store } = useApp();
  const position = useAppState(({ settings }) => settings.position);
  const scrub = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const at = (event.clientX - left - MARGINS.left) / (width - MARGINS.left - MARGINS.right);
    store.setState({ playing: false });
    change(store, { position: Math.max(0, Math.min(1, at)) });
  };
  return (
    <div
      className="scrubbing"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) scrub(event);
      }}
    >
      {children}
      <i
        className="rule"
        style={{
          left: `calc(${MARGINS.left}px + ${position} * (100% - ${MARGINS.left + MARGINS.right}px))`,
        }}
      />
    </div>
  );
}

interface CurvesProps {
  readonly kind: ChartKind;
  readonly shown: readonly (Trajectory | undefined)[];
  readonly picked: number;
}

/** The chart itself, drawn anew only with other trajectories, another sample or another width. */
function Curves({ kind, shown, picked }: CurvesProps) {
  const inside = useWords(insideWords);
  const active = useAppState(({ settings }) => settings.active);
  const classless = useAppState(({ settings }) => settings.subject.kind === 'none');
  const over = useAppState(({ columns }) =>
    columns.every(({ status }) => status !== 'waiting' && status !== 'running'),
  );
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const lines = useMemo(() => linesOf(kind, shown, picked, active), [kind, shown, picked, active]);
  const empty = lines.every(({ points }) => points.every(({ value }) => Number.isNaN(value)));
  const ticksOf = shown[active] ?? shown.find(Boolean);

  const options = useMemo(() => {
    if (empty) return undefined;
    const ticks = new Map(TICKS.map((at) => [at, ticksOf ? sigmaAt(ticksOf, at) : '']));
    return { lines, scale: kind, width, margins: MARGINS, ticks };
  }, [lines, kind, width, empty, ticksOf]);
  useLineChart(host, options);

  return (
    <>
      <div ref={host} className="plot" hidden={empty} />
      {empty && (
        <p className="hint">
          {kind.figure === 'opinion' && classless
            ? inside.noClass
            : over
              ? inside.noData
              : inside.notYet}
        </p>
      )}
    </>
  );
}

function linesOf(
  { figure, factor = 1 }: ChartKind,
  shown: readonly (Trajectory | undefined)[],
  picked: number,
  active: number,
): Line[] {
  return shown.map((trajectory, column) => ({
    colour: `var(--column-${column})`,
    strong: column === active,
    points: (trajectory?.frames.slice(0, trajectory.stages[0]!.numSteps) ?? []).map(
      (frame, step) => ({
        at: step / trajectory!.lastStep,
        value: factor * figureAt(frame, figure, picked),
      }),
    ),
  }));
}

function sigmaAt({ frames, lastStep }: Trajectory, position: number): string {
  const sigma = frames[Math.round(position * lastStep)]?.sigma ?? 0;
  return `${position === 0 ? 'σ ' : ''}${Number(sigma.toPrecision(2))}`;
}

/** A figure in words; undefined where it is not known. */
function readable(value: number, { factor = 1, unit = '' }: ChartKind): string | undefined {
  if (Number.isNaN(value)) return undefined;
  if (unit) return `${Math.round(factor * value)}${unit}`;
  return value !== 0 && Math.abs(value) < SMALL
    ? withMinus(value.toExponential(1))
    : shortNumber(value);
}

/** A formula whose `_c` are subscripts. */
export function Formula({ text }: { text: string }) {
  const parts = text.split(/_(\w)/);
  return (
    <i className="maths">
      {/* biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never move */}
      {parts.map((part, i) => (i % 2 ? <sub key={i}>{part}</sub> : part))}
    </i>
  );
}
