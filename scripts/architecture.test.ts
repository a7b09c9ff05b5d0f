import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** [importing file, imported module]: who may know whom. */
const accepted: readonly (readonly [string, string])[] = [
  ['src/diffusion/schedules.ts', './parameters'],
  ['src/diffusion/samplers/heun.ts', '../fields'],
  ['src/diffusion/samplers/heun.test.ts', 'vitest'],
  ['src/diffusion/schedules.test.ts', 'node:fs'],
  ['src/diffusion/metrics/frechet.ts', 'ml-matrix'],
  ['src/models/manifest.ts', 'valibot'],
  ['src/models/download.ts', './manifest'],
  ['src/engine/engine.worker.ts', './session'],
  ['src/engine/engine.worker.ts', '../diffusion/samplers'],
  ['src/engine/engine.worker.ts', '../models/download'],
  ['src/engine/session.ts', 'onnxruntime-web/webgpu'],
  ['src/engine/session.ts', 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url'],
  ['src/engine/client.ts', './protocol'],
  ['src/engine/client.ts', './engine.worker?worker'],
  ['src/lab/train.worker.ts', './training-loop'],
  ['src/lab/trainer.ts', '../diffusion/random'],
  ['src/lab/train-client.ts', './train-protocol'],
  ['src/state/training-run.ts', '../lab/train-client'],
  ['src/state/training.ts', '../lab/train-protocol'],
  ['src/lab/client.ts', './protocol'],
  ['src/lab/client.ts', '../diffusion/plane/world'],
  ['src/lab/plane.worker.ts', '../diffusion/plane/particles'],
  ['src/state/plane-runner.ts', '../lab/client'],
  ['src/state/store.ts', '../engine/client'],
  ['src/state/store.ts', '../engine/protocol.ts'],
  ['src/state/store.ts', '../diffusion/samplers/index'],
  ['src/state/store.ts', '../models/manifest'],
  ['src/state/experiment-keep.ts', '../models/results'],
  ['src/state/experiment-keep.ts', '../models/reference'],
  ['src/state/models.ts', '../models/library'],
  ['src/state/own-networks.ts', '../models/onnx-file'],
  ['src/state/own-networks.ts', '../models/onnx-weights'],
  ['src/state/own-networks.ts', '../models/own-hints'],
  ['src/state/own-networks.ts', '../models/own-network'],
  ['src/ui/OwnNetwork.tsx', '../models/own-network'],
  ['src/state/store.ts', 'zustand/vanilla'],
  ['src/state/experiment-files.ts', '../models/results'],
  ['src/state/experiment-keep.ts', 'idb-keyval'],
  ['src/ui/App.tsx', 'react'],
  ['src/ui/App.tsx', 'zustand'],
  ['src/ui/line-chart.ts', '@observablehq/plot'],
  ['src/ui/App.tsx', '../state/store'],
  ['src/ui/App.tsx', '../engine/client'],
  ['src/ui/controls/Slider.tsx', '../../diffusion/parameters'],
  ['src/ui/controls/Slider.tsx', '../strings'],
  ['src/ui/export-gif.ts', 'gifenc'],
  ['src/ui/idea/Tex.tsx', 'katex'],
  ['src/ui/idea/Tex.tsx', 'katex/dist/katex.min.css'],
  ['src/main.tsx', './ui/App'],
  ['src/main.tsx', './lab/measuring-client'],
  ['src/main.tsx', './models/library'],
  ['cli/runtime.ts', '../src/diffusion/fields'],
  ['cli/runtime.ts', '../src/models/manifest'],
  ['cli/runtime.ts', 'onnxruntime-node'],
  ['cli/models.ts', 'node:fs/promises'],
  ['cli/plot-svg.ts', '@observablehq/plot'],
  ['bench/bench.ts', '../src/diffusion/fields'],
  ['bench/page.ts', '../src/engine/client'],
];

const rejected: readonly (readonly [string, string])[] = [
  ['src/diffusion/schedules.ts', '../models/manifest'],
  ['src/diffusion/schedules.ts', 'valibot'],
  ['src/diffusion/schedules.ts', 'node:fs'],
  ['src/diffusion/schedules.ts', 'vitest'],
  ['src/diffusion/metrics/point.ts', 'ml-matrix'],
  ['src/diffusion/metrics/frechet.ts', 'valibot'],
  ['src/diffusion/metrics/frechet.ts', '../../models/reference'],
  ['src/diffusion/samplers/heun.ts', '../../models/manifest'],
  ['src/diffusion/samplers/heun.ts', '../../../cli/runtime'],
  ['src/diffusion/samplers/heun.test.ts', '../../engine/client'],
  ['src/models/download.ts', '../engine/client'],
  ['src/models/download.ts', '../state/store'],
  ['src/models/download.ts', '../ui/App'],
  ['src/models/download.ts', '../diffusion/fields'],
  ['src/models/download.ts', 'onnxruntime-web'],
  ['src/engine/engine.worker.ts', '../state/store'],
  ['src/engine/engine.worker.ts', '../ui/App'],
  ['src/engine/engine.worker.ts', 'react'],
  ['src/engine/engine.worker.ts', 'onnxruntime-web'],
  ['src/engine/gpu-fields.ts', 'onnxruntime-web/webgpu'],
  ['src/engine/session.ts', '../state/store'],
  ['src/state/store.ts', '@observablehq/plot'],
  ['src/state/models.ts', '../models/download'],
  ['src/lab/client.ts', './plane.worker'],
  ['src/lab/client.ts', '../engine/session'],
  ['src/lab/plane.worker.ts', 'onnxruntime-web'],
  ['src/state/plane-runner.ts', '../lab/plane.worker'],
  ['src/engine/client.ts', './session'],
  ['src/engine/client.ts', './engine.worker'],
  ['src/engine/client.ts', './gpu-fields'],
  ['src/engine/client.ts', 'onnxruntime-web'],
  ['src/lab/trainer.ts', 'onnxruntime-web'],
  ['src/lab/train-client.ts', './training-loop'],
  ['src/lab/train-protocol.ts', './trainer'],
  ['src/state/training-run.ts', '../lab/train.worker'],
  ['src/state/training-run.ts', '../lab/trainer'],
  ['src/ui/plane/TrainSection.tsx', '../../lab/train-client'],
  ['src/state/store.ts', '../ui/App'],
  ['src/state/store.ts', '../engine/session'],
  ['src/state/store.ts', '../engine/engine.worker'],
  ['src/state/store.ts', '../models/download'],
  ['src/state/store.ts', 'react'],
  ['src/state/export.ts', 'gifenc'],
  ['src/state/idea.ts', 'katex'],
  ['src/ui/App.tsx', 'katex'],
  ['src/state/store.ts', 'onnxruntime-web'],
  ['src/ui/App.tsx', '../engine/session'],
  ['src/ui/App.tsx', '../engine/engine.worker'],
  ['src/ui/App.tsx', '../models/download'],
  ['src/ui/App.tsx', 'onnxruntime-web'],
  ['src/ui/controls/Slider.tsx', '../../engine/session.ts'],
  ['src/main.tsx', './engine/session'],
  ['src/main.tsx', './lab/measuring.worker'],
  ['src/state/experiment-runner.ts', '../lab/measuring-client'],
  ['src/main.tsx', 'onnxruntime-web/wasm'],
  ['cli/sample.ts', '../src/engine/session'],
  ['cli/sample.ts', '../src/state/store'],
  ['cli/sample.ts', '../src/ui/App'],
  ['bench/bench.ts', '../src/state/store'],
  ['bench/bench.ts', '../src/engine/session'],
  ['e2e/page.spec.ts', 'onnxruntime-web'],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const tree = mkdtempSync(join(tmpdir(), 'architecture-'));
const restricted = new Set<string>();

// Line n of a file holds its n-th import: one lint run shows them all.
beforeAll(() => {
  const { overrides } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  writeFileSync(join(tree, 'biome.json'), JSON.stringify({ overrides }));
  const byFile = new Map<string, (readonly [string, string])[]>();
  for (const pair of [...accepted, ...rejected]) {
    byFile.set(pair[0], [...(byFile.get(pair[0]) ?? []), pair]);
  }
  for (const [file, imports] of byFile) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(
      join(tree, file),
      imports.map(([, module], i) => `export * as x${i} from '${module}';\n`).join(''),
    );
  }
  for (const { file, line } of restrictedImports(tree)) {
    const module = byFile.get(file)?.[line - 1]?.[1];
    restricted.add(`${file} → ${module}`);
  }
});

afterAll(() => rmSync(tree, { recursive: true }));

describe('a permitted import passes the linter', () => {
  test.each(accepted)('%s → %s', (file, module) => {
    expect(restricted).not.toContain(`${file} → ${module}`);
  });
});

describe('a forbidden import is a lint error', () => {
  test.each(rejected)('%s → %s', (file, module) => {
    expect(restricted).toContain(`${file} → ${module}`);
  });
});

test('type-only and dynamic imports are held to the same directions', () => {
  const file = 'src/models/other-forms.ts';
  writeFileSync(
    join(tree, file),
    `import type { A } from '../engine/client';\nexport const b: Promise<A> = import('../ui/App');\n`,
  );
  const lines = restrictedImports(tree).filter((found) => found.file === file);
  expect(lines.map(({ line }) => line)).toEqual([1, 2]);
});

/** Runs Biome over the tree and returns where it reports noRestrictedImports. */
function restrictedImports(folder: string): { file: string; line: number }[] {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const args = [
    'lint',
    '--only=style/noRestrictedImports',
    '--reporter=json',
    '--max-diagnostics=none',
    '.',
  ];
  let report: string;
  try {
    report = execFileSync(process.execPath, [biome, ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    report = (error as { stdout: string }).stdout;
  }
  const { diagnostics } = JSON.parse(report) as {
    diagnostics: { category: string; location: { path: string; start: { line: number } } }[];
  };
  return diagnostics
    .filter(({ category }) => category === 'lint/style/noRestrictedImports')
    .map(({ location }) => ({ file: location.path, line: location.start.line }));
}
