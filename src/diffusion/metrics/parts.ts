import { shareSpread } from './spread';

/** The parts of a picture that a judge of prompts tells apart, beside the thing. */
export type PartName = 'style' | 'background' | 'count';

/** The answers of each part, in the order of the judge's logits. */
export interface Parts {
  readonly style: readonly { readonly name: string; readonly style: string }[];
  readonly background: readonly string[];
  /** Of one kind of thing, by their number; the last stands for two kinds. */
  readonly count: readonly string[];
}

/** How many of the samples whose prompt asks for a part have it as asked. */
export interface PartFigure {
  /** 0 … 1. */
  readonly share: number;
  /** Samples whose prompt asks for it. */
  readonly asked: number;
  /** One standard deviation of the share with other noise. */
  readonly spread: number;
}

/** Absent: no prompt asks for that part. */
export type PartFigures = { readonly [P in PartName]?: PartFigure };

/** What stands between the things of a prompt for two kinds of them. */
const RELATION = /\b(left of|right of|above|below)\b/;
/** A caption's beginning before what is counted. */
const OPENING = /^(?:an? (?:[a-z0-9-]+ )?(?:drawing|picture) of )?/;

/**
 * The answers that count as right for each part that a prompt asks for in the words of the captions that
 * judge and networks were trained with (training/captions.py); a part that is not asked for so is absent.
 *
 * @param prompt as it is embedded: English, in lower case
 */
export function askedParts(
  prompt: string | null,
  { style, background, count }: Parts,
): { readonly [P in PartName]?: readonly number[] } {
  if (prompt === null) return {};
  const [, ground] = /\bon (?:an? )?(?:plain )?([a-z ]+?)(?: background)?$/.exec(prompt) ?? [];
  const colour = background.indexOf(ground ?? '');
  const sets = asked(style, prompt);
  const number = countOf(prompt, count);
  return {
    ...(colour >= 0 && { background: [colour] }),
    ...(sets.length > 0 && { style: sets }),
    ...(number !== undefined && { count: [number] }),
  };
}

/** Sets by their name ("in the style of noto", "noto style"), or all those of a style ("flat"). */
function asked(sets: Parts['style'], prompt: string): number[] {
  const subject = prompt.replace(/ on [a-z ]+$/, '');
  const [, ofName] = /in the style of ([a-z0-9 -]+)$/.exec(subject) ?? [];
  const [, named = ofName] = /, ([a-z0-9 -]+) style$/.exec(subject) ?? [];
  const [, opening] = /^an? ([a-z0-9-]+) (?:drawing|picture) of /.exec(subject) ?? [];
  const [, styled = opening] = /, ([a-z0-9-]+)$/.exec(subject) ?? [];
  return sets.flatMap(({ name, style }, i) =>
    named === name || (named === undefined && styled === style) ? [i] : [],
  );
}

/** undefined: the prompt does not say. */
function countOf(prompt: string, count: Parts['count']): number | undefined {
  if (RELATION.test(prompt)) return count.length - 1;
  const subject = prompt.replace(OPENING, '');
  if (/\band\b/.test(subject)) return undefined;
  const [, number] = /^(two|three|four) /.exec(subject) ?? [];
  const index = count.indexOf(number ?? (/^(?:an?|one) /.test(subject) ? 'one' : ''));
  return index < 0 ? undefined : index;
}

/**
 * How many samples have the parts that their prompts ask for, as a judge sees them.
 *
 * @param logits of each part, `[batch, answers]`
 * @param labels index of each sample's prompt; the number of prompts stands for none
 * @param texts the prompts as they are embedded
 */
export function partFigures(
  logits: { readonly [P in PartName]?: Float32Array | undefined },
  labels: readonly number[],
  texts: readonly (string | null)[],
  parts: Parts,
): PartFigures {
  const wanted = texts.map((text) => askedParts(text, parts));
  const figures: { [P in PartName]?: PartFigure } = {};
  for (const part of ['background', 'count', 'style'] as const) {
    const all = logits[part];
    const size = parts[part].length;
    if (!all) continue;
    let [right, count] = [0, 0];
    labels.forEach((label, i) => {
      const answers = wanted[label]?.[part];
      const row = all.subarray(i * size, (i + 1) * size);
      // A sample that diverged is not judged, and not right.
      if (!answers) return;
      count++;
      const highest = row.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
      if (answers.includes(row.indexOf(highest))) right++;
    });
    if (count === 0) continue;
    const share = right / count;
    figures[part] = { share, asked: count, spread: shareSpread(share, count) };
  }
  return figures;
}
