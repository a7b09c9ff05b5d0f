import { useWords } from '../../../kit/app-context';
import type { FilmPictures } from '../../../kit/services';
import { percent } from '../../../settings/numbers';
import { playgroundWords } from '../words';
import { placeOf } from './rail-axis';

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
}

/**
 * What was measured at every scale that is there: the share recognised from 0 to 1, and the variety
 * against the largest of these.
 */
export function RailCurves({ film }: { readonly film: FilmPictures }) {
  const { rail: words } = useWords(playgroundWords);
  const takes = film.takes();
  const recognised = takes.flatMap(({ scale, done, trajectory }): Point[] => {
    const share = done.verdicts?.classAccuracy;
    if (share === undefined) return [];
    const spread = Math.sqrt((share * (1 - share)) / Math.max(1, trajectory.count - 1));
    return [{ scale, share, spread }];
  });
  const diversities = takes.flatMap(({ scale, done }) => {
    const diversity = done.verdicts?.diversity;
    return diversity === undefined ? [] : [{ scale, diversity }];
  });
  const largest = Math.max(...diversities.map(({ diversity }) => diversity));
  const variety = diversities.map(
    ({ scale, diversity }): Point => ({ scale, share: diversity / largest, spread: 0 }),
  );
  const table = recognised.map(({ scale, share }) => `${scale}: ${percent(share)}`).join(', ');
  return (
    <figure className="rail-curves">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${words.recognised}. ${table}`}
      >
        <Curve name="variety" points={variety} />
        <Curve name="recognised" points={recognised} />
      </svg>
      <figcaption aria-hidden="true">
        <span data-curve="recognised">{words.recognised}</span>
        <span data-curve="variety">{words.variety}</span>
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
            <line className="dot" x1={x} x2={x} y1={y} y2={y} />
          </g>
        );
      })}
    </g>
  );
}

function heightOf(share: number): number {
  const held = Math.min(1, Math.max(0, share));
  return HEIGHT - MARGIN - held * (HEIGHT - 2 * MARGIN);
}
