import { readFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { expectAccessible } from '../axe';
import { expect, type Playground, test, words } from '../playground';

const { training: train } = words;

/** Small enough for a few seconds, long enough to be seen under way. */
const SMALL = 'page=training&plane=n:100&training=steps:1500,batch:64,width:16';

async function openTraining(playground: Playground, query: string): Promise<Locator> {
  await playground.visit(query);
  const section = playground.page.locator('.train');
  await expect(section).toHaveAttribute('data-status', 'paused');
  return section;
}

/** The pictures: two fields, their difference, two clouds. */
async function digests(playground: Playground, section: Locator): Promise<string[]> {
  const canvases = await section.locator('canvas').all();
  expect(canvases).toHaveLength(5);
  return Promise.all(canvases.map((canvas) => playground.canvasDigest(canvas)));
}

const stepOf = async (section: Locator) => Number(await section.getAttribute('data-step'));
/** The losses of an exported CSV, in their order; each the mean of 15 steps. */
const lossesOf = (csv: string) =>
  [...csv.matchAll(/^loss,\d+,([\d.]+)$/gm)].map((match) => Number(match[1]));
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
const errorOf = async (section: Locator, field: string) =>
  Number(await section.locator(`[data-field=${field}] .figure b`).innerText());

test('a network learns in the page: the loss falls, it pauses and goes on, and loads no runtime', async ({
  playground,
}) => {
  const { page } = playground;
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  const section = await openTraining(playground, SMALL);
  const before = await digests(playground, section);
  const untrained = await errorOf(section, 'cond');

  await playground.button(train.start).click();
  await expect.poll(() => stepOf(section)).toBeGreaterThan(0);
  await playground.button(train.pause).click();
  await expect(section).toHaveAttribute('data-status', 'paused');
  await expect(playground.button(train.resume)).toBeVisible();
  // The report of the pause itself is the last one.
  await page.waitForTimeout(600);
  const paused = await stepOf(section);
  await page.waitForTimeout(600);
  expect(await stepOf(section)).toBe(paused);
  expect(paused).toBeLessThan(1500);

  await playground.button(train.resume).click();
  await expect(section).toHaveAttribute('data-status', 'finished');
  expect(await stepOf(section)).toBe(1500);
  expect(await errorOf(section, 'cond')).toBeLessThan(untrained / 5);
  await expect(section.locator('.plot svg')).toHaveCount(2);
  const after = await digests(playground, section);
  // All but the exact samples have changed.
  expect(after.map((digest, i) => digest !== before[i])).toEqual([true, true, true, true, false]);

  for (const [name, content] of [
    ['CSV', /^curve,step,value\nloss,15,[\d.]+\n/],
    ['JSON', /"kind": "training-curves"/],
    [`SVG: ${train.charts.excess}`, /^<svg (?!.*var\(--)/s],
    [`PNG: ${train.charts.loss}`, /PNG/],
  ] as const) {
    const download = page.waitForEvent('download');
    await section.getByRole('button', { name, exact: true }).click();
    const file = await readFile(await (await download).path(), 'latin1');
    expect(file, name).toMatch(content);
    if (name !== 'CSV') continue;
    // A single batch says little: 1.01 at first against 0.78 over the last 300 steps.
    const losses = lossesOf(file);
    expect(losses).toHaveLength(100);
    expect(mean(losses.slice(-20))).toBeLessThan(0.9 * mean(losses.slice(0, 2)));
  }

  expect(requested.filter((url) => /\/models\/|\.onnx|\.wasm|ort[.-]|session/.test(url))).toEqual(
    [],
  );
  expect(requested.filter((url) => url.includes('train.worker'))).not.toEqual([]);
  await expectAccessible(page, { include: '.train' });
});

test('p_uncond changes the unconditional field, and every control what it says', async ({
  playground,
}) => {
  const { page } = playground;
  const section = await openTraining(
    playground,
    'page=training&plane=n:100&training=steps:500,batch:32,width:16',
  );
  await playground.button(train.start).click();
  await expect(section).toHaveAttribute('data-status', 'finished');
  const base = await digests(playground, section);
  const learnt = await errorOf(section, 'uncond');

  // Another training begins by itself, since one was begun.
  await playground.type(train.pUncond, 0);
  await expect(section.locator('.train-code mark')).toContainText('random() < 0 ?');
  await expect(section).not.toHaveAttribute('data-status', 'finished');
  await expect(section).toHaveAttribute('data-status', 'finished');
  await expect(section.locator('.train-note')).toHaveText(train.notes.none);
  const none = await digests(playground, section);
  for (const picture of [0, 1, 2, 3]) expect(none[picture]).not.toBe(base[picture]);
  expect(await errorOf(section, 'uncond')).toBeGreaterThan(3 * learnt);
  await expect(page).toHaveURL(/training=p(:|%3A)0,/);

  // What is looked at changes without another training.
  let now = none;
  const looks = async (what: string, changed: number[], action: () => Promise<unknown>) => {
    const before = now;
    await action();
    await expect(async () => {
      now = await digests(playground, section);
      expect(
        changed.filter((i) => now[i] === before[i]),
        what,
      ).toEqual([]);
    }).toPass();
    await expect(section).toHaveAttribute('data-status', 'finished');
  };
  await looks('the noise level', [0, 1, 2], () =>
    section.getByLabel(train.fields.sigma).press('ArrowRight'),
  );
  await looks('the scale', [3, 4], () =>
    section.getByRole('spinbutton', { name: words.controls.guidanceScale }).fill('1'),
  );
  await looks('the rule', [3, 4], () =>
    section.getByLabel(words.controls.guidance, { exact: true }).selectOption('unconditional'),
  );
  await looks('the sampler', [3, 4], () =>
    section.getByLabel(words.controls.sampler).selectOption('ddpm'),
  );
  await looks('the steps', [3, 4], () =>
    section.getByRole('spinbutton', { name: words.controls.numSteps, exact: true }).fill('5'),
  );

  // The rest of the training's settings: each trains another network.
  for (const [what, action] of [
    ['batch', () => section.getByLabel(train.batch).selectOption('64')],
    ['width', () => section.getByLabel(train.width).selectOption('32')],
    ['weights', () => playground.button(train.weights).click()],
  ] as const) {
    const before = now;
    await action();
    await expect(section, what).not.toHaveAttribute('data-status', 'finished');
    await expect(section).toHaveAttribute('data-status', 'finished');
    now = await digests(playground, section);
    expect(now[0], what).not.toBe(before[0]);
  }
});

test('a page of its own in the Lab, on the data of the plane: there and back', async ({
  playground,
}) => {
  const { page } = playground;
  const tabs = page.getByRole('navigation', { name: words.pages(words.places.lab) });
  await playground.visit('page=plane&plane=n:100&training=steps:500,batch:32,width:16');
  await expect(page.locator('.train')).toHaveCount(0);
  await page.getByRole('link', { name: train.link, exact: true }).click();
  const section = page.locator('.train');
  await expect(section).toHaveAttribute('data-status', 'paused');
  await expect(tabs.locator('[aria-current=page]')).toHaveText(train.page);
  await expect(page).toHaveURL(/page=training/);
  await expect(page).toHaveURL(/training=.*steps:500/);
  await playground.button(train.start).click();
  await expect(section).toHaveAttribute('data-status', 'finished');
  const learnt = await digests(playground, section);

  // Another class of the same data: the network stays, what is shown of it changes.
  await playground.button(words.planeData.classNamed('B')).click();
  await expect.poll(() => digests(playground, section)).not.toEqual(learnt);
  await expect(section).toHaveAttribute('data-status', 'finished');
  await playground.button(words.planeData.classNamed('A')).click();
  await expect.poll(() => digests(playground, section)).toEqual(learnt);

  // There and back without a change: what was learnt is still there.
  await page.getByRole('link', { name: train.data.change, exact: true }).click();
  await expect(page.locator('.plane-panel')).toHaveCount(1);
  await page.getByRole('link', { name: train.link, exact: true }).click();
  await expect(section).toHaveAttribute('data-status', 'finished');
  await expect.poll(() => digests(playground, section)).toEqual(learnt);

  // Other data: another network.
  await page.getByRole('link', { name: train.data.change, exact: true }).click();
  await playground.button(words.plane.presets.names.modes).click();
  await page.getByRole('link', { name: train.link, exact: true }).click();
  await expect(section).toHaveAttribute('data-status', 'finished');
  await expect.poll(() => digests(playground, section)).not.toEqual(learnt);
  await expect(section).toContainText(train.data.hint(4));
});
