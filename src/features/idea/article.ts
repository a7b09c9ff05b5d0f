import type { FormulaId } from './formulas';
import type { SceneId } from './scenes';
import type { SectionId } from './sections';

export const FIGURES = [
  'noise',
  'score',
  'bayes',
  'sharpened',
  'implicit',
  'label',
  'sampling',
  'interval',
  'cascade',
  'threshold',
] as const;
export type FigureId = (typeof FIGURES)[number];

/** A part of a section. Text may hold `$formulas$`, `*emphasis*` and `[links](https://…)`. */
export type Block =
  | { readonly text: string }
  | { readonly formula: FormulaId }
  | { readonly figure: FigureId; readonly title: string; readonly note: string }
  | { readonly scene: SceneId; readonly label: string }
  | { readonly code: string }
  | { readonly table: readonly (readonly string[])[] }
  | { readonly question: string; readonly answer: readonly Block[] }
  | { readonly references: readonly string[] };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The article in one language. */
export interface Article {
  readonly title: string;
  readonly lead: readonly string[];
  readonly contents: string;
  readonly tour: string;
  /** On the buttons that open a scene. */
  readonly showMe: string;
  readonly sections: Readonly<Record<SectionId, Section>>;
  readonly figures: FigureWords;
}

/** What the figures say. */
export interface FigureWords {
  readonly sigma: string;
  readonly place: string;
  readonly strength: string;
  readonly scale: string;
  readonly low: string;
  readonly high: string;
  readonly augmentation: string;
  readonly tooBright: string;
  readonly percentile: string;
  /** Names of the curves. */
  readonly data: string;
  readonly noised: string;
  readonly estimate: string;
  readonly cond: string;
  readonly uncond: string;
  readonly classifier: string;
  readonly others: string;
  readonly otherClass: string;
  readonly wantedClass: string;
  readonly guided: string;
  readonly unguided: string;
  readonly difference: string;
  readonly samples: string;
  readonly noLabel: string;
  readonly pictures: string;
  readonly firstStage: string;
  readonly secondStage: string;
  readonly guidedGuess: string;
  readonly clipped: string;
  readonly scaled: string;
  /** Names of the numbers. */
  readonly spread: string;
  readonly nearPart: string;
  readonly nearSamples: string;
  readonly evaluations: string;
  readonly apart: string;
  readonly sum: string;
  readonly amongPictures: string;
  readonly trueToSmall: string;
  readonly clippedAtEdge: string;
  readonly scaledAtEdge: string;
  readonly toNoise: string;
  readonly toData: string;
}

/** What stands in a text: plain text, a formula, emphasis, code, or a link with its address. */
export interface Piece {
  readonly kind: 'plain' | 'tex' | 'em' | 'code' | 'link';
  readonly text: string;
  readonly href?: string;
}

const MARKS = /\$([^$]+)\$|\*([^*]+)\*|`([^`]+)`|\[([^\]]+)\]\((https:[^)\s]+)\)/g;

/** A text's pieces, in order. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(MARKS)) {
    if (match.index > from) found.push({ kind: 'plain', text: text.slice(from, match.index) });
    const [whole, tex, em, code, label, href] = match;
    if (tex !== undefined) found.push({ kind: 'tex', text: tex });
    else if (em !== undefined) found.push({ kind: 'em', text: em });
    else if (code !== undefined) found.push({ kind: 'code', text: code });
    else found.push({ kind: 'link', text: label!, href: href! });
    from = match.index + whole.length;
  }
  if (from < text.length) found.push({ kind: 'plain', text: text.slice(from) });
  return found;
}

/** Every text of a block, its answers' included. */
export function textsOf(block: Block): string[] {
  if ('text' in block) return [block.text];
  if ('figure' in block) return [block.title, block.note];
  if ('scene' in block) return [block.label];
  if ('table' in block) return block.table.flat();
  if ('question' in block) return [block.question, ...block.answer.flatMap(textsOf)];
  if ('references' in block) return [...block.references];
  return [];
}
