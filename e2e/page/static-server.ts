import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
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
  /** Paths of the files that were asked for, from the site on. */
  readonly asked: string[];
  close(): void;
}

/** A host whose connections break while it sends certain files. */
export interface Breaking {
  /** Paths of those files, from the site on. */
  readonly files: RegExp;
  /** After so many bytes of an answer. */
  readonly afterBytes: number;
  /** Whether it answers a range with that part of the file. */
  readonly ranges: boolean;
  /** Whether connections stay open in place of breaking. */
  readonly stalls?: boolean;
  /** How often it breaks; further answers are whole. */
  times: number;
  /** The ranges that were asked for, '' for the whole file. */
  readonly asked: string[];
}

/** A host that puts the next version of the site in place of the one that was built. */
export interface Deploying {
  next: boolean;
}

/** A host that sends headers, and says of files that the browser has that nothing has changed. */
export interface Sending {
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it repeats the headers where it says so. */
  readonly repeats: boolean;
}

/** Programs of the next version have other hashes in their names: those of this one, reversed. */
export const otherHashes = (text: string) =>
  text.replaceAll(
    /-([\w-]{8})(?=\.(js|wasm)\b)/g,
    (_, hash: string) => `-${[...hash].toReversed().join('')}`,
  );
const nextVersion = (text: string) =>
  otherHashes(text)
    .replaceAll(/(data-version="|version:[`'"])\w+/g, '$1next')
    .replaceAll(/(url:[`'"](?:index\.html|models\/[^`'"]+)[`'"],revision:[`'"])\w+/g, '$1next');
/** Networks of the next version have other titles. */
export const nextTitle = (title: string) => `Next ${title}`;
const nextManifest = (text: string) =>
  text.replace(/(?<="title": ")[^"]*/, (title) => nextTitle(title));

/**
 * A host as plain as they come: files below a path, no headers but the content type.
 *
 * @param options.changed what it makes of the text of programs and pages
 * @param options.extra programs that it has besides, by their paths
 * @param options.without paths that it does not have
 */
export async function serveStatic(
  folder: string,
  base: string,
  {
    breaking,
    deploying,
    sending,
    changed,
    extra = {},
    without = [],
  }: {
    breaking?: Breaking;
    deploying?: Deploying;
    sending?: Sending;
    changed?: (text: string, path: string) => string;
    extra?: Readonly<Record<string, string>>;
    without?: readonly string[];
  } = {},
): Promise<StaticServer> {
  const allAsked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const asked = pathname.startsWith(base) ? normalize(pathname.slice(base.length)) : '..';
    allAsked.push(asked);
    const inSite = deploying?.next ? otherHashes(asked) : asked;
    const path = inSite === '.' || inSite === '' ? 'index.html' : inSite;
    const file = join(folder, path);
    const added = extra[path];
    if (added !== undefined) {
      response.setHeader('Content-Type', 'text/javascript').end(added);
      return;
    }
    const has = existsSync(file) && statSync(file).isFile() && !without.includes(path);
    if (path.startsWith('..') || !has) {
      response.writeHead(404).end();
      return;
    }
    if (sending) {
      const tag = `"${Math.floor(statSync(file).mtimeMs)}"`;
      const unchanged = request.headers['if-none-match'] === tag;
      response.setHeader('ETag', tag).setHeader('Cache-Control', 'no-cache');
      if (!unchanged || sending.repeats)
        response.setHeaders(new Map(Object.entries(sending.headers)));
      if (unchanged) {
        response.writeHead(304).end();
        return;
      }
    }
    response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
    if (breaking?.files.test(inSite)) {
      sendBreaking(request.headers.range ?? '', readFileSync(file), breaking, response);
      return;
    }
    if (deploying?.next && file.endsWith('manifest.json')) {
      response.end(nextManifest(readFileSync(file, 'utf8')));
      return;
    }
    if (deploying?.next && /\.(js|html)$/.test(file)) {
      response.end(nextVersion(readFileSync(file, 'utf8')));
      return;
    }
    if (changed && /\.(js|html)$/.test(file)) {
      response.end(changed(readFileSync(file, 'utf8'), path));
      return;
    }
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}${base}`,
    asked: allAsked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function sendBreaking(
  range: string,
  content: Buffer,
  breaking: Breaking,
  response: ServerResponse,
): void {
  breaking.asked.push(range);
  const from = breaking.ranges ? Number(/bytes=(\d+)-/.exec(range)?.[1] ?? 0) : 0;
  const last = content.byteLength - 1;
  response.writeHead(from ? 206 : 200, {
    'Content-Length': content.byteLength - from,
    ...(from && { 'Content-Range': `bytes ${from}-${last}/${content.byteLength}` }),
  });
  if (breaking.times-- > 0) {
    // A moment later, so that what was sent arrives.
    response.write(content.subarray(from, from + breaking.afterBytes), () =>
      setTimeout(() => breaking.stalls || response.destroy(), 50),
    );
  } else response.end(content.subarray(from));
}
