import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import type { SiteFiles } from '../../src/service-worker/site-files';

const WORKER = 'service-worker.js';
const PAGE = 'index.html';
/** Stands for the version until every file is there. */
const PLACEHOLDER = 'version-of-the-site';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Puts the service worker into the built site, with the list of the files that it keeps, and lets
 * the page register it. The dev server has none: it sends the headers itself.
 */
export function offlinePlugin(): Plugin {
  let outDir = '';
  return {
    name: 'guidance:offline',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    generateBundle() {
      const source = readFileSync(fromHere('register.js'), 'utf8');
      this.emitFile({ type: 'asset', fileName: 'register.js', source });
    },
    transformIndexHtml(_, { path }) {
      if (path !== `/${PAGE}`) return [];
      // A file of its own: the page's policy allows no script inside it.
      const attrs = { src: './register.js', 'data-version': PLACEHOLDER };
      return [{ tag: 'script', attrs, injectTo: 'head' }];
    },
    // After all other plugins have written their files.
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const page = join(outDir, PAGE);
        if (!existsSync(page)) return;
        const files = siteFiles(outDir);
        const html = readFileSync(page, 'utf8').replace(PLACEHOLDER, files.version);
        writeFileSync(page, html);
        writeFileSync(join(outDir, WORKER), await serviceWorker(files));
      },
    },
  };
}

/**
 * The files of a built site that a visit without a connection needs: all but networks, whose files
 * are kept when they are opened, and what no current browser asks for.
 *
 * @param folder of the site
 */
export function siteFiles(folder: string): SiteFiles {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted();
  const hashOf = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex')
      .slice(0, 16);
  const files = all.filter((path) => SHELL.test(path));
  const others = files.map((url) => ({
    url,
    revision: url.startsWith('assets/') ? null : hashOf(url),
  }));
  const list = createHash('sha256').update(JSON.stringify(others)).update(hashOf(PAGE));
  const version = list.digest('hex').slice(0, 16);
  return {
    version,
    shell: [...others, { url: PAGE, revision: version }],
    runtimes: all.filter((path) => /^assets\/.*\.wasm$/.test(path)),
  };
}

/** Fonts in one format, nothing twice; of networks what the list of them shows. */
const SHELL =
  /^(assets\/.*(?<!\.(wasm|ttf|woff|map|gz|br))|icons\/.*(?<!\.(gz|br))|manifest\.webmanifest|(?!service-worker)[\w-]+\.js|models\/index\.json|models\/[^/]+\/(manifest\.json|[^/]+\.(png|webp)))$/;

/** The service worker's program, in one file. */
async function serviceWorker(files: SiteFiles): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { SITE_FILES: JSON.stringify(files) },
    build: {
      write: false,
      target: 'esnext',
      modulePreload: false,
      rolldownOptions: {
        input: fromHere('../../src/service-worker/service-worker.ts'),
        output: { format: 'iife' },
      },
    },
  });
  const [chunk] = [built].flat().flatMap((result) => ('output' in result ? result.output : []));
  if (chunk?.type !== 'chunk') throw new Error(`${WORKER} must be one program, got none`);
  return chunk.code;
}
