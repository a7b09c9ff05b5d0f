import type { StageSettings } from '../src/diffusion/cascade';
import { DEFAULT_RUN } from '../src/diffusion/run';
import type { DenoiserManifest, StageManifest } from '../src/networks/manifest';
import type { ColumnSettings } from '../src/settings/column';
import { MOST_STEPS } from '../src/settings/flag-text';
import { RUN_SETTINGS } from '../src/settings/run-settings';
import { stageSettings } from '../src/settings/sample-settings';
import { ArgumentError, type Flag, number, wholeNumber } from './flags';
import type { DrawnStage } from './generate';
import { type OpenNetworkOptions, openNetwork } from './runtime';

/** What is asked of a stage that enlarges. */
type Asked = Partial<
  Pick<StageSettings, 'guidanceScale' | 'numSteps' | 'augmentation' | 'sampler'> & {
    readonly text: string;
  }
>;

/** What is asked of the stage that draws pictures of this side; null: of every one. */
export interface StageRequest {
  readonly flag: string;
  readonly side: number | null;
  readonly asked: Asked;
}

const READERS: Readonly<Record<string, (flag: string, text: string) => Asked>> = {
  'stage-scale': (flag, text) => ({ guidanceScale: number(flag, text) }),
  'stage-steps': (flag, text) => ({ numSteps: wholeNumber(flag, text, 1, MOST_STEPS) }),
  'stage-sampler': (_, text) => ({ sampler: text }),
  'stage-augmentation': (flag, text) => ({ augmentation: level(flag, text) }),
  'stage-prompt': (_, text) => ({ text }),
};

/** Flags of one stage each, which may be given several times. */
export const stageFlags: readonly Flag[] = [
  ['stage-prompt', '64=TEXT', undefined, 'a prompt of its own'],
  ['stage-scale', '32=5', undefined, 'guidance scale of the stage that draws 32×32'],
  ['stage-steps', '64=8', undefined, 'its sampler steps'],
  ['stage-sampler', '64=heun', undefined, 'its sampler'],
  [
    'stage-augmentation',
    '32=0.1',
    undefined,
    'noise added to the picture that it enlarges, 0 to 1',
  ],
];

/** @throws ArgumentError */
export function stageRequests(
  augmentation: string | undefined,
  lists: Readonly<Record<string, readonly string[]>>,
): StageRequest[] {
  const all: StageRequest[] =
    augmentation === undefined
      ? []
      : [
          {
            flag: 'augmentation',
            side: null,
            asked: { augmentation: level('augmentation', augmentation) },
          },
        ];
  const each = Object.entries(READERS).flatMap(([flag, read]) =>
    (lists[flag] ?? []).map((given) => {
      const [, side, text] = /^(\d{1,4})=(.+)$/.exec(given) ?? [];
      if (side === undefined || text === undefined) {
        throw new ArgumentError(`--${flag} must be SIDE=VALUE such as 32=5, got "${given}"`);
      }
      return { flag, side: Number(side), asked: read(flag, text) };
    }),
  );
  return [...all, ...each];
}

/**
 * How the stages of a cascade are sampled, as far as --stages goes.
 *
 * @param prompts all that are asked for, those of stages among them
 * @throws ArgumentError for a stage that the network does not have
 */
export function askedStages(
  {
    model,
    upTo,
    asked,
  }: Pick<ColumnSettings, 'upTo'> & {
    readonly model: string;
    readonly asked: readonly StageRequest[];
  },
  { stages = [] }: Pick<DenoiserManifest, 'stages'>,
  prompts: readonly string[] = [],
): { readonly stage: StageManifest; readonly settings: StageSettings }[] {
  const drawn = stageSettings(upTo === undefined ? {} : { upTo }, stages);
  const sides = drawnSides({ model, upTo, asked }, stages);
  return drawn.map((settings, k) => {
    const changes = asked.filter(({ side }) => side === null || side === sides[k]);
    const { text, ...changed }: Asked = Object.assign({}, ...changes.map((one) => one.asked));
    const own = text !== undefined && { prompt: promptIndex(prompts, text) };
    return { stage: stages[k]!, settings: { ...DEFAULT_RUN, ...settings, ...changed, ...own } };
  });
}

/** What a column's settings call what is asked of a stage. */
const PROPERTIES = {
  guidanceScale: 'scale',
  numSteps: 'steps',
  augmentation: 'augmentation',
  text: 'prompt',
} as const satisfies Partial<Record<keyof Asked, string>>;

/**
 * The column with what is asked of the stages of a cascade among its settings.
 *
 * @throws ArgumentError for a stage that the network does not have, and for a sampler: a column has none
 */
export function withStageChoices(
  column: ColumnSettings,
  { model, asked }: { readonly model: string; readonly asked: readonly StageRequest[] },
  { stages = [] }: Pick<DenoiserManifest, 'stages'>,
): ColumnSettings {
  const sides = drawnSides({ model, upTo: column.upTo, asked }, stages);
  return asked.reduce((changed, { flag, side, asked: wanted }) => {
    const [[name, value]] = Object.entries(wanted) as [[keyof Asked, unknown]];
    if (name === 'sampler') throw new ArgumentError(`--${flag} is no setting of a column`);
    return sides.reduce((each, drawn, k) => {
      if (side !== null && side !== drawn) return each;
      const property = stageProperty(PROPERTIES[name], k);
      return RUN_SETTINGS.find((setting) => setting.property === property)!.put(each, value);
    }, changed);
  }, column);
}

/** What a results file calls a setting of the stage at this place among those that enlarge. */
export function stageProperty(setting: string, place: number): string {
  return `${setting}-${place + 2}`;
}

/** Sides of the pictures of the stages that are drawn. @throws ArgumentError for others that are asked for */
function drawnSides(
  {
    model,
    upTo,
    asked,
  }: {
    readonly model: string;
    readonly upTo: number | undefined;
    readonly asked: readonly StageRequest[];
  },
  stages: NonNullable<DenoiserManifest['stages']>,
): number[] {
  const most = stages.length + 1;
  if (upTo !== undefined && upTo > most) {
    throw new ArgumentError(`--stages must be at most ${most} with ${model}, got ${upTo}`);
  }
  const sides = stages.slice(0, (upTo ?? most) - 1).map(({ shape }) => shape[1]);
  for (const { flag, side } of asked) {
    if (side === null ? sides.length > 0 : sides.includes(side)) continue;
    const known = sides.length ? `a stage of ${sides.join(', ')}` : 'a cascade';
    throw new ArgumentError(`--${flag} needs ${known}, got ${side ?? model}`);
  }
  return sides;
}

/** Opens the networks of the stages that `askedStages` gave; the caller releases them. @throws ModelError */
export async function openStages(
  stages: ReturnType<typeof askedStages>,
  options: OpenNetworkOptions = {},
): Promise<DrawnStage[]> {
  const opened: DrawnStage[] = [];
  for (const { stage, settings } of stages) {
    opened.push({ network: await openNetwork(stage.network, options), settings });
  }
  return opened;
}

/** A prompt's place among all that are asked for; of an empty one, that after the last. */
export function promptIndex(prompts: readonly string[], prompt: string): number {
  return prompts.includes(prompt) ? prompts.indexOf(prompt) : prompts.length;
}

function level(flag: string, text: string): number {
  const value = number(flag, text);
  if (value >= 0 && value <= 1) return value;
  throw new ArgumentError(`--${flag} must be within [0, 1], got "${text}"`);
}
