import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/chromium.mjs';

const port = Number(process.env.GUIDANCE_E2E_PORT ?? 4174);
const executablePath = await findChromium();
const preview = `npx vite preview --mode e2e --host localhost --port ${port} --strictPort`;

/**
 * `test.info().project.metadata.backend` names the backend that a project's tests ask the page for.
 * e2e/gpu needs WebGPU; e2e/page is the same whatever the backend and runs on the quick one; what
 * lies beside them is run on both: the journey, agreement with PyTorch, the network that ships.
 */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // Half of a test's time goes by between processes: two share two cores well.
  workers: 2,
  // npm test names what passes at the second attempt only.
  retries: 1,
  // WebGPU on the software adapter is about a hundred times slower than on a GPU. No test measures
  // time, and a busy machine is many times slower.
  timeout: 480_000,
  expect: { timeout: 120_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? 'test-results/report.json' }],
  ],
  use: {
    baseURL: `http://localhost:${port}`,
    // It stores the whole site, and what tests put in place of answers would not reach the page.
    serviceWorkers: 'block',
    actionTimeout: 60_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--disable-background-networking',
      ],
    },
  },
  projects: [
    // The software adapter takes every core for one page.
    {
      name: 'webgpu',
      metadata: { backend: 'webgpu' },
      testIgnore: ['page/**', 'other-browsers/**'],
      workers: 1,
    },
    { name: 'wasm', metadata: { backend: 'wasm' }, testIgnore: ['gpu/**', 'other-browsers/**'] },
    // Browsers that Playwright does not drive, where they are installed. CI has no time for them
    // (docs/ARCHITECTURE.md, Other browsers).
    ...['firefox', 'webkit'].map((name) => ({
      name,
      metadata: { browser: name },
      testDir: 'e2e/other-browsers',
      testMatch: ['other-browser.spec.ts', `${name}.spec.ts`],
      workers: 1,
    })),
  ],
  webServer: {
    // scripts/test.mjs has built the site already.
    command: process.env.GUIDANCE_E2E_BUILT ? preview : `npx vite build --mode e2e && ${preview}`,
    url: `http://localhost:${port}/`,
    timeout: 180_000,
    reuseExistingServer: false,
  },
});
