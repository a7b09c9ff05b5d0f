import { type ChartPicture, standaloneSource } from '../../kit/svg-file';

const SVG = 'http://www.w3.org/2000/svg';
const TITLE_HEIGHT = 28;

/** A copy of a chart with its title above, on paper, in the colours of the page: a file knows no custom properties. */
export function titled(chart: SVGSVGElement, title: string): ChartPicture {
  const { width, height } = chart.getBoundingClientRect();
  const style = getComputedStyle(chart);
  const root = document.createElementNS(SVG, 'svg');
  const all = { width, height: height + TITLE_HEIGHT };
  for (const [name, value] of Object.entries(all)) root.setAttribute(name, String(value));
  root.setAttribute('font-family', 'system-ui, sans-serif');
  root.setAttribute('color', style.color);
  const paper = document.createElementNS(SVG, 'rect');
  for (const [name, value] of Object.entries({ ...all, fill: 'var(--surface)' })) {
    paper.setAttribute(name, String(value));
  }
  const heading = document.createElementNS(SVG, 'text');
  for (const [name, value] of Object.entries({ x: 8, y: 19, 'font-size': 13, fill: style.color })) {
    heading.setAttribute(name, String(value));
  }
  heading.textContent = title;
  const copy = chart.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('y', String(TITLE_HEIGHT));
  root.append(paper, heading, copy);
  const source = standaloneSource(root, chart);
  return { source, ...all };
}
