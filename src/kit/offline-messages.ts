/** What a page tells the site's service worker. */
export type ToServiceWorker =
  /** Keep the site on this machine, with the runtime that this page computes with. */
  | { readonly type: 'keep'; readonly runtime?: string | undefined }
  /** A page has begun: what no version needs any more may go. */
  | { readonly type: 'tidy' }
  /** Take over from the version before. */
  | { readonly type: 'take-over' };

const VERSION = 'site-version';

/** An address of the site with the version of it that is meant: pages ask so for files without a hash in their names. */
export function ofVersion(address: string, version: string): string {
  const url = new URL(address);
  url.searchParams.set(VERSION, version);
  return url.href;
}

/** What `ofVersion` made an address of; without a version, any other. */
export function splitVersion(address: string): { address: string; version: string | undefined } {
  const url = new URL(address);
  const version = url.searchParams.get(VERSION) ?? undefined;
  url.searchParams.delete(VERSION);
  return { address: url.href, version };
}

/**
 * A Web Lock that every page of a version shares while it is open: the files of a version stay until
 * nobody holds its lock.
 *
 * @param scope address of the site
 */
export function versionLock(scope: string, version: string): string {
  return `version ${version} of ${scope}`;
}
