/**
 * The guidance rail's axis: scale against place, linear between these. It is finest where pictures
 * change most and people look most, between 1 and 4.
 */
const KNOTS: readonly (readonly [scale: number, place: number])[] = [
  [-2, 0],
  [0, 0.1],
  [1, 0.2],
  [4, 0.62],
  [15, 1],
];

/** Scales at which people set handles; the rail has marks there. */
export const TICKS = [-2, -1, 0, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15] as const;

/** What a stretch of the axis does to the pictures. */
export const ZONES = [
  { id: 'away', from: -2, to: 0 },
  { id: 'off', from: 0, to: 1.1 },
  { id: 'typical', from: 1.1, to: 5 },
  { id: 'strong', from: 5, to: 15 },
] as const;

/** The stretch that a scale lies in; the outermost ones go on beyond the rail. */
export function zoneOf(scale: number): (typeof ZONES)[number] {
  return ZONES.findLast(({ from }) => scale >= from) ?? ZONES[0];
}

/** Where a scale lies, a share of the rail's length. */
export function placeOf(scale: number): number {
  return between(KNOTS, scale);
}

/** The scale at a place, to the step that a hand can tell there; both are held within the rail. */
export function scaleAtPlace(place: number): number {
  const scale = between(
    KNOTS.map(([s, p]) => [p, s] as const),
    place,
  );
  const step = stepAt(scale);
  return Number((Math.round(scale / step) * step).toFixed(4));
}

/** By how much an arrow key moves a handle. */
function stepAt(scale: number): number {
  return scale < 4 ? 0.1 : 0.5;
}

/** The scale one key press further: up or down by the step that is usual there. */
export function stepped(scale: number, direction: 1 | -1, steps = 1): number {
  let now = scale;
  for (let i = 0; i < steps; i++) {
    // Down from 4 the finer step counts already.
    const step = stepAt(direction > 0 ? now : now - 1e-9);
    now = Number((now + direction * step).toFixed(4));
  }
  const [first, last] = [KNOTS[0]![0], KNOTS.at(-1)![0]];
  return Math.min(last, Math.max(first, now));
}

function between(knots: readonly (readonly [number, number])[], at: number): number {
  const last = knots.length - 1;
  const held = Math.min(Math.max(at, knots[0]![0]), knots[last]![0]);
  const right = Math.max(
    1,
    knots.findIndex(([x]) => x >= held),
  );
  const [x0, y0] = knots[right - 1]!;
  const [x1, y1] = knots[right]!;
  return y0 + ((held - x0) / (x1 - x0)) * (y1 - y0);
}
