import type { Lexicon } from '../networks/text/lexicon';
import { LONGEST_PROMPT, needsLexicon, readPrompt } from '../networks/text/prompt';
import type { Tokeniser } from '../networks/text/tokeniser';
import { LIMITS } from '../settings/column';

/** Prompts that were typed into one field. */
export interface TypedPrompts {
  /** None where nothing was typed that can be a prompt. */
  readonly prompts: readonly string[];
  /** One of them was longer than a prompt may be, or there were too many. */
  readonly cut: boolean;
}

/**
 * Prompts as the settings have them: without control characters and surplus white space, cut where
 * they are too long. Never fails.
 *
 * @param many whether `|` stands between several prompts
 */
export function typedPrompts(raw: string, many: boolean): TypedPrompts {
  // Much more than fits is pasted by mistake; reading it all would take its time.
  const start = raw.slice(0, 4 * LONGEST_PROMPT * LIMITS.each);
  const parts = many ? start.split(/[|｜\n]/u) : [start];
  const read = parts.map((part) => readPrompt(part)).filter(({ typed }) => typed !== '');
  const prompts = read.map(({ typed }) => fitting(typed));
  return {
    prompts: prompts.slice(0, LIMITS.each),
    cut:
      start.length < raw.length ||
      prompts.length > LIMITS.each ||
      read.some(({ typed, cut }, i) => cut || prompts[i] !== typed),
  };
}

/** As many characters as the address takes, which counts some of them twice. */
function fitting(prompt: string): string {
  if (prompt.length <= LIMITS.name) return prompt;
  const half = /[\ud800-\udbff]$/;
  return prompt.slice(0, LIMITS.name).replace(half, '').trim();
}

/** How a text encoder reads a prompt. */
export interface PromptReading {
  /** What is embedded; null: nothing, as without a prompt. */
  readonly text: string | null;
  /** The text is not what was typed. */
  readonly translated: boolean;
  /** Words that are left out, or that the encoder cannot spell. */
  readonly unknown: readonly string[];
  /** The end of the text does not fit. */
  readonly cut: boolean;
}

/** What of a text encoder says how prompts are read; each is loaded when it is first asked for. */
export interface PromptWords {
  lexicon(): Promise<Lexicon | undefined>;
  tokeniser(): Promise<Tokeniser>;
}

/**
 * How an encoder reads a prompt, loading no more than it takes to know.
 *
 * @param tokens that fit, the first and the last among them
 */
export async function readingOf(
  prompt: string,
  tokens: number,
  words: PromptWords,
): Promise<PromptReading> {
  const lexicon = needsLexicon(prompt) ? await words.lexicon() : undefined;
  const { text, translated, unknown } = readPrompt(prompt, lexicon);
  // Every token but two has a letter of the text, and English letters spell every word.
  const mayBeCut = text !== null && [...text].length > tokens - 2;
  const isEnglish = text === null || /^[ -~]*$/.test(text);
  if (!mayBeCut && isEnglish) return { text, translated, unknown, cut: false };
  const tokeniser = await words.tokeniser();
  const spelled = tokeniser.tokensOf(text ?? '', tokens);
  return {
    text,
    translated,
    unknown: [...new Set([...unknown, ...spelled.unknown])],
    cut: spelled.cut,
  };
}
