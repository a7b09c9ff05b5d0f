import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { allImports, circles, forbidden, importsOf, RULES, ruleFor } from './imports';

const root = fileURLToPath(new URL('..', import.meta.url));
const { dependencies, devDependencies } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const packages = Object.keys({ ...dependencies, ...devDependencies });

/** [importing file or folder, imported one or package] */
const accepted: readonly (readonly [string, string])[] = [
  ['src/diffusion/samplers/heun.ts', 'src/diffusion/fields.ts'],
  ['src/diffusion/samplers/contract.test.ts', 'vitest'],
  ['src/diffusion/metrics/point.test.ts', 'node:fs'],
  ['src/diffusion/metrics/frechet.ts', 'ml-matrix'],
  ['src/networks/text/tokeniser.ts', '@huggingface/tokenizers'],
  ['src/networks/text/tokeniser.ts', 'src/networks/errors.ts'],
  ['src/networks/own/own-network.ts', 'src/diffusion/convention.ts'],
  ['src/networks/manifest.ts', 'valibot'],
  ['src/networks/download.ts', 'src/networks/manifest.ts'],
  ['src/engine/engine.worker.ts', 'src/engine/session.ts'],
  ['src/engine/engine.worker.ts', 'src/networks/download.ts'],
  ['src/engine/engine.worker.ts', 'src/diffusion/samplers'],
  ['src/engine/session.ts', 'onnxruntime-web/webgpu'],
  ['src/engine/client.ts', 'src/engine/protocol.ts'],
  ['src/engine/protocol.ts', 'src/networks/manifest.ts'],
  ['src/service-worker/shell.ts', 'workbox-precaching/PrecacheController.js'],
  ['src/service-worker/shell.ts', 'src/kit/offline-messages.ts'],
  ['src/settings', 'src/engine/client.ts'],
  ['src/settings', 'zustand/vanilla'],
  ['src/settings', 'src/kit/words'],
  ['src/kit/words', 'src/engine/protocol.ts'],
  ['src/kit', 'src/settings'],
  ['src/kit', 'react'],
  ['src/kit/line-chart.ts', '@observablehq/plot'],
  ['src/features/plane/plane.worker.ts', 'src/diffusion/worlds/plane'],
  ['src/features/plane', 'src/kit'],
  ['src/features/experiments', 'idb-keyval'],
  ['src/features/own', 'idb-keyval'],
  ['src/features/idea', 'katex/dist/katex.min.css'],
  ['src/features/rules', 'docs/rules/letters.json'],
  ['src/features/export', 'gifenc'],
  ['src/app', 'src/features/plane'],
  ['src/main.tsx', 'src/app'],
  ['cli/runtime.ts', 'onnxruntime-node'],
  ['cli/runtime.ts', 'src/networks/manifest.ts'],
  ['cli', 'src/settings'],
  ['bench', 'src/engine/client.ts'],
  ['e2e/harness/gpu/trajectories.ts', 'src/engine/session.ts'],
  ['e2e/harness/harness.ts', 'onnxruntime-web/webgpu'],
  ['e2e/page', 'src/features/idea'],
  ['scripts/test.mjs', 'node:fs'],
  ['scripts/vite/compressed.ts', 'vite-plugin-compression2'],
  ['scripts/vite/offline.ts', 'src/service-worker/site-files.ts'],
];

const rejected: readonly (readonly [string, string])[] = [
  ['src/diffusion/schedules.ts', 'src/networks/manifest.ts'],
  ['src/diffusion/schedules.ts', 'node:fs'],
  ['src/diffusion/schedules.ts', 'vitest'],
  ['src/diffusion/metrics/point.ts', 'ml-matrix'],
  ['src/diffusion/metrics/frechet.ts', 'valibot'],
  ['src/diffusion/samplers/heun.ts', 'cli/runtime.ts'],
  ['src/diffusion/samplers/contract.test.ts', 'src/engine/client.ts'],
  ['src/networks/text/tokeniser.ts', 'src/engine/session.ts'],
  ['src/networks/download.ts', '@huggingface/tokenizers'],
  ['src/networks/download.ts', 'src/engine/client.ts'],
  ['src/networks/own/ports.ts', 'src/engine/client.ts'],
  ['src/networks/download.ts', 'src/diffusion/fields.ts'],
  ['src/networks/download.ts', 'onnxruntime-web'],
  ['src/engine/client.ts', 'src/engine/session.ts'],
  ['src/engine/client.ts', 'src/engine/engine.worker.ts'],
  ['src/engine/client.ts', 'src/networks/download.ts'],
  ['src/engine/protocol.ts', 'src/engine/client.ts'],
  ['src/engine/protocol.ts', 'src/engine/session.ts'],
  ['src/engine/engine.worker.ts', 'onnxruntime-web'],
  ['src/engine/engine.worker.ts', 'src/settings'],
  ['src/engine/session.ts', 'src/kit'],
  ['src/service-worker/shell.ts', 'src/kit/redraw.ts'],
  ['src/service-worker/shell.ts', 'src/networks/sources.ts'],
  ['src/settings', 'src/kit'],
  ['src/settings', 'src/features/plane'],
  ['src/settings', 'src/engine/session.ts'],
  ['src/settings', 'react'],
  ['src/kit/words', 'src/settings'],
  ['src/kit/words', 'react'],
  ['src/kit', 'src/features/plane'],
  ['src/kit', 'src/app'],
  ['src/kit', '@observablehq/plot'],
  ['src/kit/line-chart.ts', 'src/features/experiments'],
  ['src/features/plane/plane.worker.ts', 'onnxruntime-web'],
  ['src/features/plane/plane.worker.ts', 'src/features/training'],
  ['src/features/plane', 'src/features/plane/plane.worker.ts'],
  ['src/features/plane', 'src/features/training'],
  ['src/features/plane', 'src/app'],
  ['src/features/plane', 'src/networks/download.ts'],
  ['src/features/plane', 'katex'],
  ['src/features/experiments', 'src/features/export'],
  ['src/features/experiments', 'src/engine/session.ts'],
  ['src/features/rules', 'docs/results/strength.json'],
  ['src/features/export', 'src/features/grid'],
  ['src/features/idea', 'src/features/playground'],
  ['src/features/own', 'src/features/shelf'],
  ['src/app', 'katex'],
  ['src/app', 'src/engine/session.ts'],
  ['src/main.tsx', 'onnxruntime-web/wasm'],
  ['src/main.tsx', 'src/engine/engine.worker.ts'],
  ['cli', 'src/kit'],
  ['cli', 'src/engine/session.ts'],
  ['bench', 'src/kit'],
  ['bench', 'src/engine/session.ts'],
  ['e2e/harness/gpu/trajectories.ts', 'onnxruntime-web'],
  ['e2e/harness/harness.ts', 'src/engine/session.ts'],
  ['e2e/page', 'onnxruntime-web'],
  ['scripts/test.mjs', 'src/settings'],
  ['scripts/vite/compressed.ts', 'playwright'],
  ['scripts/vite/offline.ts', 'src/service-worker/shell.ts'],
];

test('the tree keeps the rules', () => {
  const imports = allImports(root);
  const wrong = imports.filter(forbidden).map(({ from, to }) => `${from} → ${to}`);
  expect(wrong).toEqual([]);
  expect(circles(imports)).toEqual([]);
});

test.each(accepted)('%s may import %s', (from, to) => {
  expect(forbidden({ from, to, asWorker: false })).toBe(false);
});

test.each(rejected)('%s must not import %s', (from, to) => {
  expect(forbidden({ from, to, asWorker: false })).toBe(true);
});

test('each rule has an accepted and a rejected import', () => {
  for (const table of [accepted, rejected]) {
    const decided = new Set(table.map(([from]) => ruleFor(from)));
    expect(RULES.filter((rule) => !decided.has(rule)).map(([files]) => files)).toEqual([]);
  }
});

test('rules and tables name files, folders and packages that exist', () => {
  const inRules = RULES.flat().map((path) => path.replace('!', '').replace(/\/?[*$].*/, ''));
  for (const path of [...inRules, ...accepted.flat(), ...rejected.flat()]) {
    if (/^(docs|src|cli|bench|e2e|scripts)(\/|$)/.test(path)) {
      expect(existsSync(`${root}${path}`), `${path} must exist`).toBe(true);
    } else if (!path.startsWith('node:')) {
      expect(packages).toContain(/^(@[^/]+\/)?[^/]+/.exec(path)?.[0]);
    }
  }
});

test.each([
  ["import { a } from '../b';", 'src/b.ts'],
  ["import type { A } from '../b';", 'src/b.ts'],
  ["import { type A } from '../b.ts';", 'src/b.ts'],
  ["import '../b';", 'src/b.ts'],
  ["export * from '../b';", 'src/b.ts'],
  ["export type { A } from '../b';", 'src/b.ts'],
  ["const late = import('../b');", 'src/b.ts'],
  ["type B = typeof import('../b');", 'src/b.ts'],
  ["import { c } from '../c';", 'src/c/index.ts'],
  ["import url from 'onnxruntime-web/x.wasm?url';", 'onnxruntime-web/x.wasm'],
])('%s is found', (source, to) => {
  const exists = (path: string) => ['src/b.ts', 'src/c/index.ts'].includes(path);
  const from = 'src/a/a.ts';
  expect(importsOf(from, source, exists)).toEqual([{ from, to, asWorker: false }]);
  expect(importsOf(from, `// ${source}`, exists)).toEqual([]);
});

test('a worker is started from its own folder and imported by none but its test', () => {
  const source = "new Worker(new URL('./a.worker.ts', import.meta.url));";
  const [started] = importsOf('src/a/client.ts', source, () => true);
  expect(started).toEqual({ from: 'src/a/client.ts', to: 'src/a/a.worker.ts', asWorker: true });
  expect(started && forbidden(started)).toBe(false);
  expect(started && forbidden({ ...started, from: 'src/b/client.ts' })).toBe(true);
  expect(started && forbidden({ ...started, asWorker: false })).toBe(true);
  const to = 'src/engine/engine.worker.ts';
  expect(forbidden({ from: 'src/engine/worker.test.ts', to, asWorker: false })).toBe(false);
});

test('a circle is found whatever its length, a worker started on the way ends it', () => {
  const edge = (from: string, to: string, asWorker = false) => ({ from, to, asWorker });
  const line = [edge('a', 'b'), edge('b', 'c'), edge('a', 'c')];
  expect(circles(line)).toEqual([]);
  expect(circles([...line, edge('c', 'a')])).toEqual([['a', 'b', 'c']]);
  expect(circles([...line, edge('c', 'a', true)])).toEqual([]);
  expect(circles([edge('a', 'b'), edge('b', 'a'), edge('c', 'd'), edge('d', 'c')])).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});
