import * as v from 'valibot';
import { findGuidanceRule } from '../diffusion/guidance';
import { type NumberParameter, parameterValue } from '../diffusion/parameters';
import { choiceEntry, nameOf } from '../kit/words/words';
import { numberText } from './address-text';
import {
  actingParameters,
  CHOICES,
  type ColumnSettings,
  DEFAULT_COLUMN,
  DEFAULT_STAGE,
  declaredParameters,
  knows,
  MOST_STAGES,
  type Named,
  offeredChoices,
  type StageChoice,
} from './column';
import { flagNumber } from './flag-text';
import { stageRow, upToRow } from './rows/stages';
import type { RunRow } from './run-row';
import { type RowName, RUN_TABLE } from './run-table';
import { shortName, shortNumber } from './short-text';

/** A row of the table, or of a parameter, with its place in a column's settings. */
export interface RunSetting<T = unknown> extends RunRow<T> {
  /** Its name in the settings and in results files; of a parameter, its id. */
  readonly property: string;
  readonly default: T;
  /** The declaration that it stands for, if it is a parameter. */
  readonly parameter?: NumberParameter;
  of(column: ColumnSettings): T;
  put(column: ColumnSettings, value: T): ColumnSettings;
  /** Whether the column's choices leave it any meaning. */
  applies(column: ColumnSettings): boolean;
}

/** Every row of the table, and those of the stages of a cascade, in the order of the address. */
export const RUN_SETTINGS: readonly RunSetting[] = [
  ...(Object.keys(RUN_TABLE) as RowName[]).map(tableSetting),
  upToSetting(),
  ...[2, 3].flatMap(stageSettings),
];

function tableSetting(property: RowName): RunSetting {
  const row = RUN_TABLE[property] as RunRow<unknown>;
  return {
    ...row,
    property,
    default: DEFAULT_COLUMN[property],
    of: (column) => column[property],
    put: (column, value) => ({ ...column, [property]: value }),
    applies: ({ guidance }) => row.ofRule?.(findGuidanceRule(guidance)) ?? true,
  };
}

/** How many stages of a cascade are drawn. */
function upToSetting(): RunSetting {
  const setting: RunSetting<number | null> = {
    ...upToRow,
    property: 'upTo',
    default: null,
    of: ({ upTo = null }) => upTo,
    put: ({ upTo: _, ...column }, value) => (value === null ? column : { ...column, upTo: value }),
    applies: () => true,
  };
  return setting as RunSetting;
}

/** The settings of a stage of a cascade, 2 for the first that enlarges. */
function stageSettings(stage: number): RunSetting[] {
  const at = stage - 2;
  return (Object.keys(DEFAULT_STAGE) as (keyof StageChoice)[]).map((name): RunSetting => {
    const row = stageRow(name, stage) as RunRow<unknown>;
    return {
      ...row,
      property: row.key,
      default: DEFAULT_STAGE[name],
      of: ({ stages }) => (stages?.[at] ?? DEFAULT_STAGE)[name],
      put({ stages = [], ...column }, value) {
        const length = Math.max(stages.length, at + 1);
        const changed = Array.from({ length }, (_, i) => {
          const before = stages[i] ?? DEFAULT_STAGE;
          return i === at ? { ...before, [name]: value } : before;
        });
        const last = changed.findLastIndex((choice) =>
          Object.values(choice).some((v) => v !== null),
        );
        return last < 0 ? column : { ...column, stages: changed.slice(0, last + 1) };
      },
      applies: ({ upTo = MOST_STAGES }) => stage <= upTo,
    };
  });
}

/** The declared parameters of a column's sampler, schedule and rule. */
export function parameterSettings(column: ColumnSettings): RunSetting<number>[] {
  return declaredParameters(column).map(parameterSetting);
}

/** The setting of a key: a row of the table, or a parameter that any choice declares. */
export function settingOf(key: string): RunSetting | undefined {
  const row = RUN_SETTINGS.find((setting) => setting.key === key);
  if (row) return row;
  const parameter = allParameters().find(({ id }) => id === key);
  return parameter && parameterSetting(parameter);
}

/** Every parameter that a sampler, a schedule or a rule declares. */
export function allParameters(): NumberParameter[] {
  return [...CHOICES.sampler, ...CHOICES.schedule, ...CHOICES.guidance].flatMap(
    ({ parameters }) => [...parameters],
  );
}

/** Whether a column has a setting's default. */
export function isDefault(setting: RunSetting, column: ColumnSettings): boolean {
  return setting.write(setting.of(column)) === setting.write(setting.default);
}

/** The column without the classes that the model does not know, mixed in or led away from. */
export function withKnownClasses(column: ColumnSettings, model: Named): ColumnSettings {
  return RUN_SETTINGS.reduce((fitted, setting) => {
    const name = setting.className?.(setting.of(fitted));
    const known = name === undefined || knows(model, name);
    return known ? fitted : setting.put(fitted, setting.default);
  }, column);
}

function parameterSetting(parameter: NumberParameter): RunSetting<number> {
  const { id, min, max, step, choices } = parameter;
  return {
    property: id,
    parameter,
    key: id,
    default: parameter.default,
    read(text) {
      const value = numberText(min, max).read(text);
      return value !== undefined && allows(parameter, value) ? value : undefined;
    },
    write: String,
    of: ({ parameters }) => parameters[id] ?? parameter.default,
    put: (column, value) => ({ ...column, parameters: { ...column.parameters, [id]: value } }),
    applies: (column) => actingParameters(column).some((acting) => acting.id === id),
    name: (strings) => nameOf(strings, parameter),
    fits(value, model, column) {
      const offered =
        column.parameters[id] === undefined ? [] : offeredChoices(parameter, column, model);
      return offered.length === 0 || offered.some((choice) => choice.value === value);
    },
    caption: {
      order: 8,
      value(value, { strings }) {
        const choice = choices?.find((entry) => entry.value === value);
        return choice
          ? nameOf(strings, choiceEntry(parameter, choice))
          : `${shortName(nameOf(strings, parameter))} ${shortNumber(value)}`;
      },
    },
    axis: {
      order: 13,
      kind: choices ? 'choices' : 'numbers',
      step,
      choices: () => choices?.map(({ value }) => String(value)) ?? [],
      ...(!choices && { start: () => spread(parameter) }),
    },
    fileName: {
      order: 11,
      part: (value, { parameters }) => (parameters[id] === undefined ? undefined : `${id}${value}`),
    },
    flags: [
      { flag: id, placeholder: 'NUMBER', help: parameter.label, order: 13, read: flagNumber },
    ],
    schema: v.pipe(v.number('a number'), v.finite('a finite number')),
  };
}

function allows(parameter: NumberParameter, value: number): boolean {
  try {
    parameterValue(parameter, { [parameter.id]: value });
    return true;
  } catch {
    return false;
  }
}

/** The default, both ends, and the middles between. */
function spread({ min, max, step, default: normal }: NumberParameter): string[] {
  const wanted = [min, (min + normal) / 2, normal, (normal + max) / 2, max];
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const rounded = wanted.map((value) =>
    value === normal ? value : Number((Math.round(value / step) * step).toFixed(digits)),
  );
  return [...new Set(rounded)].toSorted((a, b) => a - b).map(String);
}
