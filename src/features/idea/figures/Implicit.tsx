import { useState } from 'react';
import { classifierGradientAt, epsAt, lineWorld, WANTED } from '../../../diffusion/worlds/line';
import { Chart } from '../Chart';
import { short } from '../Dial';
import { PlaceDial, power, SigmaDial } from './dials';
import { type FigureProps, Frame } from './Frame';
import { Dot } from './marks';
import { curve, places, points, wanted } from './world';

/** 5: -(eps_c - eps_u)/sigma on top of the classifier's gradient. */
export function Implicit({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.7);
  const [x, setX] = useState(-0.5);
  const explicit = (at: number) => classifierGradientAt(lineWorld, WANTED, at, sigma);
  const implicit = (at: number) =>
    -(epsAt(wanted, at, sigma) - epsAt(lineWorld, at, sigma)) / sigma;
  const apart = Math.max(...points.map((at) => Math.abs(explicit(at) - implicit(at))));
  const high = Math.max(...points.map(explicit));
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['classifier', '∇ log p(c | x)'],
        ['data', '−(ε_c − ε_u) / σ'],
      ]}
      numbers={[
        ['∇ log p(c | x)', short(explicit(x))],
        ['−(ε_c − ε_u) / σ', short(implicit(x))],
        [words.apart, power(apart)],
      ]}
      dials={
        <>
          <PlaceDial words={words} value={x} onChange={setX} />
          <SigmaDial words={words} value={sigma} min={0.2} max={4} onChange={setSigma} />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{
            domain: [-0.08 * high, 1.1 * high],
            ticks: [
              { at: 0, text: '0' },
              { at: high, text: short(high) },
            ],
          }}
          series={[
            { ink: 'classifier', look: 'wide', points: curve(explicit) },
            { ink: 'data', look: 'dashed', points: curve(implicit) },
          ]}
          over={(frame) => <Dot ink="data" at={[frame.x(x), frame.y(implicit(x))]} />}
        />
      )}
    </Frame>
  );
}
