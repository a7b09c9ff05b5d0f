import { useState } from 'react';
import {
  densityAt,
  guidedDensity,
  lineWorld,
  moments,
  posteriorAt,
  WANTED,
} from '../../../diffusion/worlds/line';
import { percent } from '../../../settings/numbers';
import { Chart } from '../Chart';
import { Dial, short } from '../Dial';
import { SigmaDial } from './dials';
import { type FigureProps, Frame } from './Frame';
import { curve, FROM, nearMass, other, places, TO, wanted, wide } from './world';

/** 4: p(x | c) p(c | x)^w. */
export function Sharpened({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.5);
  const [w, setW] = useState(2);
  const density = guidedDensity({ mixture: lineWorld, classLabel: WANTED, sigma, w, points: wide });
  const { std } = moments(wide, density);
  const shown = wide.flatMap((x, i) => (x >= FROM && x <= TO ? [[x, density[i]!] as const] : []));
  const top = Math.max(1.08, ...density);
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['other', words.others],
        ['cond', words.unguided],
        ['classifier', 'p(c | x)'],
        ['guided', words.guided],
      ]}
      numbers={[
        [words.nearPart, percent(nearMass(wide, density))],
        [words.spread, short(std)],
      ]}
      dials={
        <>
          <Dial label={words.strength} min={0} max={10} step={0.1} value={w} onChange={setW} />
          <SigmaDial words={words} value={sigma} max={4} onChange={setSigma} />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{
            domain: [0, top],
            ticks: [
              { at: 0, text: '0' },
              { at: 1, text: '1' },
            ],
          }}
          series={[
            { ink: 'other', look: 'area', points: curve((x) => densityAt(other, x, sigma)) },
            { ink: 'cond', look: 'area', points: curve((x) => densityAt(wanted, x, sigma)) },
            {
              ink: 'classifier',
              look: 'dashed',
              points: curve((x) => posteriorAt(lineWorld, WANTED, x, sigma)),
            },
            { ink: 'guided', points: shown },
          ]}
        />
      )}
    </Frame>
  );
}
