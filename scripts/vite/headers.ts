import type { IndexHtmlTransformContext, Plugin } from 'vite';

/** What a host should send with every answer: README.md says so too. */
export const HEADERS: Readonly<Record<string, string>> = {
  // Cross-origin isolation, which wasm threads need. https://web.dev/articles/coop-coep
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  // A page cannot say this one itself.
  'Content-Security-Policy': "frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
};

/**
 * What the built page allows itself: its own files, wasm, and pictures that it makes. No script
 * inside the page, no style but one, nothing of another origin.
 */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  // The one style that Observable Plot puts into every chart.
  "style-src 'self' 'sha256-jSYQUrW7J0b3jPqhZP9C2Xh1PyJKHKXd4s0fpGGKrww='",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Sends the headers with every answer, 304 among them, and puts the policy into the built page. */
export function headersPlugin(): Plugin {
  const send = ({ middlewares }: { middlewares: { use(handler: Handler): unknown } }) => {
    middlewares.use((_, response, next) => {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      next();
    });
  };
  return {
    name: 'guidance:headers',
    configureServer: send,
    configurePreviewServer: send,
    // The dev server puts scripts and styles into the page.
    transformIndexHtml: {
      order: 'post',
      handler: (_: string, { server, path }: IndexHtmlTransformContext) =>
        server || path !== '/index.html'
          ? []
          : [
              {
                tag: 'meta',
                attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
                injectTo: 'head-prepend',
              },
            ],
    },
  };
}

type Handler = (
  request: unknown,
  response: { setHeader(name: string, value: string): unknown },
  next: () => void,
) => void;
