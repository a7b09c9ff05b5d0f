import { useEffect, useRef } from 'react';
import { useWidth } from '../../kit/use-width';
import type { LegendRow } from './chart-files';
import type { ChartContent } from './curve-chart';
import { SaveCurves } from './SaveCurves';

interface ChartFrameProps {
  readonly title: string;
  /** Above the chart, where its axes say the rest; absent: the title. */
  readonly heading?: string | undefined;
  readonly kind: string;
  readonly large: boolean;
  /** undefined: there is nothing to be drawn yet. */
  readonly content: ChartContent | undefined;
  readonly legend: readonly LegendRow[];
  /** Whether the figures are the paper's, which are of another data set. */
  readonly paper?: boolean;
  /** Below the chart. */
  readonly note?: string | undefined;
  /** In place of a chart that cannot be drawn yet. */
  readonly waiting?: string;
  readonly onChoose?: (id: string) => void;
}

/** A chart with its title, drawn anew as points come. */
export function ChartFrame(props: ChartFrameProps) {
  const { title, heading = title, kind, large, content, legend } = props;
  const { paper = false, note, waiting, onChoose } = props;
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const height = large ? Math.max(280, Math.min(440, Math.round(width * 0.62))) : 190;

  useEffect(() => {
    const element = host.current;
    if (!element || width === 0 || !content) return;
    let wanted = true;
    // The library is fetched when the first chart is drawn.
    void import('./curve-chart').then(({ curveChart }) => {
      if (wanted) element.replaceChildren(curveChart({ ...content, width, height }));
    });
    return () => {
      wanted = false;
    };
  }, [content, width, height]);

  return (
    <figure className="curve-plot" data-kind={kind} data-large={large} data-paper={paper}>
      <figcaption>
        <span>{heading}</span>
        {content && <SaveCurves {...{ title, content, legend }} />}
      </figcaption>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the table has a button for each point */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table has a button for each point */}
      <div
        ref={host}
        className="curve-host"
        style={{ minHeight: height }}
        hidden={!content}
        onClick={(event) => {
          const id = nearestPoint(event.currentTarget, event.clientX, event.clientY);
          if (id !== undefined) onChoose?.(id);
        }}
      />
      {!content && <p className="hint waiting">{waiting}</p>}
      {note && <p className="hint">{note}</p>}
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
