import * as v from 'valibot';
import { type Threshold, thresholdPercentile } from '../../diffusion/guidance/threshold';
import { fourDigits, numberText } from '../address-text';
import { flagNumber } from '../flag-text';
import { FlagError, type RunRow } from '../run-row';
import { shortNumber } from '../short-text';

const percentileText = numberText(thresholdPercentile.min, thresholdPercentile.max);

/** `static`, `99.5` (the percentile of the dynamic threshold) or `none`. */
export const thresholdRow: RunRow<Threshold | null> = {
  key: 'threshold',
  read(raw) {
    if (raw === 'none') return null;
    if (raw === 'static') return { kind: 'static' };
    const percentile = percentileText.read(raw);
    return percentile === undefined ? undefined : { kind: 'dynamic', percentile };
  },
  write(threshold) {
    if (!threshold) return 'none';
    return threshold.kind === 'static' ? 'static' : fourDigits(threshold.percentile);
  },
  name: ({ extras }) => extras.threshold,
  caption: {
    order: 9,
    told: 'switch',
    value(threshold, { strings: { extras, settingsText } }) {
      if (threshold === null) return settingsText.noThreshold;
      return threshold.kind === 'static'
        ? extras.staticThreshold
        : settingsText.dynamic(shortNumber(threshold.percentile));
    },
  },
  axis: {
    order: 8,
    kind: 'choices',
    choices: () => ['none', 'static', '99.5', '98', '95', '90'],
    start: () => ['none', 'static', '99.5', '95'],
  },
  fileName: {
    order: 8,
    part(threshold) {
      if (!threshold) return undefined;
      return threshold.kind === 'static' ? 'static' : `p${threshold.percentile}`;
    },
  },
  flags: [
    {
      flag: 'threshold',
      placeholder: 'KIND',
      help: `estimates kept in range: static, dynamic or dynamic:PERCENTILE (${thresholdPercentile.default})`,
      order: 12,
      read: readFlag,
    },
  ],
  schema: v.nullable(
    v.variant(
      'kind',
      [
        v.object({ kind: v.literal('static') }),
        v.object({
          kind: v.literal('dynamic'),
          percentile: v.pipe(v.number('a number'), v.finite('a finite number')),
        }),
      ],
      'static or dynamic',
    ),
  ),
};

/** "static", "dynamic", "dynamic:99". The percentile's range is checked with the other modifiers. */
function readFlag(text: string): Threshold {
  const [kind, percentile, ...more] = text.split(':');
  if (more.length === 0 && kind === 'static' && percentile === undefined) return { kind };
  if (more.length === 0 && kind === 'dynamic') {
    if (percentile === undefined) return { kind, percentile: thresholdPercentile.default };
    return { kind, percentile: flagNumber(percentile) };
  }
  throw new FlagError('static, dynamic or dynamic:PERCENTILE', text);
}
