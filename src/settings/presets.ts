import type { DenoiserManifest } from '../networks/manifest';
import { type ColumnSettings, DEFAULT_COLUMN, DEFAULT_STAGE } from './column';
import { FIRST_VISIT } from './settings';

export const PRESET_IDS = [
  'glance',
  'off',
  'sweet',
  'collapse',
  'overdone',
  'negative',
  'rescue',
  'few',
  'rules',
  'classifier',
  'temperature',
  'strengths',
  'fits',
  'noisier',
  'twoprompts',
  'away',
] as const;
export type PresetId = (typeof PRESET_IDS)[number];

/** A figure under the columns. */
export type ClaimedFigure = 'recognised' | 'diversity' | 'alignment';

/**
 * What a caption says of its columns, which count from 0: the figure of one is below or above a
 * multiple of another's, or below or above a value.
 */
export type Claim = {
  readonly figure: ClaimedFigure;
  readonly column: number;
  readonly relation: '<' | '>';
} & ({ readonly of: number; readonly times: number } | { readonly value: number });

/** The figures of one column, as the page shows them: those that the network's judge knows. */
export type ColumnFigures = { readonly [F in ClaimedFigure]?: number | undefined };

interface Preset {
  readonly columns: readonly Partial<ColumnSettings>[];
  /** The column to edit first. */
  readonly active: number;
  /**
   * What the caption says. It must hold with the network's own scene, and for all its classes together;
   * `npm run presets` measures that, and where it does not the preset is not offered.
   */
  readonly claims: readonly Claim[];
  /** It is of a cascade that draws prompts, and says how well pictures fit them; else of classes. */
  readonly ofPrompts?: boolean;
  /** The preset brings the network's scene with it, and says nothing of other classes. */
  readonly ofScene?: boolean;
}

const than =
  (relation: '<' | '>') =>
  (figure: ClaimedFigure, column: number, of: number, times = 1): Claim => ({
    figure,
    column,
    relation,
    of,
    times,
  });
const less = than('<');
const more = than('>');

/** Scenes that show one thing each. All but the first keep the visitor's class, seed and number of samples. */
export const PRESETS: Readonly<Record<PresetId, Preset>> = {
  glance: {
    columns: FIRST_VISIT.columns,
    active: FIRST_VISIT.active,
    claims: [
      more('recognised', 1, 0),
      more('recognised', 2, 0),
      less('diversity', 1, 0),
      less('diversity', 2, 1),
    ],
    ofScene: true,
  },
  off: {
    columns: [{ guidanceScale: 1 }, { guidance: 'unconditional' }],
    active: 0,
    claims: [
      { figure: 'recognised', column: 0, relation: '<', value: 1 },
      less('recognised', 1, 0, 0.5),
    ],
  },
  sweet: {
    columns: [{ guidanceScale: 1 }, { guidanceScale: 1.5 }],
    active: 1,
    claims: [more('recognised', 1, 0), less('diversity', 1, 0), more('diversity', 1, 0, 0.5)],
  },
  collapse: {
    columns: [2, 8].map((guidanceScale) => ({ guidanceScale, sampler: 'ddim' })),
    active: 1,
    claims: [less('diversity', 1, 0, 0.9)],
  },
  overdone: {
    columns: [{ guidanceScale: 3 }, { guidanceScale: 15 }],
    active: 1,
    claims: [less('recognised', 1, 0, 0.5)],
  },
  negative: {
    columns: [{ guidanceScale: 1 }, { guidanceScale: -1 }],
    active: 1,
    claims: [less('recognised', 1, 0, 0.5)],
  },
  rescue: {
    columns: [
      { guidanceScale: 1 },
      { guidanceScale: 4, interval: [0.2, 10] },
      { guidanceScale: 4 },
    ],
    active: 1,
    claims: [more('diversity', 1, 2), more('recognised', 1, 0)],
  },
  few: {
    columns: ['ddim', 'heun', 'dpmpp-2m'].map((sampler) => ({
      sampler,
      numSteps: 4,
      guidanceScale: 2,
    })),
    active: 1,
    claims: [less('recognised', 1, 0, 0.5), less('recognised', 1, 2, 0.5)],
  },
  rules: {
    columns: ['cfg', 'apg', 'rescale', 'autoguidance'].map((guidance) => ({
      guidance,
      guidanceScale: 6,
    })),
    active: 1,
    claims: [1, 2, 3].map((column) => more('diversity', column, 0)),
  },
  classifier: {
    columns: [
      { guidance: 'unconditional' },
      { guidance: 'classifier', guidanceScale: 2 },
      { guidance: 'classifier', guidanceScale: 6 },
      { guidanceScale: 2 },
    ],
    active: 1,
    claims: [more('recognised', 1, 0), more('recognised', 2, 1), more('recognised', 3, 1)],
  },
  temperature: {
    columns: [
      { guidanceScale: 1 },
      { guidance: 'low-temperature', guidanceScale: 1.3 },
      { guidanceScale: 2 },
    ],
    active: 1,
    claims: [less('recognised', 1, 2), less('diversity', 1, 2)],
  },
  // What an address without columns shows.
  strengths: {
    columns: FIRST_VISIT.columns,
    active: FIRST_VISIT.active,
    claims: [more('alignment', 1, 0), less('diversity', 1, 0), less('diversity', 2, 1)],
    ofPrompts: true,
  },
  fits: {
    columns: [{ guidanceScale: 1 }, { guidanceScale: 4 }],
    active: 1,
    claims: [more('alignment', 1, 0, 1.1), less('diversity', 1, 0, 0.95)],
    ofPrompts: true,
  },
  noisier: {
    columns: [0, 0.6].map((augmentation) => ({
      guidanceScale: 4,
      stages: [1, 2].map(() => ({ ...DEFAULT_STAGE, augmentation })),
    })),
    active: 1,
    claims: [less('alignment', 1, 0, 0.8)],
    ofPrompts: true,
  },
  twoprompts: {
    columns: [null, { name: 'a cat face on a blue background', share: 0.6 }].map((mix) => ({
      guidanceScale: 4,
      mix,
    })),
    active: 1,
    claims: [less('alignment', 1, 0, 0.7)],
    ofPrompts: true,
  },
  away: {
    columns: [1, -1].map((guidanceScale) => ({ guidanceScale })),
    active: 1,
    claims: [less('alignment', 1, 0, 0.5)],
    ofPrompts: true,
  },
};

/** The preset's columns in full. */
export function presetColumns(id: PresetId): ColumnSettings[] {
  return PRESETS[id].columns.map((column) => ({ ...DEFAULT_COLUMN, ...column }));
}

/** Which of the offered presets the columns are, however they came to be. */
export function presetOf(
  columns: readonly ColumnSettings[],
  offered: readonly PresetId[],
): PresetId | undefined {
  const shown = JSON.stringify(columns);
  return offered.find((id) => JSON.stringify(presetColumns(id)) === shown);
}

/** Whether a claim holds; undefined where a figure is missing. */
export function holds(claim: Claim, columns: readonly ColumnFigures[]): boolean | undefined {
  const sides = sidesOf(claim, columns);
  if (!sides) return undefined;
  const [left, right] = sides;
  return claim.relation === '<' ? left < right : left > right;
}

/**
 * Whether the two sides of a claim lie within their standard deviations of each other, so that a few
 * samples tell neither. Undefined as long as a figure is not known.
 *
 * @param spreads the standard deviations of the columns' figures; one that is not known counts as 0
 */
export function isClose(
  claim: Claim,
  columns: readonly ColumnFigures[],
  spreads: readonly ColumnFigures[],
): boolean | undefined {
  const sides = sidesOf(claim, columns);
  if (!sides) return undefined;
  const spreadOf = (column: number) => spreads[column]?.[claim.figure] ?? 0;
  const other = 'of' in claim ? claim.times * spreadOf(claim.of) : 0;
  return Math.abs(sides[0] - sides[1]) <= Math.hypot(spreadOf(claim.column), other);
}

function sidesOf(claim: Claim, columns: readonly ColumnFigures[]): [number, number] | undefined {
  const left = columns[claim.column]?.[claim.figure];
  const other = 'of' in claim ? columns[claim.of]?.[claim.figure] : claim.value;
  if (left === undefined || other === undefined) return undefined;
  return [left, 'of' in claim ? claim.times * other : other];
}

/**
 * Whether a network's measured figures bear a preset's caption out. A network that was not measured
 * offers all those of classes, unless prompts condition it.
 */
export function isBorneOut(
  id: PresetId,
  { presets, prompts }: Pick<DenoiserManifest, 'presets' | 'prompts'>,
): boolean {
  if (presets) return presets.hold.includes(id);
  return prompts === undefined && !PRESETS[id].ofPrompts;
}
