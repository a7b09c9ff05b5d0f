import { findGuidanceRule } from '../diffusion/guidance';
import { takesLabel, takesNegative } from '../diffusion/guidance/rule';
import { sampleSeed } from '../diffusion/random';
import type { SampleSettings } from '../engine/protocol';
import type { Manifest } from '../networks/manifest';
import type { ColumnSettings } from './column';
import type { Settings } from './settings';
import { sampleNames } from './subject';

/** A column as the engine wants it. Sample k has the same noise in every column. */
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
    seeds: names.map((_, k) => sampleSeed(settings.seed, k)),
    labels,
    mix: mix ? { with: classes.indexOf(mix.name), share: mix.share } : undefined,
    negative: negative === null ? undefined : classes.indexOf(negative),
  };
}
