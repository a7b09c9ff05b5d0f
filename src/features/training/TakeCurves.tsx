import type { RefObject } from 'react';
import { useStore } from 'zustand';
import { useApp, useWords } from '../../kit/app-context';
import { fileName, saveBlob } from '../../kit/save';
import { chartPng, standaloneSource } from '../../kit/svg-file';
import { commonWords } from '../../kit/words/words';
import { messageOf } from '../../networks/errors';
import { trainingCsv, trainingJson } from './files';
import type { TrainingRun } from './run';

/** The curves of the training as numbers. */
export function TakeNumbers({ run }: { run: TrainingRun }) {
  const { store } = useApp();
  const { charts } = useWords(commonWords);
  const empty = useStore(run.store, ({ losses }) => losses.length === 0);
  const take = (format: 'csv' | 'json') => {
    const curves = run.store.getState();
    const text =
      format === 'csv' ? trainingCsv(curves) : trainingJson(curves, store.getState().settings);
    const type = format === 'csv' ? 'text/csv' : 'application/json';
    saveBlob(new Blob([text], { type }), fileName(['training'], format));
  };
  return (
    <p className="train-take">
      {charts.numbers}{' '}
      {(['csv', 'json'] as const).map((format) => (
        <button key={format} type="button" disabled={empty} onClick={() => take(format)}>
          {format.toUpperCase()}
        </button>
      ))}
    </p>
  );
}

/** The chart in an element as a picture. */
export function TakeChart(props: {
  readonly title: string;
  readonly host: RefObject<HTMLDivElement | null>;
}) {
  const { title, host } = props;
  const { store } = useApp();
  const { charts } = useWords(commonWords);
  const save = async (format: 'svg' | 'png') => {
    try {
      const chart = host.current?.querySelector('svg');
      if (!chart) return;
      const picture = standalone(chart, title);
      const blob =
        format === 'svg'
          ? new Blob([picture.source], { type: 'image/svg+xml' })
          : await chartPng(picture);
      saveBlob(blob, fileName(['training', title], format));
    } catch (error) {
      const reason = messageOf(error);
      store.setState({ notice: { kind: 'not-exported', reason } });
    }
  };
  return (
    <span className="train-take">
      {(['svg', 'png'] as const).map((format) => (
        <button
          key={format}
          type="button"
          aria-label={charts.file(format.toUpperCase(), title)}
          onClick={() => void save(format)}
        >
          {format.toUpperCase()}
        </button>
      ))}
    </span>
  );
}

const SVG = 'http://www.w3.org/2000/svg';
const TITLE_HEIGHT = 28;

/** A copy with its title above, on paper, in the colours of the page: a file knows no custom properties. */
function standalone(chart: SVGSVGElement, title: string) {
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
