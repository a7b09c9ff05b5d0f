import { findGuidanceRule } from '../diffusion/guidance';
import { worksWith } from '../diffusion/guidance/rule';
import type { RunSettings } from '../diffusion/run';
import { findSampler } from '../diffusion/samplers';

type Choices = Pick<RunSettings, 'guidance' | 'sampler'> &
  Partial<Pick<RunSettings, 'parameters' | 'numSteps' | 'schedule'>>;

/**
 * The sampler that a rule replaced, of settings that are on the page now. It is no setting: a link
 * restores the sampler that runs.
 */
const replacedIn = new WeakMap<object, Choices>();

/** The settings before a rule that is made for steps of its own. */
const beforeIn = new WeakMap<object, Choices>();

/**
 * Settings after a change. A rule that is made for steps, a sampler and a schedule brings them along,
 * and one that works with first-order samplers alone replaces the sampler; what was set before comes
 * back, with its parameters, as soon as another rule is chosen, unless it was chosen anew meanwhile.
 *
 * @param makeConsistent makes the changed settings fit together, a sampler for the rule among them
 */
export function withChanges<T extends Choices>(
  settings: T,
  changes: Partial<T>,
  makeConsistent: (changed: T) => T,
): T {
  const made = changes.guidance && findGuidanceRule(changes.guidance).madeFor;
  const before = beforeIn.get(settings);
  if (made) {
    const own = Object.entries(made).filter(([name]) => name in settings);
    const fitted = makeConsistent({ ...settings, ...Object.fromEntries(own), ...changes });
    beforeIn.set(fitted, before ?? settings);
    return fitted;
  }
  if (before && changes.guidance) {
    return withReplaced(returned(settings, before), changes, makeConsistent);
  }
  const fitted = withReplaced(settings, changes, makeConsistent);
  if (before) beforeIn.set(fitted, before);
  return fitted;
}

/** What a rule brought along goes with it, as far as it was left as it was. */
function returned<T extends Choices>(settings: T, before: Choices): T {
  const { madeFor = {} } = findGuidanceRule(settings.guidance);
  const left = Object.entries(madeFor).filter(
    ([name, value]) => Reflect.get(settings, name) === value,
  );
  const old = left.map(([name]) => [name, Reflect.get(before, name)]);
  const parameters = { ...settings.parameters, ...before.parameters };
  const back = {
    ...settings,
    ...Object.fromEntries(old),
    ...(settings.parameters && { parameters }),
  };
  const replaced = replacedIn.get(before);
  if (replaced) replacedIn.set(back, replaced);
  return back;
}

function withReplaced<T extends Choices>(
  settings: T,
  changes: Partial<T>,
  makeConsistent: (changed: T) => T,
): T {
  const changed = { ...settings, ...changes };
  const replaced = changes.sampler === undefined ? replacedIn.get(settings) : undefined;
  const returns =
    replaced && worksWith(findGuidanceRule(changed.guidance), findSampler(replaced.sampler));
  const wanted = returns ? { ...changed, ...choicesOf(replaced, changed) } : changed;
  const fitted = makeConsistent(wanted);
  if (fitted.sampler !== wanted.sampler) replacedIn.set(fitted, wanted);
  else if (replaced && !returns) replacedIn.set(fitted, replaced);
  return fitted;
}

/** A sampler with its own parameters, beside those that are set now. */
function choicesOf({ sampler, parameters }: Choices, now: Choices): Choices {
  const { guidance } = now;
  if (!parameters) return { guidance, sampler };
  const own = findSampler(sampler).parameters.map(({ id }) => id);
  const kept = Object.entries(parameters).filter(([id]) => own.includes(id));
  return { guidance, sampler, parameters: { ...now.parameters, ...Object.fromEntries(kept) } };
}
