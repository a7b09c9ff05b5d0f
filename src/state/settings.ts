import { findGuidanceRule, guidanceRegistry } from '../diffusion/guidance';
import { type ScheduleShapeId, scheduleShapeRegistry } from '../diffusion/guidance/modifiers';
import type { NumberParameter, Parameters } from '../diffusion/parameters';
import { findSampler, samplerRegistry } from '../diffusion/samplers';
import { findSchedule, scheduleRegistry } from '../diffusion/schedules';
import type { BackendChoice, SampleSettings } from '../engine/protocol';
import type { Manifest } from '../models/manifest';

/** What one column of the page is set to: everything that may differ between columns. */
export interface ColumnSettings {
  readonly guidance: string;
  /** 1 = off, 0 = unconditional. */
  readonly guidanceScale: number;
  /** Noise levels (lo, hi] in which guidance is on; null: everywhere. */
  readonly interval: readonly [number, number] | null;
  readonly shape: ScheduleShapeId;
  readonly numSteps: number;
  readonly sampler: string;
  readonly schedule: string;
  /** Parameters of sampler, schedule and rule that differ from their defaults. */
  readonly parameters: Parameters;
}

/** What is drawn: samples of one class (or of none), or a word with a sample a letter. */
export type Subject =
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'word'; readonly text: string };

export type View = 'estimate' | 'noisy' | 'both';
export type Language = 'en' | 'zh';
export type Theme = 'auto' | 'light' | 'dark';
/** The scale as the number s (1 = off) or as the paper's w = s - 1 (0 = off). */
export type ScaleUnit = 's' | 'w';

/** The page's whole state as the address bar keeps it. */
export interface Settings {
  readonly model: string;
  readonly subject: Subject;
  readonly seed: number;
  /** Locked: the noise stays when the class changes. */
  readonly seedLocked: boolean;
  readonly count: number;
  readonly columns: readonly ColumnSettings[];
  /** The column that the controls change. */
  readonly active: number;
  readonly view: View;
  /** Where the scrubber stands: 0 = pure noise, 1 = finished. */
  readonly position: number;
  /** The sample whose steps the filmstrip shows. */
  readonly picked: number;
  readonly unit: ScaleUnit;
  readonly backend: BackendChoice;
  readonly language: Language;
  readonly theme: Theme;
}

export const LIMITS = {
  guidanceScale: { min: -2, max: 15, step: 0.1 },
  numSteps: { min: 1, max: 250, step: 1 },
  count: { min: 1, max: 64, step: 1 },
  columns: 4,
  word: 24,
} as const;

/** Noise levels offered by the interval slider, whatever the network's own range. */
export const INTERVAL_RANGE = { min: 0.002, max: 80 } as const;

export const DEFAULT_COLUMN: ColumnSettings = {
  guidance: 'cfg',
  guidanceScale: 1,
  interval: null,
  shape: 'constant',
  numSteps: 16,
  sampler: 'dpmpp-2m',
  schedule: 'karras',
  parameters: {},
};

/** The first visit: the paper at a glance. One letter, sixteen seeds, three scales on the same noise. */
export const FIRST_VISIT: Settings = {
  model: '',
  subject: { kind: 'class', name: '' },
  seed: 42,
  seedLocked: true,
  count: 16,
  columns: [1, 3, 8].map((guidanceScale) => ({ ...DEFAULT_COLUMN, guidanceScale })),
  active: 1,
  view: 'estimate',
  position: 1,
  picked: 0,
  unit: 's',
  backend: 'auto',
  language: 'en',
  theme: 'auto',
};

/** The declared parameters of a column's sampler, schedule and rule, in the order of the controls. */
export function declaredParameters(column: ColumnSettings): readonly NumberParameter[] {
  return [
    ...findSampler(column.sampler).parameters,
    ...findSchedule(column.schedule).parameters,
    ...findGuidanceRule(column.guidance).parameters,
  ];
}

/** The column without values that none of its choices declares, after a choice has changed. */
export function withDeclaredParameters(column: ColumnSettings): ColumnSettings {
  const declared = new Set(declaredParameters(column).map(({ id }) => id));
  const kept = Object.entries(column.parameters).filter(([id]) => declared.has(id));
  return { ...column, parameters: Object.fromEntries(kept) };
}

/** The letters of the subject, one name a sample; null stands for no class. */
export function sampleNames(settings: Pick<Settings, 'subject' | 'count'>): (string | null)[] {
  const { subject, count } = settings;
  if (subject.kind === 'word') return [...subject.text];
  const name = subject.kind === 'class' ? subject.name : null;
  return Array.from({ length: count }, () => name);
}

/** Settings as the model can follow them, and what of them it cannot, by the address's keys. */
export function fittedToModel(
  settings: Settings,
  { classes, companions }: Manifest,
): { settings: Settings; ignored: { key: string; text: string }[] } {
  const ignored: { key: string; text: string }[] = [];
  const subject = knownSubject(settings.subject, classes);
  const { subject: wanted } = settings;
  if (wanted.kind === 'class' && wanted.name !== '' && subject !== wanted) {
    ignored.push({ key: 'draw', text: wanted.name });
  }
  const kept = subject.kind === 'word' ? subject.text.length : 0;
  if (wanted.kind === 'word' && kept < [...wanted.text].length) {
    ignored.push({ key: 'draw', text: wanted.text });
  }
  const columns = settings.columns.map((column) => {
    const { predictions } = findGuidanceRule(column.guidance);
    if (!predictions.includes('weak') || companions?.weak !== undefined) return column;
    ignored.push({ key: 'guidance', text: column.guidance });
    return withDeclaredParameters({ ...column, guidance: DEFAULT_COLUMN.guidance });
  });
  return { settings: { ...settings, subject, columns }, ignored };
}

/** A column as the engine wants it. Sample k has the seed `seed + k`, so all columns share their noise. */
export function sampleSettings(
  settings: Pick<Settings, 'subject' | 'count' | 'seed'>,
  column: ColumnSettings,
  manifest: Manifest,
): SampleSettings {
  const names = sampleNames(settings);
  const labels = names.map((name) =>
    name === null ? manifest.classes.length : manifest.classes.indexOf(name),
  );
  return {
    seeds: names.map((_, k) => (settings.seed + k) % 2 ** 32),
    labels,
    numSteps: column.numSteps,
    sampler: column.sampler,
    schedule: column.schedule,
    guidance: column.guidance,
    parameters: column.parameters,
    modifiers: {
      guidanceScale: column.guidanceScale,
      interval: column.interval ?? undefined,
      schedule: column.shape === 'constant' ? undefined : column.shape,
    },
  };
}

/** The letters of a typed word that are classes, in whichever case they are. */
export function spelled(typed: string, classes: readonly string[]): string {
  const letters = [...typed].flatMap(
    (letter) =>
      [letter, letter.toUpperCase(), letter.toLowerCase()].find((l) => classes.includes(l)) ?? [],
  );
  return letters.slice(0, LIMITS.word).join('');
}

/** Subject that the model knows: an unknown class becomes the first, unknown letters of a word fall away. */
export function knownSubject(subject: Subject, classes: readonly string[]): Subject {
  switch (subject.kind) {
    case 'none':
      return subject;
    case 'class':
      return classes.includes(subject.name) ? subject : { kind: 'class', name: classes[0]! };
    case 'word': {
      const text = spelled(subject.text, classes);
      return text ? { kind: 'word', text } : { kind: 'class', name: classes[0]! };
    }
    default:
      return subject satisfies never;
  }
}

export const CHOICES = {
  guidance: guidanceRegistry,
  sampler: samplerRegistry,
  schedule: scheduleRegistry,
  shape: scheduleShapeRegistry,
} as const;
