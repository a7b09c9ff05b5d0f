// Run by the built index.html: registers the service worker, which keeps the site for visits without
// a connection and turns on cross-origin isolation (and so wasm threads) on hosts that cannot send
// the COOP and COEP headers. `?coi=0` in the address takes it away again.
(() => {
  // Set by the one reload that isolation takes. While it is set no second reload happens, so that a
  // browser that refuses isolation is left alone instead of reloading for ever.
  const reloaded = 'guidance:isolation-reload';
  const workers = navigator.serviceWorker;
  if (!workers || !window.isSecureContext) return;
  const site = new URL('./', document.baseURI).href;
  const isolate = async () => {
    await workers.ready; // Else the reloaded page could come before the worker is active.
    if (sessionStorage.getItem(reloaded)) return;
    sessionStorage.setItem(reloaded, '1');
    location.reload();
  };
  const remove = async () => {
    const controlled = workers.controller !== null;
    // That of a site around this one is not ours.
    const registration = await workers.getRegistration(site);
    if (registration?.scope !== site) return;
    await registration.unregister();
    if (controlled) location.reload();
  };
  try {
    if (new URLSearchParams(location.search).get('coi') === '0') {
      remove().catch(() => {});
      return;
    }
    if (window.crossOriginIsolated) sessionStorage.removeItem(reloaded);
    const waits = !window.crossOriginIsolated && !sessionStorage.getItem(reloaded);
    // A browser that refuses it has the page as it is, from the network and on one thread.
    workers
      .register('./service-worker.js')
      .then(waits ? isolate : undefined)
      .catch(() => {});
  } catch {
    // Storage is blocked: the same.
  }
})();
