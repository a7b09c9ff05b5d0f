import { findGuidanceRule } from '../diffusion/guidance';
import { worksWith } from '../diffusion/guidance/rule';
import type { RunSettings } from '../diffusion/run';
import { findSampler } from '../diffusion/samplers';

type Choices = Pick<RunSettings, 'guidance' | 'sampler'> & Partial<Pick<RunSettings, 'parameters'>>;

/**
 * The sampler that a rule replaced, of settings that are on the page now. It is no setting: a link
 * restores the sampler that runs.
 */
const replacedIn = new WeakMap<object, Choices>();

/**
 * Settings after a change. Where a rule that works with first-order samplers alone has replaced the
 * sampler, that sampler comes back, with its parameters, as soon as another rule is chosen; unless a
 * sampler has been chosen meanwhile.
 *
 * @param makeConsistent makes the changed settings fit together, a sampler for the rule among them
 */
export function withChanges<T extends Choices>(
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
