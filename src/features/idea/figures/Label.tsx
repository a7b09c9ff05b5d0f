import { useState } from 'react';
import { denoisedAt, lineWorld, posteriorAt, WANTED } from '../../../diffusion/worlds/line';
import { percent } from '../../../settings/numbers';
import { Chart, wholeTicks } from '../Chart';
import { short } from '../Dial';
import { PlaceDial, SigmaDial } from './dials';
import { type FigureProps, Frame } from './Frame';
import { Dot } from './marks';
import { curve, other, places, wanted } from './world';

/** 6: D with each label, and without as their mean. */
export function Label({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(1.2);
  const [x, setX] = useState(0);
  const guesses = [
    ['other', words.otherClass, other],
    ['cond', words.wantedClass, wanted],
    ['uncond', words.noLabel, lineWorld],
  ] as const;
  const p = posteriorAt(lineWorld, WANTED, x, sigma);
  return (
    <Frame
      title={title}
      note={note}
      legend={guesses.map(([ink, name]) => [ink, name])}
      numbers={[
        ...guesses.map(
          ([, name, mixture]) => [name, short(denoisedAt(mixture, x, sigma))] as const,
        ),
        ['p(c | x)', percent(p)],
      ]}
      dials={
        <>
          <PlaceDial words={words} value={x} onChange={setX} />
          <SigmaDial words={words} value={sigma} max={6} onChange={setSigma} />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{ domain: [-3.2, 4.2], ticks: wholeTicks(-3, 4, 1) }}
          series={guesses.map(([ink, , mixture]) => ({
            ink,
            points: curve((at) => denoisedAt(mixture, at, sigma)),
          }))}
          under={(frame) => (
            <line
              className="here"
              x1={frame.x(x)}
              x2={frame.x(x)}
              y1={frame.top}
              y2={frame.bottom}
            />
          )}
          over={(frame) =>
            guesses.map(([ink, , mixture]) => (
              <Dot key={ink} ink={ink} at={[frame.x(x), frame.y(denoisedAt(mixture, x, sigma))]} />
            ))
          }
        />
      )}
    </Frame>
  );
}
