import { PrecacheController } from 'workbox-precaching/PrecacheController.js';
import type { SiteFiles } from './site-files';

const PAGE = 'index.html';

/** Workbox stores files for events of this name alone; here a page's message may ask for it too. */
const INSTALLING = { type: 'install', waitUntil: () => {} } as unknown as ExtendableEvent;

/**
 * The site's own files on this machine: those of this version, and those of versions before for as
 * long as pages of theirs are open. Files whose names have no hash are this version's.
 */
export class Shell {
  readonly #scope: string;
  readonly #precache: PrecacheController;
  readonly #runtimes: ReadonlySet<string>;

  /** @param scope address of the site, ending in a slash: other sites of the origin have caches of their own */
  constructor(scope: string, { shell, runtimes }: SiteFiles) {
    this.#scope = scope;
    const { pathname } = new URL(scope);
    this.#precache = new PrecacheController({ cacheName: `guidance-shell ${pathname}` });
    this.#precache.addToCacheList([...shell]);
    this.#runtimes = new Set(runtimes.map((url) => new URL(url, scope).href));
  }

  /** Stores what is missing of this version, the page last. @throws Error where a file cannot be had */
  async fill(): Promise<void> {
    if (await this.#precache.matchPrecache(PAGE)) return;
    await this.#precache.install(INSTALLING);
  }

  /** What is kept for a request; undefined where nothing is. */
  async find({ url, mode }: Request): Promise<Response | undefined> {
    if (mode === 'navigate' && this.#isPage(url)) return this.#precache.matchPrecache(PAGE);
    const cache = await this.#cache();
    return (
      (await cache.match(this.#precache.getCacheKeyForURL(url) ?? url)) ??
      (await (await this.#runtimeCache()).match(url))
    );
  }

  /** Whether a request is for something that may be kept. */
  knows({ url, mode }: Request): boolean {
    if (mode === 'navigate') return this.#isPage(url);
    return (
      url.startsWith(`${this.#scope}assets/`) || this.#precache.getCacheKeyForURL(url) !== undefined
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
    const cache = await this.#runtimeCache();
    for (const request of await cache.keys()) {
      if (!this.isRuntime(request.url)) await cache.delete(request);
    }
  }

  #isPage(url: string): boolean {
    const address = url.replace(/[?#].*$/, '');
    return address === this.#scope || address === this.#scope + PAGE;
  }

  #cache(): Promise<Cache> {
    return caches.open(this.#precache.strategy.cacheName);
  }

  #runtimeCache(): Promise<Cache> {
    return caches.open(`guidance-runtimes ${new URL(this.#scope).pathname}`);
  }
}

/** The name of a built file before its content's hash: a-DcHrbrbl.wasm → a. */
function withoutHash(url: string): string {
  return url.replace(/-[\w-]{8}\.\w+$/, '');
}
