// npm run dispatches: the kernels that one evaluation of each network launches through WebGPU, by what
// they compute. A count, the same on every adapter of one browser and runtime.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright';
import { ArgumentError } from '../cli/flags';
import { localModels, modelFolders } from '../cli/models';
import { messageOf } from '../src/networks/errors';
import { launch } from './browser';
import { type Counted, kernelTable, type NetworkKernels } from './kernel-table';

export interface Evaluation {
  /** Address of the graph. */
  readonly model: string;
  /** Lengths of free dimensions by their names. */
  readonly dims: Readonly<Record<string, number>>;
  readonly preferredLayout: Layout;
}

const LAYOUTS = ['NHWC', 'NCHW'] as const;
type Layout = (typeof LAYOUTS)[number];

declare global {
  interface Window {
    ort: typeof import('onnxruntime-web');
    countDispatches(evaluation: Evaluation): Promise<Counted>;
  }
}

/** Prompts are padded to so many tokens: `longest` in the text encoder's manifest. */
const TOKENS = 32;

/** The runtime as the engine takes it: session.ts. */
const PAGE = `<!doctype html><script type="module">
  window.ort = await import('Suspending' in WebAssembly ? './ort.jspi.min.mjs' : './ort.webgpu.min.mjs');
</script>`;

const HELP = `Counts what one evaluation of a network asks of WebGPU: kernels by name, submits, read-backs.

npm run dispatches -- letters emoji --out dispatches.json

  NAME or FILE.onnx …   networks of public/models or e2e/models, or graphs (default: the site's networks)
  --batch N             rows of the evaluation (default: 2, one guided sample)
  --layout L            ${LAYOUTS.join(' or ')}, how the runtime is to keep pictures (default: NHWC, as its own is)
  --order               prints every launch in order, with its workgroups
  --out FILE.json       writes all of it there
  --help                this text
`;

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = error instanceof ArgumentError ? 2 : 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      batch: { type: 'string', default: '2' },
      layout: { type: 'string', default: 'NHWC' },
      order: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const batch = Number(values.batch);
  if (!Number.isInteger(batch) || batch < 1) {
    throw new ArgumentError(`--batch must be a whole number from 1, got "${values.batch}"`);
  }
  const preferredLayout = LAYOUTS.find((layout) => layout === values.layout);
  if (!preferredLayout) {
    throw new ArgumentError(`--layout must be ${LAYOUTS.join(' or ')}, got "${values.layout}"`);
  }
  // The software adapter launches the kernels of any other, only slower.
  const browser = await launch('software');
  try {
    const counted: NetworkKernels[] = [];
    for (const model of positionals.length > 0
      ? positionals
      : localModels(modelFolders.slice(0, 1))) {
      console.error(`${model} …`);
      const one = await count(browser, model, { dims: { batch, tokens: TOKENS }, preferredLayout });
      counted.push({ model, ...one });
    }
    console.log(kernelTable(counted));
    if (values.order) for (const one of counted) console.log(inOrder(one));
    if (values.out) {
      const results = { browser: browser.version(), batch, preferredLayout, networks: counted };
      await writeFile(values.out, `${JSON.stringify(results, null, 2)}\n`);
    }
  } finally {
    await browser.close();
  }
}

async function count(
  browser: Browser,
  model: string,
  options: Pick<Evaluation, 'dims' | 'preferredLayout'>,
): Promise<Counted> {
  const file = fileOf(model);
  const runtime = fileURLToPath(new URL('../node_modules/onnxruntime-web/dist', import.meta.url));
  const page = await browser.newPage();
  try {
    // WebGPU needs a page of a secure address, which nothing has to serve.
    await page.route('http://localhost/**', async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/') await route.fulfill({ contentType: 'text/html', body: PAGE });
      else if (pathname === '/model.onnx') await route.fulfill({ body: await readFile(file) });
      else await route.fulfill({ path: `${runtime}${pathname}` });
    });
    await page.addInitScript({
      path: fileURLToPath(new URL('./page/count-dispatches.js', import.meta.url)),
    });
    await page.goto('http://localhost/');
    await page.waitForFunction(() => 'ort' in window);
    return await page.evaluate((evaluation) => window.countDispatches(evaluation), {
      model: 'http://localhost/model.onnx',
      ...options,
    });
  } finally {
    await page.close();
  }
}

/** @throws ArgumentError for what is neither a network nor a file */
function fileOf(model: string): string {
  const places = [model, ...modelFolders.map((folder) => `${folder}/${model}/model.onnx`)];
  const found = places.find((place) => place.endsWith('.onnx') && existsSync(place));
  if (found !== undefined) return found;
  throw new ArgumentError(`A network must be one of ${localModels().join(', ')}, got "${model}"`);
}

function inOrder({ model, launches }: NetworkKernels): string {
  const rows = launches.map(({ kernel, workgroups }) => `  ${kernel} ${workgroups.join('×')}`);
  return ['', model, ...rows].join('\n');
}
