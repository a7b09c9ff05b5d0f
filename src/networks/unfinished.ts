import type { ModelCache } from './cache';
import { joined } from './joined';
import type { Bytes } from './sources';

/** What has arrived is kept this often: a file that takes less is kept whole alone. */
const PIECE_MS = 1000;

/** Key of a piece of a file whose download has not ended, or, without the offset, what they all begin with. */
export function partKey(sha256: string, offset?: number): string {
  return offset === undefined ? `part-${sha256}` : `${partKey(sha256)}-${offset}`;
}

/** A key without the offset of its piece: `partKey` or the SHA-256 of a whole file. */
export function withoutOffset(key: string): string {
  return key.replace(/^(part-[^-]+)-\d+$/, '$1');
}

/**
 * A file on its way, kept piece by piece as it arrives: whatever ends the download, a reload of the
 * page too, the next one goes on from there. No failure of the cache matters.
 */
export class UnfinishedFile {
  readonly #cache: ModelCache;
  readonly #sha256: string;
  /** What has arrived since the last piece. */
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** Where the next piece begins. */
  #offset = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Pieces are written and deleted in turn. */
  #writing = Promise.resolve();

  /** @param sha256 that the whole file must have */
  constructor(cache: ModelCache, sha256: string) {
    this.#cache = cache;
    this.#sha256 = sha256;
  }

  /** The beginning of the file, as far as it is kept; `add` goes on after it. */
  async read(): Promise<Bytes | undefined> {
    const pieces: Bytes[] = [];
    let length = 0;
    try {
      for (;;) {
        const piece = await this.#cache.get(partKey(this.#sha256, length));
        if (!piece?.byteLength) break;
        pieces.push(piece);
        length += piece.byteLength;
      }
    } catch {
      return undefined;
    }
    this.#offset = length;
    return length > 0 ? joined(pieces, length) : undefined;
  }

  /** Takes what has arrived next; at another offset than that, the file is sent anew. */
  add(offset: number, chunk: Uint8Array): void {
    if (offset !== this.#offset + this.#bytes) {
      this.#forget();
      this.#offset = offset;
      this.#inTurn(() => this.#delete());
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    this.#timer ??= setTimeout(() => this.#keep(), PIECE_MS);
  }

  /** Keeps all that has arrived, for another download. */
  pause(): Promise<void> {
    this.#keep();
    return this.#writing;
  }

  /** Deletes every piece: the file is whole, or what was kept of it is damaged. */
  drop(): Promise<void> {
    this.#forget();
    this.#offset = 0;
    this.#inTurn(() => this.#delete());
    return this.#writing;
  }

  #keep(): void {
    const piece = joined(this.#chunks, this.#bytes);
    const key = partKey(this.#sha256, this.#offset);
    this.#offset += this.#bytes;
    this.#forget();
    if (piece.byteLength > 0) this.#inTurn(() => this.#cache.put(key, piece));
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#chunks = [];
    this.#bytes = 0;
  }

  async #delete(): Promise<void> {
    const own = partKey(this.#sha256);
    for (const key of await this.#cache.keys()) {
      if (withoutOffset(key) === own) await this.#cache.delete(key);
    }
  }

  #inTurn(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(write).catch(() => undefined);
  }
}
