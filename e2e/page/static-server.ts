import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export interface StaticServer {
  /** Address of the site, ending in a slash. */
  readonly url: string;
  close(): void;
}

/** A host as plain as they come: files below a path, no headers but the content type. */
export async function serveStatic(folder: string, path: string): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const inSite = pathname.startsWith(path) ? normalize(pathname.slice(path.length)) : '..';
    const file = join(folder, inSite === '.' || inSite === '' ? 'index.html' : inSite);
    if (inSite.startsWith('..') || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}${path}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
