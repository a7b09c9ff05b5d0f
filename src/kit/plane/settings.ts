import { findGuidanceRule } from '../../diffusion/guidance/index';
import { PLANE_SIGMAS, type PlaneWorld, worksInPlane } from '../../diffusion/worlds/plane/world';
import { type ColumnSettings, DEFAULT_COLUMN } from '../../settings/column';
import { readColumn, writeColumn } from '../../settings/column-text';
import { defineSlice } from '../../settings/slice';

/** Id of the page of two dimensions. */
export const PLANE_PAGE = 'plane';

/** A Gaussian of the data in the plane. */
export interface PlaneComponent {
  /** 0 … 2: classes A, B and C. */
  readonly classLabel: number;
  readonly weight: number;
  readonly x: number;
  readonly y: number;
  readonly std: number;
}

/** What is coloured behind the particles: the density that the guidance promises, at noise level 0 or at that of the arrows; p(z|c); p(z). */
export type HeatMap = 'guided' | 'noised' | 'conditional' | 'marginal';

/** Whose score the arrows show. */
export type Arrows = 'none' | 'cond' | 'uncond' | 'guided' | 'all';

/** The page of two dimensions as the address keeps it. */
export interface PlaneSettings {
  readonly components: readonly PlaneComponent[];
  /** The class asked for: one of the components'. */
  readonly classLabel: number;
  /** Panels side by side, each a run of its own on the same data and noise. */
  readonly runs: readonly ColumnSettings[];
  /** The panel that the controls change. */
  readonly active: number;
  /** Number of particles. */
  readonly particles: number;
  readonly seed: number;
  /** Particles whose way is drawn. */
  readonly paths: number;
  /** How blurred the weak mixture is. */
  readonly weakBlur: number;
  readonly heat: HeatMap;
  readonly arrows: Arrows;
  /** Noise level of the arrows; null: as at the step shown. */
  readonly sigma: number | null;
}

export const PLANE_LIMITS = {
  components: { min: 1, max: 6 },
  classes: 3,
  runs: 3,
  weight: { min: 0.05, max: 1, step: 0.05 },
  place: { min: -3, max: 3, step: 0.1 },
  std: { min: 0.2, max: 1, step: 0.05 },
  guidanceScale: { min: 0, max: 15, step: 0.1 },
  particles: { min: 100, max: 10_000, step: 100 },
  paths: { min: 0, max: 60, step: 1 },
  weakBlur: { min: 0.05, max: 2, step: 0.05 },
  sigma: { min: PLANE_SIGMAS.sigmaMin, max: PLANE_SIGMAS.sigmaMax },
  seed: { min: 0, max: 2 ** 32 - 1, step: 1 },
} as const;

/** The page shows [-VIEW_HALF, VIEW_HALF]², and more where particles leave it; the data has room in it. */
export const VIEW_HALF = 3.75;

const HEAT: readonly HeatMap[] = ['guided', 'noised', 'conditional', 'marginal'];
const ARROWS: readonly Arrows[] = ['none', 'cond', 'uncond', 'guided', 'all'];
export const PLANE_CHOICES = { heat: HEAT, arrows: ARROWS } as const;

/**
 * Small steps of a second-order sampler, so that what is seen is the guidance and not the step size:
 * unguided, 89.5 % of the particles lie inside the region of 90 % (Heun with 24 steps: 88.8 %).
 */
const RUN: ColumnSettings = { ...DEFAULT_COLUMN, guidanceScale: 3, numSteps: 48 };

const gaussian = (
  classLabel: number,
  x: number,
  y: number,
  std: number,
  weight: number,
): PlaneComponent => ({ classLabel, weight, x, y, std });

/** As in the paper's figure 2: three isotropic Gaussians, each the data of one class. */
export const DEFAULT_PLANE: PlaneSettings = {
  components: [
    gaussian(0, 0, 1.1, 0.75, 0.5),
    gaussian(1, -1.15, -0.85, 0.75, 0.5),
    gaussian(2, 1.15, -0.85, 0.75, 0.5),
  ],
  classLabel: 0,
  runs: [RUN],
  active: 0,
  particles: 10_000,
  seed: 42,
  paths: 16,
  weakBlur: 0.5,
  heat: 'guided',
  arrows: 'none',
  sigma: null,
};

export const PLANE_PRESETS = ['figure2', 'overlap', 'unequal', 'modes', 'rules'] as const;
export type PlanePreset = (typeof PLANE_PRESETS)[number];

const SCENES: Readonly<Record<PlanePreset, Partial<PlaneSettings>>> = {
  figure2: {},
  overlap: {
    components: [
      gaussian(0, 0, 0.6, 0.9, 0.5),
      gaussian(1, -0.5, -0.3, 0.9, 0.5),
      gaussian(2, 0.5, -0.3, 0.9, 0.5),
    ],
    runs: [{ ...RUN, guidanceScale: 4 }],
  },
  unequal: {
    components: [
      gaussian(0, 0, 1.1, 0.6, 0.1),
      gaussian(1, -1.15, -0.85, 0.9, 1),
      gaussian(2, 1.15, -0.85, 0.7, 0.4),
    ],
  },
  modes: {
    components: [
      gaussian(0, -1.8, 0.6, 0.5, 0.35),
      gaussian(0, 1.8, 0.6, 0.5, 0.35),
      gaussian(1, 1.8, -0.2, 0.6, 0.6),
      gaussian(2, 0.2, -1.8, 0.6, 0.5),
    ],
    runs: [{ ...RUN, guidanceScale: 4 }],
  },
  rules: {
    runs: [
      RUN,
      { ...RUN, guidance: 'autoguidance' },
      // Of the unconditional scores: Bayes' rule takes one of the classifier's scale.
      { ...RUN, guidance: 'classifier', guidanceScale: 4, parameters: { classifierSize: 1 } },
    ],
  },
};

/** The preset in full, at the visitor's number of particles, seed and arrows. */
export function presetPlane(id: PlanePreset, now: PlaneSettings): PlaneSettings {
  const { particles, seed, paths, arrows, sigma } = now;
  return { ...DEFAULT_PLANE, ...SCENES[id], particles, seed, paths, arrows, sigma };
}

/** The smallest scale at which the density that a rule promises can be normalised. */
export function leastScale(guidance: string): number {
  if (findGuidanceRule(guidance).scaleKind === 'classifier') return 1;
  return guidance === 'low-temperature' ? 0.1 : PLANE_LIMITS.guidanceScale.min;
}

/** The data as the mathematics takes it. */
export function worldOf({
  components,
  classLabel,
  weakBlur,
}: Pick<PlaneSettings, 'components' | 'classLabel' | 'weakBlur'>): PlaneWorld {
  return {
    mixture: components.map(({ classLabel, weight, x, y, std }) => ({
      classLabel,
      weight,
      mean: [x, y],
      std,
    })),
    classLabel,
    weakBlur,
  };
}

/** Whether the plane can follow a run: no pictures' rule, nothing that belongs to pictures or words. */
export function fitsPlane(run: ColumnSettings): boolean {
  const { guidance, guidanceScale, curve, threshold, mix, negative, upTo, stages } = run;
  const asked = [curve, threshold, mix, negative, upTo ?? stages ?? null];
  const ofPictures = asked.some((value) => value !== null);
  const { max } = PLANE_LIMITS.guidanceScale;
  const inRange = guidanceScale >= leastScale(guidance) && guidanceScale <= max;
  return !ofPictures && inRange && worksInPlane({ id: guidance });
}

/**
 * Reads the plane as the address holds it: `class:1!g:0,0.5,-1.2,0.8,0.7!…!run:scale:5,…!n:1000`.
 * A Gaussian is class, weight, x, y and std; what is absent is as by default.
 *
 * @returns undefined where a part makes no sense
 */
function readPlane(raw: string): PlaneSettings | undefined {
  const components: PlaneComponent[] = [];
  const runs: ColumnSettings[] = [];
  const read: { -readonly [K in keyof PlaneSettings]: PlaneSettings[K] } = { ...DEFAULT_PLANE };
  for (const part of raw ? raw.split('!') : []) {
    const at = part.indexOf(':');
    const text = part.slice(at + 1);
    const numberIn = (limits: { min: number; max: number }, whole = false) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      const fits = value >= limits.min && value <= limits.max;
      return fits && (!whole || Number.isInteger(value)) ? value : undefined;
    };
    const put = <K extends keyof PlaneSettings>(name: K, value: PlaneSettings[K] | undefined) => {
      if (value !== undefined) read[name] = value;
      return value !== undefined;
    };
    const key = part.slice(0, Math.max(at, 0));
    let fits = false;
    if (key === 'g') {
      const component = readComponent(text);
      if (component) components.push(component);
      fits = component !== undefined;
    } else if (key === 'run') {
      const run = readColumn(pairsOf(text));
      if (run && fitsPlane(run)) runs.push(run);
      fits = run !== undefined && fitsPlane(run);
    } else if (key === 'class') {
      fits = put('classLabel', numberIn({ min: 0, max: PLANE_LIMITS.classes - 1 }, true));
    } else if (key === 'active') {
      fits = put('active', numberIn({ min: 0, max: PLANE_LIMITS.runs - 1 }, true));
    } else if (key === 'n') fits = put('particles', numberIn(PLANE_LIMITS.particles, true));
    else if (key === 'seed') fits = put('seed', numberIn(PLANE_LIMITS.seed, true));
    else if (key === 'paths') fits = put('paths', numberIn(PLANE_LIMITS.paths, true));
    else if (key === 'blur') fits = put('weakBlur', numberIn(PLANE_LIMITS.weakBlur));
    else if (key === 'sigma') fits = put('sigma', numberIn(PLANE_LIMITS.sigma));
    else if (key === 'heat') {
      fits = put(
        'heat',
        HEAT.find((name) => name === text),
      );
    } else if (key === 'arrows') {
      fits = put(
        'arrows',
        ARROWS.find((name) => name === text),
      );
    }
    if (!fits) return undefined;
  }
  if (components.length) read.components = components;
  if (runs.length) read.runs = runs;
  const known = read.components.some(({ classLabel }) => classLabel === read.classLabel);
  const few = components.length <= PLANE_LIMITS.components.max && runs.length <= PLANE_LIMITS.runs;
  return known && few && read.active < read.runs.length ? read : undefined;
}

function writePlane(plane: PlaneSettings): string {
  const parts: string[] = [];
  const base = DEFAULT_PLANE;
  const put = (key: string, value: number | string | null, usual: number | string | null) => {
    if (value !== usual) parts.push(`${key}:${value}`);
  };
  if (JSON.stringify(plane.components) !== JSON.stringify(base.components)) {
    for (const { classLabel, weight, x, y, std } of plane.components) {
      parts.push(`g:${[classLabel, weight, x, y, std].join(',')}`);
    }
  }
  put('class', plane.classLabel, base.classLabel);
  if (JSON.stringify(plane.runs) !== JSON.stringify(base.runs)) {
    for (const run of plane.runs) {
      const pairs = [...writeColumn(run)].map(([key, value]) => `${key}:${value}`);
      parts.push(`run:${pairs.join(',')}`);
    }
  }
  put('active', plane.active, base.active);
  put('n', plane.particles, base.particles);
  put('seed', plane.seed, base.seed);
  put('paths', plane.paths, base.paths);
  put('blur', plane.weakBlur, base.weakBlur);
  put('heat', plane.heat, base.heat);
  put('arrows', plane.arrows, base.arrows);
  put('sigma', plane.sigma, base.sigma);
  return parts.join('!');
}

/** The page of two dimensions. */
export const planeSlice = defineSlice<PlaneSettings>({
  key: 'plane',
  default: DEFAULT_PLANE,
  read: readPlane,
  write: writePlane,
});

function pairsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    (text ? text.split(',') : []).map((pair) => {
      const at = pair.indexOf(':');
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    }),
  );
}

function readComponent(text: string): PlaneComponent | undefined {
  const parts = text.split(',');
  const [classLabel, weight, x, y, std] = parts.map((part) => (part === '' ? NaN : Number(part)));
  const within = (value: number | undefined, { min, max }: { min: number; max: number }) =>
    value !== undefined && value >= min && value <= max;
  const { place } = PLANE_LIMITS;
  const fits =
    parts.length === 5 &&
    Number.isInteger(classLabel) &&
    within(classLabel, { min: 0, max: PLANE_LIMITS.classes - 1 }) &&
    within(weight, PLANE_LIMITS.weight) &&
    within(x, place) &&
    within(y, place) &&
    within(std, PLANE_LIMITS.std);
  return fits ? { classLabel: classLabel!, weight: weight!, x: x!, y: y!, std: std! } : undefined;
}
