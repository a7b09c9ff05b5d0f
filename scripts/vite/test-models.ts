import {
  cpSync,
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { Connect, Plugin } from 'vite';

interface ModelIndex {
  readonly schema: 1;
  readonly models: readonly string[];
  readonly default: string;
}

/** Adds the networks under `testModels` to the site's `models/`, for the end-to-end tests only. */
export function testModelsPlugin(testModels: string, publicModels: string): Plugin {
  let outDir = '';
  const serve: Connect.NextHandleFunction = (request, response, next) => {
    const path = decodeURIComponent((request.url ?? '').replace(/[?#].*$/, ''));
    if (path.endsWith('/models/index.json')) {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(mergedIndex(testModels, publicModels)));
      return;
    }
    const [, id, file] = /\/models\/([\w-]+)\/([\w.-]+)$/.exec(path) ?? [];
    const source = id !== undefined && file !== undefined ? join(testModels, id, file) : undefined;
    if (source === undefined || !existsSync(source)) return next();
    response.setHeader(
      'Content-Type',
      source.endsWith('.json') ? 'application/json' : 'application/octet-stream',
    );
    createReadStream(source).pipe(response);
  };
  return {
    name: 'guidance:test-models',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    configureServer(server) {
      server.middlewares.use(serve);
    },
    // After the bundle and the copy of public/.
    closeBundle() {
      const models = join(outDir, 'models');
      for (const id of directories(testModels)) {
        cpSync(join(testModels, id), join(models, id), { recursive: true });
      }
      const index = mergedIndex(testModels, publicModels);
      if (existsSync(models)) writeFileSync(join(models, 'index.json'), JSON.stringify(index));
    },
  };
}

function mergedIndex(testModels: string, publicModels: string): ModelIndex {
  const indexFile = join(publicModels, 'index.json');
  const shipped: ModelIndex | undefined = existsSync(indexFile)
    ? JSON.parse(readFileSync(indexFile, 'utf8'))
    : undefined;
  const models = [...new Set([...(shipped?.models ?? []), ...directories(testModels)])];
  return { schema: 1, models, default: shipped?.default ?? models[0] ?? '' };
}

function directories(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
