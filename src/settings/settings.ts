import type { BackendChoice, PrecisionChoice } from '../engine/protocol';
import type { DenoiserManifest, Manifest } from '../networks/manifest';
import {
  type ColumnSettings,
  consistent,
  DEFAULT_COLUMN,
  hasNullClass,
  withoutDefaultParameters,
} from './column';
import type { IgnoredPiece } from './column-text';
import { parameterSettings, RUN_SETTINGS, type RunSetting } from './run-settings';
import type { ScaleUnit } from './scale-unit';
import type { SliceValues } from './slice';
import { knownSubject, namesText, type Subject, USUAL_COUNT } from './subject';

/** Columns side by side, a grid over two settings, or two columns overlaid. */
export type Layout = 'columns' | 'grid' | 'wipe';

/** An axis of the grid: a setting by its key in the address, and its values as the address writes them. */
export interface Axis {
  readonly key: string;
  readonly values: readonly string[];
}

export type View = 'estimate' | 'noisy' | 'both';
export type Language = 'en' | 'zh';
export type Theme = 'auto' | 'light' | 'dark';

/** The page's whole state as the address bar keeps it. */
export interface Settings {
  /** What the visitor looks at: the id of a feature with a page. */
  readonly page: string;
  readonly model: string;
  readonly subject: Subject;
  readonly seed: number;
  /** Locked: the noise stays when the class changes. */
  readonly seedLocked: boolean;
  /** 0: as many as the network begins with, until it is known. */
  readonly count: number;
  readonly columns: readonly ColumnSettings[];
  /** The column that the controls change. */
  readonly active: number;
  readonly layout: Layout;
  readonly gridRows: Axis;
  readonly gridColumns: Axis;
  /** The two columns that are overlaid: the first is seen left of the divider. */
  readonly wipe: readonly [first: number, second: number];
  /** Where the divider stands, a share of the overlaid pictures' width. */
  readonly wipeDivider: number;
  /** Shows what the two overlaid columns differ in, instead of the divider. */
  readonly wipeDifference: boolean;
  /** What the guidance does at every step of the picked sample is recorded and shown. */
  readonly inside: boolean;
  /** The noisy classifier's gradient is shown beside what the guidance implies. */
  readonly gradient: boolean;
  /** Colours what lies outside [-1, 1]. */
  readonly overlay: boolean;
  readonly view: View;
  /** Where the scrubber stands: 0 = pure noise, 1 = finished. */
  readonly position: number;
  /** The sample whose steps the filmstrip shows. */
  readonly picked: number;
  readonly unit: ScaleUnit;
  readonly backend: BackendChoice;
  /** For a lecture: large letters, the pictures and their rails alone. */
  readonly projector: boolean;
  /** What is seldom changed is unfolded. */
  readonly expert: boolean;
  /** Other scales are drawn for the guidance rail while nothing else is computed. */
  readonly film: boolean;
  /** What the network computes in. */
  readonly precision: PrecisionChoice;
  /** Most rows of one network run; 0: as many as the device is good for. */
  readonly maxBatch: number;
  readonly language: Language;
  readonly theme: Theme;
  /** What the features of the page have settings of their own for. */
  readonly slices: SliceValues;
}

/**
 * How the first visit is sampled. The network in colour costs 0.32 GFLOP an evaluation and the letters
 * 0.24: 12 steps cost no more there than 16 did with the letters. At scale 8 so few steps need a
 * first-order sampler: docs/SCENES.md has the figures.
 */
const FIRST_RUN = { sampler: 'ddim', numSteps: 12 };

/** The first visit: the paper at a glance. One class, sixteen seeds, three scales on the same noise. */
export const FIRST_VISIT: Settings = {
  page: 'playground',
  model: '',
  subject: { kind: 'class', name: '' },
  seed: 42,
  seedLocked: true,
  count: USUAL_COUNT,
  columns: [1, 3, 8].map((guidanceScale) => ({
    ...DEFAULT_COLUMN,
    guidanceScale,
    ...FIRST_RUN,
  })),
  active: 1,
  layout: 'columns',
  gridRows: { key: 'scale', values: ['1', '2', '3', '5', '8'] },
  gridColumns: { key: 'sample', values: ['1', '2', '3', '4', '5', '6'] },
  wipe: [0, 1],
  wipeDivider: 0.5,
  wipeDifference: false,
  inside: false,
  gradient: false,
  overlay: false,
  view: 'estimate',
  position: 1,
  picked: 0,
  unit: 's',
  backend: 'auto',
  projector: false,
  expert: false,
  film: true,
  precision: 'auto',
  maxBatch: 0,
  language: 'en',
  theme: 'auto',
  slices: new Map(),
};

/** As many samples as a cascade begins with: each goes through several networks. */
const CASCADE_SAMPLES = 4;

/** As many samples as a network begins with. */
export function firstCount({
  stages,
}: Pick<Manifest, 'classes'> & Pick<Partial<DenoiserManifest>, 'stages'>): number {
  return stages?.length ? CASCADE_SAMPLES : USUAL_COUNT;
}

/** Settings as the model can follow them, and what of them it cannot, by the address's keys. */
export function fittedToModel(
  settings: Settings,
  model: Manifest,
): { settings: Settings; ignored: IgnoredPiece[] } {
  const ignored: IgnoredPiece[] = [];
  const noClass = settings.subject.kind === 'none' && !hasNullClass(model);
  const first: Subject = { kind: 'class', name: '' };
  const subject = knownSubject(noClass ? first : settings.subject, model);
  const { subject: wanted } = settings;
  if (wanted.kind === 'class' && wanted.name !== '' && subject !== wanted) {
    ignored.push({ key: 'draw', text: wanted.name });
  }
  const kept = subject.kind === 'each' ? subject.names.length : 0;
  if (wanted.kind === 'each' && kept < wanted.names.length) {
    ignored.push({ key: 'draw', text: namesText(wanted.names) });
  }
  const columns = settings.columns.map((column) => {
    let fitted = column;
    for (const setting of [...(parameterSettings(column) as RunSetting[]), ...RUN_SETTINGS]) {
      const value = setting.of(fitted);
      if (setting.fits?.(value, model, fitted) ?? true) continue;
      const instead = setting.instead?.(model) ?? setting.default;
      fitted = withoutDefaultParameters(consistent(setting.put(fitted, instead)));
      // Beside a network that has no use for the default either, the controls say so themselves.
      if (instead === setting.default) {
        const text = setting.className?.(value) ?? setting.write(value);
        ignored.push({ key: setting.key, text });
      }
    }
    return fitted;
  });
  const count = settings.count || firstCount(model);
  return { settings: { ...settings, subject, count, columns }, ignored };
}
