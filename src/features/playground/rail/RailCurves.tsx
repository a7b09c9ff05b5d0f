import { useAppState, useWords } from '../../../kit/app-context';
import { realFigures } from '../../../kit/real-figures';
import type { FilmPictures } from '../../../kit/services';
import { useIsJudged } from '../../../kit/use-judged-classes';
import { percent } from '../../../settings/numbers';
import { roundedScale, scaleOffset } from '../../../settings/scale-unit';
import { withMinus } from '../../../settings/short-text';
import { playgroundWords } from '../words';
import { placeOf, zoneOf } from './rail-axis';

/** Numbers of the drawing; it is stretched over the rail. */
const WIDTH = 1000;
const HEIGHT = 100;
/** Left free above the highest point and below the lowest. */
const MARGIN = 6;

interface Point {
  readonly scale: number;
  readonly value: number;
  readonly spread: number;
  readonly byStudent: boolean;
}

/**
 * What was measured at every scale that is there: the share recognised, from 0 to 1, or how well
 * prompts are met, and the variety, both of these against the largest of all scales and of real
 * pictures, which have a faint line each.
 */
export function RailCurves({ film }: { readonly film: FilmPictures }) {
  const { rail: words } = useWords(playgroundWords);
  const quality = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.quality : undefined,
  );
  const scale = useAppState(({ settings }) => settings.columns[settings.active]!.guidanceScale);
  const zone = zoneOf(scale);
  const offset = useAppState(({ settings }) =>
    scaleOffset(settings.columns[settings.active]!.guidance, settings.unit),
  );
  const real = realFigures(quality);
  const takes = [...film.takes(), ...film.studentTakes()].sort((a, b) => a.scale - b.scale);
  const ofPrompts = useAppState(
    ({ engine }) => engine.status === 'ready' && engine.manifest.prompts !== undefined,
  );
  const judged = useIsJudged();
  const figure = ofPrompts ? 'alignment' : 'classAccuracy';
  const measured = (of: typeof figure | 'diversity') =>
    takes.flatMap(({ scale, done, byStudent }): Point[] => {
      const value = done.verdicts?.[of];
      if (value === undefined) return [];
      return [{ scale, value, spread: done.verdicts?.spread?.[of] ?? 0, byStudent }];
    });
  const largestOf = (points: readonly Point[], ofReal = 0) =>
    Math.max(ofReal, ...points.map(({ value }) => value)) || 1;
  const recognised = measured(figure);
  const variety = measured('diversity');
  const most = ofPrompts ? largestOf(recognised, real.alignment) : 1;
  const mostVaried = largestOf(variety, real.diversity);
  const name = ofPrompts ? words.fits : words.recognised;
  const list = (points: readonly Point[], text: (value: number) => string) =>
    points
      .map(
        ({ scale, value, byStudent }) =>
          `${scale}: ${text(value)}${byStudent ? ` (${words.student})` : ''}`,
      )
      .join(', ');
  const told = [
    `${name}. ${list(recognised, ofPrompts ? (value) => value.toFixed(2) : percent)}`,
    `${words.variety}. ${list(variety, (value) => value.toFixed(1))}`,
  ].join('. ');
  return (
    <figure className="rail-curves">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={told}
      >
        <title>{words.realLine}</title>
        {real[figure] !== undefined && <RealLine name="recognised" share={real[figure] / most} />}
        {real.diversity !== undefined && (
          <RealLine name="variety" share={real.diversity / mostVaried} />
        )}
        <Curve name="variety" points={variety} most={mostVaried} />
        <Curve name="recognised" points={recognised} most={most} />
      </svg>
      <figcaption aria-hidden="true">
        {judged && (
          <>
            <span data-curve="recognised">{name}</span>
            <span data-curve="variety">{words.variety}</span>
          </>
        )}
        {takes.some(({ byStudent }) => byStudent) && (
          <span data-curve="student">{words.byStudent}</span>
        )}
        <span className="zone-now">
          {words.zoneNow(withMinus(roundedScale(scale - offset)), words.zones[zone.id])}
        </span>
      </figcaption>
    </figure>
  );
}

interface CurveProps {
  readonly name: string;
  readonly points: readonly Point[];
  /** The value that the curve's top stands for. */
  readonly most: number;
}

function Curve({ name, points, most }: CurveProps) {
  const at = ({ scale, value }: Point) => [placeOf(scale) * WIDTH, heightOf(value / most)] as const;
  return (
    <g data-curve={name} data-points={points.length}>
      <polyline points={points.map((point) => at(point).join()).join(' ')} />
      {points.map((point) => {
        const [x, y] = at(point);
        const { spread, value } = point;
        return (
          <g key={point.scale}>
            {spread > 0 && (
              <line
                x1={x}
                x2={x}
                y1={heightOf((value - spread) / most)}
                y2={heightOf((value + spread) / most)}
              />
            )}
            <line className="dot" data-by-student={point.byStudent} x1={x} x2={x} y1={y} y2={y} />
          </g>
        );
      })}
    </g>
  );
}

/** A faint line at what real pictures have. */
function RealLine({ name, share }: { readonly name: string; readonly share: number }) {
  const y = heightOf(share);
  return <line className="real" data-curve={name} x1={0} x2={WIDTH} y1={y} y2={y} />;
}

/** The place of a share of the height, from 0 at the bottom, in the drawing. */
function heightOf(share: number): number {
  const held = Math.min(1, Math.max(0, share));
  return HEIGHT - MARGIN - held * (HEIGHT - 2 * MARGIN);
}
