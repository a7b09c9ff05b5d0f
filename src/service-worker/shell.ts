import { PrecacheController } from 'workbox-precaching/PrecacheController.js';
import { splitVersion } from '../kit/offline-messages';
import type { SiteFiles } from './site-files';

const PAGE = 'index.html';

/** Workbox stores files for events of this name alone; here a page's message may ask for it too. */
const INSTALLING = { type: 'install', waitUntil: () => {} } as unknown as ExtendableEvent;

/**
 * The site's own files on this machine: those of this version, and those of versions before for as
 * long as pages of theirs are open. Files whose names have no hash are this version's, unless a page
 * asks for them by its own.
 */
export class Shell {
  readonly #scope: string;
  readonly #precache: PrecacheController;
  readonly #runtimes: ReadonlySet<string>;
  readonly #version: string;

  /** @param scope address of the site, ending in a slash: other sites of the origin have caches of their own */
  constructor(scope: string, { version, shell, runtimes }: SiteFiles) {
    this.#version = version;
    this.#scope = scope;
    const { pathname } = new URL(scope);
    this.#precache = new PrecacheController({ cacheName: `guidance-shell ${pathname}` });
    this.#precache.addToCacheList([...shell]);
    this.#runtimes = new Set(runtimes.map((url) => new URL(url, scope).href));
  }

  /** Stores what is missing of this version, the page last. @throws Error where a file cannot be had */
  async fill(): Promise<void> {
    if (await this.#precache.matchPrecache(PAGE)) return;
    // Later versions find by it what this version's pages ask for.
    const names = Object.fromEntries(this.#precache.getURLsToCacheKeys());
    await (await this.#lists()).put(this.#listOf(this.#version), Response.json(names));
    await this.#precache.install(INSTALLING);
  }

  /** What is kept for a request; undefined where nothing is. */
  async find({ url, mode }: Request): Promise<Response | undefined> {
    if (mode === 'navigate' && this.#isPage(url)) return this.#precache.matchPrecache(PAGE);
    const cache = await this.#cache();
    return (
      (await cache.match(await this.#nameOf(url))) ??
      (await (await this.#runtimeCache()).match(url))
    );
  }

  /** Whether a request is for something that may be kept. */
  knows({ url, mode }: Request): boolean {
    if (mode === 'navigate') return this.#isPage(url);
    const { address, version } = splitVersion(url);
    return (
      address.startsWith(`${this.#scope}assets/`) ||
      (version !== undefined && version !== this.#version) ||
      this.#precache.getCacheKeyForURL(address) !== undefined
    );
  }

  isRuntime(url: string): boolean {
    return this.#runtimes.has(url);
  }

  /**
   * Keeps a runtime that a page computes with.
   *
   * @param fetched where it has just been fetched
   */
  async keepRuntime(url: string, fetched?: Response): Promise<void> {
    if (!this.isRuntime(url)) return;
    const cache = await this.#runtimeCache();
    if (await cache.match(url)) return;
    const response = fetched ?? (await fetch(url));
    if (response.ok) await cache.put(url, response);
  }

  /** This version's runtimes in place of those kept of versions before. */
  async renewRuntimes(): Promise<void> {
    const kept = await (await this.#runtimeCache()).keys();
    const names = new Set(kept.map(({ url }) => withoutHash(url)));
    for (const url of this.#runtimes) if (names.has(withoutHash(url))) await this.keepRuntime(url);
  }

  /** Deletes what is kept of other versions. */
  async dropOthers(): Promise<void> {
    await this.#precache.activate(INSTALLING);
    const lists = await this.#lists();
    for (const { url } of await lists.keys()) {
      if (url !== this.#listOf(this.#version)) await lists.delete(url);
    }
    const cache = await this.#runtimeCache();
    for (const request of await cache.keys()) {
      if (!this.isRuntime(request.url)) await cache.delete(request);
    }
  }

  /** What the cache calls a file of the version that its address asks for. */
  async #nameOf(url: string): Promise<string> {
    const { address, version = this.#version } = splitVersion(url);
    if (version === this.#version) return this.#precache.getCacheKeyForURL(address) ?? address;
    const list = await (await this.#lists()).match(this.#listOf(version));
    const names: Readonly<Record<string, string>> = (await list?.json()) ?? {};
    return names[address] ?? url;
  }

  #isPage(url: string): boolean {
    const address = url.replace(/[?#].*$/, '');
    return address === this.#scope || address === this.#scope + PAGE;
  }

  #cache(): Promise<Cache> {
    return caches.open(this.#precache.strategy.cacheName);
  }

  /** A version's files by their addresses, as the cache calls them. */
  #lists(): Promise<Cache> {
    return caches.open(`guidance-versions ${new URL(this.#scope).pathname}`);
  }

  #listOf(version: string): string {
    return new URL(`version-${version}.json`, this.#scope).href;
  }

  #runtimeCache(): Promise<Cache> {
    return caches.open(`guidance-runtimes ${new URL(this.#scope).pathname}`);
  }
}

/** The name of a built file before its content's hash: a-DcHrbrbl.wasm → a. */
function withoutHash(url: string): string {
  return url.replace(/-[\w-]{8}\.\w+$/, '');
}
