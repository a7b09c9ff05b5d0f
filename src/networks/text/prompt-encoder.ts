import type { LoadedModel } from '../download';
import { ModelError, messageOf } from '../errors';
import type { TextEncoderManifest } from '../manifest';
import type { Tokeniser } from './tokeniser';

/** Prompts whose states are kept; those used longest ago are forgotten first. */
const KEPT_PROMPTS = 64;

/** The encoder's graph on some runtime: ids int64 and mask [rows, tokens] → states [rows, tokens, width]. */
export interface EncoderNetwork {
  /**
   * @param inputs row-major, `rows` rows each; ids are whole numbers
   * @param isAborted asked before each run; true ends the evaluation with an error
   */
  run(
    inputs: Readonly<
      Record<
        'ids' | 'mask',
        {
          readonly data: Float32Array;
          readonly dims: readonly number[];
          readonly type: 'int64' | 'float32';
        }
      >
    >,
    rows: number,
    isAborted?: () => boolean | Promise<boolean>,
  ): Promise<Record<string, Float32Array>>;
}

/** Token states of prompts, padded to the same number of tokens. */
export interface EncodedPrompts {
  /** [prompts, tokens, width]; 0 where there is no token. */
  readonly text: Float32Array;
  /** [prompts, tokens]: 1 where there is a token; none in a null text. */
  readonly mask: Float32Array;
  readonly tokens: number;
  readonly width: number;
}

/**
 * A text encoder's prompts, on a network that was opened from its graph.
 *
 * @throws ModelError for a tokenizer.json that is no tokeniser or has more words than the graph
 */
export async function openPromptEncoder(
  { manifest, files }: LoadedModel<TextEncoderManifest>,
  network: EncoderNetwork,
): Promise<PromptEncoder> {
  const path = `${manifest.id}/tokenizer.json`;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(files.get('tokenizer.json')));
  } catch (cause) {
    const message = `${path} must be JSON: ${messageOf(cause)}`;
    throw new ModelError('invalid-manifest', path, message, { cause });
  }
  // A part of the site that most visits never need.
  const { createTokeniser } = await import('./tokeniser');
  return new PromptEncoder(network, createTokeniser(json, path), manifest);
}

/** Encodes each prompt once, and remembers the last of them. */
export class PromptEncoder {
  readonly #network: EncoderNetwork;
  readonly #tokeniser: Tokeniser;
  readonly #manifest: Pick<TextEncoderManifest, 'id' | 'width' | 'longest'>;
  /** [own tokens, width] by prompt, in the order of their use. */
  readonly #kept = new Map<string, Float32Array>();

  /** @throws ModelError for a tokeniser of more words than the network's table has */
  constructor(
    network: EncoderNetwork,
    tokeniser: Tokeniser,
    manifest: Pick<TextEncoderManifest, 'id' | 'width' | 'longest' | 'words'>,
  ) {
    const { id, words } = manifest;
    if (tokeniser.size > words) {
      const message = `${id}: model.onnx has ${words} words, which tokenizer.json must not exceed, got ${tokeniser.size}: they belong to different encoders`;
      throw new ModelError('invalid-manifest', `${id}/tokenizer.json`, message);
    }
    this.#network = network;
    this.#tokeniser = tokeniser;
    this.#manifest = manifest;
  }

  /**
   * States of prompts as `readPrompt` gives them; null and '' are the null text, which has no tokens.
   *
   * @throws Error for a network that answers with states of another size, or numbers that are not
   * finite; what the network ends an aborted run with
   */
  async statesOf(
    prompts: readonly (string | null)[],
    isAborted?: () => boolean | Promise<boolean>,
  ): Promise<EncodedPrompts> {
    const { longest: tokens, width } = this.#manifest;
    const known = new Map<string, Float32Array>();
    const missing: string[] = [];
    for (const prompt of new Set(prompts)) {
      if (!prompt) continue;
      const states = this.#kept.get(prompt);
      if (states) known.set(prompt, states);
      else missing.push(prompt);
    }
    if (missing.length > 0) {
      for (const [prompt, states] of await this.#encoded(missing, isAborted)) {
        known.set(prompt, states);
      }
    }
    for (const [prompt, states] of known) {
      this.#kept.delete(prompt);
      this.#kept.set(prompt, states);
    }
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT_PROMPTS) break;
      this.#kept.delete(oldest);
    }
    const text = new Float32Array(prompts.length * tokens * width);
    const mask = new Float32Array(prompts.length * tokens);
    prompts.forEach((prompt, i) => {
      const states = prompt ? known.get(prompt)! : new Float32Array(0);
      text.set(states, i * tokens * width);
      mask.fill(1, i * tokens, i * tokens + states.length / width);
    });
    return { text, mask, tokens, width };
  }

  async #encoded(
    prompts: readonly string[],
    isAborted?: () => boolean | Promise<boolean>,
  ): Promise<[string, Float32Array][]> {
    const { id, longest: tokens, width } = this.#manifest;
    const rows = prompts.map((prompt) => this.#tokeniser.tokensOf(prompt, tokens).ids);
    const ids = new Float32Array(rows.length * tokens);
    const mask = new Float32Array(rows.length * tokens);
    rows.forEach((row, i) => {
      ids.set(row, i * tokens);
      mask.fill(1, i * tokens, i * tokens + row.length);
    });
    const inputs = {
      ids: { data: ids, dims: [tokens], type: 'int64' },
      mask: { data: mask, dims: [tokens], type: 'float32' },
    } as const;
    const { states } = await this.#network.run(inputs, rows.length, isAborted);
    const expected = rows.length * tokens * width;
    if (states?.length !== expected) {
      throw new Error(
        `${id}: needs states [${rows.length}, ${tokens}, ${width}], ${expected} numbers, got ${states?.length ?? 'none'}`,
      );
    }
    return prompts.map((prompt, i) => {
      const from = i * tokens * width;
      const own = states.slice(from, from + rows[i]!.length * width);
      const bad = own.find((value) => !Number.isFinite(value));
      if (bad !== undefined) {
        throw new Error(`${id}: needs finite states of "${prompt.slice(0, 80)}", got ${bad}`);
      }
      return [prompt, own];
    });
  }
}
