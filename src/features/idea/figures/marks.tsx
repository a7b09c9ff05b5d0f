import type { Ink } from '../Chart';

type Point = readonly [x: number, y: number];

/** A line with a head, in CSS pixels. */
export function Arrow({
  ink,
  strong,
  from,
  to,
}: {
  ink: Ink;
  strong?: boolean;
  from: Point;
  to: Point;
}) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length < 2) return null;
  const size = Math.min(strong ? 8 : 5, length);
  const [ux, uy] = [(dx / length) * size, (dy / length) * size];
  const corner = (side: number) =>
    `${to[0] - ux - side * uy * 0.5},${to[1] - uy + side * ux * 0.5}`;
  return (
    <g className="arrow" data-ink={ink} data-strong={strong}>
      <line x1={from[0]} y1={from[1]} x2={to[0] - ux * 0.7} y2={to[1] - uy * 0.7} />
      <polygon points={`${to.join()} ${corner(1)} ${corner(-1)}`} />
    </g>
  );
}

export function Dot({ ink, at }: { ink: Ink; at: Point }) {
  return <circle className="mark" data-ink={ink} cx={at[0]} cy={at[1]} r={4.5} />;
}
