import * as v from 'valibot';
import { takesLabel } from '../../diffusion/guidance/rule';
import { text } from '../../networks/schema';
import { escaped, fourDigits, numberText, unescaped } from '../address-text';
import { type ClassMix, isConditional, knows, LIMITS } from '../column';
import { percent } from '../numbers';
import { FlagError, type RunRow } from '../run-row';

const shareText = numberText(0, 1);

/** A second class and its share of the label: `B:0.5`, or `none`. */
export const mixRow: RunRow<ClassMix | null> = {
  key: 'mix',
  read(raw) {
    if (raw === 'none') return null;
    const at = raw.lastIndexOf(':');
    const share = shareText.read(raw.slice(at + 1));
    if (at < 1 || share === undefined) return undefined;
    const name = unescaped(raw.slice(0, at));
    return name.length > LIMITS.name ? undefined : { name, share };
  },
  write: (mix) => (mix ? `${escaped(mix.name)}:${fourDigits(mix.share)}` : 'none'),
  name: ({ extras }) => extras.mix,
  ofRule: takesLabel,
  fits: (mix, model) => mix === null || knows(model, mix.name),
  className: (mix) => mix?.name,
  caption: {
    order: 10,
    told: 'switch',
    value: (mix, { strings: { settingsText, className } }) =>
      mix ? settingsText.mix(percent(mix.share), className(mix.name)) : settingsText.noMix,
  },
  axis: {
    order: 10,
    kind: 'shares',
    step: 0.01,
    ofClasses: true,
    start({ model, others }) {
      const name = others[0] ?? model.classes[0];
      if (!isConditional(model) || name === undefined) return ['none'];
      return [0, 0.25, 0.5, 0.75, 1].map((share) => `${escaped(name)}:${share}`);
    },
  },
  fileName: { order: 9, part: (mix) => (mix ? `mix-${mix.name}-${mix.share}` : undefined) },
  flags: [
    {
      flag: 'mix',
      placeholder: 'CLASS:SHARE',
      help: 'second class in every label, with a share of 0 to 1',
      order: 2,
      read(given) {
        const [, name, digits] = /^(.+):([^:]+)$/.exec(given) ?? [];
        const share = Number(digits);
        if (name === undefined || !(share >= 0 && share <= 1)) {
          throw new FlagError('CLASS:SHARE with a share of 0 to 1', given);
        }
        return { name, share };
      },
    },
  ],
  schema: v.nullable(
    v.object({
      name: text,
      share: v.pipe(
        v.number('a number'),
        v.finite('a finite number'),
        v.minValue(0, 'within [0, 1]'),
        v.maxValue(1, 'within [0, 1]'),
      ),
    }),
  ),
};
