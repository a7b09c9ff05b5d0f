import { componentsOf } from '../../../diffusion/worlds/analytic';
import { evenly, integral, lineWorld, OTHER, WANTED } from '../../../diffusion/worlds/line';
import { type Axis, type Series, wholeTicks } from '../Chart';

export const wanted = componentsOf(lineWorld, WANTED);

export const other = componentsOf(lineWorld, OTHER);

/** Between the two parts of the wanted class. */
const BETWEEN = 1.35;

export const FROM = -4.5;

export const TO = 5.5;

export const points = evenly(FROM, TO, 241);

/** Wide enough for the strongest noise of the figures. */
export const wide = evenly(-30, 31, 1221);

export const places: Axis = { domain: [FROM, TO], ticks: wholeTicks(FROM, TO, 2) };

export const noTicks: Axis['ticks'] = [];

export const curve = (f: (x: number) => number): Series['points'] => points.map((x) => [x, f(x)]);

export function nearShare(xs: readonly number[]): number {
  return xs.filter((x) => x < BETWEEN).length / xs.length;
}

export function nearMass(at: readonly number[], density: readonly number[]): number {
  return integral(
    at,
    density.map((value, i) => (at[i]! < BETWEEN ? value : 0)),
  );
}
