import type { UseStore } from 'idb-keyval';
import type { OwnFiles } from '../../engine/protocol';
import { keepOnFullDisk } from '../../kit/keep-on-full-disk';
import { openedInTime } from '../../kit/opened-in-time';
import { messageOf } from '../../networks/errors';
import { parseManifest } from '../../networks/manifest';

/** Where brought networks are kept between visits. */
export interface NetworkStorage {
  /** By their ids; each is to be read by `readKept`. */
  all(): Promise<readonly (readonly [id: string, kept: unknown])[]>;
  /** Keeps a network, and asks the browser to do so even when its disk gets full. */
  put(files: OwnFiles): Promise<void>;
  remove(id: string): Promise<void>;
}

/** A network that is kept and cannot be read: damaged, or of another version of this page. */
export interface UnreadableNetwork {
  readonly id: string;
  readonly reason: string;
}

/** A network as storage holds it. */
export function readKept(id: string, kept: unknown): OwnFiles | UnreadableNetwork {
  const { manifest, graph }: Partial<Record<keyof OwnFiles, unknown>> = Object(kept);
  try {
    const read = parseManifest(JSON.stringify(manifest ?? null), id);
    if (read.role !== 'denoiser' || read.id !== id) {
      throw new RangeError(
        `${id}: "role" and "id" must be denoiser and ${id}, got ${read.role} and ${read.id}`,
      );
    }
    if (!(graph instanceof Blob)) throw new RangeError(`${id}: its graph must be a file, is none`);
    return { manifest: read, graph };
  } catch (error) {
    return { id, reason: messageOf(error) };
  }
}

/** In the browser's IndexedDB, which pages without https have too. */
export function browserNetworkStorage(): NetworkStorage {
  const load = () => import('idb-keyval');
  let opened: UseStore | undefined;
  const open = async () => {
    opened ??= openedInTime((await load()).createStore('guidance-own', 'networks'));
    return opened;
  };
  return {
    async all() {
      const { entries } = await load();
      const all = await entries<IDBValidKey, unknown>(await open());
      return all.map(([id, kept]) => [String(id), kept] as const);
    },
    async put(files) {
      const { set } = await load();
      await set(files.manifest.id, files, await open());
      keepOnFullDisk();
    },
    async remove(id) {
      const { del } = await load();
      await del(id, await open());
    },
  };
}
