import { findGuidanceRule } from '../../diffusion/guidance';
import { findSampler } from '../../diffusion/samplers';
import { nameOf, type Strings } from '../../kit/words/words';
import { parameterTrait, type Trait, traits } from '../../settings/describe';
import type { Cell, Refusal } from '../../settings/grid-state';
import { type Axis, DEFAULT_COLUMN, type ScaleUnit, type Settings } from '../../settings/settings';
import { atValue } from '../../settings/url';
import { broughtSampler, parameterOf } from './grid';

/** The name of a setting that an axis varies, by its key in the address. */
export function settingName(key: string, strings: Strings): string {
  const { axis, controls, extras } = strings;
  const names: Readonly<Record<string, string>> = {
    scale: controls.guidanceScale,
    curve: controls.guidanceScale,
    steps: controls.numSteps,
    guidance: controls.guidance,
    sampler: controls.sampler,
    schedule: controls.schedule,
    interval: controls.interval,
    shape: controls.shape,
    threshold: extras.threshold,
    draw: axis.class,
    mix: extras.mix,
    negative: extras.negative,
    seed: controls.seed,
  };
  const parameter = parameterOf(key);
  return names[key] ?? (parameter ? nameOf(strings, parameter) : key);
}

/** A value of an axis in words, as the address writes it: "s = 3", "seed 42", "Heun (EDM)". */
export function valueWords(
  { key }: Pick<Axis, 'key'>,
  value: string,
  settings: Settings,
  strings: Strings,
): string {
  const { axis, controls, stage } = strings;
  if (key === 'seed') return axis.seed(value);
  if (key === 'draw') {
    const name = value.slice(value.indexOf(':') + 1);
    return value === 'none' ? stage.unconditional : controls.classOf(name);
  }
  const parameter = parameterOf(key);
  if (parameter) return parameterTrait(parameter, Number(value), strings).value;
  // The rule says how its scale is written; one without a scale leaves that to the usual one.
  const base = { ...settings.columns[settings.active]!, curve: null };
  for (const column of [base, DEFAULT_COLUMN]) {
    const place = atValue({ settings, column }, key, value);
    const trait =
      place && traits(place.column, strings, settings.unit).get(key === 'curve' ? 'scale' : key);
    if (trait) return trait.value;
  }
  return value;
}

/** What a value brings along that is not the active column's: a sampler that its rule can work with. */
export function valueNote(
  axis: Axis,
  value: string,
  settings: Settings,
  strings: Strings,
): string | undefined {
  const sampler = broughtSampler(settings, axis, value);
  return sampler && strings.axis.withSampler(nameOf(strings, findSampler(sampler)));
}

/** Everything that a cell is set to, but for what is switched off. */
export function cellTraits(
  { subject, seed, column }: Pick<Cell, 'subject' | 'seed' | 'column'>,
  strings: Strings,
  unit: ScaleUnit,
): Trait[] {
  const { axis, controls, stage } = strings;
  const name = subject.kind === 'class' ? subject.name : stage.unconditional;
  const { interval, shape, threshold, mix, negative } = DEFAULT_COLUMN;
  const off = traits({ ...column, interval, shape, threshold, mix, negative }, strings, unit);
  const on = [...traits(column, strings, unit)].filter(
    ([key, { value }]) => !SWITCHED.has(key) || value !== off.get(key)?.value,
  );
  return [
    { what: axis.class, value: name },
    { what: controls.seed, value: String(seed) },
    ...on.map(([, trait]) => trait),
  ];
}

const SWITCHED: ReadonlySet<string> = new Set([
  'interval',
  'shape',
  'threshold',
  'mix',
  'negative',
]);

/** Why a cell cannot be drawn. */
export function refusalWords(refusal: Refusal, strings: Strings): string {
  const { refused } = strings.axis;
  const rule = (id: string) => nameOf(strings, findGuidanceRule(id));
  switch (refusal.kind) {
    case 'prediction':
      return refused.prediction(rule(refusal.guidance));
    case 'sampler':
      return refused.sampler(rule(refusal.guidance), nameOf(strings, findSampler(refusal.sampler)));
    case 'unused':
      return refused.unused(settingName(refusal.key, strings));
    case 'class':
      return refused.class(refusal.name);
    case 'conflict':
      return refused.conflict;
    default:
      return refusal satisfies never;
  }
}
