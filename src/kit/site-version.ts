import { ofVersion } from './offline-messages';

/** The version of the built site that this page is of; undefined on the dev server. */
export function siteVersion(): string | undefined {
  return document.querySelector<HTMLElement>('script[data-version]')?.dataset.version;
}

/**
 * The folder of the networks. Under a service worker its files are asked for by this page's version:
 * the worker may be of a newer one, and has the files of both.
 */
export function modelsFolder(): string {
  const folder = new URL('models/', document.baseURI).href;
  const version = siteVersion();
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  return version !== undefined && workers?.controller ? ofVersion(folder, version) : folder;
}
