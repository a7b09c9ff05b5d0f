// npm run soak:damaged: damaged ONNX files brought to the page, random but seeded. Ends with 1 where something failed.
//   --seed N --files N     the same again; more or fewer
//   --verbose              a line for each
//   --built                the site as it was built before
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { type Damaged, damaged } from '../../e2e/fixtures/damage';
import { Choices } from '../../e2e/fixtures/random';
import { readGraph } from '../../src/networks/onnx/onnx';
import { launch } from '../browser';
import { serveSite } from '../site';
import { address } from '../visit';
import { goTo, noteWorkers } from './actions';
import { Watch } from './watch';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    files: { type: 'string', default: '200' },
    built: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const [seed, count] = [Number(values.seed), Number(values.files)];
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(count) || count < 1) {
  console.error(`--seed and --files must be whole numbers, got ${values.seed}, ${values.files}`);
  process.exit(2);
}

/** Every kind of prediction and of labels that the page knows. */
const NETWORKS = ['eps', 'v', 'x0', 'flow', 'sigma', 'student', 'index', 'odd'];
const FOLDER = new URL('../../e2e/fixtures/bring/', import.meta.url);
const wholes = NETWORKS.map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(`${name}.onnx`, FOLDER))),
}));

/** What the page makes of a file. */
type Verdict =
  /** It says what does not fit, before any runtime has seen the file, or after the trial. */
  | 'told when read'
  | 'told by the trial'
  /** It opens, and the page says what is wrong with what it draws. */
  | 'opened, and told'
  | 'opened, and draws the same'
  /** Numbers of its weights are others, or its graph is: a network as good as any, to whoever has no other copy. */
  | 'opened, other weights'
  | 'opened, another graph';

/** The longest that a file may take in all. */
const ANSWER_MS = 60_000;
/** Files to a visit. */
const VISIT = 40;
/** One file in so many comes with a manifest, as bring.py writes it, which lists the whole one. */
const LISTED = 4;
/** What the runtime says of a graph that fails, besides the error that the page tells. */
const RUNTIME = /\[[EW]:onnxruntime/;

console.log(`seed ${seed}, ${count} files`);
const started = Date.now();
const site = await serveSite(values.built);
const browser = await launch('software');
const choices = new Choices(seed);
const faults: string[] = [];
const verdicts = new Map<string, number>();
try {
  for (let done = 0; done < count; done += VISIT) await visit(Math.min(VISIT, count - done));
} finally {
  await browser.close();
  await site.close();
}
for (const [what, times] of [...verdicts].toSorted()) console.log(`${times}× ${what}`);
for (const fault of faults) console.log(fault);
const seconds = Math.round((Date.now() - started) / 1000);
console.log(`${faults.length} faults in ${count} files, seed ${seed}, ${seconds} s`);
process.exit(faults.length > 0 ? 1 : 0);

/** A visitor who brings so many files. */
async function visit(files: number): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await noteWorkers(page);
  const watch = new Watch(page, RUNTIME);
  const start = address(site.url, {
    ...{ model: 'tiny', backend: 'wasm', n: 1, steps: 3, scale: 2, lang: 'en', film: 'off' },
  });
  await page.goto(start);
  const pictures = new Map<string, string>();
  for (let i = 0; i < files; i++) {
    const { name, bytes } = choices.of(wholes);
    let whole = pictures.get(name);
    if (whole === undefined) {
      const { verdict, picture } = await bring(page, start, `${name}.onnx`, bytes);
      if (!picture) throw new Error(`The whole ${name}.onnx must open, got: ${verdict}`);
      pictures.set(name, picture);
      whole = picture;
    }
    const damage = damaged(bytes, choices);
    const listed = i % LISTED === 0;
    const deed = `${name}.onnx ${damage.kind} at ${damage.at}${listed ? ', listed' : ''}`;
    watch.deeds.push(deed);
    const manifest = listed ? manifestOf(`${name}.onnx`, bytes) : undefined;
    const { verdict, picture } = await bring(page, start, `${name}.onnx`, damage.bytes, manifest);
    await watch.look();
    const found = picture === undefined ? verdict : judge(bytes, damage, picture === whole);
    if (listed && found !== 'told when read') faults.push(`${deed}: ${found}`);
    const what = `${damage.kind}${listed ? ', listed' : ''}: ${found}`;
    verdicts.set(what, (verdicts.get(what) ?? 0) + 1);
    if (values.verbose) console.log(deed, '→', found);
  }
  faults.push(...watch.faults);
  await context.close();
}

function judge(whole: Uint8Array, damage: Damaged, same: boolean): Verdict {
  if (same) return 'opened, and draws the same';
  return skeleton(whole) === skeleton(damage.bytes)
    ? 'opened, other weights'
    : 'opened, another graph';
}

/** A file but for the numbers of its weights. */
function skeleton(bytes: Uint8Array): string {
  const { nodes, tensors, ...rest } = readGraph(bytes);
  const forms = tensors.map(({ name, type, dims, data }) => [name, type, dims, data?.length]);
  return JSON.stringify([nodes, forms, rest]);
}

function manifestOf(name: string, bytes: Uint8Array): string {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return JSON.stringify({ files: [{ name, bytes: bytes.length, sha256 }] });
}

interface Answer {
  readonly verdict: Verdict;
  /** The digest of what an opened network draws. */
  readonly picture?: string;
}

/** Drops a file on the page, tries it out, and sees what becomes of it. */
async function bring(
  page: Page,
  start: string,
  name: string,
  bytes: Uint8Array,
  manifest?: string,
): Promise<Answer> {
  const dialog = page.locator('dialog.own-network');
  await dialog.evaluateAll((shown) => {
    for (const one of shown) (one as HTMLDialogElement).close();
  });
  await dialog.waitFor({ state: 'detached' });
  const before = await loadedModel(page);
  await page.evaluate(
    ([name, numbers, manifest]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(numbers)], name));
      if (manifest) dataTransfer.items.add(new File([manifest], 'manifest.json'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true }));
    },
    [name, [...bytes], manifest] as const,
  );
  await dialog.waitFor({ timeout: ANSWER_MS });
  const problems = dialog.locator('[role=alert] li');
  const use = dialog.locator('button[type=submit]');
  await use.or(problems).first().waitFor({ timeout: ANSWER_MS });
  if ((await problems.count()) > 0 || (await use.count()) === 0)
    return { verdict: 'told when read' };
  // The first trial may find another convention, the next one takes what stands there then.
  for (let trials = 0; trials < 4; trials++) {
    await use.click();
    await page.waitForFunction(
      () => {
        const form = document.querySelector('dialog.own-network');
        return !form || form.querySelector('fieldset:disabled') === null;
      },
      undefined,
      { timeout: ANSWER_MS },
    );
    if ((await dialog.count()) === 0) break;
    if ((await problems.count()) > 0) return { verdict: 'told by the trial' };
  }
  await page.waitForFunction(
    (before) => {
      if (document.querySelector('[data-error], .lost [data-lost-by]')) return true;
      const loaded = document.querySelector('.model-button')?.getAttribute('data-loaded');
      return (
        loaded !== before &&
        document.querySelector('#stage')?.getAttribute('aria-busy') === 'false' &&
        document.querySelector('.column')?.getAttribute('data-status') === 'done'
      );
    },
    before,
    { timeout: ANSWER_MS },
  );
  const told = await page.locator('[data-error], .lost [data-lost-by]').count();
  const picture = await page.evaluate(async () => {
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
    return document.querySelector<HTMLCanvasElement>('.column canvas')?.toDataURL();
  });
  await goTo(page, start);
  await page.waitForFunction(
    () => document.querySelector('.model-button')?.getAttribute('data-loaded') === 'tiny',
    undefined,
    { timeout: ANSWER_MS },
  );
  if (told > 0 || picture === undefined) return { verdict: 'opened, and told' };
  return {
    verdict: 'opened, and draws the same',
    picture: createHash('sha256').update(picture).digest('hex'),
  };
}

function loadedModel(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.querySelector('.model-button')?.getAttribute('data-loaded'));
}
