import { findGuidanceRule } from '../../guidance';
import { cfgPlusPlus } from '../../guidance/cfg-plus-plus';
import { feedback, feedbackShare } from '../../guidance/feedback';
import { type Parameters, parameterValue } from '../../parameters';
import { componentsOf, type GaussianMixture } from '../analytic';
import { type PlaneWorld, weakMixture } from './world';

/** Square cells over [-half, half]²; the first row is the uppermost, the first column the leftmost. */
export interface PlaneGrid {
  readonly half: number;
  /** Cells a side. */
  readonly size: number;
}

/** ln p at a point of the plane. */
export type LogDensity = (x: number, y: number) => number;

/** An unnormalised density Π p_i(z)^power_i. */
export type PowerProduct = readonly (readonly [mixture: GaussianMixture, power: number])[];

/** What decides the density that a rule promises. */
interface PromisingRule {
  readonly guidance: string;
  readonly guidanceScale: number;
  readonly params: Parameters;
}

/**
 * The logarithm of the density that a rule's name promises, up to a constant: the one whose score is
 * the guided score at noise level 0, with N(0, sigma² I) added to what it is made of.
 *
 * Feedback guidance promises (p(z|c) - (1 - π) p(z))/π where that is above 0, and its score at every
 * noise level, where the limit of its scale is not reached; the other rules a product of powers.
 *
 * @throws RangeError for an unknown rule or class
 */
export function guidedDensity(world: PlaneWorld, rule: PromisingRule, sigma = 0): LogDensity {
  if (rule.guidance !== feedback.id || rule.guidanceScale <= 1) {
    return logOf(powersOf(world, rule), sigma);
  }
  const own = logMixture(componentsOf(world.mixture, world.classLabel), sigma);
  const all = logMixture(world.mixture, sigma);
  const rest = 1 - parameterValue(feedbackShare, rule.params);
  return (x, y) => {
    const log = own(x, y);
    return log + Math.log(Math.max(0, 1 - rest * Math.exp(all(x, y) - log)));
  };
}

/**
 * The density as a product of powers.
 *
 * For classifier-free guidance and its relatives p(z|c)^s p(z)^(1-s), which is p(z|c) p(c|z)^w with
 * w = s - 1 (2207.12598, figure 2); for autoguidance the weak mixture takes the place of p(z).
 * Normalisable for s ≥ 0, of classifier guidance for s ≥ 1, of low temperature for s > 0.
 */
function powersOf(world: PlaneWorld, rule: PromisingRule): PowerProduct {
  const { mixture, classLabel } = world;
  const { guidance, guidanceScale: s, params } = rule;
  const own = componentsOf(mixture, classLabel);
  switch (findGuidanceRule(guidance).id) {
    case 'conditional':
    case 'feedback':
      return [[own, 1]];
    case 'unconditional':
      return [[mixture, 1]];
    case 'low-temperature':
      return [[own, s]];
    case 'autoguidance':
      return product([own, s], [componentsOf(weakMixture(world), classLabel), 1 - s]);
    case 'classifier':
      return product([mixture, 1], ...classifierPower(world, s - 1, params));
    case 'classifier-conditional':
      return product([own, 1], ...classifierPower(world, s - 1, params));
    case 'cfg-plus-plus': {
      const lambda = parameterValue(cfgPlusPlus.parameters[0]!, params);
      return product([own, lambda], [mixture, 1 - lambda]);
    }
    default:
      return product([own, s], [mixture, 1 - s]);
  }
}

/** p(c|z)^power by Bayes' rule, of the true mixture or of the weak one. */
function classifierPower(world: PlaneWorld, power: number, params: Parameters): PowerProduct {
  const mixture = params.classifierSize === 1 ? weakMixture(world) : world.mixture;
  return [
    [componentsOf(mixture, world.classLabel), power],
    [mixture, -power],
  ];
}

/** Without the factors to the power of 0. */
function product(...factors: PowerProduct): PowerProduct {
  return factors.filter(([, power]) => power !== 0);
}

/** The logarithm of a product of powers, each mixture with N(0, sigma² I) added; not normalised. */
export function logOf(factors: PowerProduct, sigma = 0): LogDensity {
  const parts = factors.map(([mixture, power]) => ({ power, log: logMixture(mixture, sigma) }));
  return (x, y) => {
    let total = 0;
    for (const { power, log } of parts) total += power * log(x, y);
    return total;
  };
}

/** ln p(z; sigma) of a mixture in the plane, what depends on sigma alone computed once. */
export function logMixture(mixture: GaussianMixture, sigma = 0): LogDensity {
  const weights = mixture.reduce((sum, { weight }) => sum + weight, 0);
  const components = mixture.map(({ weight, mean, std }) => {
    const variance = std ** 2 + sigma ** 2;
    const constant = Math.log(weight / weights / (2 * Math.PI * variance));
    return { x0: mean[0]!, y0: mean[1]!, constant, precision: 1 / (2 * variance) };
  });
  const logs = new Float64Array(components.length);
  return (x, y) => {
    let largest = -Infinity;
    for (let k = 0; k < components.length; k++) {
      const { x0, y0, constant, precision } = components[k]!;
      logs[k] = constant - ((x - x0) ** 2 + (y - y0) ** 2) * precision;
      if (logs[k]! > largest) largest = logs[k]!;
    }
    let total = 0;
    for (let k = 0; k < logs.length; k++) total += Math.exp(logs[k]! - largest);
    return largest + Math.log(total);
  };
}

/** A density on the cells of a grid. */
export interface GriddedDensity {
  readonly grid: PlaneGrid;
  /** At the middle of each cell, row by row: their sum times the cell's area is 1. */
  readonly values: Float64Array;
  /** ln of what the unnormalised density was divided by. */
  readonly logNormaliser: number;
}

/** Coordinates of the middle of a cell. */
export function cellCentre({ half, size }: PlaneGrid, index: number): readonly [number, number] {
  const side = (2 * half) / size;
  return [((index % size) + 0.5) * side - half, half - (Math.floor(index / size) + 0.5) * side];
}

/** A density, given by its logarithm up to a constant, normalised on a grid. */
export function gridded(log: LogDensity, grid: PlaneGrid): GriddedDensity {
  return normalised(logsOnGrid(log, grid), grid);
}

/** A logarithm at the middle of each cell, row by row. */
export function logsOnGrid(log: LogDensity, { half, size }: PlaneGrid): Float64Array {
  const side = (2 * half) / size;
  const logs = new Float64Array(size * size);
  for (let row = 0, i = 0; row < size; row++) {
    const y = half - (row + 0.5) * side;
    for (let column = 0; column < size; column++, i++) {
      logs[i] = log((column + 0.5) * side - half, y);
    }
  }
  return logs;
}

/** The density of these logarithms, each known up to the same constant. */
export function normalised(logs: Float64Array, grid: PlaneGrid): GriddedDensity {
  const largest = logs.reduce((most, log) => Math.max(most, log), -Infinity);
  const values = logs.map((log) => Math.exp(log - largest));
  const area = ((2 * grid.half) / grid.size) ** 2;
  const mass = values.reduce((sum, value) => sum + value, 0) * area;
  for (let i = 0; i < values.length; i++) values[i] = values[i]! / mass;
  return { grid, values, logNormaliser: largest + Math.log(mass) };
}

/**
 * The density above which the most probable cells hold a share of the mass: the boundary of the
 * smallest region that does.
 *
 * @param share within (0, 1)
 */
export function regionLevel({ grid, values }: GriddedDensity, share: number): number {
  if (!(share > 0 && share < 1)) throw new RangeError(`share must be within (0, 1), got ${share}`);
  const area = ((2 * grid.half) / grid.size) ** 2;
  const sorted = values.toSorted();
  let mass = 0;
  for (let i = sorted.length - 1; i >= 0; i--) {
    mass += sorted[i]! * area;
    if (mass >= share) return sorted[i]!;
  }
  return 0;
}

/** The mean distance of the density's mass to a point. */
export function meanDistance(
  { grid, values }: GriddedDensity,
  [x0, y0]: readonly [number, number],
): number {
  const area = ((2 * grid.half) / grid.size) ** 2;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const [x, y] = cellCentre(grid, i);
    total += values[i]! * Math.hypot(x - x0, y - y0);
  }
  return total * area;
}

/** How particles agree with the density that their guidance promises. */
export interface Agreement {
  /** Share of the particles inside the density's region. */
  readonly inside: number;
  /** Mean distance of the particles to a point, and of the density's mass. */
  readonly particles: number;
  readonly density: number;
}

/** A density and the region around the most probable part of it. */
export interface Promised {
  /** Up to a constant, which `density` holds. */
  readonly log: LogDensity;
  readonly density: GriddedDensity;
  /** The density on the region's boundary: `regionLevel`. */
  readonly level: number;
}

/**
 * Compares particles with a density: were they samples of it, `inside` would be the share that the
 * region holds, and the two distances equal.
 *
 * @param xs [count, 2]
 * @param from the point that distances are measured from
 */
export function agreement(
  xs: Float32Array,
  { log, density, level }: Promised,
  from: readonly [number, number],
): Agreement {
  const bound = Math.log(level) + density.logNormaliser;
  const count = xs.length / 2;
  let inside = 0;
  let distance = 0;
  for (let i = 0; i < xs.length; i += 2) {
    if (log(xs[i]!, xs[i + 1]!) >= bound) inside++;
    distance += Math.hypot(xs[i]! - from[0], xs[i + 1]! - from[1]);
  }
  return {
    inside: inside / count,
    particles: distance / count,
    density: meanDistance(density, from),
  };
}

/**
 * The line where a density has a value, as segments x0, y0, x1, y1 (marching squares between the
 * cells' middles).
 */
export function contour({ grid, values }: GriddedDensity, level: number): Float64Array {
  const { size } = grid;
  const segments: number[] = [];
  for (let row = 0; row + 1 < size; row++) {
    for (let column = 0; column + 1 < size; column++) {
      const corner = row * size + column;
      const around = [corner, corner + 1, corner + size + 1, corner + size];
      // Where the line crosses the sides of the square, one after the other.
      const crossings: number[] = [];
      for (let side = 0; side < 4; side++) {
        const a = around[side]!;
        const b = around[(side + 1) % 4]!;
        if (values[a]! >= level === values[b]! >= level) continue;
        const t = (level - values[a]!) / (values[b]! - values[a]!);
        const [ax, ay] = cellCentre(grid, a);
        const [bx, by] = cellCentre(grid, b);
        crossings.push(ax + t * (bx - ax), ay + t * (by - ay));
      }
      // Four numbers; eight on a saddle, where the order around the square pairs them.
      segments.push(...crossings);
    }
  }
  return Float64Array.from(segments);
}
