import { findGuidanceRule } from '../diffusion/guidance';
import { scheduleShapeRegistry } from '../diffusion/guidance/modifiers';
import { takesLabel, takesNegative } from '../diffusion/guidance/rule';
import type { NumberParameter } from '../diffusion/parameters';
import { findSampler } from '../diffusion/samplers';
import { findSchedule } from '../diffusion/schedules';
import { choiceEntry, nameOf, type Strings } from '../kit/words/words';
import { percent } from './numbers';
import { actingParameters, type ColumnSettings, DEFAULT_COLUMN, type ScaleUnit } from './settings';

/** One thing a column is set to, in words: what it is, and to what. */
export interface Trait {
  readonly what: string;
  readonly value: string;
}

/** Everything about a column that can be told from another's; a scale only where the rule has one. */
export function traits(
  column: ColumnSettings,
  strings: Strings,
  unit: ScaleUnit,
): Map<string, Trait> {
  const { controls, extras, settingsText } = strings;
  const rule = findGuidanceRule(column.guidance);
  const all = new Map<string, Trait>();
  if (rule.usesScale) {
    const { guidanceScale: s, interval, curve } = column;
    const ofClassifier = rule.scaleKind === 'classifier';
    const shownAs = ofClassifier ? 'k' : unit;
    const what = ofClassifier ? controls.classifierScale : controls.guidanceScale;
    if (curve) {
      const shown = shownAs === 's' ? curve : curve.map((scale) => scale - 1);
      all.set('scale', { what, value: settingsText.curve(curveText(shown)) });
    } else {
      all.set('scale', { what, value: scaleText(s, shownAs, settingsText) });
    }
    all.set('interval', {
      what: controls.interval,
      value: interval
        ? settingsText.interval(compact(interval[0]), compact(interval[1]))
        : settingsText.everywhere,
    });
    const shape = scheduleShapeRegistry.find(({ id }) => id === column.shape)!;
    if (!curve) all.set('shape', { what: controls.shape, value: nameOf(strings, shape) });
  }
  all.set('guidance', { what: controls.guidance, value: nameOf(strings, rule) });
  all.set('steps', { what: controls.numSteps, value: settingsText.steps(column.numSteps) });
  const sampler = findSampler(column.sampler);
  all.set('sampler', { what: controls.sampler, value: nameOf(strings, sampler) });
  const schedule = findSchedule(column.schedule);
  all.set('schedule', { what: controls.schedule, value: nameOf(strings, schedule) });
  for (const parameter of actingParameters(column)) {
    const value = column.parameters[parameter.id] ?? parameter.default;
    all.set(parameter.id, parameterTrait(parameter, value, strings));
  }
  const { threshold, mix, negative } = column;
  all.set('threshold', {
    what: extras.threshold,
    value:
      threshold === null
        ? settingsText.noThreshold
        : threshold.kind === 'static'
          ? extras.staticThreshold
          : settingsText.dynamic(compact(threshold.percentile)),
  });
  if (takesLabel(rule)) {
    all.set('mix', {
      what: extras.mix,
      value: mix ? settingsText.mix(percent(mix.share), mix.name) : settingsText.noMix,
    });
  }
  if (takesNegative(rule)) {
    all.set('negative', {
      what: extras.negative,
      value: negative === null ? settingsText.noNegative : settingsText.negative(negative),
    });
  }
  return all;
}

/** A parameter's name, and its name with the value. */
export function parameterTrait(parameter: NumberParameter, value: number, strings: Strings): Trait {
  const what = nameOf(strings, parameter);
  const choice = parameter.choices?.find((entry) => entry.value === value);
  return {
    what,
    value: choice
      ? nameOf(strings, choiceEntry(parameter, choice))
      : `${shortName(what)} ${compact(value)}`,
  };
}

/** The classifier's scale is k, off at 0 like the paper's w, but not the same pull. */
function scaleText(s: number, unit: ScaleUnit | 'k', words: Strings['settingsText']): string {
  if (unit === 's') return words.scaleS(compact(s));
  return (unit === 'w' ? words.scaleW : words.scaleK)(compact(s - 1));
}

/** The ends of a drawn course of scales, and what it reaches between them. */
function curveText(curve: readonly number[]): string {
  const [first, last] = [curve[0]!, curve.at(-1)!];
  const between = [Math.min(...curve), Math.max(...curve)].filter((s) => s !== first && s !== last);
  return [first, ...between, last].map(compact).join(' → ');
}

export interface Description {
  /** What the columns differ in. */
  readonly differences: readonly string[];
  /** For each column, how it differs; its scale (or its rule) where there is nothing else to say. */
  readonly headings: readonly string[];
}

/** Says in words what tells columns apart. */
export function describeColumns(
  columns: readonly ColumnSettings[],
  strings: Strings,
  unit: ScaleUnit,
): Description {
  const described = columns.map((column) => traits(column, strings, unit));
  const keys = [...new Set(described.flatMap((all) => [...all.keys()]))];
  const differing = keys.filter(
    (key) => new Set(described.map((all) => all.get(key)?.value)).size > 1,
  );
  // A rule without a scale says so itself: that the scale is missing adds nothing. But what tells
  // those apart that have it is said.
  const values = (key: string) => described.flatMap((all) => all.get(key)?.value ?? []);
  const told = differing.includes('guidance')
    ? differing.filter((key) => new Set(values(key)).size > 1)
    : differing;
  const headings = described.map((all) => {
    const parts = told.flatMap((key) => all.get(key)?.value ?? []);
    return parts.length ? parts.join(' · ') : (all.get('scale') ?? all.get('guidance')!).value;
  });
  const what = (key: string) => described.find((all) => all.has(key))!.get(key)!.what;
  return { differences: told.map((key) => shortName(what(key)).toLowerCase()), headings };
}

/** A parameter's name without its explanation: "η: noise added back" is η. */
function shortName(name: string): string {
  return name.split(/[:：]/)[0]!;
}

/** A number without digits that say nothing: 3, 0.25, 1.5. */
export function compact(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Told of columns even where they are as by default. */
const ALWAYS_TOLD: ReadonlySet<string> = new Set(['scale', 'guidance', 'steps', 'sampler']);

/** What columns have in common, in words, without what is as by default. */
export function describeShared(
  columns: readonly ColumnSettings[],
  strings: Strings,
  unit: ScaleUnit,
): string[] {
  const [first, ...others] = columns.map((column) => traits(column, strings, unit));
  const usual = traits(DEFAULT_COLUMN, strings, unit);
  return [...(first ?? [])]
    .filter(([key, { value }]) => {
      const shared = others.every((all) => all.get(key)?.value === value);
      return shared && (ALWAYS_TOLD.has(key) || usual.get(key)?.value !== value);
    })
    .map(([, { value }]) => value);
}
