import { dot, line, plot, ruleX, ruleY, text } from '@observablehq/plot';
import type { styleOf } from './symbols';

/** Radius of a symbol, and of what a pointer hits, in CSS pixels. */
const RADIUS = 4;
const HIT_RADIUS = 11;

/** A point of a chart. The spreads are one standard deviation. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly xSpread: number | undefined;
  readonly ySpread: number | undefined;
  /** Beside the point; empty: nothing. */
  readonly note: string;
  /** What a pointer over it says. */
  readonly title: string;
  /** What names it when it is clicked; undefined: it cannot be. */
  readonly id: string | undefined;
}

export interface ChartCurve {
  readonly style: Pick<ReturnType<typeof styleOf>, 'corners' | 'dashes' | 'colour'>;
  /** In the order in which they are joined. */
  readonly points: readonly ChartPoint[];
  /** Drawn with hollow symbols: not measured here. */
  readonly hollow: boolean;
}

/** How a figure is read on an axis. */
export interface ChartAxis {
  readonly label: string;
  /** Smallest and largest value that it can have. */
  readonly bounds: readonly [number, number];
  /** Read in per cent. */
  readonly share: boolean;
  /** Linear however far apart the figures are. */
  readonly linear?: boolean;
}

export interface ChartOptions {
  readonly curves: readonly ChartCurve[];
  readonly width: number;
  readonly height: number;
  readonly x: {
    readonly label: string;
    readonly logarithmic: boolean;
    /** Its ends, where they are known before the points. */
    readonly domain: readonly [number, number] | undefined;
  };
  readonly y: ChartAxis;
  /** The point that is framed. */
  readonly chosen: string | undefined;
}

/** A chart without its size, which follows from the room that there is. */
export type ChartContent = Omit<ChartOptions, 'width' | 'height'>;

/** Curves of measured points with error bars; each clickable point has its id in `data-point`. */
export function curveChart(options: ChartOptions): SVGSVGElement {
  const { width, height, x, y, chosen } = options;
  const curves = options.curves.filter(({ points }) => points.length > 0);
  const everything = curves.flatMap(({ points }) => points);
  const logarithmic = spansDecades(everything, y);
  const xs = [...new Set(everything.map((point) => point.x))].toSorted((a, b) => a - b);
  const chart = plot({
    width,
    height,
    marginLeft: 46,
    marginRight: 18,
    marginTop: 24,
    marginBottom: 38,
    x: {
      type: x.logarithmic ? 'log' : 'linear',
      base: 2,
      nice: !x.domain,
      ...(x.domain && { domain: x.domain }),
      label: x.label,
      labelArrow: 'none',
      labelAnchor: 'right',
      ...(x.logarithmic ? { ticks: xs, tickFormat: String } : { ticks: Math.round(width / 90) }),
      inset: 8,
    },
    y: {
      label: logarithmic ? `${y.label}, log` : y.label,
      labelArrow: 'none',
      ...(logarithmic && { type: 'log' as const }),
      domain: domainOf(everything, y, logarithmic),
      tickFormat: (value: number) =>
        y.share ? `${Number((100 * value).toPrecision(4))} %` : `${Number(value.toPrecision(4))}`,
      nice: !y.share && !logarithmic,
      grid: true,
      tickSize: 0,
      ticks: Math.max(3, Math.round(height / 70)),
      inset: 4,
    },
    marks: [
      ...curves.flatMap(({ style, points, hollow }) => {
        const { colour, dashes, corners } = style;
        const symbol = {
          draw(
            context: {
              moveTo(x: number, y: number): void;
              lineTo(x: number, y: number): void;
              closePath(): void;
            },
            size: number,
          ) {
            const radius = Math.sqrt(size / Math.PI);
            corners.forEach(([cx, cy], k) => {
              if (k === 0) context.moveTo(cx * radius, cy * radius);
              else context.lineTo(cx * radius, cy * radius);
            });
            context.closePath();
          },
        };
        const across = points.filter(({ xSpread }) => xSpread !== undefined);
        const along = points.filter(({ ySpread }) => ySpread !== undefined);
        const place = { x: 'x', y: 'y' } as const;
        const bar = { stroke: colour, strokeOpacity: 0.5, strokeWidth: 1.25, clip: true } as const;
        return [
          line(points, {
            ...place,
            stroke: colour,
            strokeWidth: hollow ? 1.5 : 2,
            strokeDasharray: dashes,
            strokeOpacity: 0.85,
          }),
          ruleX(along, {
            x: 'x',
            y1: (point: ChartPoint) => lowEnd(point, logarithmic),
            y2: (point: ChartPoint) => point.y + point.ySpread!,
            ...bar,
          }),
          ruleY(across, {
            y: 'y',
            x1: (point: ChartPoint) => point.x - point.xSpread!,
            x2: (point: ChartPoint) => point.x + point.xSpread!,
            ...bar,
          }),
          dot(points, {
            ...place,
            symbol,
            r: RADIUS,
            fill: hollow ? 'var(--surface)' : colour,
            stroke: hollow ? colour : 'var(--surface)',
            strokeWidth: hollow ? 1.5 : 1,
          }),
          dot(
            points.filter(({ id }) => id !== undefined && id === chosen),
            { ...place, r: RADIUS + 5, stroke: 'var(--accent)', strokeWidth: 2 },
          ),
          dot(points, {
            ...place,
            r: HIT_RADIUS,
            fill: 'transparent',
            stroke: 'none',
            title: 'title',
            className: 'hits',
          }),
        ];
      }),
      // Above everything.
      ...curves.flatMap(({ style, points }) => {
        const note = {
          x: 'x',
          y: 'y',
          text: 'note',
          fill: style.colour,
          stroke: 'var(--surface)',
          strokeWidth: 3,
          className: 'notes',
        } as const;
        // Curves rise to the right: above a point on its left there is room, but for the first.
        return [
          text(points.slice(0, 1), { ...note, dx: -4, dy: -12, textAnchor: 'start' }),
          text(points.slice(1), { ...note, dx: -7, dy: -8, textAnchor: 'end' }),
        ];
      }),
    ],
  }) as SVGSVGElement;
  const hits = [...chart.querySelectorAll<SVGGElement>('g.hits')];
  hits.forEach((group, k) => {
    [...group.children].forEach((mark, i) => {
      const { id } = curves[k]?.points[i] ?? {};
      if (id !== undefined) mark.setAttribute('data-point', id);
    });
  });
  dropOverlapping([...chart.querySelectorAll<SVGGElement>('g.notes')]);
  chart.setAttribute('aria-hidden', 'true'); // the page tells its numbers in a table
  return chart;
}

/** Width of a letter and height of a line of the notes, in pixels. */
const LETTER = 6.5;
const LINE = 12;

/** Of the groups' texts takes those away that would lie over one before them. */
function dropOverlapping(groups: readonly SVGGElement[]): void {
  const kept: { left: number; right: number; y: number }[] = [];
  for (const group of groups) {
    const shift = translation(group);
    for (const note of [...group.children]) {
      const place = translation(note);
      const width = LETTER * (note.textContent ?? '').length;
      const x = shift.x + place.x;
      const left = group.getAttribute('text-anchor') === 'end' ? x - width : x;
      const box = { left, right: left + width, y: shift.y + place.y };
      const isFree = kept.every(
        (other) =>
          box.right < other.left || other.right < box.left || Math.abs(box.y - other.y) > LINE,
      );
      if (isFree) kept.push(box);
      else note.remove();
    }
  }
}

/** Of `transform="translate(x,y)"`, which is all that the plot writes. */
function translation(element: Element): { x: number; y: number } {
  const [x = 0, y = 0] =
    element
      .getAttribute('transform')
      ?.match(/-?[\d.]+/g)
      ?.map(Number) ?? [];
  return { x, y };
}

/** Figures further apart than this, largest to smallest, are drawn on a logarithmic axis. */
const DECADES = 12;

/** Whether a figure without an upper bound takes values so far apart that the small ones would lie on the axis. */
function spansDecades(points: readonly ChartPoint[], { bounds, linear }: ChartAxis): boolean {
  if (linear) return false;
  const values = points.map((point) => point.y);
  const least = Math.min(...values);
  return bounds[1] === Infinity && least > 0 && Math.max(...values) > DECADES * least;
}

/** Where an error bar ends; on a logarithmic axis at half the value at the lowest, for 0 is infinitely far. */
function lowEnd({ y, ySpread = 0 }: ChartPoint, logarithmic: boolean): number {
  return logarithmic ? Math.max(y / 2, y - ySpread) : y - ySpread;
}

/** From the smallest to the largest value with their spreads, and never without extent. */
function domainOf(
  points: readonly ChartPoint[],
  { bounds }: ChartAxis,
  logarithmic: boolean,
): [number, number] {
  const low = Math.min(...points.map((point) => lowEnd(point, logarithmic)));
  const high = Math.max(...points.map((point) => point.y + (point.ySpread ?? 0)));
  if (logarithmic) return [low / 1.1, high * 1.1];
  const room = high > low ? 0.04 * (high - low) : 0.02 * Math.max(1, Math.abs(high));
  return [Math.max(bounds[0], low - room), Math.min(bounds[1], high + room)];
}
