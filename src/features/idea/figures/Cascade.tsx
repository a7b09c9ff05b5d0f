import { useCallback, useState } from 'react';
import {
  drawTwoPixels,
  GROUP_RADIUS,
  isInWorld,
  isTrueToSmall,
  TWO_PIXELS,
  type TwoPixelPicture,
} from '../../../diffusion/worlds/two-pixels';
import { percent } from '../../../settings/numbers';
import { withMinus } from '../../../settings/short-text';
import { type Axis, Chart } from '../Chart';
import { Dial } from '../Dial';
import { type FigureProps, Frame } from './Frame';
import { useLatest } from './use-latest';

const SAMPLES = 200;
const STEPS = 16;
const MEANS: Axis = axis(1, [-1, -0.5, 0, 0.5, 1]);
const DETAILS: Axis = axis(0.6, [-0.5, 0, 0.5]);

/** From labels to words: what a second stage makes of small pictures that are a little wrong. */
export function Cascade({ title, words, note }: FigureProps) {
  const [augmentation, setAugmentation] = useState(0);
  const [bias, setBias] = useState(0.2);
  const draw = useCallback(
    () => drawTwoPixels({ augmentation, bias, numSteps: STEPS, samples: SAMPLES }),
    [augmentation, bias],
  );
  const pictures = useLatest(draw);
  const share = (has: (picture: TwoPixelPicture) => boolean) =>
    pictures ? percent(pictures.filter(has).length / pictures.length) : '…';
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['uncond', words.pictures],
        ['other', words.firstStage],
        ['cond', words.secondStage],
      ]}
      numbers={[
        [words.amongPictures, share(isInWorld)],
        [words.trueToSmall, share(isTrueToSmall)],
      ]}
      dials={
        <>
          <Dial
            label={words.augmentation}
            {...{ min: 0, max: 1, step: 0.01, value: augmentation }}
            onChange={setAugmentation}
          />
          <Dial
            label={words.tooBright}
            {...{ min: 0, max: 0.3, step: 0.01, value: bias }}
            onChange={setBias}
          />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          height={250}
          x={MEANS}
          y={DETAILS}
          series={[]}
          under={(frame) =>
            TWO_PIXELS.map(({ mean, detail }) => (
              <ellipse
                key={`${mean} ${detail}`}
                className="curve area"
                data-ink="uncond"
                cx={frame.x(mean)}
                cy={frame.y(detail)}
                rx={frame.x(GROUP_RADIUS) - frame.x(0)}
                ry={frame.y(0) - frame.y(GROUP_RADIUS)}
              />
            ))
          }
          over={(frame) =>
            pictures?.map(({ small, mean, detail }, sample) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a sample is its place here
              <g key={sample}>
                <line
                  className="tick"
                  data-ink="other"
                  x1={frame.x(small)}
                  x2={frame.x(small)}
                  y1={frame.bottom - 14}
                  y2={frame.bottom}
                />
                <circle
                  className="sample"
                  data-ink="cond"
                  cx={frame.x(mean)}
                  cy={frame.y(detail)}
                  r={2.2}
                />
              </g>
            ))
          }
        />
      )}
    </Frame>
  );
}

function axis(largest: number, at: readonly number[]): Axis {
  return {
    domain: [-largest, largest],
    ticks: at.map((value) => ({ at: value, text: withMinus(value) })),
  };
}
