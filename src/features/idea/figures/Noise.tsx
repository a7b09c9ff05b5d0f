import { useState } from 'react';
import { densityAt, lineWorld, moments } from '../../../diffusion/worlds/line';
import { Chart } from '../Chart';
import { short } from '../Dial';
import { SigmaDial } from './dials';
import { type FigureProps, Frame } from './Frame';
import { curve, noTicks, places, wide } from './world';

/** 1: data, and the data under noise. */
export function Noise({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.4);
  const { std } = moments(
    wide,
    wide.map((x) => densityAt(lineWorld, x, sigma)),
  );
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['uncond', words.data],
        ['data', words.noised],
      ]}
      numbers={[[words.spread, short(std)]]}
      dials={<SigmaDial words={words} value={sigma} max={6} onChange={setSigma} />}
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{ domain: [0, 0.48], ticks: noTicks }}
          series={[
            { ink: 'uncond', look: 'area', points: curve((x) => densityAt(lineWorld, x, 0)) },
            { ink: 'data', points: curve((x) => densityAt(lineWorld, x, sigma)) },
          ]}
        />
      )}
    </Frame>
  );
}
