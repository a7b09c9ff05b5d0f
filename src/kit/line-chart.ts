import { dot, lineY, plot } from '@observablehq/plot';

const HEIGHT = 116;

/** One curve: a value at each step, NaN where there is none. */
export interface Line {
  readonly colour: string;
  readonly strong: boolean;
  /** Without the dot of each point. */
  readonly smooth?: boolean;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** How the values of a chart are to be read. */
export interface Scale {
  /** The whole range of the values, where they have one. */
  readonly domain?: readonly [number, number] | undefined;
  /** After each number. */
  readonly unit?: string | undefined;
  /** By powers of ten; values are above 0, and their range begins with the smallest. */
  readonly logarithmic?: boolean;
}

export interface LineChartOptions {
  readonly lines: readonly Line[];
  readonly scale: Scale;
  readonly width: number;
  /** Left and right of positions 0 and 1, in CSS pixels. */
  readonly margins: { readonly left: number; readonly right: number };
  /** Texts at positions, below the chart. */
  readonly ticks: ReadonlyMap<number, string>;
}

/** Curves over the course of a run, 0 = pure noise, 1 = finished. A value that is NaN is a gap. */
export function lineChart(options: LineChartOptions): Element {
  const { lines, scale, width, margins, ticks } = options;
  const { domain, unit = '', logarithmic = false } = scale;
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  const finite = values.filter(Number.isFinite);
  const chart = plot({
    width,
    height: HEIGHT,
    marginLeft: margins.left,
    marginRight: margins.right,
    marginTop: 8,
    marginBottom: 20,
    x: {
      domain: [0, 1],
      ticks: [...ticks.keys()],
      tickFormat: (at: number) => ticks.get(at) ?? '',
      tickSize: 3,
      label: null,
    },
    y: {
      ...(logarithmic && { type: 'log' }),
      domain: domain ?? [
        logarithmic ? Math.min(...finite) : Math.min(0, ...finite),
        Math.max(0, ...finite) || 1,
      ],
      nice: domain === undefined,
      ticks: logarithmic ? decades(finite) : 4,
      tickFormat: (value: number) => `${Number(value.toPrecision(3))}${unit}`,
      tickSize: 0,
      grid: true,
      label: null,
    },
    marks: lines.flatMap(({ colour, strong, smooth, points }) => [
      lineY(points, { x: 'at', y: 'value', stroke: colour, strokeWidth: strong ? 2.25 : 1.25 }),
      ...(smooth
        ? []
        : [dot(points, { x: 'at', y: 'value', fill: colour, r: strong ? 2.25 : 1.5 })]),
    ]),
  });
  chart.setAttribute('aria-hidden', 'true'); // the page tells its numbers
  return chart;
}

/** The powers of ten around the values. */
function decades(values: readonly number[]): number[] {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}
