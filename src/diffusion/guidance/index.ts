import { apg } from './apg';
import { autoguidance } from './autoguidance';
import { cfg } from './cfg';
import { cfgPlusPlus } from './cfg-plus-plus';
import { cfgZeroStar } from './cfg-zero-star';
import { classifier, classifierConditional } from './classifier';
import { conditional } from './conditional';
import { distilled, fast } from './distilled';
import { fdg } from './fdg';
import { feedback } from './feedback';
import { higs } from './higs';
import { icg } from './icg';
import { internal } from './internal';
import { lowTemperature } from './low-temperature';
import { mamboG } from './mambo-g';
import { momentum } from './momentum';
import { pag } from './pag';
import { rescale } from './rescale';
import type { GuidanceRule } from './rule';
import { tcfg } from './tcfg';
import { unconditional } from './unconditional';

export const guidanceRegistry: readonly GuidanceRule[] = [
  cfg,
  conditional,
  unconditional,
  classifier,
  classifierConditional,
  autoguidance,
  distilled,
  fast,
  internal,
  pag,
  icg,
  apg,
  cfgPlusPlus,
  rescale,
  cfgZeroStar,
  tcfg,
  fdg,
  feedback,
  momentum,
  higs,
  mamboG,
  lowTemperature,
];

/** @throws RangeError for an unknown id. */
export function findGuidanceRule(id: string): GuidanceRule {
  const rule = guidanceRegistry.find((entry) => entry.id === id);
  if (rule === undefined) {
    const known = guidanceRegistry.map((entry) => entry.id).join(', ');
    throw new RangeError(`Guidance rule must be one of ${known}, got "${id}"`);
  }
  return rule;
}
