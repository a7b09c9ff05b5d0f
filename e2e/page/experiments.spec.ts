import { readFile } from 'node:fs/promises';
import { expectAccessible } from '../axe';
import { goTo } from '../header';
import { expect, type Playground, test, words } from '../playground';

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
  get large() {
    return this.page.locator('.curve-plot[data-large=true]');
  }
  plot(kind: string) {
    return this.page.locator(`.curve-plot[data-kind=${kind}]`);
  }
  /** Points that can be clicked in a chart. */
  points(kind: string) {
    return this.plot(kind).locator('[data-point]');
  }
  get panel() {
    return this.page.locator('.point-panel');
  }
  get curves() {
    return this.page.locator('.curve-list li');
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
  async numbers(): Promise<string[]> {
    await this.page.getByText(experiments.table.title, { exact: true }).first().click();
    const rows = await this.page.locator('.numbers tbody tr').allInnerTexts();
    await this.page.getByText(experiments.table.title, { exact: true }).first().click();
    return rows;
  }
  async saved(button: string): Promise<{ name: string; bytes: Buffer }> {
    const download = this.page.waitForEvent('download');
    await this.button(button).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  }
}

test('a sweep fills, stops, goes on, and outlasts a reload; its points open', async ({
  playground,
}) => {
  const { page } = playground;
  const view = new Experiments(playground);
  await view.open('strength!n:48!at:0,1,4!s:steps:48');
  await expect(view.large).toContainText(experiments.chart.waiting);
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
  await expect(view.large).toContainText(experiments.chart.waiting);
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
  // The paper’s Table 2 has a point in common, T = 128, and is told as rescaled.
  await expect(view.curves).toHaveCount(4);
  await expect(view.curves.last()).toContainText(experiments.paper.steps('0.3'));
  await page.getByLabel(experiments.paper.show).uncheck();
  await expect(view.curves).toHaveCount(3);

  await page.getByText(experiments.table.title, { exact: true }).first().click();
  const last = page.getByRole('button', { name: /T = 128$/ }).last();
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
  await expect(view.curves).toHaveCount(4);
  await expect(view.curves.nth(2)).toContainText(experiments.paper.weights('0.1'));
  await expect(view.curves.nth(3)).toContainText(experiments.paper.weights('0.5'));
  await page.getByText(experiments.table.title, { exact: true }).first().click();
  await page
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
  const scores = (await view.numbers()).map((row) => Number(row.match(/([\d.]+) ±/)?.[1]));
  expect(new Set(scores).size).toBe(6);
  for (const i of [0, 2, 4]) expect(scores[i + 1]!).toBeGreaterThan(1.2 * scores[i]!);
});
