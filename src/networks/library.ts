import { browserCache, deleteFormerCache, type ModelCache } from './cache';
import { type LoadModelOptions, loadModelIndex, readAnyManifest } from './download';
import { ModelError } from './errors';
import type { Manifest, TextEncoderManifest } from './manifest';
import { withoutOffset } from './unfinished';

/** What a site says of its networks. */
export interface Catalogue {
  /** Id of the network that a first visit opens. */
  readonly default: string;
  /** In the order of the index. */
  readonly manifests: readonly Manifest[];
  /** Text encoders, which networks that take prompts name. */
  readonly encoders: readonly TextEncoderManifest[];
  /** What could not be read of the others, in words. */
  readonly problems: readonly string[];
}

/**
 * Reads the index and every manifest that it names.
 *
 * @throws ModelError for an index that cannot be read; a manifest that cannot is left out and reported
 */
export async function readCatalogue(options: LoadModelOptions): Promise<Catalogue> {
  const index = await loadModelIndex(options);
  const read = await Promise.all(
    index.models.map((id) =>
      readAnyManifest(id, options).catch((error: unknown) => {
        if (error instanceof ModelError) return error;
        throw error;
      }),
    ),
  );
  const known = read.flatMap((entry) => (entry instanceof ModelError ? [] : [entry]));
  return {
    default: index.default,
    manifests: known.filter((entry) => entry.role !== 'text-encoder'),
    encoders: known.filter((entry) => entry.role === 'text-encoder'),
    problems: read.flatMap((entry) => (entry instanceof ModelError ? [entry.message] : [])),
  };
}

export { hexOf, sha256Of } from './download';
export { partKey } from './unfinished';

/**
 * `readCatalogue` once for all who ask; again only after it could not be read in full.
 *
 * @returns what rejects as `readCatalogue`
 */
export function sharedCatalogue(options: LoadModelOptions): () => Promise<Catalogue> {
  let reading: Promise<Catalogue> | undefined;
  const forget = () => {
    reading = undefined;
  };
  return () => {
    if (!reading) {
      reading = readCatalogue(options);
      reading.then(({ problems }) => problems.length > 0 && forget(), forget);
    }
    return reading;
  };
}

/** The files of networks that this machine keeps between visits, by their SHA-256. */
export interface KeptFiles {
  /** Beginnings of files that are not finished are there by their `partKey`. */
  list(): Promise<ReadonlySet<string>>;
  /** Deletes these, finished or not. */
  remove(sha256s: Iterable<string>): Promise<void>;
  /** Deletes everything but these. */
  removeAllBut(sha256s: ReadonlySet<string>): Promise<void>;
}

/**
 * @param baseUrl absolute address of the models folder
 * @param cache default: Cache Storage; without one nothing is kept
 */
export function keptFiles(
  baseUrl: string,
  cache: ModelCache | undefined = browserCache(baseUrl),
): KeptFiles {
  const remove = async (goes: (sha256: string) => boolean) => {
    for (const key of (await cache?.keys()) ?? []) {
      if (goes(withoutOffset(key).replace(/^part-/, ''))) await cache?.delete(key);
    }
  };
  return {
    async list() {
      return new Set(((await cache?.keys()) ?? []).map(withoutOffset));
    },
    remove(sha256s) {
      const unwanted = new Set(sha256s);
      return remove((sha256) => unwanted.has(sha256));
    },
    async removeAllBut(sha256s) {
      await remove((sha256) => !sha256s.has(sha256));
      await deleteFormerCache();
    },
  };
}
