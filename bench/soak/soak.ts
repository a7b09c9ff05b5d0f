// npm run soak: an hour of a restless visitor in minutes, random but seeded. Ends with 1 where something failed.
//   --seed N --actions N     the same again; more or fewer
//   --only address,engine    these kinds of actions alone
//   --backend webgpu         on the GPU, or what stands in for one: then an engine's end is a lost device
//   --brief                  looks for faults alone, and measures no memory
//   --built                  the site as it was built before
import { parseArgs } from 'node:util';
import { Choices } from '../../e2e/fixtures/random';
import { launch } from '../browser';
import { serveSite } from '../site';
import { address } from '../visit';
import { ACTIONS, type Action, DEVICE_LOST, goTo, noteWorkers, WEIGHTS } from './actions';
import { memoryOf, totalOf, Watch } from './watch';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    actions: { type: 'string', default: '1500' },
    only: { type: 'string', default: Object.keys(WEIGHTS).join() },
    backend: { type: 'string', default: 'wasm' },
    brief: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const count = Number(values.actions);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(count) || count < 1) {
  console.error(
    `--seed and --actions must be whole numbers, got ${values.seed}, ${values.actions}`,
  );
  process.exit(2);
}
const kinds = values.only.split(',');
if (!kinds.every((kind) => kind in WEIGHTS)) {
  console.error(`--only must be of ${Object.keys(WEIGHTS).join()}, got ${values.only}`);
  process.exit(2);
}
const weights = Object.fromEntries(
  Object.entries(WEIGHTS).map(([kind, weight]) => [kind, kinds.includes(kind) ? weight : 0]),
) as Record<Action, number>;
/** More than the memory at the start, at most. */
const GROWTH = 1.15;
const PAGES = ['playground', 'grid', 'idea', 'plane', 'experiments', 'training', 'rules'];
/** A software adapter may compile for a minute. */
const SETTLED_MS = values.backend === 'webgpu' ? 240_000 : 60_000;

console.log(`seed ${seed}, ${count} actions`);
const site = await serveSite(values.built);
const browser = await launch('software');
let failed = false;
try {
  const context = await browser.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  await noteWorkers(page);
  const watch = new Watch(page);
  const small = values.backend === 'webgpu' ? { n: 1, steps: 2, scale: 1 } : { n: 4, steps: 6 };
  const scene = { model: 'tiny', backend: values.backend, ...small, lang: 'en', film: 'off' };
  const start = address(site.url, scene);

  /**
   * Back to the first pictures, without loading the page anew. By way of another network: with it go
   * the finished runs that the page keeps, up to a bound, to show them again.
   */
  async function home(): Promise<void> {
    await page.setViewportSize({ width: 1440, height: 900 });
    for (let i = 0; i < 4; i++) await page.keyboard.press('Escape');
    for (const model of ['tiny-colour', 'tiny']) await open(model);
  }

  async function open(model: string): Promise<void> {
    await goTo(page, address(site.url, { ...scene, model }));
    const settled = page.waitForFunction(
      (id) =>
        document.querySelector('.model-button')?.getAttribute('data-loaded') === id &&
        document.querySelector('#stage')?.getAttribute('aria-busy') === 'false' &&
        document.querySelector('.column')?.getAttribute('data-status') === 'done',
      model,
      { timeout: SETTLED_MS },
    );
    await settled.catch(async (error: unknown) => {
      const stage = await page.evaluate(() => document.querySelector('main')?.innerText);
      await page.screenshot({ path: 'test-results/soak.png' });
      console.error(`The page did not come to the pictures of ${model}: ${error}\n${stage}`);
      console.error(watch.deeds.slice(-30).join('\n'));
      throw error;
    });
  }

  /** Takes as many actions, as often as `each` says, and looks at the page after each. */
  async function use(actions: number, each: Readonly<Record<Action, number>>): Promise<void> {
    for (let i = 0; i < actions; i++) {
      const action = choices.weighted(each);
      try {
        watch.deeds.push(await ACTIONS[action](page, choices, start));
        await watch.look();
      } catch (error) {
        // An action may meet a page that is just being left.
        if (!/context was destroyed|navigation/i.test(String(error))) throw error;
        await page.waitForLoadState();
      }
    }
  }

  /** The page's memory before and after so many actions. */
  async function grownBy(actions: number): Promise<number> {
    await page.goto(start);
    // What is loaded when it is first seen belongs to the start.
    for (const id of PAGES) {
      await goTo(page, `${start}&page=${id}`);
      await page.waitForTimeout(1500);
    }
    await home();
    const before = await memoryOf(page);
    await use(actions, { ...weights, reload: 0 });
    await home();
    await page.waitForTimeout(3000);
    const after = await memoryOf(page);
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    const growth = totalOf(after) / totalOf(before);
    console.log(
      `memory: ${megabytes(totalOf(before))} before, ${megabytes(totalOf(after))} after (${growth.toFixed(2)}, bar ${GROWTH})`,
    );
    for (const whose of new Set([...before.keys(), ...after.keys()])) {
      const [was, is] = [before.get(whose) ?? 0, after.get(whose) ?? 0].map(megabytes);
      if (was !== is) console.log(`  ${whose}: ${was} → ${is}`);
    }
    return growth;
  }

  const choices = new Choices(seed);
  const first = values.brief ? count : Math.round(count / 3);
  await page.goto(start);
  await use(first, weights);
  let growth = 1;
  if (values.brief) await open('tiny');
  else growth = await grownBy(count - first);
  const { faults, unfinished } = watch;
  for (const url of unfinished) faults.push(`unfinished request: ${url}`);
  if (growth > GROWTH) faults.push(`memory grew by ${((growth - 1) * 100).toFixed(0)} %`);
  const counts = new Map<string, number>();
  for (const fault of faults) counts.set(fault, (counts.get(fault) ?? 0) + 1);
  for (const [fault, times] of counts) console.log(`${times}× ${fault}`);
  const lost = watch.deeds.filter((deed) => deed === DEVICE_LOST).length;
  if (lost > 0) console.log(`${lost} devices lost`);
  console.log(`${faults.length} faults in ${count} actions, seed ${seed}`);
  failed = faults.length > 0;
} finally {
  await browser.close();
  await site.close();
}
process.exit(failed ? 1 : 0);
