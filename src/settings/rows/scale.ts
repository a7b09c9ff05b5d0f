import * as v from 'valibot';
import { numberText } from '../address-text';
import { LIMITS } from '../column';
import { flagWithin } from '../flag-text';
import type { CaptionContext, RunRow } from '../run-row';
import { isClassifierScale, scaleOffset } from '../scale-unit';
import { shortNumber } from '../short-text';

const { min, max, step } = LIMITS.guidanceScale;
/** On the command line. */
const MOST = 1000;

/** The guidance scale: 1 = off. */
export const scaleRow: RunRow<number> = {
  key: 'scale',
  ...numberText(min, max),
  countsColumns: true,
  name: ({ controls }) => controls.guidanceScale,
  ofRule: ({ usesScale }) => usesScale,
  replacedBy: 'curve',
  caption: {
    order: 1,
    told: 'always',
    what: scaleName,
    value: (scale, context) => (context.column.curve ? undefined : scaleText(scale, context)),
  },
  axis: {
    order: 1,
    kind: 'numbers',
    step,
    isScale: true,
    start: () => ['1', '2', '3', '5', '8'],
  },
  fileName: { order: 2, part: (scale, { curve }) => (curve ? 'curve' : `s${scale}`) },
  flags: [
    {
      flag: 'scale',
      placeholder: 'S',
      fallback: '1',
      help: 'guidance scale; 1 is off',
      order: 7,
      read: (text) => flagWithin(text, MOST),
    },
    {
      flag: 'classifier-scale',
      placeholder: 'K',
      help: 'scale of classifier guidance; 0 is off (= --scale 1+K)',
      order: 8,
      read: (text) => 1 + flagWithin(text, MOST),
      ofRule: ({ scaleKind }) => scaleKind === 'classifier',
    },
  ],
  schema: v.pipe(v.number('a number'), v.finite('a finite number')),
};

/** The name of the scale of a column's rule. */
export function scaleName({ column, strings: { controls } }: CaptionContext): string {
  return isClassifierScale(column.guidance) ? controls.classifierScale : controls.guidanceScale;
}

/** The classifier's scale is k, off at 0 like the paper's w, but not the same pull. */
function scaleText(scale: number, { column, strings, unit }: CaptionContext): string {
  const { scaleK, scaleS, scaleW } = strings.settingsText;
  const value = shortNumber(scale - scaleOffset(column.guidance, unit));
  if (isClassifierScale(column.guidance)) return scaleK(value);
  return unit === 's' ? scaleS(value) : scaleW(value);
}
