import type { Strings } from '../kit/words/words';
import { type ColumnSettings, DEFAULT_COLUMN } from './column';
import { isDefault, parameterSettings, RUN_SETTINGS, type RunSetting } from './run-settings';
import type { ScaleUnit } from './scale-unit';
import { shortName } from './short-text';

/** One thing a column is set to, in words: what it is, and to what. */
export interface Trait {
  readonly what: string;
  readonly value: string;
}

/** A trait with the setting that it tells. */
interface ToldTrait extends Trait {
  readonly key: string;
  readonly setting: RunSetting;
}

/** What of a column can be told in words, in the order of captions. */
function toldTraits(column: ColumnSettings, strings: Strings, unit: ScaleUnit): ToldTrait[] {
  const context = { column, strings, unit };
  return [...RUN_SETTINGS, ...(parameterSettings(column) as RunSetting[])]
    .filter((setting) => setting.caption && setting.applies(column))
    .toSorted((a, b) => a.caption!.order - b.caption!.order)
    .flatMap((setting) => {
      const { key, caption } = setting;
      const value = caption!.value(setting.of(column), context);
      const what = caption!.what?.(context) ?? setting.name(strings);
      return value === undefined ? [] : [{ key: caption!.key ?? key, setting, what, value }];
    });
}

/** Everything about a column that can be told from another's; a scale only where the rule has one. */
export function traits(
  column: ColumnSettings,
  strings: Strings,
  unit: ScaleUnit,
): Map<string, Trait> {
  const told = toldTraits(column, strings, unit);
  return new Map(told.map(({ key, what, value }) => [key, { what, value }]));
}

/** Everything that a column is set to, but for what is switched off. */
export function activeTraits(column: ColumnSettings, strings: Strings, unit: ScaleUnit): Trait[] {
  return toldTraits(column, strings, unit)
    .filter(({ setting }) => setting.caption?.told !== 'switch' || !isDefault(setting, column))
    .map(({ what, value }) => ({ what, value }));
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

/** What columns have in common, in words, without what is as by default. */
export function describeShared(
  columns: readonly ColumnSettings[],
  strings: Strings,
  unit: ScaleUnit,
): string[] {
  const [first, ...others] = columns;
  if (!first) return [];
  const described = others.map((column) => traits(column, strings, unit));
  const usual = traits(DEFAULT_COLUMN, strings, unit);
  return toldTraits(first, strings, unit)
    .filter(({ key, value, setting }) => {
      const shared = described.every((all) => all.get(key)?.value === value);
      const always = setting.caption?.told === 'always';
      return shared && (always || usual.get(key)?.value !== value);
    })
    .map(({ value }) => value);
}
