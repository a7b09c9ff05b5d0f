import { type ChartPicture, standaloneSource } from '../../kit/svg-file';
import { type ChartContent, type ChartCurve, curveChart } from './curve-chart';
import { polygonPoints } from './symbols';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 900;
const HEIGHT = 560;
const TITLE_HEIGHT = 44;
const ROW_HEIGHT = 24;
const MARGIN = 20;

/** A curve by its line and symbol. */
export interface LegendRow {
  readonly style: ChartCurve['style'];
  readonly text: string;
}

/** A chart that stands alone, in the colours of the page: SVG with title and legend. */
export function chartPicture(
  title: string,
  content: ChartContent,
  legend: readonly LegendRow[],
): ChartPicture {
  const height = TITLE_HEIGHT + HEIGHT + legend.length * ROW_HEIGHT + MARGIN;
  const root = element('svg', {
    xmlns: SVG,
    width: WIDTH,
    height,
    viewBox: `0 0 ${WIDTH} ${height}`,
    'font-family': 'system-ui, sans-serif',
    color: 'var(--text)',
  });
  root.append(
    element('rect', { width: WIDTH, height, fill: 'var(--surface)' }),
    textAt(title, MARGIN, 28, { 'font-size': 18, 'font-weight': 600 }),
  );
  const chart = curveChart({
    ...content,
    width: WIDTH - 2 * MARGIN,
    height: HEIGHT,
    chosen: undefined,
  });
  for (const hits of chart.querySelectorAll('g.hits')) hits.remove();
  chart.removeAttribute('aria-hidden');
  chart.setAttribute('x', String(MARGIN));
  chart.setAttribute('y', String(TITLE_HEIGHT));
  root.append(chart);
  legend.forEach(({ style, text }, k) => {
    const y = TITLE_HEIGHT + HEIGHT + (k + 0.5) * ROW_HEIGHT;
    const line = { x1: MARGIN, x2: MARGIN + 40, y1: y, y2: y, 'stroke-width': 2 };
    const symbol = element('polygon', {
      points: polygonPoints(style.corners, 5),
      fill: style.colour,
      transform: `translate(${MARGIN + 20},${y})`,
    });
    root.append(
      element('line', { ...line, stroke: style.colour, 'stroke-dasharray': style.dashes }),
      symbol,
      textAt(text, MARGIN + 52, y + 5, { 'font-size': 14 }),
    );
  });
  const source = standaloneSource(root, document.documentElement);
  return { source, width: WIDTH, height };
}

function textAt(
  content: string,
  x: number,
  y: number,
  attributes: Readonly<Record<string, string | number>>,
): SVGElement {
  const text = element('text', { x, y, fill: 'var(--text)', ...attributes });
  text.textContent = content;
  return text;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key !== 'xmlns') made.setAttribute(key, String(value));
  }
  return made;
}
