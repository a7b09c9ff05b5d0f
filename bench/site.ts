import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = 'node_modules/.cache/bench-site';

export interface Site {
  /** Address of the real page, ending in a slash; the benchmark's own page lies below it. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Builds the site as it ships, with the test networks and the benchmark's page beside it, and serves it.
 *
 * @param built what was built before is served again
 */
export async function serveSite(built = false): Promise<Site> {
  const options = { root, mode: 'e2e', logLevel: 'warn' as const };
  const input = ['index.html', 'bench/page/index.html'].map((page) => `${root}${page}`);
  if (!built) await build({ ...options, build: { outDir, rolldownOptions: { input } } });
  // The headers of vite.config.ts isolate the page, so that both sides have wasm threads.
  const server = await preview({
    ...options,
    build: { outDir },
    preview: { host: 'localhost', port: 4390 },
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error('The site could not be served: Vite names no address');
  return { url, close: () => server.close() };
}
