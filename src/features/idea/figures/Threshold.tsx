import { useCallback, useState } from 'react';
import { rowEstimates } from '../../../diffusion/worlds/row';
import { Chart, type Series, wholeTicks } from '../Chart';
import { Dial } from '../Dial';
import { type FigureProps, Frame } from './Frame';
import { useLatest } from './use-latest';

/** Of [-1, 1], rounding aside. */
const EDGE = 1 - 1e-6;

/** From labels to words: a guided guess that is clipped, and one that is scaled down. */
export function Threshold({ title, words, note }: FigureProps) {
  const [scale, setScale] = useState(5);
  const [percentile, setPercentile] = useState(95);
  const estimate = useCallback(
    () => rowEstimates({ guidanceScale: scale, percentile }),
    [scale, percentile],
  );
  const row = useLatest(estimate);
  const largest = Math.max(1, ...(row?.guided ?? []).map(Math.abs));
  const atEdge = (pixels: readonly number[]) =>
    String(pixels.filter((value) => Math.abs(value) >= EDGE).length);
  const curve = (values: readonly number[]): Series['points'] => values.map((v, i) => [i + 1, v]);
  const series: readonly Series[] = row
    ? [
        { ink: 'guided', points: curve(row.guided) },
        { ink: 'data', look: 'dashed', points: curve(row.clipped) },
        { ink: 'cond', points: curve(row.dynamic) },
      ]
    : [];
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['guided', words.guidedGuess],
        ['data', words.clipped],
        ['cond', words.scaled],
      ]}
      numbers={[
        [words.clippedAtEdge, row ? atEdge(row.clipped) : '…'],
        [words.scaledAtEdge, row ? atEdge(row.dynamic) : '…'],
      ]}
      dials={
        <>
          <Dial label={words.scale} min={1} max={8} step={0.1} value={scale} onChange={setScale} />
          <Dial
            label={words.percentile}
            {...{ min: 50, max: 100, step: 0.5, value: percentile }}
            onChange={setPercentile}
          />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={{ domain: [1, 48], ticks: [1, 12, 24, 36, 48].map((at) => ({ at, text: `${at}` })) }}
          y={{ domain: [-1.1 * largest, 1.1 * largest], ticks: wholeTicks(-1, 1) }}
          series={series}
          under={(frame) => (
            <rect
              className="guided-levels"
              x={frame.x(1)}
              width={frame.x(48) - frame.x(1)}
              y={frame.y(1)}
              height={frame.y(-1) - frame.y(1)}
            />
          )}
        />
      )}
    </Frame>
  );
}
