import { type ColumnSettings, DEFAULT_COLUMN } from '../../settings/column';
import { FIRST_VISIT } from '../../settings/settings';

export const PRESET_IDS = [
  'glance',
  'off',
  'sweet',
  'collapse',
  'negative',
  'rescue',
  'few',
  'rules',
  'classifier',
  'temperature',
] as const;
export type PresetId = (typeof PRESET_IDS)[number];

interface Preset {
  readonly columns: readonly Partial<ColumnSettings>[];
  /** The column to edit first. */
  readonly active: number;
}

/** Scenes that show one thing each. All keep the visitor's class, seed and number of samples. */
export const PRESETS: Readonly<Record<PresetId, Preset>> = {
  glance: { columns: FIRST_VISIT.columns, active: FIRST_VISIT.active },
  off: { columns: [{ guidanceScale: 1 }, { guidance: 'unconditional' }], active: 0 },
  sweet: { columns: [{ guidanceScale: 1 }, { guidanceScale: 2 }], active: 1 },
  collapse: { columns: [{ guidanceScale: 2 }, { guidanceScale: 15 }], active: 1 },
  negative: { columns: [{ guidanceScale: 1 }, { guidanceScale: -1 }], active: 1 },
  rescue: {
    columns: [{ guidanceScale: 8 }, { guidanceScale: 8, interval: [0.2, 2] }],
    active: 1,
  },
  few: {
    columns: ['ddim', 'heun', 'dpmpp-2m'].map((sampler) => ({
      sampler,
      numSteps: 4,
      guidanceScale: 2,
    })),
    active: 2,
  },
  rules: {
    columns: ['cfg', 'apg', 'rescale', 'autoguidance'].map((guidance) => ({
      guidance,
      guidanceScale: 6,
    })),
    active: 1,
  },
  classifier: {
    columns: [
      { guidance: 'unconditional' },
      { guidance: 'classifier', guidanceScale: 2 },
      { guidance: 'classifier', guidanceScale: 6 },
      { guidanceScale: 2 },
    ],
    active: 1,
  },
  temperature: {
    columns: [
      { guidanceScale: 1 },
      { guidance: 'low-temperature', guidanceScale: 1.3 },
      { guidanceScale: 2 },
    ],
    active: 1,
  },
};

/** The preset's columns in full. */
export function presetColumns(id: PresetId): ColumnSettings[] {
  return PRESETS[id].columns.map((column) => ({ ...DEFAULT_COLUMN, ...column }));
}
