import { randomLabels } from './random';

/** One input of a network that conditions it, a row a sample. */
export interface ConditioningRows {
  /** [rows, ...dims] */
  readonly data: Float32Array;
  /** Dimensions of one row. */
  readonly dims: readonly number[];
}

/** What conditions a network: rows by the names of its inputs, `label` for classes. */
export type Conditioning = Readonly<Record<string, ConditioningRows>>;

/** What a rule's predictions are conditioned on: they differ in nothing else, and have the same names. */
export interface GuidanceConditioning {
  readonly cond: Conditioning;
  readonly uncond: Conditioning;
  /** `cond` with the self-attention disturbed. Absent: the network has no input for that. */
  readonly perturbed?: Conditioning | undefined;
  /**
   * A class drawn at random for every sample, independent of the one asked for; a function of the
   * samples' seeds and the step. Absent: there are no classes to draw from.
   */
  readonly random?: ((seeds: readonly number[], step: number) => Conditioning) | undefined;
}

/** The inputs, beside x and sigma, of a network whose manifest lists none. */
const CLASS_INPUTS: readonly string[] = ['label'];

/**
 * The rows that a network has inputs for; others may be of another network of the run.
 *
 * @param names the network's inputs beside x and sigma. Default: `label`
 * @throws RangeError for an input without rows
 */
export function rowsFor(
  conditioning: Conditioning,
  names: readonly string[] = CLASS_INPUTS,
): Conditioning {
  const entries = names.map((name) => {
    const rows = conditioning[name];
    if (!rows) {
      const given = Object.keys(conditioning).join(', ') || 'none';
      throw new RangeError(`The network needs rows for its input "${name}", got ${given}`);
    }
    return [name, rows] as const;
  });
  return Object.fromEntries(entries);
}

/** The rows with the guidance scale of a step beside them, for a student that takes it as an input. */
export function withScale(rows: Conditioning, guidanceScale: number, batch: number): Conditioning {
  return { ...rows, scale: { data: new Float32Array(batch).fill(guidanceScale), dims: [] } };
}

/**
 * Rows of several evaluations, one below the other.
 *
 * @throws RangeError for parts that differ in their names or in the dimensions of a row
 */
export function stackedRows(parts: readonly Conditioning[]): Conditioning {
  const [first = {}, ...others] = parts;
  if (others.length === 0) return first;
  const shapes = (part: Conditioning) =>
    Object.entries(part)
      .map(([name, { dims }]) => `${name} [${dims}]`)
      .sort()
      .join(', ');
  for (const part of others) {
    if (shapes(part) === shapes(first)) continue;
    throw new RangeError(
      `Rows of one batch must have the same inputs, got ${shapes(first)} and ${shapes(part)}`,
    );
  }
  return Object.fromEntries(
    Object.entries(first).map(([name, { dims }]) => {
      const data = joined(parts.map((part) => part[name]!.data));
      return [name, { data, dims }];
    }),
  );
}

/** All numbers in a row; the array itself where there is but one. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A second class in every label row: (1 - share) label + share with. */
export interface LabelMix {
  readonly with: number;
  /** Within [0, 1]. */
  readonly share: number;
}

/**
 * Conditioning by class.
 *
 * @param options.labels class asked for, sample by sample; numClasses stands for the null label
 * @param options.negative class that takes the null label's place in `uncond`: guidance leads away
 * from it (a negative prompt)
 * @param options.mix every row asked for becomes (1 - share) label + share with
 * @throws RangeError for a class that does not exist or a share outside [0, 1]
 */
export function classConditioning(options: {
  readonly labels: readonly number[];
  readonly numClasses: number;
  readonly negative?: number | undefined;
  readonly mix?: LabelMix | undefined;
}): GuidanceConditioning {
  const { labels, numClasses, negative, mix } = options;
  if (negative !== undefined) checkLabel('negative', negative, numClasses);
  return {
    cond: byLabel(labels, numClasses, mix),
    uncond: byLabel(
      labels.map(() => negative ?? numClasses),
      numClasses,
    ),
    random: (seeds, step) => byLabel(randomLabels(seeds, step, numClasses), numClasses),
  };
}

/** The input `label` for these classes: see `labelRows`. */
export function byLabel(
  labels: readonly number[],
  numClasses: number,
  mix?: LabelMix,
): Conditioning {
  return { label: { data: labelRows(labels, numClasses, mix), dims: [numClasses + 1] } };
}

/**
 * Label rows `[batch, numClasses + 1]` that sum to 1: one-hot, or with a second class mixed in.
 *
 * @throws RangeError for a class that does not exist or a share outside [0, 1]
 */
export function labelRows(
  labels: readonly number[],
  numClasses: number,
  mix: LabelMix = { with: numClasses, share: 0 },
): Float32Array {
  checkMix(mix, numClasses);
  const width = numClasses + 1;
  const rows = new Float32Array(labels.length * width);
  labels.forEach((label, i) => {
    checkLabel('label', label, numClasses);
    rows[i * width + label]! += 1 - mix.share;
    rows[i * width + mix.with]! += mix.share;
  });
  return rows;
}

/** Token states of some prompts, as a text encoder gives them. */
export interface PromptStates {
  /** [prompts, tokens, width]; 0 where there is no token. */
  readonly text: Float32Array;
  /** [prompts, tokens]: 1 where there is a token. */
  readonly mask: Float32Array;
  readonly tokens: number;
  readonly width: number;
  /** The prompts as they are embedded, null of none: what a judge of parts reads. */
  readonly texts?: readonly (string | null)[];
}

/**
 * Conditioning by prompt, with the inputs `text` and `mask`: `classConditioning`, with prompts for
 * classes. No prompt is a mask of zeros. A prompt that is mixed in is mixed token by token, place by
 * place; where only one of the two has a token, it is taken as it is.
 *
 * @param options.labels the prompt asked for, sample by sample; the number of prompts stands for none
 * @throws RangeError as `classConditioning`
 */
export function promptConditioning(options: {
  readonly states: PromptStates;
  readonly labels: readonly number[];
  readonly negative?: number | undefined;
  readonly mix?: LabelMix | undefined;
}): GuidanceConditioning {
  const { states, labels, negative, mix } = options;
  const count = states.mask.length / states.tokens;
  if (negative !== undefined) checkLabel('negative', negative, count);
  return {
    cond: promptRows(states, labels, mix),
    uncond: promptRows(
      states,
      labels.map(() => negative ?? count),
    ),
  };
}

/** What of a network decides how it is conditioned. */
interface ConditionedNetwork {
  readonly classes: readonly string[];
  /** Its inputs beside x and sigma. */
  readonly conditioning?: readonly string[] | undefined;
}

/**
 * Conditioning of a network by class or, where there are token states, by prompt. The input that
 * disturbs its self-attention is 0, and 1 for `perturbed`.
 *
 * @throws RangeError as `classConditioning`
 */
export function runConditioning(
  asked: {
    readonly labels: readonly number[];
    readonly negative?: number | undefined;
    readonly mix?: LabelMix | undefined;
  },
  { classes, conditioning }: ConditionedNetwork,
  states: PromptStates | undefined,
): GuidanceConditioning {
  const { cond, uncond, random } = states
    ? promptConditioning({ ...asked, states })
    : classConditioning({ ...asked, numClasses: classes.length });
  if (!conditioning?.includes('perturb')) return { cond, uncond, random };
  const disturbing = (share: number) => ({
    data: new Float32Array(asked.labels.length).fill(share),
    dims: [],
  });
  const perturb = disturbing(0);
  return {
    cond: { ...cond, perturb },
    uncond: { ...uncond, perturb },
    perturbed: { ...cond, perturb: disturbing(1) },
    random: random && ((seeds, step) => ({ ...random(seeds, step), perturb })),
  };
}

/** Conditioning of a stage of a cascade: that of the samples, or of a prompt of its own for all of them. */
export function stageConditioning(
  asked: Parameters<typeof runConditioning>[0],
  { prompt }: { readonly prompt?: number | undefined },
  network: ConditionedNetwork,
  states: PromptStates | undefined,
): GuidanceConditioning {
  if (prompt === undefined) return runConditioning(asked, network, states);
  const labels = asked.labels.map(() => prompt);
  return runConditioning({ labels, negative: asked.negative }, network, states);
}

function promptRows(
  { text, mask, tokens, width }: PromptStates,
  labels: readonly number[],
  mix: LabelMix = { with: mask.length / tokens, share: 0 },
): Conditioning {
  const count = mask.length / tokens;
  checkMix(mix, count);
  const texts = new Float32Array(labels.length * tokens * width);
  const masks = new Float32Array(labels.length * tokens);
  labels.forEach((label, i) => {
    checkLabel('label', label, count);
    for (let t = 0; t < tokens; t++) {
      const shares = [
        [label, 1 - mix.share],
        [mix.with, mix.share],
      ].filter(([prompt, share]) => share! > 0 && mask[prompt! * tokens + t]! > 0);
      const total = shares.reduce((sum, [, share]) => sum + share!, 0);
      if (total === 0) continue;
      masks[i * tokens + t] = 1;
      for (const [prompt, share] of shares) {
        const from = (prompt! * tokens + t) * width;
        const to = (i * tokens + t) * width;
        for (let k = 0; k < width; k++) texts[to + k]! += (share! / total) * text[from + k]!;
      }
    }
  });
  return {
    text: { data: texts, dims: [tokens, width] },
    mask: { data: masks, dims: [tokens] },
  };
}

function checkMix(mix: LabelMix, count: number): void {
  checkLabel('mix', mix.with, count);
  if (!(mix.share >= 0 && mix.share <= 1)) {
    throw new RangeError(`mix: needs a share within [0, 1], got ${mix.share}`);
  }
}

function checkLabel(name: string, label: number, numClasses: number): void {
  if (!Number.isInteger(label) || label < 0 || label > numClasses) {
    throw new RangeError(
      `${name}: needs a class 0 … ${numClasses} (the last is null), got ${label}`,
    );
  }
}
