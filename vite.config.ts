import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { compressedPlugin } from './scripts/vite/compressed.ts';
import { headersPlugin } from './scripts/vite/headers.ts';
import { noticesPlugin } from './scripts/vite/notices.ts';
import { offlinePlugin } from './scripts/vite/offline.ts';
import { testModelsPlugin } from './scripts/vite/test-models.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Mode `e2e` adds what only tests use, networks and a page, and builds into dist-e2e. */
export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [
    react(),
    offlinePlugin(),
    headersPlugin(),
    noticesPlugin(fromRoot('.')),
    ...(mode === 'e2e'
      ? [testModelsPlugin(fromRoot('./e2e/models'), fromRoot('./public/models'))]
      : [compressedPlugin()]),
  ],
  worker: { format: 'es' as const },
  // Pre-bundling would move its modules away from the wasm files beside them.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  build: {
    target: 'esnext',
    outDir: mode === 'e2e' ? 'dist-e2e' : 'dist',
    emptyOutDir: true,
    // The page's policy allows no font inside a style sheet.
    assetsInlineLimit: (file: string) => (/\.(woff2?|ttf)$/.test(file) ? false : undefined),
    rolldownOptions: {
      input: [
        fromRoot('./index.html'),
        ...(mode === 'e2e' ? [fromRoot('./e2e/harness/index.html')] : []),
      ],
    },
  },
  test: {
    environment: 'node',
    // For a test that hangs: no test measures time, and a busy machine is many times slower.
    testTimeout: 60_000,
    include: ['src', 'cli', 'scripts', 'bench', 'e2e'].map(
      (folder) => `${folder}/**/*.test.{ts,tsx}`,
    ),
  },
}));
