import { scheduleShapeRegistry } from '../../src/diffusion/guidance/modifiers';
import { samplerRegistry } from '../../src/diffusion/samplers';
import { expect, type Playground, test, words } from '../playground';

const { controls, grid, timeline } = words;

/** The grid of the page, its pictures in the network's own resolution. */
class GridOf {
  readonly playground: Playground;

  constructor(playground: Playground) {
    this.playground = playground;
  }

  get #page() {
    return this.playground.page;
  }
  get cells() {
    return this.#page.locator('.cell');
  }
  get done() {
    return this.#page.locator('.cell[data-status=done]');
  }
  get card() {
    return this.#page.getByRole('tooltip');
  }
  get table() {
    return this.#page.getByRole('table', { name: grid.label });
  }
  values(setting: string) {
    return this.#page.getByLabel(grid.values(setting), { exact: true });
  }
  axis(name: string) {
    return this.#page.locator('.axis').filter({ hasText: name }).getByRole('combobox').first();
  }
  layout(name: 'columns' | 'grid' | 'wipe') {
    return this.playground.button(name === 'columns' ? words.name : words[name].name);
  }
  cell(index: number) {
    return this.#page.locator(`[data-index="${index}"]`);
  }
  /** Every cell is there. */
  async filled(count: number): Promise<void> {
    await expect(this.playground.stage).toHaveAttribute('aria-busy', 'false');
    await expect(this.done).toHaveCount(count);
  }
  /** The pictures that there are, row by row. */
  async pictures(): Promise<string[]> {
    const canvases = await this.done.locator('canvas').all();
    return Promise.all(canvases.map((canvas) => this.playground.canvasDigest(canvas)));
  }
}

const QUERY = 'layout=grid&n=1&rows=scale:1,6&cols=seed:7,8,9';

test('the grid fills, says what it varies, and what the classifier reads', async ({
  playground,
}) => {
  const view = new GridOf(playground);
  await playground.open('n=1');
  const column = await playground.picture();
  await view.layout('grid').click();
  await view.axis(grid.columns).selectOption('sampler');
  // What is on an axis has no control of its own beside it.
  await expect(playground.number(controls.guidanceScale)).toHaveCount(0);
  await expect(playground.slider(controls.numSteps)).toHaveCount(1);
  await view.values(controls.guidanceScale).fill('3, 8');
  await view.values(controls.guidanceScale).press('Enter');
  await playground.button('Heun (EDM)').click();
  // In two rows: every sampler but the one that was switched off.
  const all = 2 * (samplerRegistry.length - 1);
  await view.filled(all);
  const heads = view.table.getByRole('columnheader');
  await expect(heads).toContainText([controls.guidanceScale, controls.sampler, 'DDIM / Euler']);
  await expect(view.table.getByRole('rowheader')).toHaveText(['s = 3', 's = 8']);
  for (const cell of await view.cells.all()) {
    await expect(cell).toContainText(/[✓✗] [0-3] \d+ %\s*NFE \d+/);
  }
  const pictures = await view.pictures();
  expect(new Set(pictures).size).toBe(all);
  expect(pictures, 'the column’s own settings are one of the cells').toContain(column);

  await view.layout('columns').click();
  await playground.settled();
  expect(await playground.picture()).toBe(column);
});

test('opens on the noise, the class and the scales of the columns', async ({ playground }) => {
  const { page } = playground;
  const view = new GridOf(playground);
  await playground.open('n=6&scale=1.5,3&draw=word:0123');
  await view.layout('grid').click();
  await expect(view.table.getByRole('rowheader').first()).toHaveText('s = 1');
  await view.filled(36);
  const heads = await view.table.getByRole('rowheader').allInnerTexts();
  expect(heads).toEqual([1, 1.5, 2, 3, 5, 8].map((scale) => `s = ${scale}`));
  // The pictures of both columns are among the cells, each in its row and at its sample.
  const pictures = await view.pictures();
  for (const [row, column] of [
    [1, 0],
    [3, 1],
  ] as const) {
    for (const sample of [0, 2]) {
      const query = `n=6&scale=1.5,3&draw=word:0123&active=${column}&pick=${sample}`;
      await playground.open(query);
      expect(await playground.picture(column)).toBe(pictures[6 * row + sample]);
    }
  }
  // A click leads back to it among its samples: the noise of the page stays.
  await playground.open('n=4&scale=3');
  await view.layout('grid').click();
  await view.filled(30);
  const third = (await view.pictures())[6 * 2 + 2];
  await view.cell(6 * 2 + 2).click();
  await expect(playground.scrubber).toHaveValue('1');
  await playground.settled();
  await expect(playground.columns).toHaveCount(1);
  await expect(page).toHaveURL(/pick=2/);
  expect(await playground.picture()).toBe(third);
  await expect(page).toHaveURL(/[?&]n=4(&|$)/);
  await expect(page).not.toHaveURL(/[?&]seed=/);
});

test('uses the room there is, and scrolls inside nothing', async ({ playground }) => {
  const { page } = playground;
  const view = new GridOf(playground);
  await playground.visit('layout=grid&n=1&rows=scale:1,6&cols=sample:1,2,3,4,5,6');
  for (const width of [1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    const room = (await playground.stage.boundingBox())!.width;
    await expect
      .poll(async () => (await view.table.boundingBox())!.width, { message: String(width) })
      .toBeGreaterThan(0.96 * room);
    const inner = await page
      .locator('.grid-scroll')
      .evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(inner).toBeLessThanOrEqual(0);
  }
  // Sixteen columns fit too.
  await view
    .values(words.axis.sampleOf)
    .fill('1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16');
  await view.values(words.axis.sampleOf).press('Enter');
  await page.setViewportSize({ width: 1280, height: 900 });
  await expect(view.cells).toHaveCount(32);
  const inner = await page
    .locator('.grid-scroll')
    .evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(inner).toBeLessThanOrEqual(0);
});

test('one stop of the Tab key, and no axis that this network has nothing for', async ({
  playground,
}) => {
  const { page } = playground;
  const view = new GridOf(playground);
  const keys = () =>
    view
      .axis(grid.columns)
      .locator('option')
      .evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
  await playground.visit(`${QUERY}&guidance=classifier`);
  await view.filled(6);
  expect(await keys()).toContain('classifierSize');
  await view.cell(0).focus();
  await page.keyboard.press('ArrowRight');
  await expect(view.cell(1)).toBeFocused();
  for (const key of ['Tab', 'Shift+Tab']) {
    await page.keyboard.press(key);
    if (key === 'Tab') expect(await page.locator('.cell:focus').count()).toBe(0);
  }
  await expect(view.cell(1)).toBeFocused();

  await page.route('**/models/tiny/manifest.json', async (route) => {
    const response = await route.fetch();
    const manifest = await response.json();
    const { smallClassifier: _, ...companions } = manifest.companions;
    await route.fulfill({ response, json: { ...manifest, companions } });
  });
  await playground.visit(`${QUERY}&guidance=classifier`);
  await view.filled(6);
  expect(await keys()).not.toContain('classifierSize');
  expect(await keys()).toEqual(expect.arrayContaining(['scale', 'seed', 'sample', 'guidance']));
  await view.axis(grid.columns).selectOption('guidance');
  await expect(page.locator('.cell[data-status=refused]')).toHaveCount(0);
});

test('it stops at once, goes on where it was, and a link brings it back', async ({
  playground,
  backend,
}) => {
  const { page } = playground;
  const view = new GridOf(playground);
  await playground.visit(`${QUERY}&steps=${backend === 'wasm' ? 240 : 24}`);
  await expect(view.done.first()).toBeVisible();
  await playground.button(grid.pause).click();
  await expect(playground.stage).toHaveAttribute('aria-busy', 'false');
  const stopped = await view.done.count();
  expect(stopped).toBeLessThan(6);
  await expect(page.locator('.cell[data-status=running]')).toHaveCount(0);
  // The corners come first.
  for (let i = 0; i < stopped; i++) {
    await expect(view.cell([0, 2, 3, 5, 1, 4][i]!)).toHaveAttribute('data-status', 'done');
  }
  await playground.button(grid.resume).click();
  await view.filled(6);
  const pictures = await view.pictures();
  expect(new Set(pictures).size).toBe(6);

  await playground.button(grid.swap).click();
  await expect(page).toHaveURL(/rows=seed:7,8,9/);
  await view.filled(6);
  expect(await view.pictures()).toEqual([0, 3, 1, 4, 2, 5].map((i) => pictures[i]));
  await page.goto(page.url());
  await view.filled(6);
  expect(await view.pictures()).toEqual([0, 3, 1, 4, 2, 5].map((i) => pictures[i]));
});

test('a cell is enlarged under the pointer and by the keyboard, and replayed by a click', async ({
  playground,
}) => {
  const { page } = playground;
  const view = new GridOf(playground);
  await playground.visit(QUERY);
  await view.filled(6);
  await view.cell(1).hover();
  await expect(view.card).toContainText('s = 1');
  await expect(view.card).toContainText(`${controls.seed}8`);
  const enlarged = await playground.canvasDigest(view.card.locator('canvas'));
  const pictures = await view.pictures();
  expect(enlarged).toBe(pictures[1]);
  await page.mouse.move(0, 0);
  await expect(view.card).toHaveCount(0);

  await view.cell(0).focus();
  for (const key of ['ArrowDown', 'ArrowRight', 'End']) await page.keyboard.press(key);
  await expect(view.cell(5)).toBeFocused();
  await expect(view.card).toContainText('s = 6');
  await page.keyboard.press('Escape');
  await expect(view.card).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(playground.columns).toHaveCount(2);
  await expect(playground.stage, 'the focus does not fall back to the top').toBeFocused();
  await expect(playground.columns.nth(1)).toHaveAttribute('data-active', 'true');
  await expect(playground.number(controls.seed)).toHaveValue('9');
  await expect.poll(async () => Number(await playground.scrubber.inputValue())).toBeLessThan(0.9);
  await expect(playground.scrubber).toHaveValue('1');
  await playground.settled();
  expect(await playground.picture(1)).toBe(pictures[5]);
  await expect(playground.button(timeline.play)).toBeVisible();
});

test('a drawn curve waits while the scale is on an axis, and comes back', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.visit('layout=grid&rows=scale:1,3&cols=seed:7,8&curve=1~9');
  await new GridOf(playground).filled(4);
  const shape = playground.choice(controls.shape);
  await expect(shape.locator('option')).toHaveCount(scheduleShapeRegistry.length);
  await shape.selectOption('falling');
  await page.getByRole('button', { name: words.name, exact: true }).click();
  await playground.settled();
  await expect(shape).toHaveValue('drawn');
  await expect(page).toHaveURL(/curve=1~9/);
});

test('other values, other pixels; what stays the same is not run again', async ({ playground }) => {
  const { page } = playground;
  const view = new GridOf(playground);
  await playground.visit(QUERY);
  await view.filled(6);
  const before = await view.pictures();
  await view.values(controls.seed).fill('7–9/2, x');
  await view.values(controls.seed).press('Enter');
  await expect(page.getByText(/is no value of Seed/)).toBeVisible();
  await view.values(controls.seed).press('Escape');
  await expect(view.values(controls.seed)).toHaveValue('7, 8, 9');
  await view.values(controls.seed).fill('7, 10');
  await view.values(controls.seed).press('Enter');
  await view.filled(4);
  const after = await view.pictures();
  expect([after[0], after[2]]).toEqual([before[0], before[3]]);
  expect(before).not.toContain(after[1]);
  expect(before).not.toContain(after[3]);

  await playground.type(controls.numSteps, 5);
  await view.filled(4);
  expect(new Set([...after, ...(await view.pictures())]).size).toBe(8);
});

test('what cannot be drawn says why, and a failed cell can be run again', async ({
  playground,
}) => {
  const { page } = playground;
  const view = new GridOf(playground);
  await page.route('**/tiny-weak/model.onnx', (route) => route.fulfill({ body: 'x' }));
  await playground.visit(
    'layout=grid&rows=guidance:cfg,cfg-plus-plus,autoguidance&cols=sampler:ddim,heun',
  );
  await expect(playground.stage).toHaveAttribute('aria-busy', 'false');
  await expect(view.done).toHaveCount(3);
  await expect(view.cell(3)).toContainText('first-order');
  await view.cell(3).click({ force: true });
  await expect(view.table).toBeVisible();
  for (const index of [4, 5]) await expect(view.cell(index)).toContainText(grid.failed);
  await page.unroute('**/tiny-weak/model.onnx');
  await view.cell(4).click();
  await view.filled(4);
  await playground.button(grid.retry(1)).click();
  await view.filled(5);
  expect(new Set(await view.pictures()).size).toBe(5);
});
