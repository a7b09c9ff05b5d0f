import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { PromptStates } from '../src/diffusion/conditioning';
import { loadTextEncoder } from '../src/networks/download';
import type { DenoiserManifest } from '../src/networks/manifest';
import { loadChineseLexicon } from '../src/networks/text/load-words';
import { needsLexicon, type Prompt, readPrompt } from '../src/networks/text/prompt';
import { openPromptEncoder } from '../src/networks/text/prompt-encoder';
import { localOptions, modelFolders } from './models';

/** Says how prompts were read where that is not as they were typed, on stderr. */
export function tellReading(read: readonly Prompt[]): void {
  for (const { typed, text, translated, unknown, cut } of read) {
    if (translated) console.error(`"${typed}" is read as "${text}"`);
    if (unknown.length > 0) console.error(`Not understood: ${unknown.join(', ')}`);
    if (cut) console.error(`Cut: "${typed}"`);
  }
}

/**
 * What a network's text encoder makes of prompts, and how they were read.
 *
 * @throws ModelError
 */
export async function encodePrompts(
  prompts: readonly string[],
  { encoder: id }: NonNullable<DenoiserManifest['prompts']>,
  { threads = 0, folders = modelFolders }: { threads?: number; folders?: readonly string[] } = {},
): Promise<{ readonly read: readonly Prompt[]; readonly states: PromptStates }> {
  const options = localOptions(id, folders);
  const lexicon = prompts.some(needsLexicon) ? await loadChineseLexicon(id, options) : undefined;
  const read = prompts.map((prompt) => readPrompt(prompt, lexicon));
  const loaded = await loadTextEncoder(id, options);
  const session = await InferenceSession.create(loaded.files.get('model.onnx')!, {
    intraOpNumThreads: threads,
  });
  const network = {
    async run(
      {
        ids,
        mask,
      }: Readonly<Record<'ids' | 'mask', { data: Float32Array; dims: readonly number[] }>>,
      rows: number,
    ) {
      const { states } = await session.run({
        ids: new Tensor('int64', BigInt64Array.from(ids.data, BigInt), [rows, ...ids.dims]),
        mask: new Tensor('float32', mask.data, [rows, ...mask.dims]),
      });
      return { states: states!.data as Float32Array };
    },
  };
  const encoder = await openPromptEncoder(loaded, network);
  const states = await encoder.statesOf(read.map(({ text }) => text));
  await session.release();
  return { read, states };
}
