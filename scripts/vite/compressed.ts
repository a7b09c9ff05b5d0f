import { constants } from 'node:zlib';
import type { Plugin } from 'vite';
import { compression, defineAlgorithm } from 'vite-plugin-compression2';

/**
 * Writes `file.gz` and `file.br` beside what compresses well, for hosts that serve such files (nginx's
 * `gzip_static`, Caddy's `precompressed`). The weights of networks do not: float16 loses a tenth.
 * Left out is the document, which the service worker's version is written into at the very end.
 */
export function compressedPlugin(): Plugin {
  return compression({
    include: /\.(js|mjs|css|json|webmanifest|svg|txt|wasm)$/,
    threshold: 1024,
    algorithms: [
      defineAlgorithm('gzip', { level: 9 }),
      // The highest quality takes minutes for the runtime, and saves another twentieth.
      defineAlgorithm('brotliCompress', { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    ],
  });
}
