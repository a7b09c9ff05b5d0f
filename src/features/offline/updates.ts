/** The site's service workers; undefined on the dev server, without https, and where they or storage are switched off. */
export async function siteRegistration(): Promise<ServiceWorkerRegistration | undefined> {
  const workers = globalThis.navigator?.serviceWorker as ServiceWorkerContainer | undefined;
  // Firefox rejects it where storage is refused.
  const registration = await workers?.ready.catch(() => undefined);
  // That of a site around this one is not ours.
  return registration?.scope === new URL('./', document.baseURI).href ? registration : undefined;
}

/**
 * Waits for a new version of the site that is on this machine in full.
 *
 * @param onReady is told its service worker, and later ones' too
 * @returns ends it
 */
export function watchUpdates(
  registration: ServiceWorkerRegistration,
  onReady: (worker: ServiceWorker) => void,
): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const check = () => {
    if (registration.waiting && !signal.aborted) onReady(registration.waiting);
  };
  const watch = () => registration.installing?.addEventListener('statechange', check, { signal });
  registration.addEventListener('updatefound', watch, { signal });
  watch();
  check();
  return () => ended.abort();
}
