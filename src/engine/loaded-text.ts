import { type LoadModelOptions, loadTextEncoder } from '../networks/download';
import type { DenoiserManifest } from '../networks/manifest';
import type { Lexicon } from '../networks/text/lexicon';
import { openPromptEncoder, type PromptEncoder } from '../networks/text/prompt-encoder';
import type { Network } from './network';
import type { Runtime } from './session';

/** What reads prompts: a text encoder and lexicons, each downloaded at its first use. */
export class LoadedText {
  #encoder:
    | { readonly id: string; readonly encoder: PromptEncoder; readonly network: Network }
    | undefined;
  readonly #lexicons = new Map<string, Lexicon | undefined>();

  /** @throws ModelError; Error for an encoder that does not fit the network's manifest */
  async encoder(
    runtime: Runtime,
    { encoder: id, tokens, width }: NonNullable<DenoiserManifest['prompts']>,
    options: LoadModelOptions,
  ): Promise<PromptEncoder> {
    if (this.#encoder?.id === id) return this.#encoder.encoder;
    const loaded = await loadTextEncoder(id, options);
    const { longest, width: made } = loaded.manifest;
    if (longest !== tokens || made !== width) {
      throw new Error(
        `${id}: needs states [${tokens}, ${width}] a prompt, its manifest says [${longest}, ${made}]`,
      );
    }
    const graph = loaded.files.get('model.onnx')!;
    const network = runtime.open(graph, {
      dims: { batch: 'batch', tokens },
      maxBatch: 1,
      onSmallerBatch: () => {},
    });
    const encoder = await openPromptEncoder(loaded, network);
    this.#encoder = { id, encoder, network };
    return encoder;
  }

  /** @throws ModelError */
  async lexicon(encoder: string, options: LoadModelOptions): Promise<Lexicon | undefined> {
    if (!this.#lexicons.has(encoder)) {
      // What reads it too: most visits never need either.
      const { loadChineseLexicon } = await import('../networks/text/load-words');
      this.#lexicons.set(encoder, await loadChineseLexicon(encoder, options));
    }
    return this.#lexicons.get(encoder);
  }

  /** Lets the encoder go. */
  async release(): Promise<void> {
    await this.#encoder?.network.release();
    this.#encoder = undefined;
  }
}
