import { findGuidanceRule } from '../diffusion/guidance/index';
import { findSampler } from '../diffusion/samplers/index';
import { nameOf, type Strings } from '../kit/words/words';
import { axisSetting, broughtSampler } from './axes';
import { activeTraits, type Trait } from './describe';
import type { Cell, Refusal } from './grid-state';
import type { ScaleUnit } from './scale-unit';
import type { Axis, Settings } from './settings';

/** The name of the setting that an axis varies, by its key in the address. */
export function axisName(key: string, strings: Strings): string {
  return axisSetting(key)?.name(strings) ?? key;
}

/** A value of an axis in words, as the address writes it: "s = 3", "seed 42", "Heun (EDM)". */
export function valueWords(
  { key }: Pick<Axis, 'key'>,
  value: string,
  settings: Settings,
  strings: Strings,
): string {
  return axisSetting(key)?.words(value, settings, strings) ?? value;
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
  const name = subject.kind === 'class' ? strings.className(subject.name) : stage.unconditional;
  return [
    { what: axis.class, value: name },
    { what: controls.seed, value: String(seed) },
    ...activeTraits(column, strings, unit),
  ];
}

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
      return refused.unused(axisName(refusal.key, strings));
    case 'class':
      return refused.class(strings.className(refusal.name));
    case 'conflict':
      return refused.conflict;
    default:
      return refusal satisfies never;
  }
}
