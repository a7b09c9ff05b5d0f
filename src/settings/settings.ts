import { findGuidanceRule, guidanceRegistry } from '../diffusion/guidance';
import { scheduleShapeRegistry } from '../diffusion/guidance/modifiers';
import { neededPredictions } from '../diffusion/guidance/needed';
import { type GuidanceRule, takesLabel, takesNegative } from '../diffusion/guidance/rule';
import type { NumberParameter, Parameters } from '../diffusion/parameters';
import { DEFAULT_RUN, type RunSettings } from '../diffusion/run';
import { findSampler, samplerRegistry } from '../diffusion/samplers';
import { findSchedule, scheduleRegistry } from '../diffusion/schedules';
import type { BackendChoice, PrecisionChoice, SampleSettings } from '../engine/protocol';
import type { DenoiserManifest, Manifest } from '../networks/manifest';
import type { SliceValues } from './slice';

/** What one column of the page is set to: everything that may differ between columns. */
export interface ColumnSettings extends RunSettings {
  /** A second class, and its share of the label. */
  readonly mix: ClassMix | null;
  /** Class that the guidance leads away from, in place of no class. */
  readonly negative: string | null;
}

export interface ClassMix {
  readonly name: string;
  /** Share of this class, 0 … 1; the rest is the class that is drawn. */
  readonly share: number;
}

/** What is drawn: samples of one class (or of none), or a sample of each of several classes: a word's letters, say. */
export type Subject =
  | { readonly kind: 'class'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'each'; readonly names: readonly string[] };

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
/** The scale as the number s (1 = off) or as the paper's w = s - 1 (0 = off). */
export type ScaleUnit = 's' | 'w';

/** The page's whole state as the address bar keeps it. */
export interface Settings {
  /** What the visitor looks at: the id of a feature with a page. */
  readonly page: string;
  readonly model: string;
  readonly subject: Subject;
  readonly seed: number;
  /** Locked: the noise stays when the class changes. */
  readonly seedLocked: boolean;
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
  /** What the network computes in. */
  readonly precision: PrecisionChoice;
  /** Most rows of one network run; 0: as many as the device is good for. */
  readonly maxBatch: number;
  readonly language: Language;
  readonly theme: Theme;
  /** What the features of the page have settings of their own for. */
  readonly slices: SliceValues;
}

export const LIMITS = {
  guidanceScale: { min: -2, max: 15, step: 0.1 },
  numSteps: { min: 1, max: 1024, step: 1 },
  count: { min: 1, max: 64, step: 1 },
  columns: 4,
  /** Classes of which one sample each is drawn. */
  each: 24,
  /** Values of an axis of the grid. */
  axis: 16,
} as const;

/** Noise levels offered by the interval slider, whatever the network's own range. */
export const INTERVAL_RANGE = { min: 0.002, max: 80 } as const;

export const DEFAULT_COLUMN: ColumnSettings = { ...DEFAULT_RUN, mix: null, negative: null };

/** Taken in place of a sampler that a rule cannot work with. */
const FIRST_ORDER_SAMPLER = 'ddim';

/** The first visit: the paper at a glance. One letter, sixteen seeds, three scales on the same noise. */
export const FIRST_VISIT: Settings = {
  page: 'playground',
  model: '',
  subject: { kind: 'class', name: '' },
  seed: 42,
  seedLocked: true,
  count: 16,
  columns: [1, 3, 8].map((guidanceScale) => ({ ...DEFAULT_COLUMN, guidanceScale })),
  active: 1,
  layout: 'columns',
  gridRows: { key: 'scale', values: ['1', '2', '3', '5', '8'] },
  gridColumns: { key: 'seed', values: ['42', '43', '44', '45', '46'] },
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
  precision: 'auto',
  maxBatch: 0,
  language: 'en',
  theme: 'auto',
  slices: new Map(),
};

/** The declared parameters of a column's sampler, schedule and rule, in the order of the controls. */
export function declaredParameters(column: ColumnSettings): readonly NumberParameter[] {
  return [
    ...findSampler(column.sampler).parameters,
    ...findSchedule(column.schedule).parameters,
    ...findGuidanceRule(column.guidance).parameters,
  ];
}

/** Those of them that change anything. */
export function actingParameters(column: ColumnSettings): readonly NumberParameter[] {
  const params = column.parameters;
  const run = { params, stochastic: findSampler(column.sampler).stochastic(params) };
  return declaredParameters(column).filter(({ acts }) => acts?.(run) ?? true);
}

/**
 * The column after a choice has changed: a rule that needs a first-order sampler gets one, and values
 * that change nothing fall away.
 */
export function consistent(wanted: ColumnSettings): ColumnSettings {
  const needsFirstOrder = findGuidanceRule(wanted.guidance).firstOrderOnly;
  const fits = !needsFirstOrder || findSampler(wanted.sampler).firstOrder;
  const column = fits ? wanted : { ...wanted, sampler: FIRST_ORDER_SAMPLER };
  const acting = new Set(actingParameters(column).map(({ id }) => id));
  const kept = Object.entries(column.parameters).filter(([id]) => acting.has(id));
  return { ...column, parameters: Object.fromEntries(kept) };
}

/** What of a model decides which predictions it can make. */
export type Predicting = Pick<Manifest, 'classes' | 'companions'> &
  Pick<Partial<DenoiserManifest>, 'adapt'>;

/** Whether a model with its companions can make the predictions that a rule needs with these parameters. */
export function canPredict(
  rule: Pick<GuidanceRule, 'needs'>,
  model: Predicting,
  parameters: Parameters = {},
): boolean {
  return neededPredictions(rule, parameters).every((name) => {
    if (name === 'cond') return model.classes.length > 0;
    return name === 'uncond' ? knowsNoClass(model) : model.companions?.[name] !== undefined;
  });
}

/** The values of a rule's parameter with which a model can make the rule's predictions. */
export function offeredChoices(
  { id, choices = [] }: NumberParameter,
  { guidance, parameters }: Pick<ColumnSettings, 'guidance' | 'parameters'>,
  model: Predicting,
): NonNullable<NumberParameter['choices']> {
  const rule = findGuidanceRule(guidance);
  return choices.filter(({ value }) => canPredict(rule, model, { ...parameters, [id]: value }));
}

/** Whether a model draws without a class; one of another convention may never have been taught to. */
export function knowsNoClass({ adapt }: Predicting): boolean {
  return !adapt?.label || adapt.label.nullLabel !== undefined;
}

/** The rule in place of one that a model cannot follow. */
function usualRule(model: Predicting): string {
  const usual = [DEFAULT_COLUMN.guidance, 'conditional', 'unconditional'];
  return usual.find((id) => canPredict(findGuidanceRule(id), model)) ?? DEFAULT_COLUMN.guidance;
}

/** The class of every sample by its name; null stands for no class. */
export function sampleNames(settings: Pick<Settings, 'subject' | 'count'>): (string | null)[] {
  const { subject, count } = settings;
  if (subject.kind === 'each') return [...subject.names];
  const name = subject.kind === 'class' ? subject.name : null;
  return Array.from({ length: count }, () => name);
}

/** Settings as the model can follow them, and what of them it cannot, by the address's keys. */
export function fittedToModel(
  settings: Settings,
  model: Manifest,
): { settings: Settings; ignored: { key: string; text: string }[] } {
  const { classes } = model;
  const ignored: { key: string; text: string }[] = [];
  const noClass = settings.subject.kind === 'none' && !knowsNoClass(model);
  const first: Subject = { kind: 'class', name: '' };
  const subject = knownSubject(noClass ? first : settings.subject, classes);
  const { subject: wanted } = settings;
  if (wanted.kind === 'class' && wanted.name !== '' && subject !== wanted) {
    ignored.push({ key: 'draw', text: wanted.name });
  }
  const kept = subject.kind === 'each' ? subject.names.length : 0;
  if (wanted.kind === 'each' && kept < wanted.names.length) {
    ignored.push({ key: 'draw', text: namesText(wanted.names) });
  }
  const columns = settings.columns.map((column) => {
    const rule = findGuidanceRule(column.guidance);
    let fitted = column;
    for (const parameter of rule.parameters) {
      const { [parameter.id]: chosen, ...parameters } = fitted.parameters;
      const offered = offeredChoices(parameter, fitted, model);
      if (chosen === undefined || offered.length === 0) continue;
      if (offered.some(({ value }) => value === chosen)) continue;
      ignored.push({ key: parameter.id, text: String(chosen) });
      fitted = { ...fitted, parameters };
    }
    if (!canPredict(rule, model, fitted.parameters)) {
      const guidance = usualRule(model);
      // Beside a network that cannot be guided, the controls say so themselves.
      if (guidance === DEFAULT_COLUMN.guidance) {
        ignored.push({ key: 'guidance', text: column.guidance });
      }
      fitted = consistent({ ...fitted, guidance });
    }
    if (column.mix && !classes.includes(column.mix.name)) {
      ignored.push({ key: 'mix', text: column.mix.name });
      fitted = { ...fitted, mix: null };
    }
    if (column.negative !== null && !classes.includes(column.negative)) {
      ignored.push({ key: 'negative', text: column.negative });
      fitted = { ...fitted, negative: null };
    }
    return fitted;
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
  const { classes } = manifest;
  const labels = names.map((name) => (name === null ? classes.length : classes.indexOf(name)));
  const rule = findGuidanceRule(column.guidance);
  const mix = takesLabel(rule) ? column.mix : null;
  const negative = takesNegative(rule) ? column.negative : null;
  return {
    ...column,
    seeds: names.map((_, k) => (settings.seed + k) % 2 ** 32),
    labels,
    mix: mix ? { with: classes.indexOf(mix.name), share: mix.share } : undefined,
    negative: negative === null ? undefined : classes.indexOf(negative),
  };
}

/** Those that are classes, in whichever case they are. */
export function knownNames(names: Iterable<string>, classes: readonly string[]): string[] {
  const known = [...names].flatMap(
    (name) => [name, name.toUpperCase(), name.toLowerCase()].find((n) => classes.includes(n)) ?? [],
  );
  return known.slice(0, LIMITS.each);
}

/** As many classes, from all over the list. */
export function spreadClasses(classes: readonly string[], wanted: number): string[] {
  const count = Math.min(wanted, classes.length, LIMITS.each);
  return Array.from(
    { length: count },
    (_, k) => classes[Math.floor((k * classes.length) / count)]!,
  );
}

/** Whether names of classes are letters of a word. */
export function isWord(names: readonly string[]): boolean {
  return names.every((name) => [...name].length === 1);
}

/** Names of classes in a row; letters make a word. */
export function namesText(names: readonly string[]): string {
  return names.join(isWord(names) ? '' : ', ');
}

/** Subject that the model knows: none of a model without classes; an unknown class becomes the first, of several the unknown fall away. */
export function knownSubject(subject: Subject, classes: readonly string[]): Subject {
  if (classes.length === 0) return { kind: 'none' };
  switch (subject.kind) {
    case 'none':
      return subject;
    case 'class':
      return classes.includes(subject.name) ? subject : { kind: 'class', name: classes[0]! };
    case 'each': {
      const names = knownNames(subject.names, classes);
      return names.length ? { kind: 'each', names } : { kind: 'class', name: classes[0]! };
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
