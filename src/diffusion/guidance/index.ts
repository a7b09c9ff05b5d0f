import { cfg } from './cfg';
import { conditional } from './conditional';
import type { GuidanceRule } from './rule';
import { unconditional } from './unconditional';

export const guidanceRegistry: readonly GuidanceRule[] = [cfg, conditional, unconditional];

/** @throws RangeError for an unknown id. */
export function findGuidanceRule(id: string): GuidanceRule {
  const rule = guidanceRegistry.find((entry) => entry.id === id);
  if (rule === undefined) {
    const known = guidanceRegistry.map((entry) => entry.id).join(', ');
    throw new RangeError(`Guidance rule must be one of ${known}, got "${id}"`);
  }
  return rule;
}
