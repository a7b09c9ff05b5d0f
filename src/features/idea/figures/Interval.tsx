import { useState } from 'react';
import { percent } from '../../../settings/numbers';
import { type Axis, Chart, wholeTicks } from '../Chart';
import { Dial } from '../Dial';
import { type FigureProps, Frame } from './Frame';
import { useFlow } from './use-flow';
import { nearShare } from './world';

const PATHS = 60;

/** Levels that the figure shows, a little below the last one above 0; 0 itself lies at the right edge. */
const LEVELS = { low: 0.015, high: 20 };

const atSigma = (sigma: number) => -Math.log10(Math.max(sigma, LEVELS.low));

const levels: Axis = {
  domain: [atSigma(LEVELS.high), atSigma(0)],
  ticks: [10, 1, 0.1].map((sigma) => ({ at: atSigma(sigma), text: `σ ${sigma}` })),
};

/** 8: paths from noise to data, guided in an interval of noise levels. */
export function Interval({ title, words, note }: FigureProps) {
  const [scale, setScale] = useState(6);
  const [low, setLow] = useState(LEVELS.low);
  const [high, setHigh] = useState(LEVELS.high);
  const flow = useFlow({ scale, samples: PATHS, low, high });
  const ends = flow?.paths.map((path) => path.at(-1)!) ?? [];
  return (
    <Frame
      title={title}
      note={note}
      legend={[['guided', words.samples]]}
      numbers={[
        [words.nearSamples, ends.length ? percent(nearShare(ends)) : '…'],
        [words.evaluations, flow ? String(flow.evaluations) : '…'],
      ]}
      dials={
        <>
          <Dial label={words.scale} min={0} max={10} step={0.1} value={scale} onChange={setScale} />
          <Dial
            label={words.high}
            {...{ min: LEVELS.low, max: LEVELS.high, value: high }}
            logarithmic
            onChange={(value) => {
              setHigh(value);
              setLow(Math.min(low, value));
            }}
          />
          <Dial
            label={words.low}
            {...{ min: LEVELS.low, max: LEVELS.high, value: low }}
            logarithmic
            onChange={(value) => {
              setLow(value);
              setHigh(Math.max(high, value));
            }}
          />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          height={270}
          x={levels}
          y={{ domain: [-2.6, 4], ticks: wholeTicks(-2, 4, 2) }}
          series={(flow?.paths ?? []).map((path) => ({
            ink: 'guided',
            points: path.map((x, step) => {
              const sigma = flow!.sigmas[step]!;
              return [atSigma(sigma), x / Math.sqrt(1 + sigma ** 2)];
            }),
          }))}
          under={(frame) => (
            <rect
              className="guided-levels"
              x={frame.x(atSigma(high))}
              width={Math.max(0, frame.x(atSigma(low)) - frame.x(atSigma(high)))}
              y={frame.top}
              height={frame.bottom - frame.top}
            />
          )}
        />
      )}
    </Frame>
  );
}
