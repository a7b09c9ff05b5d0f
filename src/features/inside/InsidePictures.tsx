import { useCallback } from 'react';
import { findGuidanceRule } from '../../diffusion/guidance';
import { type Compared, comparedWith } from '../../diffusion/guidance/rule';
import type { Inside, SignedPicture } from '../../engine/protocol';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { divergingOf } from '../../kit/difference';
import { inkOf } from '../../kit/paint';
import type { Trajectories } from '../../kit/trajectories';
import { useActiveTrajectory } from '../../kit/use-active-trajectory';
import { usePictureDrawing } from '../../kit/use-picture-drawing';
import { shortNumber } from '../../settings/short-text';
import type { AppState } from '../../settings/store';
import { Formula } from './InsideCharts';
import { stepAt } from './inside-data';
import { signedPixels } from './signed-pixels';
import { insideWords } from './words';

type PictureId = 'cond' | 'other' | 'difference' | 'explicit' | 'implicit';

/** The index of what c is compared with. */
const SYMBOLS: Readonly<Record<Compared, string>> = {
  uncond: 'u',
  weak: 'w',
  random: 'r',
  perturbed: 'p',
  auxiliary: 'm',
};

/** eps of the two predictions, their difference and the gradients, at the scrubber's step of the active column. */
export function InsidePictures({ headings }: { headings: readonly string[] }) {
  const words = useWords(insideWords);
  const trajectory = useActiveTrajectory();
  const position = useAppState(({ settings }) => settings.position);
  const picked = useAppState(({ settings }) => settings.picked);
  const active = useAppState(({ settings }) => settings.active);
  const gradient = useAppState(({ settings }) => settings.gradient);
  const compared = useAppState(({ settings }) =>
    comparedWith(findGuidanceRule(settings.columns[settings.active]!.guidance)),
  );
  const frame = trajectory && stepAt(trajectory, position);
  const sample = Math.min(picked, (trajectory?.count ?? 1) - 1);
  const other = SYMBOLS[compared];
  const pictures: { id: PictureId; formula: string; name: string }[] = [
    { id: 'cond', formula: 'ε_c', name: words.pictures.cond },
    { id: 'other', formula: `ε_${other}`, name: words.pictures[compared] },
    { id: 'difference', formula: `ε_c − ε_${other}`, name: words.pictures.difference },
  ];
  if (gradient && frame?.inside?.gradients) {
    pictures.push(
      { id: 'explicit', formula: '∇ log p(class | x, σ)', name: words.pictures.explicit },
      { id: 'implicit', formula: '−(ε_c − ε_u)/σ', name: words.pictures.implicit },
    );
  }
  return (
    <div className="eps">
      <p className="eps-heading">
        <b>{headings[active]}</b>
        {frame && <> · {words.at(frame.step, shortNumber(frame.sigma))}</>}
      </p>
      <ul>
        {pictures.map(({ id, formula, name }) => {
          const picture = pictureOf(frame?.inside, id);
          return (
            <li key={id}>
              <SignedCanvas id={id} label={`${name}. ${picture ? '' : words.gap}`} />
              <p>
                <Formula text={formula} /> {name}
              </p>
              <p className="hint">
                {picture ? words.scale(shortNumber(picture.limit[sample]!)) : words.gap}
              </p>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** One picture of the active column's picked sample, drawn as the scrubber moves. */
function SignedCanvas({ id, label }: { id: PictureId; label: string }) {
  const app = useApp();
  const canvas = usePictureDrawing(
    useCallback(
      (element) => () => paint(element, app.store.getState(), app.trajectories, id),
      [app, id],
    ),
  );
  return <canvas ref={canvas} role="img" aria-label={label} data-picture={id} />;
}

function paint(
  canvas: HTMLCanvasElement,
  { settings, columns }: AppState,
  trajectories: Trajectories,
  id: PictureId,
): void {
  const trajectory = trajectories.shown(columns[settings.active]?.id ?? -1);
  const context = canvas.getContext('2d');
  if (!trajectory || !context) return;
  const { stages, count } = trajectory;
  const { shape } = stages[0]!;
  const [, height, width] = shape;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.clearRect(0, 0, width, height);
  const picture = pictureOf(stepAt(trajectory, settings.position)?.inside, id);
  if (!picture) return;
  const sample = Math.min(settings.picked, count - 1);
  const pixels = signedPixels(picture.data, sample, shape, divergingOf(canvas, inkOf(canvas)));
  context.putImageData(new ImageData(pixels, width, height), 0, 0);
}

function pictureOf(inside: Inside | undefined, id: PictureId): SignedPicture | undefined {
  return id === 'explicit' || id === 'implicit' ? inside?.gradients?.[id] : inside?.eps?.[id];
}
