import { ModelError } from './errors';

export type Bytes = Uint8Array<ArrayBuffer>;

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes received so far. */
  readonly onBytes?: (receivedBytes: number) => void;
  /** True: ask the server whether it has changed; false: keep no second copy in the HTTP cache. */
  readonly revalidate: boolean;
}

/** Reads a file below the models folder; undefined where there is none. */
export type ReadModelFile = (path: string, options: ReadOptions) => Promise<Bytes | undefined>;

/** Bytes kept between visits, by their SHA-256. Its failures are never fatal. */
export interface ModelCache {
  get(sha256: string): Promise<Bytes | undefined>;
  put(sha256: string, bytes: Bytes): Promise<void>;
  delete(sha256: string): Promise<void>;
}

/**
 * Reads over HTTP. A page in place of the file (hosts that answer every address with index.html)
 * counts as missing.
 *
 * @param baseUrl absolute address of the models folder, ending in a slash
 * @throws ModelError ('network'); the signal's reason when aborted
 */
export function fetchModelFile(baseUrl: string): ReadModelFile {
  return async (path, { signal, onBytes, revalidate }) => {
    try {
      const response = await fetch(new URL(path, baseUrl), {
        cache: revalidate ? 'no-cache' : 'no-store',
        signal: signal ?? null,
      });
      if (response.status === 404 || response.status === 410) return undefined;
      if (!response.ok) {
        throw new ModelError(
          'network',
          path,
          `${path}: the server answered ${response.status} ${response.statusText}. Try again later.`,
        );
      }
      if (response.headers.get('content-type')?.startsWith('text/html')) {
        await response.body?.cancel();
        return undefined;
      }
      return await readBody(response, onBytes);
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof ModelError) throw cause;
      throw new ModelError(
        'network',
        path,
        `${path} could not be downloaded (${cause}). Check the connection and try again.`,
        { cause },
      );
    }
  };
}

/** The browser's Cache Storage; undefined where there is none (Node, insecure addresses). */
export function browserCache(): ModelCache | undefined {
  if (!('caches' in globalThis)) return undefined;
  const open = () => caches.open('guidance-models');
  // Cache Storage wants addresses as keys; this one is never fetched.
  const key = (sha256: string) => `https://models.invalid/${sha256}`;
  return {
    async get(sha256) {
      const response = await (await open()).match(key(sha256));
      return response && new Uint8Array(await response.arrayBuffer());
    },
    async put(sha256, bytes) {
      await (await open()).put(key(sha256), new Response(bytes));
    },
    async delete(sha256) {
      await (await open()).delete(key(sha256));
    },
  };
}

async function readBody(response: Response, onBytes: ReadOptions['onBytes']): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  let receivedBytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next?.value === undefined) break;
    chunks.push(next.value);
    receivedBytes += next.value.byteLength;
    onBytes?.(receivedBytes);
  }
  const bytes = new Uint8Array(receivedBytes);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
