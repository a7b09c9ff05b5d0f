import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/** Puts coi-serviceworker into the built site and registers it; the dev server sends the headers itself. */
export function isolationPlugin(): Plugin {
  const worker = createRequire(import.meta.url).resolve('coi-serviceworker/coi-serviceworker.js');
  return {
    name: 'guidance:isolation',
    apply: 'build',
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: 'coi-serviceworker.js',
        source: readFileSync(worker, 'utf8'),
      });
    },
    transformIndexHtml() {
      const code = readFileSync(new URL('./isolation-register.js', import.meta.url), 'utf8');
      return [{ tag: 'script', children: `\n${code}`, injectTo: 'head' }];
    },
  };
}
