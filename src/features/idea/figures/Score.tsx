import { useState } from 'react';
import { denoisedAt, densityAt, evenly, lineWorld } from '../../../diffusion/worlds/line';
import { Chart } from '../Chart';
import { short } from '../Dial';
import { PlaceDial, SigmaDial } from './dials';
import { type FigureProps, Frame } from './Frame';
import { Arrow } from './marks';
import { FROM, places, points, TO } from './world';

/** 2: arrows from every place to its guess. */
export function Score({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.8);
  const [x, setX] = useState(-2.5);
  const guess = denoisedAt(lineWorld, x, sigma);
  const data = points.map((at) => densityAt(lineWorld, at, 0));
  const noised = points.map((at) => densityAt(lineWorld, at, sigma));
  const most = Math.max(...noised);
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['uncond', words.data],
        ['data', words.noised],
      ]}
      numbers={[
        ['D', short(guess)],
        ['(D − x) / σ²', short((guess - x) / sigma ** 2)],
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
          height={270}
          x={places}
          y={{
            domain: [-0.36, 1],
            ticks: [
              { at: 0, text: 'x' },
              { at: 0.62, text: 'D' },
            ],
          }}
          series={[]}
          under={(frame) => {
            const outline = (values: readonly number[], base: number, size: number) => {
              const edge = points.map(
                (at, i) =>
                  `${frame.x(at).toFixed(1)},${frame.y(base + size * values[i]!).toFixed(1)}`,
              );
              const level = frame.y(base).toFixed(1);
              return `M${frame.x(FROM).toFixed(1)},${level}L${edge.join('L')}L${frame.x(TO).toFixed(1)},${level}Z`;
            };
            return (
              <>
                <path className="curve area" data-ink="uncond" d={outline(data, 0.62, 0.8)} />
                <path className="curve area" data-ink="data" d={outline(noised, 0, -0.34 / most)} />
              </>
            );
          }}
          over={(frame) => (
            <>
              {evenly(-4.4, 5.4, 29).map((at) => (
                <Arrow
                  key={at}
                  ink="uncond"
                  from={[frame.x(at), frame.y(0)]}
                  to={[frame.x(denoisedAt(lineWorld, at, sigma)), frame.y(0.62)]}
                />
              ))}
              <Arrow
                ink="guided"
                strong
                from={[frame.x(x), frame.y(0)]}
                to={[frame.x(guess), frame.y(0.62)]}
              />
            </>
          )}
        />
      )}
    </Frame>
  );
}
