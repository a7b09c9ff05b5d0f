import type { PromptStates } from '../diffusion/conditioning';
import type { Prediction } from '../diffusion/guidance/rule';
import type { DownloadProgress } from '../networks/download';
import type { DenoiserManifest } from '../networks/manifest';
import { needsLexicon, readPrompt } from '../networks/text/prompt';
import type { ActiveRequest } from './active-request';
import { openCompanions } from './companions';
import type { LoadedNetworks } from './loaded-networks';
import type { SampleSettings } from './protocol';
import type { RunNetworks } from './run';

/**
 * All that a run evaluates: the denoiser, those beside it that make these predictions, the stages that
 * enlarge its pictures, and what the encoder makes of its prompts.
 *
 * @param id of another denoiser than the loaded one
 * @throws ModelError; Error for a prediction that the manifest names no network for
 */
export async function openRunNetworks(
  settings: SampleSettings,
  predictionsOf: (manifest: DenoiserManifest) => readonly Prediction[],
  {
    active,
    loaded,
    id,
  }: {
    readonly active: ActiveRequest;
    readonly loaded: LoadedNetworks;
    readonly id?: string | undefined;
  },
  onProgress: (progress: DownloadProgress) => void = () => {},
): Promise<RunNetworks> {
  const { signal } = active;
  const { manifest, network } = await loaded.denoiser(id, signal, onProgress);
  // A student makes all predictions itself.
  const predictions = manifest.adapt?.scale ? [] : predictionsOf(manifest);
  const companions = await openCompanions(predictions, manifest, (model) =>
    loaded.other(model, signal, onProgress),
  );
  const { stages = [] } = settings;
  return {
    manifest,
    network,
    companions,
    starts: loaded.starts,
    prompts: await promptStates(settings, manifest, active, loaded, onProgress),
    upsamplers: stages.map((_, k) => () => loaded.upsampler(manifest, k, signal, onProgress)),
  };
}

/** What the network's text encoder makes of the prompts; undefined of a network that takes none. */
async function promptStates(
  { prompts = [] }: SampleSettings,
  { prompts: taken }: DenoiserManifest,
  { signal, isAborted }: ActiveRequest,
  loaded: LoadedNetworks,
  onProgress: (progress: DownloadProgress) => void,
): Promise<PromptStates | undefined> {
  if (!taken) return undefined;
  const lexicon = prompts.some(needsLexicon)
    ? await loaded.lexicon(taken.encoder, signal, onProgress)
    : undefined;
  const texts = prompts.map((prompt) => readPrompt(prompt, lexicon).text);
  // Without a prompt nothing is to be encoded, and the encoder need not be here.
  if (texts.every((text) => text === null)) {
    const { tokens, width } = taken;
    const text = new Float32Array(texts.length * tokens * width);
    return { text, mask: new Float32Array(texts.length * tokens), tokens, width };
  }
  const encoder = await loaded.promptEncoder(taken, signal, onProgress);
  return { ...(await encoder.statesOf(texts, isAborted)), texts };
}
