import { useRef } from 'react';
import { useStore } from 'zustand';
import { useAppState, useWords } from '../../kit/app-context';
import type { Line, Scale } from '../../kit/line-chart';
import { SaveChart } from '../../kit/SaveChart';
import { useLineChart } from '../../kit/use-line-chart';
import { useWidth } from '../../kit/use-width';
import type { TrainingRun } from './run';
import { SaveNumbers } from './SaveNumbers';
import { trainingSlice } from './settings';
import { titled } from './titled-chart';
import { trainingWords } from './words';

const MARGINS = { left: 46, right: 18 } as const;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const LOGARITHMIC: Scale = { logarithmic: true };
/** Room around the losses: all of them lie close to the least one. */
const LOSS_ROOM = 0.08;

/** The loss, and how far the network is from the exact denoisers, over the steps. */
export function TrainCharts({ run }: { run: TrainingRun }) {
  const train = useWords(trainingWords);
  const words = train.charts;
  const { steps } = useAppState(({ settings }) => trainingSlice.of(settings));
  const losses = useStore(run.store, (state) => state.losses);
  const excess = useStore(run.store, (state) => state.excess);
  const leastLoss = useStore(run.store, ({ report }) => report?.leastLoss);
  const loss: Curve = {
    ...{ name: words.trainingLoss, colour: 'var(--accent)', strong: true, smooth: true },
    points: losses.map((point) => ({ at: point.step / steps, value: point.loss })),
  };
  const least: Curve = {
    ...{ name: words.leastLoss, colour: 'var(--strong-line)', strong: false, smooth: true },
    points: leastLoss === undefined ? [] : [0, 1].map((at) => ({ at, value: leastLoss })),
  };
  const excessOf = (label: 'cond' | 'uncond'): Curve => ({
    ...{ name: label === 'cond' ? 'c' : 'u', colour: `var(--train-${label})` },
    ...{ strong: true, smooth: true },
    points: excess.map((point) => ({ at: point.step / steps, value: point[label] })),
  });
  const values = [...loss.points, ...least.points].map(({ value }) => value);
  const range: Scale = {
    domain: [(1 - LOSS_ROOM) * Math.min(...values), (1 + LOSS_ROOM) * Math.max(...values)],
  };
  return (
    <div className="train-charts">
      <Chart
        title={words.loss}
        hint={words.lossHint}
        curves={[loss, least]}
        scale={range}
        {...{ steps, empty: losses.length === 0 }}
      />
      <Chart
        title={words.excess}
        hint={words.excessHint}
        curves={[excessOf('cond'), excessOf('uncond')]}
        scale={LOGARITHMIC}
        {...{ steps, empty: excess.length < 2 }}
      />
      <SaveNumbers run={run} />
    </div>
  );
}

interface Curve extends Line {
  readonly name: string;
}

interface ChartProps {
  readonly title: string;
  readonly hint: string;
  readonly curves: readonly Curve[];
  readonly scale: Scale;
  readonly steps: number;
  readonly empty: boolean;
}

function Chart({ title, hint, curves, scale, steps, empty }: ChartProps) {
  const { charts } = useWords(trainingWords);
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const ticks = new Map(TICKS.map((at) => [at, String(Math.round(at * steps))]));
  useLineChart(host, empty ? undefined : { lines: curves, scale, width, margins: MARGINS, ticks });
  const lastOf = ({ points }: Curve) => {
    const last = points.at(-1);
    return last ? short(last.value) : '–';
  };
  const spoken = curves.map((curve) => `${curve.name} ${lastOf(curve)}`);
  return (
    <figure className="chart train-chart">
      <figcaption>
        <b>{title}</b>
        <ul>
          {curves.map((curve) => (
            <li key={curve.name}>
              <span className="swatch" style={{ background: curve.colour }} aria-hidden="true" />
              {curve.name} {lastOf(curve)}
            </li>
          ))}
        </ul>
        {!empty && (
          <SaveChart
            className="train-take"
            name="training"
            title={title}
            picture={async () => {
              const chart = host.current?.querySelector('svg');
              return chart ? titled(chart, title) : undefined;
            }}
          />
        )}
      </figcaption>
      <div role="img" aria-label={`${title}. ${spoken.join('; ')}`}>
        <div ref={host} className="plot" hidden={empty} />
        {empty && <p className="hint">{charts.empty}</p>}
      </div>
      <p className="hint">{hint}</p>
    </figure>
  );
}

/** Two figures, small ones with a power of ten. */
export function short(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001
    ? value.toExponential(1)
    : String(Number(value.toPrecision(2)));
}
