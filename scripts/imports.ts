// Who may import whom, for every depth; circles are forbidden. `npm run imports` checks the tree.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

/** The side of the engine that the main thread may see: the worker's side is behind messages. */
const client = ['client', 'protocol', 'living-worker', 'silence'].map(
  (name) => `src/engine/${name}.ts`,
);
/** What every part of the page stands on; only workers download networks. */
const below = ['src/diffusion', 'src/networks', '!src/networks/download.ts', ...client];
const page = [...below, 'src/settings', 'src/kit', 'react', 'zustand', 'valibot'];
const nodeModels = ['node:*', 'src/diffusion', 'src/networks', 'onnxruntime-node'];

/**
 * [files, what they may import besides each other]: the first row that matches a file decides.
 * A path means the file or everything below the folder, `*` is any part of one name, and the last
 * entry that matches an import decides, where `!` forbids.
 */
export const RULES: readonly (readonly [string, ...string[]])[] = [
  ['src/diffusion/metrics/frechet.ts', 'src/diffusion', 'ml-matrix'],
  ['src/diffusion'],
  ['src/networks/text', 'src/networks', 'valibot', '@huggingface/tokenizers'],
  ['src/networks/own', 'src/networks', 'src/diffusion', 'valibot'],
  ['src/networks', 'valibot'],
  ['src/engine/client.ts', ...below],
  ['src/engine/protocol.ts', 'src/diffusion', 'src/networks'],
  ['src/engine/session.ts', 'src/engine', 'src/diffusion', 'src/networks', 'onnxruntime-web'],
  ['src/engine', 'src/diffusion', 'src/networks'],
  [
    'src/service-worker',
    'src/kit/offline-messages.ts',
    'src/networks/in-time.ts',
    'workbox-precaching',
  ],
  // The common words lie below the settings, which say what they are with them.
  ['src/kit/words', ...below],
  ['src/settings', ...below, 'src/kit/words', 'zustand', 'valibot'],
  ['src/kit/line-chart.ts', ...page, '@observablehq/plot'],
  ['src/kit', ...page],
  ['src/features/*/*.worker.ts', 'src/features/$1', 'src/diffusion', 'src/networks', 'src/kit'],
  ['src/features/experiments', ...page, '@observablehq/plot', 'idb-keyval', 'docs/results'],
  ['src/features/rules', ...page, 'docs/rules'],
  ['src/features/export', ...page, 'gifenc'],
  ['src/features/idea', ...page, 'katex'],
  ['src/features/own', ...page, 'idb-keyval'],
  ['src/features/*', ...page],
  ['src/app', ...page, 'src/features'],
  ['src/main.tsx', ...page, 'src/features', 'src/app', 'react-dom'],
  ['cli', ...nodeModels, 'src/settings', '@observablehq/plot', 'linkedom', 'fast-png'],
  [
    'bench',
    ...nodeModels,
    ...client,
    'src/settings/numbers.ts',
    'cli',
    'onnxruntime-web',
    'playwright',
    'vite',
    'fast-png',
    'gifenc',
    'scripts',
    'e2e/fixtures',
  ],
  // Fields on the GPU beside arrays: what no page sees.
  ['e2e/harness/gpu', 'src/engine', 'src/diffusion', 'src/networks'],
  ['e2e/harness', 'e2e/harness/gpu', ...below, 'onnxruntime-web'],
  [
    'e2e',
    ...page,
    'src/features',
    'src/app',
    'node:*',
    '@playwright/test',
    '@axe-core/playwright',
    'fast-png',
  ],
  ['scripts/vite/compressed.ts', 'node:*', 'vite', 'vite-plugin-compression2'],
  ['scripts', 'node:*', 'vite', 'playwright', 'src/service-worker/site-files.ts'],
];

/** What tests may import besides: a feature's may put the page together from the other features. */
const FOR_TESTS: readonly (readonly [string, ...string[]])[] = [
  ['*', 'vitest', 'node:*', 'fast-png', 'fake-indexeddb', 'linkedom', 'e2e/fixtures'],
  ['src/features', 'src/features'],
  ['e2e/fixtures', 'cli'],
];

export interface Import {
  readonly from: string;
  /** A path from the root, or a package with what follows its name. */
  readonly to: string;
  /** `new Worker(new URL(to, import.meta.url))`: another thread, no dependency of this one. */
  readonly asWorker: boolean;
}

/** The files whose imports are held to the rules, as paths from the root. */
export function sourceFiles(root: string): string[] {
  return ['src', 'cli', 'bench', 'e2e', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => posix.join(folder, file.replaceAll('\\', '/')))
      .filter((file) => /\.(tsx?|m?js|css)$/.test(file) && !file.endsWith('.d.ts')),
  );
}

/**
 * Every import of a module: static, re-exporting, type-only, `import()` in code and in types, and
 * workers by `new URL('./x.worker.ts', import.meta.url)`.
 *
 * @param exists whether a path from the root is a source file
 */
export function importsOf(
  from: string,
  source: string,
  exists: (path: string) => boolean,
): Import[] {
  if (from.endsWith('.css')) return [];
  const parsed = parseSync(from, source);
  const { module, errors } = parsed;
  if (errors[0]) throw new Error(`${from} does not parse: ${errors[0].message}`);
  const found = new Set<string>();
  const workers = new Set<string>();
  for (const { moduleRequest } of module.staticImports) found.add(moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) found.add(moduleRequest.value);
  }
  // The tree takes ten times as long as the list of imports: it is asked for where it has more.
  if (/import\(|new URL\(/.test(source)) {
    visit(parsed.program, (node) => {
      if (node.type === 'ImportExpression' || node.type === 'TSImportType') {
        // A name that is made up while the program runs is another program's.
        if (typeof node.source.value === 'string') found.add(node.source.value);
      } else if (node.type === 'NewExpression' && node.callee.name === 'URL') {
        const [path] = node.arguments;
        if (/\.worker\.ts$/.test(path?.value)) workers.add(path.value);
      }
    });
  }
  const edge = (name: string, asWorker: boolean) => ({
    from,
    to: resolved(from, name, exists),
    asWorker,
  });
  return [
    ...Array.from(found, (name) => edge(name, false)),
    ...Array.from(workers, (name) => edge(name, true)),
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: the nodes of the syntax tree have a hundred types
function visit(node: any, each: (node: any) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (typeof node.type === 'string') each(node);
  for (const child of Object.values(node)) visit(child, each);
}

function resolved(from: string, name: string, exists: (path: string) => boolean): string {
  const bare = name.replace(/\?.*$/, '');
  if (!bare.startsWith('.')) return bare;
  const path = posix.join(posix.dirname(from), bare);
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find(exists) ?? path;
}

/** Whether the rules forbid an import. */
export function forbidden({ from, to, asWorker }: Import): boolean {
  const test = /\.test\.tsx?$|\/testing\//.test(from);
  if (asWorker) return posix.dirname(from) !== posix.dirname(to);
  // A worker is started, never imported.
  if (to.endsWith('.worker.ts')) return !(test && posix.dirname(from) === posix.dirname(to));
  const rule = ruleFor(from);
  if (rule === undefined) return true;
  const [files, ...may] = rule;
  const match = pattern(files).exec(from);
  const allowed = [match?.[0] ?? from, ...may.map((path) => path.replace('$1', match?.[1] ?? ''))];
  for (const [tests, ...more] of FOR_TESTS) if (test && covers(tests, from)) allowed.push(...more);
  const last = allowed.findLast((path) => covers(path.replace(/^!/, ''), to));
  return last === undefined || last.startsWith('!');
}

/** The row of RULES that decides for a file. */
export function ruleFor(file: string): readonly [string, ...string[]] | undefined {
  return RULES.find(([files]) => covers(files, file));
}

function covers(path: string, file: string): boolean {
  return pattern(path).test(file);
}

const patterns = new Map<string, RegExp>();
function pattern(path: string): RegExp {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '([^/]*)');
  const expression = patterns.get(path) ?? new RegExp(`^${escaped}(?=/|$)`);
  patterns.set(path, expression);
  return expression;
}

/** The circles among imports, type-only ones included: each as the modules that reach each other. */
export function circles(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to, asWorker } of imports) {
    if (!asWorker) next.set(from, [...(next.get(from) ?? []), to]);
  }
  // Tarjan (1972), Depth-first search and linear graph algorithms.
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    const own = index.size;
    index.set(node, own);
    low.set(node, own);
    stack.push(node);
    for (const to of next.get(node) ?? []) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(node, Math.min(low.get(node) ?? own, low.get(to) ?? own));
    }
    if (low.get(node) !== own) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1 || next.get(node)?.includes(node)) found.push(members.sort());
  };
  for (const node of next.keys()) if (!index.has(node)) visit(node);
  return found;
}

/** All imports of the source files below a folder. */
export function allImports(root: string): Import[] {
  const files = sourceFiles(root);
  const known = new Set(files);
  const exists = (path: string) => known.has(path);
  return files.flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8'), exists));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const imports = allImports(fileURLToPath(new URL('..', import.meta.url)));
  const wrong = imports.filter(forbidden);
  const round = circles(imports);
  for (const { from, to } of wrong) console.error(`${from} must not import ${to}`);
  for (const members of round) console.error(`A circle of imports: ${members.join(', ')}`);
  process.exitCode = wrong.length + round.length > 0 ? 1 : 0;
}
