import * as v from 'valibot';
import { fourDigits, numberText } from '../address-text';
import { LIMITS } from '../column';
import { flagWithin } from '../flag-text';
import type { RunRow } from '../run-row';
import { scaleOffset } from '../scale-unit';
import { curveText } from '../short-text';
import { scaleName } from './scale';

const scale = numberText(LIMITS.guidanceScale.min, LIMITS.guidanceScale.max);

/** A scale for every step: `1~2.5~4`, or `none`. Captions tell it in place of the scale. */
export const curveRow: RunRow<readonly number[] | null> = {
  key: 'curve',
  read(raw) {
    if (raw === 'none') return null;
    const scales = raw.split('~').map(scale.read);
    const fits = scales.length <= LIMITS.numSteps.max && !scales.includes(undefined);
    return fits ? (scales as number[]) : undefined;
  },
  write: (curve) => (curve ? curve.map(fourDigits).join('~') : 'none'),
  name: ({ controls }) => controls.guidanceScale,
  ofRule: ({ usesScale }) => usesScale,
  caption: {
    key: 'scale',
    order: 1,
    told: 'always',
    what: scaleName,
    value(curve, { column, strings, unit }) {
      const offset = scaleOffset(column.guidance, unit);
      return curve
        ? strings.settingsText.curve(curveText(curve.map((each) => each - offset)))
        : undefined;
    },
  },
  flags: [
    {
      flag: 'curve',
      placeholder: '1,3,2',
      help: 'guidance scales from the first step to the last, interpolated',
      order: 11,
      read: (text) => text.split(',').map((scale) => flagWithin(scale, 1000)),
    },
  ],
  schema: v.nullable(
    v.array(v.pipe(v.number('a number'), v.finite('a finite number')), 'a list of scales'),
  ),
};
