import { type ReactNode, useId, useRef } from 'react';
import { useWidth } from '../../kit/use-width';
import { withMinus } from '../../settings/short-text';

/** What a curve stands for; each has its colour in idea.css, in formulas and legends too. */
export type Ink = 'cond' | 'uncond' | 'classifier' | 'guided' | 'data' | 'other';

export interface Series {
  readonly ink: Ink;
  /** A thick line to be drawn upon, a dashed one, or a filled one. */
  readonly look?: 'wide' | 'dashed' | 'area';
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Axis {
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/** From values to CSS pixels of the drawing. */
export interface Frame {
  x(value: number): number;
  y(value: number): number;
  readonly top: number;
  readonly bottom: number;
}

const MARGIN = { left: 34, right: 10, top: 10, bottom: 24 };

interface ChartProps {
  /** What is seen, with its numbers, for those who do not see it. */
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly height?: number;
  readonly series: readonly Series[];
  /** More marks, below (`under`) and above the curves. */
  readonly under?: (frame: Frame) => ReactNode;
  readonly over?: (frame: Frame) => ReactNode;
}

/** Curves in a frame that is as wide as its place. */
export function Chart({ label, x, y, height = 230, series, under, over }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const clip = useId();
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const frame: Frame = {
    x: linear(x.domain, MARGIN.left, right),
    y: linear(y.domain, bottom, MARGIN.top),
    top: MARGIN.top,
    bottom,
  };
  return (
    <div ref={host} className="idea-chart" style={{ height }} role="img" aria-label={label}>
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          <clipPath id={clip}>
            <rect
              x={MARGIN.left}
              y={MARGIN.top - 2}
              width={Math.max(0, right - MARGIN.left)}
              height={bottom - MARGIN.top + 2}
            />
          </clipPath>
          <g className="axes">
            {y.ticks.map(({ at, text }) => (
              <g key={at}>
                <line x1={MARGIN.left} x2={right} y1={frame.y(at)} y2={frame.y(at)} />
                <text x={MARGIN.left - 6} y={frame.y(at)} dy="0.32em" textAnchor="end">
                  {text}
                </text>
              </g>
            ))}
            <line x1={MARGIN.left} x2={right} y1={bottom} y2={bottom} />
            {x.ticks.map(({ at, text }) => (
              <g key={at}>
                <line x1={frame.x(at)} x2={frame.x(at)} y1={bottom} y2={bottom + 4} />
                <text x={frame.x(at)} y={bottom + 16} textAnchor="middle">
                  {text}
                </text>
              </g>
            ))}
          </g>
          <g clipPath={`url(#${clip})`}>
            {under?.(frame)}
            {series.map((one, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a curve is its place here
              <Curve key={i} series={one} frame={frame} />
            ))}
            {over?.(frame)}
          </g>
        </svg>
      )}
    </div>
  );
}

function Curve({ series, frame }: { series: Series; frame: Frame }) {
  const { ink, look = 'line', points } = series;
  return <path className={`curve ${look}`} data-ink={ink} d={path(points, frame, look)} />;
}

/** Whole numbers as ticks. */
export function wholeTicks(low: number, high: number, every = 1): Axis['ticks'] {
  const first = Math.ceil(low / every) * every;
  const count = Math.floor((high - first) / every) + 1;
  return Array.from({ length: count }, (_, i) => {
    const at = first + i * every;
    return { at, text: withMinus(at) };
  });
}

function path(points: Series['points'], frame: Frame, look: string): string {
  const line = points
    .map(([x, y]) => `${frame.x(x).toFixed(1)},${frame.y(y).toFixed(1)}`)
    .join('L');
  if (look !== 'area') return `M${line}`;
  const base = frame.y(0).toFixed(1);
  const [first, last] = [points[0]!, points.at(-1)!];
  return `M${frame.x(first[0]).toFixed(1)},${base}L${line}L${frame.x(last[0]).toFixed(1)},${base}Z`;
}

function linear([low, high]: Axis['domain'], from: number, to: number) {
  return (value: number) => from + ((value - low) / (high - low)) * (to - from);
}
