import { useAppState, useWords } from '../../../kit/app-context';
import { realFigures } from '../../../kit/real-figures';
import type { FilmPictures } from '../../../kit/services';
import { useIsJudged } from '../../../kit/use-judged-classes';
import { percent } from '../../../settings/numbers';
import { roundedScale, scaleOffset } from '../../../settings/scale-unit';
import { playgroundWords } from '../words';
import { placeOf, zoneOf } from './rail-axis';

/** Numbers of the drawing; it is stretched over the rail. */
const WIDTH = 1000;
const HEIGHT = 100;
/** Left free above the highest point and below the lowest. */
const MARGIN = 6;

interface Point {
  readonly scale: number;
  /** Share of the height, 0 at the bottom. */
  readonly share: number;
  readonly spread: number;
  readonly byStudent: boolean;
}

/**
 * What was measured at every scale that is there: the share recognised, or how well prompts
 * are met, from 0 to 1, and the variety
 * against the largest of these and of real pictures, which have a faint line each.
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
  const recognised = takes.flatMap(({ scale, done, byStudent }): Point[] => {
    const share = done.verdicts?.[figure];
    if (share === undefined) return [];
    return [{ scale, share, spread: done.verdicts?.spread?.[figure] ?? 0, byStudent }];
  });
  const diversities = takes.flatMap(({ scale, done, byStudent }) => {
    const diversity = done.verdicts?.diversity;
    const spread = done.verdicts?.spread?.diversity ?? 0;
    return diversity === undefined ? [] : [{ scale, diversity, spread, byStudent }];
  });
  const largest = Math.max(real.diversity ?? 0, ...diversities.map(({ diversity }) => diversity));
  const variety = diversities.map(
    ({ diversity, spread, ...about }): Point => ({
      ...about,
      share: diversity / largest,
      spread: spread / largest,
    }),
  );
  const name = ofPrompts ? words.fits : words.recognised;
  const list = (points: readonly Point[], text: (point: Point) => string) =>
    points
      .map(
        (point) => `${point.scale}: ${text(point)}${point.byStudent ? ` (${words.student})` : ''}`,
      )
      .join(', ');
  const told = [
    `${name}. ${list(recognised, ({ share }) => (ofPrompts ? share.toFixed(2) : percent(share)))}`,
    `${words.variety}. ${list(variety, ({ share }) => (share * largest).toFixed(1))}`,
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
        {real[figure] !== undefined && <RealLine name="recognised" share={real[figure]} />}
        {real.diversity !== undefined && (
          <RealLine name="variety" share={real.diversity / largest} />
        )}
        <Curve name="variety" points={variety} />
        <Curve name="recognised" points={recognised} />
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
          {words.zoneNow(roundedScale(scale - offset), words.zones[zone.id])}
        </span>
      </figcaption>
    </figure>
  );
}

function Curve({ name, points }: { readonly name: string; readonly points: readonly Point[] }) {
  const at = ({ scale, share }: Point) => [placeOf(scale) * WIDTH, heightOf(share)] as const;
  return (
    <g data-curve={name} data-points={points.length}>
      <polyline points={points.map((point) => at(point).join()).join(' ')} />
      {points.map((point) => {
        const [x, y] = at(point);
        const { spread, share } = point;
        return (
          <g key={point.scale}>
            {spread > 0 && (
              <line x1={x} x2={x} y1={heightOf(share - spread)} y2={heightOf(share + spread)} />
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

function heightOf(share: number): number {
  const held = Math.min(1, Math.max(0, share));
  return HEIGHT - MARGIN - held * (HEIGHT - 2 * MARGIN);
}
