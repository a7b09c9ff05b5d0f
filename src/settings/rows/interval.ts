import * as v from 'valibot';
import { INTERVAL_RANGE } from '../column';
import { flagNumber } from '../flag-text';
import { FlagError, type RunRow } from '../run-row';
import { shortNumber } from '../short-text';

const amount = v.pipe(
  v.number('a number'),
  v.finite('a finite number'),
  v.minValue(0, 'a number of at least 0'),
);

/** Noise levels (lo, hi] in which guidance is on: `0.2~2`, or `all`. */
export const intervalRow: RunRow<readonly [number, number] | null> = {
  key: 'interval',
  read(raw) {
    if (raw === 'all') return null;
    const ends = raw.split('~').map(Number);
    const [lo, hi] = ends;
    if (ends.length !== 2 || lo === undefined || hi === undefined) return undefined;
    const fits = lo >= INTERVAL_RANGE.min && lo <= hi && hi <= INTERVAL_RANGE.max;
    return fits ? [lo, hi] : undefined;
  },
  write: (interval) => (interval ? interval.join('~') : 'all'),
  name: ({ controls }) => controls.interval,
  ofRule: ({ usesScale }) => usesScale,
  caption: {
    order: 2,
    told: 'switch',
    value: (interval, { strings: { settingsText } }) =>
      interval
        ? settingsText.interval(shortNumber(interval[0]), shortNumber(interval[1]))
        : settingsText.everywhere,
  },
  axis: {
    order: 6,
    kind: 'intervals',
    start: () => ['all', '0.02~0.5', '0.2~2', '0.5~5', '2~80'],
  },
  fileName: {
    order: 4,
    part: (interval) => (interval ? `sigma${interval.join('-')}` : undefined),
  },
  flags: [
    {
      flag: 'interval',
      placeholder: 'LO,HI',
      help: 'guidance only where sigma is in (LO, HI]',
      order: 9,
      read(text) {
        const [lo, hi, ...more] = text.split(',');
        if (lo === undefined || hi === undefined || more.length > 0) {
          throw new FlagError('two numbers LO,HI', text);
        }
        return [flagNumber(lo), flagNumber(hi)];
      },
    },
  ],
  schema: v.nullable(v.tuple([amount, amount], 'a list [lo, hi]')),
};
