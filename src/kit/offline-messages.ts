/** What a page tells the site's service worker. */
export type ToServiceWorker =
  /** Keep the site on this machine, with the runtime that this page computes with. */
  | { readonly type: 'keep'; readonly runtime?: string | undefined }
  /** A page has begun: what no version needs any more may go. */
  | { readonly type: 'tidy' }
  /** Take over from the version before. */
  | { readonly type: 'take-over' };

/**
 * A Web Lock that every page of a version shares while it is open: the files of a version stay until
 * nobody holds its lock.
 *
 * @param scope address of the site
 */
export function versionLock(scope: string, version: string): string {
  return `version ${version} of ${scope}`;
}
