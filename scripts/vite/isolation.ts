import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/** Puts coi-serviceworker into the built site and registers it; the dev server sends the headers itself. */
export function isolationPlugin(): Plugin {
  const worker = createRequire(import.meta.url).resolve('coi-serviceworker/coi-serviceworker.js');
  const register = new URL('./isolation-register.js', import.meta.url);
  return {
    name: 'guidance:isolation',
    apply: 'build',
    generateBundle() {
      for (const [fileName, path] of [
        ['coi-serviceworker.js', worker],
        ['isolation.js', register],
      ] as const) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(path, 'utf8') });
      }
    },
    transformIndexHtml() {
      // A file of its own: the page's policy allows no script inside it.
      return [{ tag: 'script', attrs: { src: './isolation.js' }, injectTo: 'head' }];
    },
  };
}
