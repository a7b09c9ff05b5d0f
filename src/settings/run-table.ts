import * as v from 'valibot';
import { findGuidanceRule } from '../diffusion/guidance';
import type { ScheduleShapeId } from '../diffusion/guidance/modifiers';
import { takesNegative } from '../diffusion/guidance/rule';
import { findSampler } from '../diffusion/samplers';
import { findSchedule } from '../diffusion/schedules';
import { nameOf } from '../kit/words/words';
import { count, text } from '../networks/schema';
import { escaped, idText, numberText, unescaped } from './address-text';
import {
  CHOICES,
  type ColumnSettings,
  canPredict,
  DEFAULT_COLUMN,
  knows,
  LIMITS,
  takesScale,
} from './column';
import { flagWholeNumber, idList, MOST_STEPS } from './flag-text';
import { curveRow } from './rows/curve';
import { intervalRow } from './rows/interval';
import { mixRow } from './rows/mix';
import { scaleRow } from './rows/scale';
import { thresholdRow } from './rows/threshold';
import type { RunRow } from './run-row';

/** The settings of a run beside the parameters of its choices and the stages of a cascade, which are rows of their own. */
export type RowName = Exclude<keyof ColumnSettings, 'parameters' | 'upTo' | 'stages'>;

/** One row a setting, in the order of the address. */
export const RUN_TABLE: { readonly [K in RowName]: RunRow<ColumnSettings[K]> } = {
  guidance: {
    key: 'guidance',
    ...idText(CHOICES.guidance),
    name: ({ controls }) => controls.guidance,
    fits: (id, model, { parameters }) => canPredict(findGuidanceRule(id), model, parameters),
    instead(model) {
      const usual = [DEFAULT_COLUMN.guidance, 'conditional', 'unconditional', 'distilled'];
      return usual.find((id) => canPredict(findGuidanceRule(id), model)) ?? DEFAULT_COLUMN.guidance;
    },
    caption: {
      order: 4,
      told: 'always',
      value: (id, { strings }) => nameOf(strings, findGuidanceRule(id)),
    },
    axis: {
      order: 3,
      kind: 'choices',
      choices: (model) =>
        CHOICES.guidance.filter((rule) => canPredict(rule, model)).map(({ id }) => id),
      start: ({ model, suits }) =>
        CHOICES.guidance
          .filter((rule) => canPredict(rule, model) && !rule.advanced && suits(rule.id))
          .map(({ id }) => id),
    },
    fileName: { order: 1, part: (id) => id },
    flags: [
      {
        flag: 'guidance',
        placeholder: 'RULE',
        fallback: 'cfg',
        help: idList(CHOICES.guidance),
        order: 6,
        read: (id) => findGuidanceRule(id).id,
      },
    ],
    schema: text,
  },
  guidanceScale: scaleRow,
  interval: intervalRow,
  shape: {
    key: 'shape',
    ...idText(CHOICES.shape),
    name: ({ controls }) => controls.shape,
    ofRule: ({ usesScale }) => usesScale,
    replacedBy: 'curve',
    caption: {
      order: 3,
      told: 'switch',
      value: (id, { column, strings }) =>
        column.curve ? undefined : nameOf(strings, CHOICES.shape.find((s) => s.id === id)!),
    },
    axis: { order: 7, kind: 'choices', choices: () => CHOICES.shape.map(({ id }) => id) },
    fileName: {
      order: 3,
      part: (id, { curve }) => (curve || id === DEFAULT_COLUMN.shape ? undefined : id),
    },
    flags: [
      {
        flag: 'shape',
        placeholder: 'ID',
        help: `guidance over the steps: ${idList(CHOICES.shape)}`,
        order: 10,
        // Checked with the other modifiers.
        read: (id) => id as ScheduleShapeId,
      },
    ],
    // Which shapes there are may change: who reads a file says which one it does not know.
    schema: text as unknown as v.GenericSchema<ScheduleShapeId>,
  },
  curve: curveRow,
  threshold: thresholdRow,
  mix: mixRow,
  negative: {
    key: 'negative',
    read(raw) {
      if (raw === 'none') return null;
      const name = unescaped(raw);
      return name && name.length <= LIMITS.name ? name : undefined;
    },
    write: (name) => (name === null ? 'none' : escaped(name)),
    name: ({ extras }) => extras.negativeClass,
    ofRule: takesNegative,
    fits: (name, model) => name === null || (knows(model, name) && !takesScale(model)),
    className: (name) => name ?? undefined,
    caption: {
      order: 11,
      told: 'switch',
      value: (name, { strings: { settingsText, className } }) =>
        name === null ? settingsText.noNegative : settingsText.negative(className(name)),
    },
    axis: {
      order: 11,
      kind: 'choices',
      ofClasses: true,
      choices: ({ classes, prompts }) => ['none', ...(prompts?.examples ?? classes)],
      start: ({ others }) => ['none', ...others.slice(0, 5)],
    },
    fileName: { order: 10, part: (name) => (name === null ? undefined : `not-${name}`) },
    flags: [
      {
        flag: 'negative',
        placeholder: 'CLASS',
        help: 'class that guidance leads away from, in place of no class',
        order: 1,
        read: (name) => name,
      },
    ],
    schema: v.nullable(text),
  },
  numSteps: {
    key: 'steps',
    ...numberText(LIMITS.numSteps.min, LIMITS.numSteps.max, true),
    name: ({ controls }) => controls.numSteps,
    caption: {
      order: 5,
      told: 'always',
      value: (n, { strings }) => strings.settingsText.steps(n),
    },
    axis: { order: 2, kind: 'numbers', step: 1, start: () => ['2', '4', '8', '16', '32'] },
    fileName: { order: 6, part: (n) => `${n}steps` },
    flags: [
      {
        flag: 'steps',
        placeholder: 'N',
        fallback: '20',
        help: 'sampler steps',
        order: 5,
        read: (raw) => flagWholeNumber(raw, 1, MOST_STEPS),
      },
    ],
    schema: count,
  },
  sampler: {
    key: 'sampler',
    ...idText(CHOICES.sampler),
    name: ({ controls }) => controls.sampler,
    caption: {
      order: 6,
      told: 'always',
      value: (id, { strings }) => nameOf(strings, findSampler(id)),
    },
    axis: { order: 4, kind: 'choices', choices: () => CHOICES.sampler.map(({ id }) => id) },
    fileName: { order: 5, part: (id) => id },
    flags: [
      {
        flag: 'sampler',
        placeholder: 'ID',
        fallback: 'heun',
        help: idList(CHOICES.sampler),
        order: 3,
        read: (id) => findSampler(id).id,
      },
    ],
    schema: text,
  },
  schedule: {
    key: 'schedule',
    ...idText(CHOICES.schedule),
    name: ({ controls }) => controls.schedule,
    caption: { order: 7, value: (id, { strings }) => nameOf(strings, findSchedule(id)) },
    axis: { order: 5, kind: 'choices', choices: () => CHOICES.schedule.map(({ id }) => id) },
    fileName: { order: 7, part: (id) => (id === DEFAULT_COLUMN.schedule ? undefined : id) },
    flags: [
      {
        flag: 'schedule',
        placeholder: 'ID',
        fallback: 'karras',
        help: idList(CHOICES.schedule),
        order: 4,
        read: (id) => findSchedule(id).id,
      },
    ],
    schema: text,
  },
};
