import { useEffect, useState } from 'react';
import { useWords } from '../../kit/app-context';
import type { ToServiceWorker } from '../../kit/offline-messages';
import '../../kit/notices.css';
import { siteRegistration, watchUpdates } from './updates';
import { offlineWords } from './words';

/** Offers a new version of the page once all of it is on this machine. */
export function UpdateNotice() {
  const words = useWords(offlineWords);
  const [ready, setReady] = useState<ServiceWorker>();
  useEffect(() => {
    let end = () => {};
    let ended = false;
    void siteRegistration().then((registration) => {
      if (registration && !ended) end = watchUpdates(registration, setReady);
    });
    return () => {
      ended = true;
      end();
    };
  }, []);
  return (
    <div aria-live="polite">
      {ready && (
        <p className="notice" data-update="">
          {words.update}{' '}
          <button type="button" onClick={() => takeOver(ready)}>
            {words.useIt}
          </button>{' '}
          <button type="button" onClick={() => setReady(undefined)}>
            {words.later}
          </button>
        </p>
      )}
    </div>
  );
}

/** Reloads this page alone with the new version: other tabs keep theirs. */
function takeOver(worker: ServiceWorker): void {
  const message: ToServiceWorker = { type: 'take-over' };
  // Another tab may have asked before.
  if (worker.state === 'activated') location.reload();
  worker.addEventListener('statechange', () => {
    if (worker.state === 'activated') location.reload();
  });
  worker.postMessage(message);
}
