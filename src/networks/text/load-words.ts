import { type LoadModelOptions, loadLexicon, loadTokeniserJson } from '../download';
import { type Lexicon, readLexicon } from './lexicon';
import { createTokeniser, type Tokeniser } from './tokeniser';

/**
 * A text encoder's Chinese lexicon, to say how a prompt is read.
 *
 * @returns undefined where the encoder has none
 * @throws ModelError
 */
export async function loadChineseLexicon(
  encoder: string,
  options: LoadModelOptions,
): Promise<Lexicon | undefined> {
  const json = await loadLexicon(encoder, 'zh', options);
  return json === undefined ? undefined : readLexicon(json, `${encoder}/zh.json`);
}

/** A text encoder's tokeniser without its network, to say what of a prompt is cut. @throws ModelError */
export async function loadTokeniser(
  encoder: string,
  options: LoadModelOptions,
): Promise<Tokeniser> {
  const json = await loadTokeniserJson(encoder, options);
  return createTokeniser(json, `${encoder}/tokenizer.json`);
}
