import * as v from 'valibot';
import { ModelError } from '../errors';
import { complaint } from '../manifest';
import { text } from '../schema';

/** What a word is in a caption. */
export type WordKind =
  | 'noun'
  | 'colour'
  | 'count'
  | 'relation'
  | 'shortRelation'
  | 'style'
  | 'verb'
  | 'background'
  | 'plain'
  | 'form'
  | 'styleWord'
  | 'at'
  | 'of'
  | 'is'
  | 'and'
  | 'measure'
  | 'skipped';

export interface LexiconWord {
  readonly kind: WordKind;
  /** What captions say; empty for words that English does without. */
  readonly english: string;
}

/** A thing that the networks know, as captions name it. */
export interface NamedThing {
  readonly english: string;
  readonly chinese: string;
  readonly emoji: string;
}

/** Chinese words, emoji, and the English words of captions. */
export interface Lexicon {
  /** The words that begin with these characters' first, longest first, in lower case. */
  startingWith(character: string): readonly string[];
  word(chinese: string): LexiconWord | undefined;
  isMeasure(chinese: string): boolean;
  /** The thing of an emoji, without its variation selector. */
  emoji(character: string): string | undefined;
  plural(label: string): string;
  /** For suggestions, in Unicode's order. */
  readonly things: readonly NamedThing[];
}

const words = v.record(v.string(), text, 'an object of words');
const list = v.array(text, 'a list of words');
const kinds = {
  colours: 'colour',
  counts: 'count',
  relations: 'relation',
  shortRelations: 'shortRelation',
  styles: 'style',
  verbs: 'verb',
  words: 'noun',
} as const;
const silent = {
  backgrounds: 'background',
  plain: 'plain',
  forms: 'form',
  styleWords: 'styleWord',
  at: 'at',
  of: 'of',
  is: 'is',
  and: 'and',
  skipped: 'skipped',
} as const;
const schema = v.object({
  schema: v.literal(1, '1 (the only format that this version reads)'),
  ...(Object.fromEntries(Object.keys(kinds).map((key) => [key, words])) as Record<
    keyof typeof kinds,
    typeof words
  >),
  ...(Object.fromEntries(Object.keys(silent).map((key) => [key, list])) as Record<
    keyof typeof silent,
    typeof list
  >),
  measures: list,
  plurals: words,
  /** [label, emoji, Chinese name, further Chinese words…] */
  things: v.array(
    v.pipe(list, v.minLength(3, 'a list of at least label, emoji and name')),
    'a list of lists',
  ),
});

/**
 * Reads a lexicon that training/lexicon.py wrote.
 *
 * @param json what zh.json holds
 * @throws ModelError ('invalid-manifest') naming the field
 */
export function readLexicon(json: unknown, fileName = 'zh.json'): Lexicon {
  const read = v.safeParse(schema, json, { abortEarly: true });
  if (!read.success) {
    throw new ModelError('invalid-manifest', fileName, complaint(read.issues[0], fileName));
  }
  const { things, measures, plurals, ...tables } = read.output;
  const known = new Map<string, LexiconWord>();
  for (const [label, , ...chinese] of things) {
    for (const word of chinese) known.set(word, { kind: 'noun', english: label! });
  }
  for (const [table, kind] of Object.entries(kinds)) {
    for (const [word, english] of Object.entries(tables[table as keyof typeof kinds])) {
      known.set(word, { kind, english });
    }
  }
  for (const [table, kind] of Object.entries(silent)) {
    for (const word of tables[table as keyof typeof silent]) known.set(word, { kind, english: '' });
  }
  const starting = new Map<string, string[]>();
  for (const word of known.keys()) {
    const first = String.fromCodePoint(word.codePointAt(0)!);
    starting.set(first, [...(starting.get(first) ?? []), word]);
  }
  for (const some of starting.values()) some.sort((a, b) => b.length - a.length);
  const emoji = new Map(things.map(([label, character]) => [bare(character!), label!]));
  const measured = new Set(measures);
  return {
    startingWith: (character) => starting.get(character) ?? [],
    word: (chinese) => known.get(chinese),
    isMeasure: (chinese) => measured.has(chinese),
    emoji: (character) => emoji.get(bare(character)),
    plural: (label) => pluralOf(label, plurals),
    things: things.map(([english, character, chinese]) => ({
      english: english!,
      chinese: chinese!,
      emoji: character!,
    })),
  };
}

/** Without the selector that asks for a coloured drawing. */
function bare(emoji: string): string {
  return emoji.replaceAll('\ufe0f', '');
}

/** Whether captions take a label for a plural, and give it no article. */
export function isPlural(label: string): boolean {
  const last = label.split(' ').at(-1)!;
  if (['people', 'dice', 'teeth', 'fries', 'mice', 'men', 'women'].includes(last)) return true;
  return last.endsWith('s') && !/(ss|us|is)$/.test(last);
}

/** The plural that captions use of a label; of those that name more than a thing, the label. */
function pluralOf(label: string, irregular: Readonly<Record<string, string>>): string {
  if (!/^[a-z ]+$/.test(label) || / (and|with|of|in|on) /.test(label) || isPlural(label)) {
    return label;
  }
  const before = label.slice(0, label.lastIndexOf(' ') + 1);
  const last = label.slice(before.length);
  const special = irregular[last];
  if (special !== undefined) return before + special;
  if (/(s|x|ch|sh)$/.test(last) || ['tomato', 'potato', 'mango', 'volcano'].includes(last)) {
    return `${label}es`;
  }
  return /[^aeiou]y$/.test(last) ? `${label.slice(0, -1)}ies` : `${label}s`;
}
