import { useState } from 'react';
import { guidedDensity, lineWorld, WANTED } from '../../../diffusion/worlds/line';
import { percent } from '../../../settings/numbers';
import { Chart, wholeTicks } from '../Chart';
import { Dial, short } from '../Dial';
import { type FigureProps, Frame } from './Frame';
import { useFlow } from './use-flow';
import { FROM, nearMass, nearShare, places, TO, wide } from './world';

const SAMPLES = 600;

const BIN = 0.1;

/** 7: samples drawn with guidance, and the density that one might expect. */
export function Sampling({ title, words, note }: FigureProps) {
  const [scale, setScale] = useState(3);
  const flow = useFlow({ scale, samples: SAMPLES });
  const ends = flow?.paths.map((path) => path.at(-1)!) ?? [];
  const density = guidedDensity({
    mixture: lineWorld,
    classLabel: WANTED,
    sigma: 0,
    w: scale - 1,
    points: wide,
  });
  const bins = new Map<number, number>();
  for (const x of ends) {
    const bin = Math.floor(x / BIN);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const height = (count: number) => count / ends.length / BIN;
  const tallest = Math.max(1.3, ...[...bins.values()].map((count) => 1.05 * height(count)));
  const shown = wide.flatMap((x, i) => (x >= FROM && x <= TO ? [[x, density[i]!] as const] : []));
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['cond', words.samples],
        ['guided', words.guided],
      ]}
      numbers={[
        ['w = s − 1', short(scale - 1)],
        [words.nearSamples, ends.length ? percent(nearShare(ends)) : '…'],
        [words.nearPart, percent(nearMass(wide, density))],
      ]}
      dials={
        <Dial label={words.scale} min={0} max={10} step={0.1} value={scale} onChange={setScale} />
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{ domain: [0, tallest], ticks: wholeTicks(0, tallest) }}
          series={[{ ink: 'guided', points: shown }]}
          under={(frame) =>
            [...bins].map(([bin, count]) => (
              <rect
                key={bin}
                className="bar"
                data-ink="cond"
                x={frame.x(bin * BIN)}
                width={Math.max(1, frame.x(BIN) - frame.x(0) - 1)}
                y={frame.y(height(count))}
                height={frame.y(0) - frame.y(height(count))}
              />
            ))
          }
        />
      )}
    </Frame>
  );
}
