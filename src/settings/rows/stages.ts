import * as v from 'valibot';
import { escaped, numberText, type TextCodec, unescaped } from '../address-text';
import { LIMITS, MOST_STAGES, type StageChoice } from '../column';
import { flagWholeNumber, MOST_STEPS } from '../flag-text';
import type { Caption, RunAxis, RunRow } from '../run-row';
import { scaleOffset } from '../scale-unit';
import { shortNumber } from '../short-text';
import { thresholdRow } from './threshold';

/** How many stages of a cascade are drawn: `1` … or, all of them, `all`. */
export const upToRow: RunRow<number | null> = {
  key: 'stages',
  ...orNull(numberText(1, MOST_STAGES, true), 'all'),
  name: ({ cascade }) => cascade.upTo,
  fits: (upTo, { stages = [] }) => upTo === null || upTo <= stages.length + 1,
  caption: {
    order: 12,
    told: 'switch',
    value: (upTo, { strings: { cascade } }) =>
      upTo === null ? cascade.allStages : cascade.stages(upTo),
  },
  axis: {
    order: 14,
    kind: 'choices',
    ofStages: true,
    choices: ({ stages = [] }) => ['all', ...stages.map((_, k) => String(k + 1))],
  },
  fileName: { order: 12, part: (upTo) => (upTo === null ? undefined : `${upTo}stages`) },
  flags: [
    {
      flag: 'stages',
      placeholder: 'N',
      help: 'stages of a cascade that are drawn (default: all)',
      order: 14,
      read: (raw) => flagWholeNumber(raw, 1, MOST_STEPS),
    },
  ],
  schema: v.nullable(v.number('a number')),
};

/** The row of a setting of a cascade's stage, 2 for the first that enlarges: `scale-2`. */
export function stageRow<K extends keyof StageChoice>(
  name: K,
  stage: number,
): RunRow<StageChoice[K]> {
  return { ...ROWS[name](stage), fits: (value, model) => fits(value, stage, model) };
}

function fits(
  value: unknown,
  stage: number,
  { stages = [] }: Parameters<NonNullable<RunRow<unknown>['fits']>>[1],
): boolean {
  return value === null || stage <= stages.length + 1;
}

const { guidanceScale, numSteps } = LIMITS;

const ROWS: { readonly [K in keyof StageChoice]: (stage: number) => RunRow<StageChoice[K]> } = {
  guidanceScale: (stage) => ({
    ...numberRow('scale', stage, numberText(guidanceScale.min, guidanceScale.max), {
      order: 15,
      kind: 'numbers',
      isScale: true,
      step: guidanceScale.step,
      start: () => ['1', '2', '3', '5', '8'],
    }),
    name: ({ cascade }) => cascade.scale(stage),
  }),
  numSteps: (stage) => ({
    ...numberRow('steps', stage, numberText(numSteps.min, numSteps.max, true), {
      order: 16,
      kind: 'numbers',
      step: 1,
      start: () => ['2', '4', '8', '16'],
    }),
    name: ({ cascade }) => cascade.steps(stage),
  }),
  augmentation: (stage) => ({
    ...numberRow('augmentation', stage, numberText(0, 1), {
      order: 17,
      kind: 'numbers',
      step: 0.05,
      start: () => ['0', '0.1', '0.3', '0.6'],
    }),
    name: ({ cascade }) => cascade.augmentation(stage),
  }),
  threshold: (stage) => ({
    ...thresholdRow,
    key: `threshold-${stage}`,
    name: ({ cascade }) => cascade.threshold(stage),
    caption: {
      ...thresholdRow.caption!,
      order: 13,
      value(threshold, context) {
        const value = thresholdRow.caption!.value(threshold, context);
        return value && `${context.strings.cascade.stage(stage)}: ${value}`;
      },
    },
    axis: { ...thresholdRow.axis!, order: 18, ofStages: true },
    fileName: {
      order: 13,
      part(threshold, column) {
        const part = thresholdRow.fileName!.part(threshold, column);
        return part && `stage${stage}-${part}`;
      },
    },
    flags: [],
  }),
  prompt: promptRow,
};

/** A prompt of a stage's own: its text, or `same`. */
function promptRow(stage: number): RunRow<string | null> {
  return {
    key: `prompt-${stage}`,
    read(raw) {
      if (raw === 'same') return null;
      const prompt = unescaped(raw);
      return prompt && prompt.length <= LIMITS.name ? prompt : undefined;
    },
    write: (prompt) => (prompt === null ? 'same' : escaped(prompt)),
    name: ({ cascade }) => cascade.prompt(stage),
    caption: {
      order: 13,
      told: 'switch',
      value: (prompt, { strings: { cascade } }) =>
        `${cascade.prompt(stage)} ${prompt === null ? cascade.samePrompt : `“${prompt}”`}`,
    },
    fileName: {
      order: 13,
      part: (prompt) => (prompt === null ? undefined : `stage${stage}-${prompt}`),
    },
    flags: [],
    schema: v.nullable(v.string('a string')),
  };
}

function numberRow(
  name: 'scale' | 'steps' | 'augmentation',
  stage: number,
  codec: TextCodec<number>,
  axis: RunAxis,
): RunRow<number | null> {
  const caption: Caption<number | null> = {
    order: 13,
    told: 'switch',
    value(value, { strings: { cascade }, unit }) {
      const offset = name === 'scale' ? scaleOffset('cfg', unit) : 0;
      const told = value === null ? cascade.usual : shortNumber(value - offset);
      return `${cascade[name](stage)} ${told}`;
    },
  };
  return {
    key: `${name}-${stage}`,
    ...orNull(codec, 'auto'),
    name: ({ cascade }) => cascade[name](stage),
    caption,
    axis: { ...axis, ofStages: true },
    fileName: {
      order: 13,
      part: (value) => (value === null ? undefined : `${name}${stage}-${value}`),
    },
    flags: [],
    schema: v.nullable(v.number('a number')),
  };
}

/** A value, or a word for none. */
function orNull<T>({ read, write }: TextCodec<T>, none: string): TextCodec<T | null> {
  return {
    read: (text) => (text === none ? null : read(text)),
    write: (value) => (value === null ? none : write(value)),
  };
}
