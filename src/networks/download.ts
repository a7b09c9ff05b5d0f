import { browserCache, type ModelCache } from './cache';
import { ModelError } from './errors';
import {
  type Manifest,
  type ModelFile,
  type ModelIndex,
  parseManifest,
  parseModelIndex,
  type TextEncoderManifest,
} from './manifest';
import { type Bytes, fetchModelFile, type ReadModelFile } from './sources';
import { UnfinishedFile } from './unfinished';

export { ModelError } from './errors';

export interface DownloadProgress {
  /** Name in the manifest's list of files. */
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
  readonly fromCache: boolean;
  /** The connection broke, and is tried again in a moment. */
  readonly waiting: boolean;
}

export interface LoadModelOptions {
  /** Absolute address of the models folder, as modelFileUrl takes it. */
  readonly baseUrl: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Default: Cache Storage where there is one. `null`: none. */
  readonly cache?: ModelCache | null | undefined;
  /** Default: fetch below baseUrl. */
  readonly read?: ReadModelFile | undefined;
  /** Whether to load a feature network's reference too, which only metrics need. Default: false. */
  readonly reference?: boolean | undefined;
}

export interface LoadedModel<M extends Manifest | TextEncoderManifest = Manifest> {
  readonly manifest: M;
  readonly files: ReadonlyMap<string, Bytes>;
  /** What could not be checked, for the user to see. */
  readonly warnings: readonly string[];
}

/** The list of models. @throws ModelError */
export async function loadModelIndex(options: LoadModelOptions): Promise<ModelIndex> {
  const path = 'index.json';
  const source = await readText(path, options);
  if (source === undefined) {
    const message = `models/${path} is missing: the site was put up incompletely. Copy its models folder again.`;
    throw new ModelError('missing-file', path, message);
  }
  return parseModelIndex(source, path);
}

/**
 * Loads the manifest and files of a network of pictures, each checked for its size and SHA-256.
 *
 * @throws ModelError that names the file; the signal's reason when aborted
 */
export async function loadModel(id: string, options: LoadModelOptions): Promise<LoadedModel> {
  const manifest = await readManifest(id, options);
  const reference = manifest.role === 'features' ? manifest.reference?.file : undefined;
  return loadFiles(
    manifest,
    manifest.files.filter(({ name }) => name !== reference || options.reference),
    options,
  );
}

/**
 * Loads a text encoder's graph and tokeniser, model.onnx and tokenizer.json, checked as loadModel's
 * are; its lexicons and licences stay where they are.
 *
 * @throws ModelError that names the file; the signal's reason when aborted
 */
export async function loadTextEncoder(
  id: string,
  options: LoadModelOptions,
): Promise<LoadedModel<TextEncoderManifest>> {
  const manifest = await readAnyManifest(id, options);
  if (manifest.role !== 'text-encoder') throw otherRole(manifest, 'text-encoder');
  const needed = ['model.onnx', 'tokenizer.json'].map((name) => {
    const file = manifest.files.find((listed) => listed.name === name);
    if (file) return file;
    const path = `${id}/manifest.json`;
    const message = `${path}: "files" must list ${name}, got ${manifest.files.map((listed) => listed.name).join(', ')}`;
    throw new ModelError('invalid-manifest', path, message);
  });
  return loadFiles(manifest, needed, options);
}

/**
 * Loads a text encoder's lexicon of a language, in which prompts of that language are put into English.
 *
 * @returns its JSON; undefined where the encoder has none
 * @throws ModelError as loadTextEncoder
 */
export async function loadLexicon(
  id: string,
  language: 'zh',
  options: LoadModelOptions,
): Promise<unknown> {
  return loadEncoderJson(id, ({ lexicons }) => lexicons?.[language], options);
}

/** What a text encoder's tokenizer.json holds, without its graph. @throws ModelError as loadTextEncoder */
export async function loadTokeniserJson(id: string, options: LoadModelOptions): Promise<unknown> {
  return loadEncoderJson(id, () => 'tokenizer.json', options);
}

async function loadEncoderJson(
  id: string,
  nameOf: (manifest: TextEncoderManifest) => string | undefined,
  options: LoadModelOptions,
): Promise<unknown> {
  const manifest = await readAnyManifest(id, options);
  if (manifest.role !== 'text-encoder') throw otherRole(manifest, 'text-encoder');
  const name = nameOf(manifest);
  const file = manifest.files.find((listed) => listed.name === name);
  if (!file) return undefined;
  return JSON.parse(new TextDecoder().decode(await loadFile(id, file, options)));
}

async function loadFiles<M extends Manifest | TextEncoderManifest>(
  manifest: M,
  wanted: readonly ModelFile[],
  options: LoadModelOptions,
): Promise<LoadedModel<M>> {
  const { id } = manifest;
  const files = new Map<string, Bytes>();
  for (const file of wanted) files.set(file.name, await loadFile(id, file, options));
  const warnings = globalThis.crypto?.subtle
    ? []
    : [
        `The SHA-256 of ${id} was not checked: browsers allow that on https and localhost only. The sizes match.`,
      ];
  return { manifest, files, warnings };
}

/**
 * The manifest of a network of pictures alone.
 *
 * @throws ModelError that names the file; the signal's reason when aborted
 */
async function readManifest(id: string, options: LoadModelOptions): Promise<Manifest> {
  const manifest = await readAnyManifest(id, options);
  if (manifest.role === 'text-encoder') {
    throw otherRole(manifest, 'denoiser, weak, upsampler, classifier or features');
  }
  return manifest;
}

function otherRole({ id, role }: Manifest | TextEncoderManifest, wanted: string): ModelError {
  const path = `${id}/manifest.json`;
  const message = `${path}: "role" must be ${wanted}, got "${role}"`;
  return new ModelError('invalid-manifest', path, message);
}

/** The manifest of a network of pictures, or of a text encoder. @throws ModelError that names the file */
export async function readAnyManifest(
  id: string,
  options: LoadModelOptions,
): Promise<Manifest | TextEncoderManifest> {
  const path = `${id}/manifest.json`;
  const source = /^[a-z0-9][a-z0-9-]*$/.test(id) ? await readText(path, options) : undefined;
  if (source === undefined) {
    const message = `There is no model "${id}" (no models/${path}). Choose one that models/index.json lists.`;
    throw new ModelError('unknown-model', path, message);
  }
  const manifest = parseManifest(source, path);
  if (manifest.id !== id) {
    const message = `${path}: "id" must be "${id}", the name of its folder, got "${manifest.id}"`;
    throw new ModelError('invalid-manifest', path, message);
  }
  return manifest;
}

async function loadFile(id: string, file: ModelFile, options: LoadModelOptions): Promise<Bytes> {
  const { signal, onProgress, cache = browserCache(options.baseUrl) } = options;
  const path = `${id}/${file.name}`;
  const progress = (receivedBytes: number, how: { fromCache?: boolean; waiting?: boolean } = {}) =>
    onProgress?.({
      file: file.name,
      receivedBytes,
      totalBytes: file.bytes,
      fromCache: false,
      waiting: false,
      ...how,
    });

  // A cache that fails (private mode, full disk) must not keep a model from loading.
  const take = (key: string) => cache?.get(key).catch(() => undefined);
  const drop = (key: string) => cache?.delete(key).catch(() => undefined);
  const kept = await take(file.sha256);
  signal?.throwIfAborted();
  if (kept) {
    if ((await damage(kept, file)) === undefined) {
      progress(file.bytes, { fromCache: true });
      return kept;
    }
    await drop(file.sha256);
  }

  const unfinished = cache ? new UnfinishedFile(cache, file.sha256) : undefined;
  const start = await unfinished?.read();
  signal?.throwIfAborted();
  let resumed = false;
  const download = (from: Bytes | undefined) => {
    progress(from?.byteLength ?? 0);
    return reader(options)(path, {
      signal,
      start: from,
      onBytes: (receivedBytes, waiting) => progress(receivedBytes, { waiting }),
      onResume: () => {
        resumed = true;
      },
      onPart: (offset, part) => unfinished?.add(offset, part),
      revalidate: false,
      mostBytes: file.bytes,
    });
  };
  let bytes: Bytes | undefined;
  let problem: string | undefined;
  try {
    bytes = await download(start && start.byteLength < file.bytes ? start : undefined);
    signal?.throwIfAborted();
    problem = bytes && (await damage(bytes, file));
    if (problem !== undefined && resumed) {
      // The parts may be of different versions of the file.
      bytes = await download(undefined);
      signal?.throwIfAborted();
      problem = bytes && (await damage(bytes, file));
    }
  } catch (error) {
    await unfinished?.pause();
    throw error;
  }
  // Until the whole is kept, its pieces are: the page may go at any time.
  if (bytes && problem === undefined) await cache?.put(file.sha256, bytes).catch(() => undefined);
  await unfinished?.drop();
  if (bytes === undefined || looksLikeHtml(bytes)) {
    const message = `models/${path} is missing: the server has no such file. Put the whole folder models/${id} up again.`;
    throw new ModelError('missing-file', path, message);
  }
  if (problem !== undefined) {
    const message = `models/${path} is damaged: ${problem}. Try again, or reload the page: the site may have a newer version. If it stays so, put the file up again.`;
    throw new ModelError('damaged-file', path, message);
  }
  return bytes;
}

/** Manifests have some kilobytes. */
const MOST_JSON = 2 ** 24;

async function readText(path: string, options: LoadModelOptions): Promise<string | undefined> {
  const { signal } = options;
  const bytes = await reader(options)(path, { signal, revalidate: true, mostBytes: MOST_JSON });
  options.signal?.throwIfAborted();
  return bytes === undefined || looksLikeHtml(bytes) ? undefined : new TextDecoder().decode(bytes);
}

function reader({ read, baseUrl }: LoadModelOptions): ReadModelFile {
  return read ?? fetchModelFile(baseUrl);
}

/** What is wrong with a file's bytes; undefined if nothing is. */
async function damage(bytes: Bytes, file: ModelFile): Promise<string | undefined> {
  if (bytes.byteLength !== file.bytes) {
    const got = bytes.byteLength > file.bytes ? 'more' : bytes.byteLength;
    return `its size must be ${file.bytes} bytes, got ${got}`;
  }
  const sha256 = await sha256Of(bytes);
  if (sha256 === undefined || sha256 === file.sha256) return undefined; // loadModel warns of none.
  return `its SHA-256 must be ${file.sha256}, got ${sha256}`;
}

/** The SHA-256 of bytes in hexadecimal; undefined where browsers compute none: on pages without https. */
export async function sha256Of(bytes: ArrayBuffer | Bytes): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle) return undefined;
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function looksLikeHtml(bytes: Bytes): boolean {
  return /^\s*<(!doctype|html)/i.test(new TextDecoder().decode(bytes.subarray(0, 64)));
}
