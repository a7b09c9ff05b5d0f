import { translate } from './chinese';
import type { Lexicon } from './lexicon';

/** Most characters of a prompt; several times what fits into the tokens that networks read. */
export const LONGEST_PROMPT = 300;

/** A prompt as it was typed, and as it is embedded. */
export interface Prompt {
  /** Without control characters and surplus white space; what is too long is cut. */
  readonly typed: string;
  /** English in lower case, as the captions are; null, where nothing but punctuation is left: the null text. */
  readonly text: string | null;
  /** The text is not what was typed: Chinese words or emoji were put into English, or left out. */
  readonly translated: boolean;
  /** What could not be put into English, part by part; it is not in the text. */
  readonly unknown: readonly string[];
  /** The prompt was longer than LONGEST_PROMPT. */
  readonly cut: boolean;
}

const SURPLUS = /[\p{Cf}\p{Co}\p{Cs}\ufffd]/gu;
const HAN = /\p{Script=Han}+/gu;
const EMOJI = /(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2})\p{Emoji_Modifier}?\ufe0f?/gu;

/**
 * What a person typed, read as a caption. Never fails.
 *
 * @param lexicon without one, Chinese words and emoji are all unknown
 */
export function readPrompt(raw: string, lexicon?: Lexicon): Prompt {
  const clean = raw
    .normalize()
    .replace(SURPLUS, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const characters = [...clean];
  const cut = characters.length > LONGEST_PROMPT;
  const typed = cut ? characters.slice(0, LONGEST_PROMPT).join('').trim() : clean;
  const unknown: string[] = [];
  const lose = (part: string) => {
    if (!unknown.includes(part)) unknown.push(part);
    return ' ';
  };
  // Dingbats and signs such as © that are no thing of the lexicon are text.
  const plain = (emoji: string) => !/\p{Emoji_Presentation}|\ufe0f/u.test(emoji);
  const named = typed.toLowerCase().replace(EMOJI, (emoji) => {
    const label = lexicon?.emoji(emoji.replace(/\p{Emoji_Modifier}/u, ''));
    if (label !== undefined) return ` ${label} `;
    return plain(emoji) ? emoji : lose(emoji);
  });
  let text = plainOf(named);
  if (/\p{Script=Han}/u.test(text)) {
    if (lexicon) {
      const { english, unknown: lost } = translate(text, lexicon);
      for (const part of lost) lose(part);
      text = english;
    } else text = text.replace(HAN, lose);
  }
  text = /[\p{L}\p{N}\p{S}]/u.test(text) ? plainOf(text) : '';
  return {
    typed,
    text: text === '' ? null : text,
    translated: text !== '' && text !== plainOf(typed),
    unknown,
    cut,
  };
}

/** Whether a lexicon may be needed to read a prompt: it has Chinese characters or emoji. */
export function needsLexicon(raw: string): boolean {
  return /\p{Script=Han}|\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(raw);
}

/** Lower case; letters of full width, as Chinese keyboards write them, as letters. */
function plainOf(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
