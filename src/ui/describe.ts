import { findGuidanceRule } from '../diffusion/guidance';
import { scheduleShapeRegistry } from '../diffusion/guidance/modifiers';
import { findSampler } from '../diffusion/samplers';
import { findSchedule } from '../diffusion/schedules';
import { type ColumnSettings, declaredParameters, type ScaleUnit } from '../state/settings';
import { nameOf, type Strings } from './strings';

/** One thing a column is set to, in words: what it is, and to what. */
interface Trait {
  readonly what: string;
  readonly value: string;
}

/** Everything about a column that can be told from another's; a scale only where the rule has one. */
function traits(column: ColumnSettings, strings: Strings, unit: ScaleUnit): Map<string, Trait> {
  const { controls, settingsText } = strings;
  const rule = findGuidanceRule(column.guidance);
  const all = new Map<string, Trait>();
  if (rule.usesScale) {
    const { guidanceScale: s, interval } = column;
    all.set('scale', {
      what: controls.guidanceScale,
      value: unit === 's' ? settingsText.scaleS(compact(s)) : settingsText.scaleW(compact(s - 1)),
    });
    all.set('interval', {
      what: controls.interval,
      value: interval
        ? settingsText.interval(compact(interval[0]), compact(interval[1]))
        : settingsText.everywhere,
    });
    const shape = scheduleShapeRegistry.find(({ id }) => id === column.shape)!;
    all.set('shape', { what: controls.shape, value: nameOf(strings, shape) });
  }
  all.set('guidance', { what: controls.guidance, value: nameOf(strings, rule) });
  all.set('steps', { what: controls.numSteps, value: settingsText.steps(column.numSteps) });
  const sampler = findSampler(column.sampler);
  all.set('sampler', { what: controls.sampler, value: nameOf(strings, sampler) });
  const schedule = findSchedule(column.schedule);
  all.set('schedule', { what: controls.schedule, value: nameOf(strings, schedule) });
  for (const parameter of declaredParameters(column)) {
    const value = column.parameters[parameter.id] ?? parameter.default;
    const name = nameOf(strings, parameter);
    all.set(parameter.id, { what: name, value: `${shortName(name)} ${compact(value)}` });
  }
  return all;
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
  // A rule without a scale says so itself: that the scale is missing adds nothing.
  const told = differing.includes('guidance')
    ? differing.filter((key) => key === 'guidance' || described.every((all) => all.has(key)))
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
