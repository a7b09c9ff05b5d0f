import { useState } from 'react';
import { classifierGradientAt, epsAt, lineWorld, WANTED } from '../../../diffusion/worlds/line';
import { Chart, wholeTicks } from '../Chart';
import { short } from '../Dial';
import { PlaceDial, power, SigmaDial } from './dials';
import { type FigureProps, Frame } from './Frame';
import { Arrow } from './marks';
import { curve, places, points, wanted } from './world';

/** 3: conditional score = unconditional score + classifier gradient. */
export function Bayes({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.7);
  const [x, setX] = useState(-1.8);
  const u = (at: number) => -epsAt(lineWorld, at, sigma);
  const p = (at: number) => sigma * classifierGradientAt(lineWorld, WANTED, at, sigma);
  const c = (at: number) => -epsAt(wanted, at, sigma);
  const apart = Math.max(...points.map((at) => Math.abs(u(at) + p(at) - c(at))));
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['uncond', words.uncond],
        ['classifier', words.classifier],
        ['cond', words.cond],
      ]}
      numbers={[
        [words.uncond, short(u(x))],
        [`+ ${words.classifier}`, short(p(x))],
        [`= ${words.cond}`, short(c(x))],
        [words.sum, power(apart)],
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
          y={{ domain: [-4.5, 4.5], ticks: wholeTicks(-4, 4, 2) }}
          series={[
            { ink: 'uncond', points: curve(u) },
            { ink: 'classifier', points: curve(p) },
            { ink: 'cond', points: curve(c) },
          ]}
          over={(frame) => (
            <>
              <Arrow
                ink="uncond"
                strong
                from={[frame.x(x) - 3, frame.y(0)]}
                to={[frame.x(x) - 3, frame.y(u(x))]}
              />
              <Arrow
                ink="classifier"
                strong
                from={[frame.x(x) - 3, frame.y(u(x))]}
                to={[frame.x(x) - 3, frame.y(c(x))]}
              />
              <Arrow
                ink="cond"
                strong
                from={[frame.x(x) + 3, frame.y(0)]}
                to={[frame.x(x) + 3, frame.y(c(x))]}
              />
            </>
          )}
        />
      )}
    </Frame>
  );
}
