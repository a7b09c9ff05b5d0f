import { modelFileUrl } from './addresses';
import { ModelError } from './errors';
import { joined } from './joined';

export type Bytes = Uint8Array<ArrayBuffer>;

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * @param receivedBytes so far
   * @param waiting the connection broke, and is tried again in a moment
   */
  readonly onBytes?: (receivedBytes: number, waiting: boolean) => void;
  /** True: ask the server whether it has changed; false: keep no second copy in the HTTP cache. */
  readonly revalidate: boolean;
  /** The beginning of the file, from a download that was given up: only the rest is asked for. */
  readonly start?: Bytes | undefined;
  /** Reading ends once more has arrived than this: a file that is too long is wrong, however long it is. */
  readonly mostBytes?: number | undefined;
  /** The server goes on after what was there: the whole may be of two versions of the file. */
  readonly onResume?: () => void;
  /**
   * Takes what arrives, for another's `start`: each part follows the one before it, or begins the file
   * anew. Of a file that the browser unpacks there are none.
   */
  readonly onPart?: (offset: number, part: Uint8Array) => void;
}

/** Reads a file below the models folder; undefined where there is none. */
export type ReadModelFile = (path: string, options: ReadOptions) => Promise<Bytes | undefined>;

/** Waits before another attempt; any that got further than all before starts over with the first. */
const RETRY_AFTER_MS: readonly number[] = [300, 1000, 3000];

/** A server that has sent nothing for so long is not waited for. */
const STALLED_MS = 15_000;

/**
 * Reads over HTTP. A page in place of the file (hosts that answer every address with index.html)
 * counts as missing.
 *
 * A connection that breaks is tried again, and goes on where it broke if the server knows ranges
 * (RFC 9110, 14); else the file is sent anew. So is one on which nothing arrives any more, once.
 *
 * @param baseUrl as modelFileUrl's
 * @throws ModelError ('network'); the signal's reason when aborted
 */
export function fetchModelFile(
  baseUrl: string,
  retryAfterMs: readonly number[] = RETRY_AFTER_MS,
  stalledMs = STALLED_MS,
): ReadModelFile {
  return async (path, options) => {
    const { signal, onBytes } = options;
    const transfer = new Transfer(modelFileUrl(path, baseUrl), path, options, stalledMs);
    let furthest = 0;
    let failures = 0;
    try {
      for (;;) {
        try {
          return await transfer.run();
        } catch (cause) {
          signal?.throwIfAborted();
          if (cause instanceof ModelError) throw cause;
          if (transfer.receivedBytes > furthest) failures = 0;
          furthest = Math.max(furthest, transfer.receivedBytes);
          // Each time takes long enough.
          if (cause instanceof Stalled && failures > 0) throw cause;
          const pauseMs = retryAfterMs[failures++];
          if (pauseMs === undefined) throw cause;
          onBytes?.(transfer.receivedBytes, true);
          await pause(pauseMs, signal);
        }
      }
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

class Stalled extends Error {}

/** One file on its way, over as many connections as it takes. */
class Transfer {
  readonly #url: URL;
  readonly #path: string;
  readonly #options: ReadOptions;
  readonly #stalledMs: number;
  #chunks: Uint8Array[] = [];
  /** The file's version, by which the server knows whether the rest still belongs to the beginning. */
  #version: string | undefined;
  receivedBytes = 0;
  /** Offsets count what was sent: bytes that the browser unpacked have others. */
  resumable = true;

  constructor(url: URL, path: string, options: ReadOptions, stalledMs: number) {
    this.#url = url;
    this.#stalledMs = stalledMs;
    this.#path = path;
    this.#options = options;
    if (options.start) this.#take(options.start);
  }

  /** The file, or undefined where there is none. @throws ModelError for an answer of the server; else the connection broke */
  async run(): Promise<Bytes | undefined> {
    const { signal } = this.#options;
    const connection = new AbortController();
    const abort = () => connection.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    let stalled = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onProgress = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        connection.abort();
      }, this.#stalledMs);
    };
    onProgress();
    try {
      return await this.#receive(connection.signal, onProgress);
    } catch (error) {
      throw stalled ? new Stalled(`nothing has arrived for ${this.#stalledMs / 1000} s`) : error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  async #receive(signal: AbortSignal, onProgress: () => void): Promise<Bytes | undefined> {
    const { revalidate, mostBytes = Infinity } = this.#options;
    if (!this.resumable) this.#startOver();
    const asked = this.receivedBytes;
    const response = await fetch(this.#url, {
      cache: revalidate ? 'no-cache' : 'no-store',
      signal,
      headers: this.#headers(),
    });
    const { status, headers } = response;
    if (status === 404 || status === 410) return undefined;
    const goesOn = status === 206 && headers.get('content-range')?.startsWith(`bytes ${asked}-`);
    if (asked > 0 && !goesOn) {
      this.#startOver();
      if (status === 206 || status === 416) {
        await response.body?.cancel();
        return this.#receive(signal, onProgress);
      }
    }
    if (!response.ok) {
      throw new ModelError(
        'network',
        this.#path,
        `${this.#path}: the server answered ${status} ${response.statusText}. Try again later.`,
      );
    }
    if (headers.get('content-type')?.startsWith('text/html')) {
      await response.body?.cancel();
      return undefined;
    }
    if (goesOn) this.#options.onResume?.();
    const etag = headers.get('etag');
    this.#version = etag?.startsWith('"') ? etag : undefined;
    this.resumable = (headers.get('content-encoding') ?? 'identity') === 'identity';
    const reader = response.body?.getReader();
    for (;;) {
      onProgress();
      const next = await reader?.read();
      if (next?.value === undefined) return this.bytes();
      if (this.resumable) this.#options.onPart?.(this.receivedBytes, next.value);
      this.#take(next.value);
      this.#options.onBytes?.(this.receivedBytes, false);
      if (this.receivedBytes > mostBytes) {
        await reader?.cancel();
        return this.bytes();
      }
    }
  }

  /** What has arrived. */
  bytes(): Bytes {
    return joined(this.#chunks, this.receivedBytes);
  }

  #headers(): Record<string, string> {
    if (this.receivedBytes === 0) return {};
    const range = { Range: `bytes=${this.receivedBytes}-` };
    return this.#version === undefined ? range : { ...range, 'If-Range': this.#version };
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.receivedBytes += chunk.byteLength;
  }

  #startOver(): void {
    this.#chunks = [];
    this.receivedBytes = 0;
    this.#version = undefined;
    this.resumable = true;
  }
}

/** @throws the signal's reason when aborted */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
