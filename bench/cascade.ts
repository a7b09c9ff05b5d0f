// npm run cascade-speed -- [--model pictures]: what a picture from words costs, stage by stage, in Node and on the page.
import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { generate } from '../cli/generate';
import { encodePrompts } from '../cli/prompts';
import { openNetwork } from '../cli/runtime';
import { askedStages, openStages } from '../cli/stages';
import { DEFAULT_RUN } from '../src/diffusion/run';
import { launch } from './browser';
import { serveSite } from './site';
import { address } from './visit';

/** Pictures drawn together, and the guidance of the first stage. */
const PICTURES = 4;
const RUN = { ...DEFAULT_RUN, guidanceScale: 3 };

const { values } = parseArgs({ options: { model: { type: 'string', default: 'pictures' } } });
await inNode(values.model);
await onPage(values.model);

/** Each stage's operations and time of one picture: the run with it, less the run without. */
async function inNode(model: string): Promise<void> {
  const network = await openNetwork(model);
  const { prompts } = network.manifest;
  if (!prompts) throw new Error(`--model must take prompts, ${model} has classes`);
  const enlarging = await openStages(askedStages({ model, asked: [] }, network.manifest));
  const { states } = await encodePrompts(prompts.examples.slice(0, PICTURES), prompts);
  const jobs = Array.from({ length: PICTURES }, (_, label) => ({ label, seed: label }));
  const drawn = (count: number) =>
    generate(network, jobs, {
      ...RUN,
      batch: PICTURES,
      prompts: states,
      enlarging: enlarging.slice(0, count),
    });
  await drawn(enlarging.length); // the first run of a session is slower
  console.log('In Node, of a picture:');
  let before = { flops: 0, totalMs: 0 };
  for (let count = 0; count <= enlarging.length; count++) {
    const run = await drawn(count);
    const side = run.shape[1];
    const gflop = (run.flops - before.flops) / 1e9;
    const ms = (run.totalMs - before.totalMs) / PICTURES;
    console.log(`  ${side}×${side}: ${gflop.toFixed(1)} GFLOP, ${ms.toFixed(0)} ms`);
    before = run;
  }
  console.log(`  all: ${(before.flops / 1e9).toFixed(1)} GFLOP`);
  const { rss } = process.memoryUsage();
  console.log(`  resident memory of the process: ${(rss / 2 ** 20).toFixed(0)} MiB`);
}

/** From opening the page to the finished picture: never seen before, kept by the browser, another prompt. */
async function onPage(model: string): Promise<void> {
  const site = await serveSite();
  const browser = await launch('software');
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const visit = async (prompt: string) => {
      const query = { backend: 'wasm', lang: 'en', model, draw: `prompt:${prompt}` };
      const started = performance.now();
      await page.goto(address(site.url, { ...query, scale: '3', n: '1', film: 'off' }));
      await finished(page);
      return ((performance.now() - started) / 1000).toFixed(1);
    };
    console.log('On WebAssembly, from opening the page to the finished picture:');
    console.log(`  nothing kept by the browser: ${await visit('a red apple')} s`);
    console.log(`  all files kept: ${await visit('an owl')} s`);
    const started = performance.now();
    await page.getByRole('textbox', { name: 'Prompt' }).first().fill('a pizza');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => !document.querySelector('.column[data-status=done]'));
    await finished(page);
    console.log(`  another prompt: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } finally {
    await browser.close();
    await site.close();
  }
}

async function finished(page: Page): Promise<void> {
  await page.waitForSelector('.column[data-status=done]', { timeout: 300_000 });
}
