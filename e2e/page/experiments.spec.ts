import { readFile } from 'node:fs/promises';
import type { Results } from '../../src/settings/results';
import { expectAccessible } from '../axe';
import { goTo } from '../header';
import { expect, Playground, test, words } from '../playground';

const { experiments, charts, controls } = words;

/** The page of experiments with three points. */
class Experiments {
  readonly playground: Playground;

  constructor(playground: Playground) {
    this.playground = playground;
  }

  get page() {
    return this.playground.page;
  }
  get progress() {
    return this.page.locator('.progress');
  }
  /** The charts of the page's network, or those of curves that another network judged. */
  group(group: 'own' | 'stored' = 'own') {
    return this.page.locator(`.curve-group[data-group=${group}]`);
  }
  get large() {
    return this.group().locator('.curve-plot[data-large=true][data-paper=false]');
  }
  plot(kind: string, group: 'own' | 'stored' = 'own') {
    return this.group(group).locator(`.curve-plot[data-kind=${kind}][data-paper=false]`);
  }
  paper(kind: string) {
    return this.page.locator(`.curve-plot[data-kind=${kind}][data-paper=true]`);
  }
  /** Points that can be clicked in a chart. */
  points(kind: string, group: 'own' | 'stored' = 'own') {
    return this.plot(kind, group).locator('[data-point]');
  }
  get panel() {
    return this.page.locator('.point-panel');
  }
  /** The visitor's own, drawn here or brought along. */
  get curves() {
    return this.page.locator('.curve-list').locator('[data-origin=here], [data-origin=file]');
  }
  listed(origin: 'stored' | 'paper') {
    return this.page.locator(`.curve-list [data-origin=${origin}]`);
  }
  button(name: string) {
    return this.playground.button(name);
  }

  async open(query = 'strength!n:16!at:0,1,4'): Promise<void> {
    await this.playground.visit(`page=experiments&experiment=${query}`);
    await expect(this.button(experiments.run).or(this.button(experiments.goOn))).toBeVisible();
  }
  async filled(): Promise<void> {
    await expect(this.progress).toHaveAttribute('data-finished', 'true');
  }
  async run(): Promise<void> {
    await this.button(experiments.run).click();
    await this.filled();
  }
  async numbers(group: 'own' | 'stored' = 'own'): Promise<string[]> {
    const table = this.page.locator(`.numbers[data-group=${group}]`);
    await table.locator('summary').click();
    const rows = await table.locator('tbody tr').allInnerTexts();
    await table.locator('summary').click();
    return rows;
  }
  async saved(button: string): Promise<{ name: string; bytes: Buffer }> {
    const download = this.page.waitForEvent('download');
    await this.button(button).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  }
}

/** A file of docs/results. */
async function stored(name: string): Promise<Results> {
  return JSON.parse(
    await readFile(new URL(`../../docs/results/${name}.json`, import.meta.url), 'utf8'),
  );
}

/** Where the marks of a chart lie, in CSS pixels, in the order of their points. */
async function marks(view: Experiments, kind: string, group: 'own' | 'stored') {
  const points = await view.points(kind, group).all();
  return Promise.all(
    points.map(async (point) => {
      const [x, y] = await Promise.all([point.getAttribute('cx'), point.getAttribute('cy')]);
      return [Number(x), Number(y)] as const;
    }),
  );
}

/** Expects pixels to lie where a linear axis has the values. */
function expectLinear(pixels: readonly number[], values: readonly number[]) {
  const [low, high] = [values.indexOf(Math.min(...values)), values.indexOf(Math.max(...values))];
  const scale = (pixels[high]! - pixels[low]!) / (values[high]! - values[low]!);
  expect(Math.abs(scale)).toBeGreaterThan(1);
  values.forEach((value, k) => {
    expect(pixels[k]).toBeCloseTo(pixels[low]! + scale * (value - values[low]!), 0);
  });
}

test('opens full: what is drawn is what the files of docs/results say', async ({ playground }) => {
  const { page } = playground;
  const view = new Experiments(playground);
  // Before any network is there.
  await page.route('**/models/tiny/**', () => {});
  await playground.visit('page=experiments');
  const { curves, features } = await stored('strength');
  const { points, model } = curves[0]!;
  await expect(view.points('plane', 'stored')).toHaveCount(points.length);
  const weights = points.map(({ settings }) => settings.guidanceScale - 1);
  const figure = (id: 'classAccuracy' | 'classifierScore' | 'frechetDistance') =>
    points.map(({ figures }) => figures[id]!.value);
  const accuracy = await marks(view, 'classAccuracy', 'stored');
  expectLinear(
    accuracy.map(([x]) => x),
    weights,
  );
  expectLinear(
    accuracy.map(([, y]) => y),
    figure('classAccuracy').map((share) => 100 * share),
  );
  const plane = await marks(view, 'plane', 'stored');
  expectLinear(
    plane.map(([x]) => x),
    figure('classifierScore'),
  );
  expectLinear(
    plane.map(([, y]) => y),
    figure('frechetDistance'),
  );
  await expect(view.plot('plane', 'stored')).toContainText(features.id);
  await expect(view.plot('plane', 'stored')).toContainText(
    experiments.stored.note(model.id, '2600', points.at(-1)!.date.slice(0, 10)),
  );
  const rows = await view.numbers('stored');
  expect(rows).toHaveLength(points.length);
  rows.forEach((row, k) => {
    const { value, spread } = points[k]!.figures.frechetDistance!;
    const digits = value >= 10 ? 1 : 2;
    expect(row).toContain(
      `2600\t${value.toFixed(digits)} ± ${spread!.toFixed(spread! >= 10 ? 1 : 2)}`,
    );
  });
  // The paper's stand beside, on axes of their own.
  await expect(view.paper('plane')).toContainText(experiments.paper.ofWeights);
  await expect(view.paper('plane')).toContainText('250');
  await expect(view.plot('plane', 'stored')).not.toContainText('250');
  // A point says how it was made.
  await view.points('classifierScore', 'stored').first().click({ force: true });
  await expect(view.panel).toContainText('npm run sweep -- --model letters');
});

test('stored curves of another network say so, and the visitor’s own leave alone', async ({
  playground,
}) => {
  const view = new Experiments(playground);
  await view.open();
  await expect(view.group('stored')).toContainText(
    experiments.stored.otherNetwork('Bars (test network)', 'letters-features'),
  );
  await expect(view.points('plane', 'stored')).toHaveCount(14);
  await view.run();
  await expect(view.points('classifierScore')).toHaveCount(3);
  const csv = (await view.saved('CSV')).bytes.toString();
  expect(csv).not.toContain('letters');
  const json: Results = JSON.parse((await view.saved('JSON')).bytes.toString());
  expect(json.curves.map(({ model }) => model.id)).toEqual(['tiny']);
  await view.button(experiments.take.discard).click();
  await expect(view.points('classifierScore')).toHaveCount(0);
  await expect(view.points('plane', 'stored')).toHaveCount(14);
});

test('the visitor’s points land on the stored curve of the same settings', async ({
  playground,
}) => {
  const view = new Experiments(playground);
  await view.open('strength!n:26!at:1&model=letters');
  await expect(view.group('stored')).toHaveCount(0);
  await expect(view.points('classAccuracy')).toHaveCount(14);
  const before = await marks(view, 'classAccuracy', 'own');
  await view.run();
  await expect(view.points('classAccuracy')).toHaveCount(15);
  const after = await marks(view, 'classAccuracy', 'own');
  // One axis: the new point is above or below the stored one of w = 1.
  const stored = before.findIndex(([x]) => Math.abs(x - after.at(-1)![0]) < 0.6);
  expect(stored).toBe(10);
  const [glyph, landed] = await Promise.all(
    [view.listed('stored'), view.curves].map((entries) =>
      entries.first().locator('polygon').getAttribute('stroke'),
    ),
  );
  expect(landed).toBe(glyph);
  await expect(view.plot('classAccuracy').locator('svg')).toBeVisible();
  await view.button(experiments.take.discard).click();
  await expect(view.points('classAccuracy')).toHaveCount(14);
});

test('a sweep fills, stops, goes on, and outlasts a reload; its points open', async ({
  playground,
}) => {
  const { page } = playground;
  const view = new Experiments(playground);
  await view.open('strength!n:48!at:0,1,4!s:steps:48');
  await expect(view.group()).toContainText(experiments.chart.waiting);
  await view.button(experiments.run).click();
  await expect(view.points('classifierScore')).toHaveCount(1);
  await view.button(experiments.pause).click();
  await expect(view.button(experiments.resume)).toBeVisible();
  const stopped = await view.progress.locator('progress').getAttribute('value');
  expect(Number(stopped)).toBeLessThan(144);
  expect(Number(stopped)).toBeGreaterThanOrEqual(16);

  await page.reload();
  await expect(view.button(experiments.goOn)).toBeEnabled();
  await expect(view.progress.locator('progress')).toHaveAttribute('value', stopped!);
  await expect(view.points('classifierScore').first()).toBeVisible();
  await view.button(experiments.goOn).click();
  await view.button(experiments.pause).click();
  await view.button(experiments.resume).click();
  await view.filled();
  await expect(view.progress).toContainText(
    `${experiments.progress(144, 144)} · ${experiments.finished}`,
  );
  await expect(view.points('plane')).toHaveCount(3);
  const numbers = await view.numbers();
  expect(numbers).toHaveLength(3);
  for (const row of numbers) expect(row).toMatch(/w = [014]\s+48\s+\d+\.\d+ ± \d/);
  expect(new Set(numbers.map((row) => row.split('±')[0])).size).toBe(3);

  await page.reload();
  await view.filled();
  expect(await view.numbers()).toEqual(numbers);

  // The guidance's picture differs from the unguided one: both are of the same noise.
  await view.points('classifierScore').nth(0).click({ force: true });
  await expect(view.panel).toContainText(experiments.point.title('w = 0'));
  const canvas = view.panel.locator('canvas[data-samples="48"]');
  await expect(canvas).toBeVisible();
  const unguided = await playground.canvasDigest(canvas);
  await view.points('classifierScore').nth(2).click({ force: true });
  await expect(view.panel).toContainText(experiments.point.title('w = 4'));
  await expect(canvas).toBeVisible();
  await expect.poll(() => playground.canvasDigest(canvas)).not.toBe(unguided);
  await view.panel.getByRole('button', { name: experiments.point.open }).click();
  await playground.settled();
  await expect(playground.number(controls.numSteps)).toHaveValue('48');
  await expect(page).toHaveURL(/draw=word:0123/);
  await expect(playground.number(controls.guidanceScale)).toHaveValue('5');
});

test('a sweep loses nothing by another tab, a reload while it runs, or storage that is cleared', async ({
  playground,
}) => {
  const { page } = playground;
  const context = page.context();
  const view = new Experiments(playground);
  const query = 'strength!n:32!at:0,1';
  await view.open(query);
  await test.step('another tab that believes that there is nothing', async () => {
    const other = new Experiments(new Playground(await context.newPage(), playground.backend));
    await other.open(query);
    await view.run();
    const numbers = await view.numbers();
    await expect(other.progress.locator('progress')).toHaveAttribute('value', '0');
    await other.run();
    expect(await other.numbers()).toEqual(numbers);
    for (const tab of [view, other]) {
      await tab.page.reload();
      await tab.filled();
      expect(await tab.numbers()).toEqual(numbers);
    }
    await other.page.close();
  });
  await test.step('a reload while it runs, and cleared storage', async () => {
    await view.open('strength!n:96!at:0,1!s:steps:48');
    const progress = view.progress.locator('progress');
    const shown = async () => Number(await progress.getAttribute('value'));
    await view.button(experiments.run).click();
    await expect.poll(shown).toBeGreaterThan(0);
    const drawn = await shown();
    await page.reload();
    await expect(view.button(experiments.goOn)).toBeEnabled();
    expect(await shown()).toBeGreaterThanOrEqual(drawn);
    expect(await shown()).toBeLessThan(192);
    await view.button(experiments.goOn).click();
    const session = await context.newCDPSession(page);
    const { origin } = new URL(page.url());
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    // What was in it is drawn anew: what is shown as kept is kept.
    await view.filled();
    await page.reload();
    await view.filled();
    await expect(progress).toHaveAttribute('value', '192');
    await expect(page.locator('[data-problem]')).toHaveCount(0);
  });
});

test('curves leave as CSV, JSON, SVG and PNG; a result comes back; a bad file is one line', async ({
  playground,
}) => {
  const { page } = playground;
  const view = new Experiments(playground);
  const { take } = experiments;
  await view.open();
  await view.run();
  const csv = await view.saved('CSV');
  expect(csv.name).toBe('guidance-strength-tiny-features.csv');
  const rows = csv.bytes.toString().trimEnd().split('\r\n');
  expect(rows).toHaveLength(4);
  expect(rows[1]).toMatch(/,tiny,0,16,16,/);

  const title = experiments.chart.over(
    experiments.figures.classifierScore,
    experiments.axes.weight,
  );
  const svg = (await view.saved(charts.file('SVG', title))).bytes.toString();
  expect(svg).toContain(title);
  expect(svg).toContain('16 samples a point');
  expect(svg).not.toContain('var(--');
  const png = await view.saved(charts.file('PNG', title));
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(png.bytes.length).toBeGreaterThan(10_000);

  const json = await view.saved('JSON');
  expect(JSON.parse(json.bytes.toString())).toMatchObject({
    format: 'guidance-results',
    features: { id: 'tiny-features' },
    curves: [
      { model: { id: 'tiny' }, varied: ['guidanceScale'], points: [{ samples: 16 }, {}, {}] },
    ],
  });
  const input = page.getByLabel(take.bring, { exact: true }).and(page.locator('input'));
  await input.setInputFiles({ name: 'b.json', mimeType: 'application/json', buffer: json.bytes });
  await expect(view.curves.filter({ hasText: take.from('b.json') })).toHaveCount(1);
  await expect(view.points('classifierScore')).toHaveCount(6);

  const other = json.bytes.toString().replace('"tiny-features"', '"another-judge"');
  await input.setInputFiles({
    name: 'other.json',
    mimeType: 'application/json',
    buffer: Buffer.from(other),
  });
  await expect(page.locator('[data-not-compared="other.json"]')).toContainText('another-judge');
  await expect(view.points('classifierScore')).toHaveCount(6);
  await view.button(take.removeFile('other.json')).click();
  await expect(page.locator('[data-not-compared]')).toHaveCount(0);

  await input.setInputFiles({
    name: 'c.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"format":"guidance-results","version":2}'),
  });
  await expect(page.locator('[data-problem=file] [lang=en]')).toContainText(
    'c.json: "version" must be 1',
  );
  await page.reload();
  await view.filled();
  await expect(view.points('classifierScore')).toHaveCount(6);
  await view.button(take.removeFile('b.json')).click();
  await expect(view.points('classifierScore')).toHaveCount(3);

  await view.button(take.discard).click();
  await expect(view.group()).toContainText(experiments.chart.waiting);
  await page.reload();
  await expect(view.button(experiments.run)).toBeEnabled();
});

test('what is swept can be changed, and the address holds it', async ({ playground }) => {
  const { page } = playground;
  const view = new Experiments(playground);
  await playground.open();
  await goTo(page, 'lab');
  await view.button(experiments.names.steps).click();
  const values = page.getByLabel(experiments.steps, { exact: true });
  await values.fill('4, 2.5');
  await values.press('Enter');
  await expect(page.getByRole('alert')).toContainText(experiments.badSteps(1, 1024, 32));
  await values.fill('128 4');
  await values.press('Enter');
  await expect(values).toHaveValue('4, 128');
  const count = page.getByLabel(experiments.samples, { exact: true });
  await count.fill('0');
  await count.press('Enter');
  await expect(page.getByRole('alert')).toContainText(experiments.badSamples(8, 10_000));
  await count.fill('24');
  await count.press('Enter');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(view.curves).toHaveCount(4);
  for (const name of ['Heun (EDM) · Karras', 'DDIM / Euler · Karras']) {
    await view.button(experiments.curves.remove(name)).click();
  }
  await page.getByText(experiments.curves.add, { exact: true }).click();
  await playground.choice(controls.guidance).selectOption('conditional');
  await view.button(experiments.curves.addThis).click();
  await expect(view.curves).toHaveCount(3);
  await expect(page).toHaveURL(/experiment=steps!n:24!at:4,128!s:.*conditional/);
  await page.reload();
  await expect(view.curves).toHaveCount(3);
  await view.run();
  // The third curve’s rule takes one evaluation a step, the others two.
  const numbers = await view.numbers();
  expect(numbers.map((row) => row.trim().split(/\s+/).at(-1))).toEqual([
    '8',
    '256',
    '8',
    '256',
    '4',
    '128',
  ]);
  await expect(view.large).toHaveAttribute('data-kind', 'frechetDistance');
  // The paper’s Table 2 on axes of its own: its T are 128, 256 and 1024.
  await expect(view.listed('paper')).toHaveText([new RegExp(experiments.paper.steps('0.3'))]);
  await expect(view.paper('frechetDistance')).toContainText('1024');
  await expect(view.paper('frechetDistance')).toContainText(experiments.paper.ofSteps);
  await page.getByLabel(experiments.paper.show).uncheck();
  await expect(view.listed('paper')).toHaveCount(0);
  await expect(page.locator('.curve-plot[data-paper=true]')).toHaveCount(0);

  const table = page.locator('.numbers[data-group=own]');
  await table.locator('summary').click();
  const last = table.getByRole('button', { name: /T = 128$/ }).last();
  await last.focus();
  await page.keyboard.press('Enter');
  await expect(view.panel).toContainText(experiments.point.title('T = 128'));
  await expectAccessible(page);
});

test('every method of the low-temperature study is a curve, and each is another', async ({
  playground,
}) => {
  const view = new Experiments(playground);
  await view.open('temperature!n:24!at:1!plain');
  await view.run();
  await expect(view.points('plane')).toHaveCount(5);
  const numbers = await view.numbers();
  const figures = numbers.map((row) => row.split('w = 1')[1]);
  expect(new Set(figures).size).toBe(5);
});

test('networks of other shares of unconditional training are curves of their own', async ({
  playground,
}) => {
  const { page } = playground;
  const view = new Experiments(playground);
  // A second network that is the first one under another name: their curves must agree.
  await page.route('**/models/index.json', async (route) => {
    const response = await route.fetch();
    const index = await response.json();
    await route.fulfill({ response, json: { ...index, models: [...index.models, 'tiny-half'] } });
  });
  await page.route('**/models/tiny-half/*', async (route) => {
    const url = route.request().url().replace('tiny-half', 'tiny');
    const response = await route.fetch({ url });
    if (!url.endsWith('.json')) return route.fulfill({ response });
    const manifest = { ...(await response.json()), id: 'tiny-half', pUncond: 0.5 };
    return route.fulfill({ response, json: manifest });
  });
  await view.open('p-uncond!n:24!at:0,1');
  await expect(view.curves).toHaveCount(2);
  await expect(view.curves.nth(1)).toContainText('p_uncond 0.5');
  await view.run();
  const figures = (await view.numbers()).map((row) => row.split(/w = \d/)[1]);
  expect(figures.slice(0, 2)).toEqual(figures.slice(2));
  expect(figures[0]).not.toBe(figures[1]);
  await expect(view.listed('paper')).toHaveCount(3);
  for (const [i, share] of ['0.1', '0.2', '0.5'].entries()) {
    await expect(view.listed('paper').nth(i)).toContainText(experiments.paper.weights(share));
  }
  const table = page.locator('.numbers[data-group=own]');
  await table.locator('summary').click();
  await table
    .getByRole('button', { name: /w = 1$/ })
    .last()
    .click();
  await expect(view.panel).toContainText(experiments.point.otherNetwork);
});

test('the p_uncond study runs on the three networks that ship', async ({ playground }) => {
  const view = new Experiments(playground);
  const three = async () => {
    await expect(view.curves).toHaveCount(3);
    for (const [i, share] of ['0.1', '0.2', '0.5'].entries()) {
      await expect(view.curves.nth(i)).toContainText(`p_uncond ${share}`);
    }
  };
  await view.open('p-uncond!n:26!at:0,1&model=letters');
  await three();
  // The same in few steps: these networks are a hundred times the others' size.
  const series = ['letters', 'letters-p20', 'letters-p50'].map((id) => `!s:model:${id},steps:8`);
  await view.open(`p-uncond!n:26!at:0,1${series.join('')}&model=letters`);
  await three();
  await view.run();
  // The page's own come before those that were measured beforehand.
  const own = (await view.numbers()).slice(0, 6);
  const heads = await playground.page
    .locator('.numbers[data-group=own] th[scope=col]')
    .allTextContents();
  const place = heads.indexOf(experiments.figures.classifierScore);
  const scores = own.map((row) => Number.parseFloat(row.split('\t')[place] ?? ''));
  expect(new Set(scores).size).toBe(6);
  for (const i of [0, 2, 4]) expect(scores[i + 1]!).toBeGreaterThan(1.2 * scores[i]!);
});

test('prompts are measured too: alignment against Fréchet distance, the judge’s prompts in turn', async ({
  playground,
}) => {
  const { page } = playground;
  const view = new Experiments(playground);
  await view.open('strength!n:16!at:0,2&model=tiny-words&steps=2');
  await view.run();
  await expect(view.large).toHaveAttribute('data-kind', 'plane');
  await expect(view.points('plane')).toHaveCount(2);
  await expect(view.points('alignment')).toHaveCount(2);
  await expect(view.plot('classAccuracy')).toHaveCount(0);
  // The paper's tables, and the curves that were measured beforehand, are of classes and of the real network.
  await expect(view.listed('paper')).toHaveCount(0);
  const rows = await view.numbers();
  const alignment = rows.map((row) => Number(/-?0\.\d{3}(?= ±)/.exec(row)?.[0]));
  expect(alignment.every(Number.isFinite), rows.join('\n')).toBe(true);
  expect(alignment[0]).not.toBe(alignment[1]);
  const { bytes } = await view.saved('JSON');
  const results: Results = JSON.parse(bytes.toString());
  expect(results.curves[0]).toMatchObject({
    model: { id: 'tiny-words' },
    networks: [{ id: 'tiny-words-16' }],
    prompts: expect.arrayContaining(['an owl on blue']),
  });
  await view.points('alignment').first().click();
  await expect(view.panel.locator('canvas')).toHaveAttribute('data-samples', '16');
  await view.button(experiments.point.open).click();
  await expect(page).toHaveURL(/an(\+|%20)owl(\+|%20)on(\+|%20)blue/);
  await playground.settled();
});
