import { useEffect, useRef, useState } from 'react';
import { useAppState, useService, useWords } from '../../kit/app-context';
import { drawTiles } from '../../kit/draw-samples';
import { inkOf, toImage } from '../../kit/paint';
import type { ColumnSettings } from '../../settings/column';
import { drawnShape } from '../../settings/sample-settings';
import { figureText, valueText } from './curve-names';
import { type CurvePoint, FIGURES } from './curves';
import { type ShownCurve, useExperiments } from './curves-data';
import { experimentRunner } from './service';
import { experimentSlice, sweepsSteps } from './settings';
import type { PointSamples } from './state';
import { experimentsWords } from './words';

/** Pictures in a row. */
const ACROSS = 8;

interface PointPanelProps {
  readonly curve: ShownCurve;
  readonly point: CurvePoint;
  onClose(): void;
}

/** A point's samples and figures, and the way to its settings. */
export function PointPanel({ curve, point, onClose }: PointPanelProps) {
  const experiments = useService(experimentRunner);
  const words = useWords(experimentsWords);
  const steps = useAppState(({ settings }) => sweepsSteps(experimentSlice.of(settings).id));
  const states = useExperiments((state) => state.points);
  const loaded = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.id : undefined,
  );
  const state = states.find((each) => each.point.key === point.key);
  const { figures, nfe } = point;
  return (
    <section id="point-panel" className="point-panel" aria-labelledby="point-title">
      <header>
        <h3 id="point-title">{words.point.title(valueText(point.value, steps))}</h3>
        <button type="button" className="quiet" aria-label={words.point.close} onClick={onClose}>
          ×
        </button>
      </header>
      <p className="hint">{curve.name}</p>
      {point.key === undefined ? (
        <Absent origin={curve.origin} />
      ) : (
        <Samples pointKey={point.key} column={point.column} count={state?.record?.samples ?? 0} />
      )}
      <dl>
        {FIGURES.filter((id) => figures[id]).map((id) => (
          <div key={id}>
            <dt>{words.figures[id]}</dt>
            <dd>{figureText(id, figures[id])}</dd>
          </div>
        ))}
        <div>
          <dt>{words.point.count}</dt>
          <dd>{figures.samples}</dd>
        </div>
        {figures.leftOut !== undefined && (
          <div>
            <dt>{words.point.leftOut}</dt>
            <dd>{figures.leftOut}</dd>
          </div>
        )}
        {nfe !== undefined && (
          <div>
            <dt>{words.point.nfe}</dt>
            <dd>{nfe}</dd>
          </div>
        )}
      </dl>
      {loaded !== undefined &&
        (curve.model === loaded ? (
          <button
            type="button"
            className="primary"
            title={curve.origin.kind === 'here' ? words.point.openHint : undefined}
            onClick={() => experiments.open(point.column)}
          >
            {words.point.open}
          </button>
        ) : (
          <p className="hint">{words.point.otherNetwork}</p>
        ))}
    </section>
  );
}

/** Why a point has no samples here, and how it was made. */
function Absent({ origin }: Pick<ShownCurve, 'origin'>) {
  const words = useWords(experimentsWords);
  if (origin.kind !== 'stored') return <p className="hint">{words.point.noSamples}</p>;
  return (
    <>
      <p className="hint">{words.stored.noSamples(origin.date.slice(0, 10))}</p>
      {origin.command && (
        <p>
          <code className="command">{origin.command}</code>
        </p>
      )}
    </>
  );
}

interface SamplesProps {
  readonly pointKey: string;
  readonly column: ColumnSettings;
  readonly count: number;
}

function Samples({ pointKey, column, count }: SamplesProps) {
  const experiments = useService(experimentRunner);
  const words = useWords(experimentsWords);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [samples, setSamples] = useState<PointSamples>();
  const theme = useAppState(({ settings }) => settings.theme);
  const manifest = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  const shape = manifest && drawnShape(column, manifest);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more samples, more pictures
  useEffect(() => {
    let wanted = true;
    void experiments.samples(pointKey).then((found) => {
      if (wanted) setSamples(found);
    });
    return () => {
      wanted = false;
    };
  }, [experiments, pointKey, count]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the ink
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || !samples || !shape) return;
    const draw = () => {
      const rows = Math.ceil(samples.labels.length / ACROSS);
      const columns = Math.min(ACROSS, samples.labels.length);
      const side = Math.round(element.clientWidth * devicePixelRatio);
      const tile = { width: side / columns, height: ((side / columns) * shape[1]) / shape[2] };
      element.width = side;
      element.height = Math.round(tile.height * rows);
      const tiling = { columns, rows, tile, gap: 2 * devicePixelRatio };
      const ink = inkOf(element);
      drawTiles(context, tiling, samples.labels.length, (index) => [
        toImage(samples.pictures, index, shape, ink),
      ]);
    };
    const sizes = new ResizeObserver(draw);
    sizes.observe(element.parentElement ?? element);
    return () => sizes.disconnect();
  }, [samples, shape, theme]);

  const shown = samples?.labels.length ?? 0;
  const told = words.point.samples(shown, manifest?.prompts !== undefined);
  return (
    <div className="point-samples">
      <canvas ref={canvas} role="img" aria-label={told} data-samples={shown} width={1} height={1} />
      <p className="hint">{told}</p>
    </div>
  );
}
