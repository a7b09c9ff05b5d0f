import { type ToServiceWorker, versionLock } from '../kit/offline-messages';
import { askingInTime } from '../networks/in-time';
import { Shell } from './shell';
import type { SiteFiles } from './site-files';

declare const self: ServiceWorkerGlobalScope;
/** Put in place by scripts/vite/offline.ts. */
declare const SITE_FILES: SiteFiles;

const { scope } = self.registration;
// Once: each mention of the list is a copy of it.
const files = SITE_FILES;
const shell = new Shell(scope, files);

self.addEventListener('install', (event) => {
  // The first one is at once in charge of isolation, and stores the site when a page has time for
  // it. A new version stores all of its files before it is offered.
  if (self.registration.active) {
    event.waitUntil(
      alone(async () => {
        await shell.fill();
        await shell.renewRuntimes();
      }),
    );
  }
});

self.addEventListener('message', (event) => {
  const message: ToServiceWorker = event.data;
  switch (message.type) {
    case 'keep': {
      const { runtime } = message;
      event.waitUntil(alone(() => shell.fill()));
      if (runtime !== undefined) event.waitUntil(shell.keepRuntime(runtime));
      break;
    }
    case 'tidy':
      event.waitUntil(alone(tidy));
      break;
    case 'take-over':
      event.waitUntil(self.skipWaiting());
      break;
    default:
      message satisfies never;
  }
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  // Threads of WebAssembly need these two: https://web.dev/articles/coop-coep
  const isolates = ISOLATED.has(request.destination);
  if (isolates || shell.knows(request)) event.respondWith(answer(event, isolates));
});

/** What Cross-Origin-Embedder-Policy is read from. */
const ISOLATED: ReadonlySet<string> = new Set(['document', 'iframe', 'worker', 'sharedworker']);

/** Storage that does not answer must not keep the page from being loaded. */
const ask = askingInTime('Cache Storage');

async function answer(event: FetchEvent, isolates: boolean): Promise<Response> {
  const kept = await ask(() => shell.find(event.request)).catch(() => undefined);
  const response = kept ?? (await fetchAndKeep(event));
  // As they came where possible: browsers keep compiled code with them.
  return isolates && response.status !== 0 ? isolated(response) : response;
}

async function fetchAndKeep(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const response = await fetch(request);
  if (shell.isRuntime(request.url)) {
    event.waitUntil(shell.keepRuntime(request.url, response.clone()));
  }
  return response;
}

function isolated({ body, status, statusText, headers: sent }: Response): Response {
  const headers = new Headers(sent);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(body, { status, statusText, headers });
}

/** One at a time, of all versions: what one stores must not be deleted by another meanwhile. */
function alone(job: () => Promise<void>): Promise<void> {
  return navigator.locks.request(`guidance-files ${scope}`, job);
}

/**
 * Deletes the files of other versions once every open page is of this one, unless a newer one is being
 * stored or waits. A page that has not begun yet holds no lock and counts as another version's.
 */
async function tidy(): Promise<void> {
  const { installing, waiting } = self.registration;
  if (installing ?? waiting) return;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.filter(({ url }) => url.startsWith(scope));
  const { held = [] } = await navigator.locks.query();
  const lock = versionLock(scope, files.version);
  if (held.filter(({ name }) => name === lock).length === open.length) await shell.dropOthers();
}
