import { Tokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { ModelError } from '../errors';
import { complaint } from '../manifest';
import { text } from '../schema';

/** The tokens of a text. */
export interface Tokens {
  /** [CLS], the text's, [SEP]. */
  readonly ids: readonly number[];
  /** The text had more tokens than fit. */
  readonly cut: boolean;
  /** Words of the text, cleaned and in lower case, that the vocabulary cannot spell: each is [UNK]. */
  readonly unknown: readonly string[];
}

export interface Tokeniser {
  /** Number of tokens in the vocabulary: ids are below it. */
  readonly size: number;
  /**
   * The tokens of any string: none fails.
   *
   * @param longest tokens, [CLS] and [SEP] among them; what is longer is cut
   */
  tokensOf(prompt: string, longest: number): Tokens;
}

const tokenizer = v.looseObject({
  model: v.looseObject({
    type: v.literal('WordPiece', '"WordPiece"'),
    unk_token: text,
    vocab: v.record(
      v.string(),
      v.pipe(v.number('a number'), v.safeInteger('a whole number'), v.minValue(0, 'at least 0')),
      'an object of token ids',
    ),
  }),
  normalizer: v.looseObject({ type: v.literal('BertNormalizer', '"BertNormalizer"') }),
  pre_tokenizer: v.looseObject({ type: v.literal('BertPreTokenizer', '"BertPreTokenizer"') }),
  added_tokens: v.array(
    v.looseObject({ id: v.number('a number'), content: text }),
    'a list of tokens',
  ),
});

/** Lone halves of surrogate pairs, which no text has. */
const LONE = /\p{Cs}/gu;
/** Chinese characters beyond the 16 bits in which the library looks for them: each is a word. */
const RARE_CHINESE = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * BERT's tokeniser: cleaned, lower case, no accents, split at spaces, punctuation and Chinese
 * characters; then the longest known pieces (WordPiece). Equal to training/encoder.py.
 *
 * @param json what tokenizer.json holds
 * @param fileName for the error
 * @throws ModelError ('invalid-manifest') for JSON that is no such tokeniser
 */
export function createTokeniser(json: unknown, fileName = 'tokenizer.json'): Tokeniser {
  const read = v.safeParse(tokenizer, json, { abortEarly: true });
  const invalid = (message: string) => new ModelError('invalid-manifest', fileName, message);
  if (!read.success) throw invalid(complaint(read.issues[0], fileName));
  const { model, added_tokens: added } = read.output;
  const library = new Tokenizer(read.output, {});
  const idOf = (token: string) => {
    const id = library.token_to_id(token);
    if (id === undefined) {
      throw invalid(`${fileName}: "model.vocab" must have the token ${token}, got none`);
    }
    return id;
  };
  const [first, last, unknownId] = [idOf('[CLS]'), idOf('[SEP]'), idOf(model.unk_token)];
  const ids = [...Object.values(model.vocab), ...added.map(({ id }) => id)];

  /** The words that the library could not spell. */
  function unknownIn(clean: string): string[] {
    const words = library.pre_tokenizer!.pre_tokenize(library.normalizer!.normalize(clean));
    return [...new Set(words)].filter((word) =>
      library.model!.encode([word]).includes(model.unk_token),
    );
  }

  return {
    size: ids.reduce((most, id) => Math.max(most, id + 1), 0),
    tokensOf(prompt, longest) {
      const clean = prompt.replace(LONE, '').replace(RARE_CHINESE, ' $& ');
      const own = library.encode(clean, { add_special_tokens: false }).ids;
      return {
        ids: [first, ...own.slice(0, longest - 2), last],
        cut: own.length > longest - 2,
        unknown: own.includes(unknownId) ? unknownIn(clean) : [],
      };
    },
  };
}
