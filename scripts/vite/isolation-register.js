// Run by the built index.html: turns on cross-origin isolation (and so wasm threads) on hosts
// that cannot send the COOP and COEP headers. `?coi=0` in the address switches it off again.
(() => {
  // Set by the reload that the service worker asks for. While it is set no second reload happens,
  // so that a browser that refuses isolation is left alone instead of reloading for ever.
  const reloaded = 'guidance:isolation-reload';
  const workers = navigator.serviceWorker;
  if (!workers || !window.isSecureContext) return;
  const script = new URL('coi-serviceworker.js', document.baseURI).href;
  try {
    if (new URLSearchParams(location.search).get('coi') === '0') {
      const controlled = workers.controller?.scriptURL === script;
      workers
        .getRegistrations()
        .then((all) => all.filter((one) => one.active?.scriptURL === script))
        .then((own) => Promise.all(own.map((one) => one.unregister())))
        .then((removed) => {
          if (controlled && removed.length > 0) location.reload();
        });
      return;
    }
    if (window.crossOriginIsolated) {
      sessionStorage.removeItem(reloaded);
      return;
    }
    if (sessionStorage.getItem(reloaded)) return;
  } catch {
    return; // Storage is blocked: the page works without isolation, on one thread.
  }
  const coi = {
    quiet: true,
    doReload: async () => {
      await workers.ready; // Else the reloaded page could come before the worker is active.
      if (sessionStorage.getItem(reloaded)) return;
      sessionStorage.setItem(reloaded, '1');
      location.reload();
    },
  };
  Object.assign(window, { coi });
  const tag = document.createElement('script');
  tag.src = script;
  document.head.append(tag);
})();
