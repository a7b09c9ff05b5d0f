import { isPlural, type Lexicon, type WordKind } from './lexicon';

/** What a Chinese text says in the English of captions. */
export interface Translation {
  readonly english: string;
  /** Parts of the text that the lexicon does not have; they are not in `english`. */
  readonly unknown: readonly string[];
}

/** A part of a text; Latin words are nouns, and `stop` is punctuation. */
interface Part {
  readonly kind: WordKind | 'stop';
  readonly english: string;
}

const LATIN = /[^\s\p{Script=Han}\p{P}]+(?:['.-][^\s\p{Script=Han}\p{P}]+)*/uy;
const STOP = /[,、;.!?。，；！？()[\]"“”]/u;
/** Of a relation without a thing that it relates to. */
const SIDES: Readonly<Record<string, string>> = {
  'left of': 'on the left',
  'right of': 'on the right',
  above: 'above',
  below: 'below',
};
const OPPOSITE: Readonly<Record<string, string>> = {
  'left of': 'right of',
  'right of': 'left of',
  above: 'below',
  below: 'above',
};

/**
 * A Chinese prompt as the captions put it: the words of the lexicon, longest first, in their order,
 * with the background at the end, the style before it, and "A 在 B 左边", "B 左边的 A" and "左边是 A,
 * 右边是 B" as "A left of B".
 *
 * @param text cleaned, in lower case
 */
export function translate(text: string, lexicon: Lexicon): Translation {
  const { parts, unknown } = partsOf(text, lexicon);
  const { rest, background } = takeBackground(parts);
  const { rest: bare, style, form } = takeStyle(rest);
  const main = related(bare, lexicon);
  const subject = form && main ? `a picture of ${withArticle(main)}` : main || (form && 'picture');
  const english = [subject, style].filter(Boolean).join(', ');
  return { english: [english, background].filter(Boolean).join(' '), unknown };
}

function partsOf(text: string, lexicon: Lexicon): { parts: Part[]; unknown: string[] } {
  const parts: Part[] = [];
  const unknown: string[] = [];
  let lost = '';
  const name = () => {
    if (lost !== '' && !unknown.includes(lost)) unknown.push(lost);
    lost = '';
  };
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at)!);
    const found = wordAt(text, at, parts.at(-1), lexicon);
    if (found !== undefined || !/\p{Script=Han}/u.test(character)) name();
    if (found !== undefined) {
      parts.push(found.part);
      at += found.length;
      continue;
    }
    LATIN.lastIndex = at;
    const latin = LATIN.exec(text)?.[0];
    if (latin !== undefined) parts.push({ kind: 'noun', english: latin });
    else if (/[:：]/u.test(character)) parts.push({ kind: 'is', english: '' });
    else if (STOP.test(character)) parts.push({ kind: 'stop', english: '' });
    else if (/\p{Script=Han}/u.test(character)) lost += character;
    at += latin?.length ?? character.length;
  }
  name();
  return { parts, unknown };
}

/** The longest word of the lexicon there; a measure word after a count. */
function wordAt(text: string, at: number, before: Part | undefined, lexicon: Lexicon) {
  const character = String.fromCodePoint(text.codePointAt(at)!);
  if (before?.kind === 'count' && lexicon.isMeasure(character)) {
    return { part: { kind: 'measure', english: '' } as const, length: character.length };
  }
  for (const word of lexicon.startingWith(character)) {
    const end = at + word.length;
    if (!text.startsWith(word, at) || isPartOfLatin(text, at, end)) continue;
    const { kind, english } = lexicon.word(word)!;
    if (kind !== 'shortRelation') return { part: { kind, english }, length: word.length };
    if (/^\s*([的有是]|[^\p{L}\p{N}\s]|$)/u.test(text.slice(end))) {
      return { part: { kind: 'relation', english } as const, length: word.length };
    }
  }
  return undefined;
}

/** Whether a stretch of a text cuts through a word of letters and digits. */
function isPartOfLatin(text: string, from: number, to: number): boolean {
  return (
    /[a-z0-9]{2}/.test(text.slice(from - 1, from + 1)) ||
    /[a-z0-9]{2}/.test(text.slice(to - 1, to + 1))
  );
}

/** The parts without what is said of the background, and that in English. */
function takeBackground(parts: readonly Part[]): { rest: readonly Part[]; background: string } {
  const at = parts.findIndex(({ kind }) => kind === 'background');
  if (at < 0) return { rest: parts, background: '' };
  let from = at;
  while (['colour', 'plain', 'of'].includes(parts[from - 1]?.kind ?? '')) from--;
  let said = parts.slice(from, at);
  if (parts[from - 1]?.kind === 'at') from--;
  let to = at + 1;
  if (!said.some(({ kind }) => kind === 'colour')) {
    let after = to;
    while (parts[after]?.kind === 'is') after++;
    if (parts[after]?.kind === 'colour') {
      said = [...said, parts[after]!];
      to = after + 1;
    }
  }
  if (parts[to]?.kind === 'of') to++;
  const plain = said.some(({ kind }) => kind === 'plain') ? ['plain'] : [];
  const colours = said.filter(({ kind }) => kind === 'colour').map(({ english }) => english);
  const words = [...plain, ...colours, 'background'].join(' ');
  return {
    rest: [...parts.slice(0, from), ...parts.slice(to)],
    background: `on ${withArticle(words)}`,
  };
}

/** The parts without the words of style and form; "twemoji 风格" is a style too. */
function takeStyle(parts: readonly Part[]): {
  rest: readonly Part[];
  style: string;
  form: boolean;
} {
  const styles: string[] = [];
  let form = false;
  const rest: Part[] = [];
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1]?.kind;
    if (part.kind === 'style') styles.push(part.english);
    else if (part.kind === 'noun' && next === 'styleWord' && /^[\p{ASCII}]+$/u.test(part.english)) {
      styles.push(`${part.english} style`);
    } else if (part.kind === 'form') form = true;
    else if (part.kind !== 'styleWord') rest.push(part);
  }
  return { rest, style: styles.join(', '), form: form && styles.length === 0 };
}

/** Things and how they lie to each other. */
function related(all: readonly Part[], lexicon: Lexicon): string {
  // 上 after 坐在 says "sitting on" once more.
  const on = all.findIndex(({ kind, english }) => kind === 'verb' && english.endsWith(' on'));
  const parts = all.filter(({ kind }, i) => on < 0 || i < on || kind !== 'relation');
  const at = parts.findIndex(({ kind }) => kind === 'relation');
  if (at < 0) return phrases(parts, lexicon);
  const relation = parts[at]!.english;
  const before = parts.slice(0, at);
  const after = parts.slice(at + 1);
  const where = before.findIndex(({ kind }) => kind === 'at');
  let subject: string;
  let other: string;
  let more: readonly Part[] = [];
  if (where >= 0 && phrases(before.slice(0, where), lexicon) !== '') {
    [subject, other] = [before.slice(0, where), before.slice(where + 1)].map((some) =>
      phrases(some, lexicon),
    ) as [string, string];
    more = after;
  } else {
    const stop = after.findIndex(({ kind }) => kind === 'stop' || kind === 'relation');
    const end = stop < 0 ? after.length : stop;
    subject = phrases(after.slice(0, end), lexicon);
    other = phrases(before, lexicon);
    more = after.slice(end);
    const second = more.findIndex(({ kind }) => kind === 'relation');
    if (other === '' && second >= 0 && more[second]!.english === OPPOSITE[relation]) {
      other = phrases(more.slice(second + 1), lexicon);
      more = [];
    }
  }
  const rest = related(more, lexicon);
  const said = sentence(subject, relation, other);
  return [said, rest].filter(Boolean).join(', ');
}

function sentence(subject: string, relation: string, other: string): string {
  if (subject !== '' && other !== '') {
    return `${withArticle(subject)} ${relation} ${withArticle(other)}`;
  }
  if (other !== '') return `${relation} ${withArticle(other)}`;
  return `${subject} ${SIDES[relation] ?? relation}`.trim();
}

/** Words one after another, a comma where the text has a stop between them. */
function phrases(parts: readonly Part[], lexicon: Lexicon): string {
  const out: string[] = [];
  let phrase: Part[] = [];
  const close = () => {
    const text = phraseOf(phrase, lexicon);
    if (text !== '') out.push(text.startsWith('a ') ? withArticle(text.slice(2)) : text);
    phrase = [];
  };
  for (const part of parts) {
    if (part.kind === 'and' || part.kind === 'stop') {
      close();
      if (out.length > 0 && ![',', 'and'].includes(out.at(-1)!)) {
        out.push(part.kind === 'and' ? 'and' : ',');
      }
    } else phrase.push(part);
  }
  close();
  while (['and', ','].includes(out.at(-1) ?? '')) out.pop();
  return out.join(' ').replaceAll(' ,', ',');
}

/** The words of one thing; "A 戴着 B" and "戴着 B 的 A" are "A wearing a B". */
function phraseOf(parts: readonly Part[], lexicon: Lexicon): string {
  const verb = parts.findIndex(({ kind }) => kind === 'verb');
  if (verb >= 0) {
    const before = parts.slice(0, verb);
    const of = parts.findLastIndex(({ kind }) => kind === 'of');
    const follows = of > verb && !before.some(({ kind }) => kind === 'noun');
    const end = follows ? of : parts.length;
    const subject = phraseOf([...before, ...parts.slice(end)], lexicon);
    const object = phraseOf(parts.slice(verb + 1, end), lexicon);
    return [subject, parts[verb]!.english, object && withArticle(object)].filter(Boolean).join(' ');
  }
  const said = parts.filter(({ english }) => english !== '');
  const words = said.map(({ english }) => english);
  const count = said.find(({ kind }) => kind === 'count')?.english;
  const last = said.length - 1;
  if (count !== undefined && count !== 'a' && said[last]?.kind === 'noun') {
    words[last] = lexicon.plural(words[last]!);
  }
  return words.length === 1 && count === 'a' ? '' : words.join(' ');
}

/** `a red apple`, `an owl`; none before a plural or where there is one. */
function withArticle(words: string): string {
  if (/^(an?|two|three|four|five|six|seven|eight|nine|ten) /.test(words) || isPlural(words)) {
    return words;
  }
  const vowel = /^[aeiou]/.test(words) && !/^(uni|ura|use|eu|ewe|one)/.test(words);
  return `${vowel ? 'an' : 'a'} ${words}`;
}
