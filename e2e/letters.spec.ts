import { FIRST_VISIT } from '../src/settings/settings';
import { expect, test, words } from './playground';

const { controls } = words;

// The networks that ship. On a software adapter: fewer samples and steps, everything else as it comes.
const small = (backend: string) =>
  backend === 'webgpu' ? 'backend=webgpu&n=2&scale=1,3,8&steps=2' : '';

test('the first visit: one class in three columns on the same noise, with figures', async ({
  playground,
  backend,
}) => {
  const { page, columns } = playground;
  await page.goto(backend === 'wasm' ? './?backend=wasm' : `./?${small(backend)}`);
  await playground.settled();
  await expect(playground.badge).toHaveAttribute('data-backend', backend);
  await expect(columns.getByRole('heading')).toHaveText(['s = 1', 's = 3', 's = 8']);
  const count = backend === 'wasm' ? 16 : 2;
  for (const column of await columns.all()) {
    await expect(column.locator('canvas')).toBeVisible();
    await expect(column.getByRole('slider')).toHaveAttribute('aria-valuemax', String(count));
    await expect(column.locator('[data-figure=recognised]')).toHaveText(/^\d+ %$/);
    await expect(column.locator('[data-figure=diversity]')).toHaveText(/^\d+\.\d$/);
  }
  const steps = backend === 'wasm' ? FIRST_VISIT.columns[0]!.numSteps : 2;
  // Scale 1 needs no unconditional evaluation.
  const nfe = [steps, 2 * steps, 2 * steps].map(String);
  await expect(columns.locator('[data-figure=nfe]')).toHaveText(nfe);
  expect(new Set(await playground.pictures()).size).toBe(3);
  await playground.button(words.timeline.views.noisy).click();
  const starts = await Promise.all([0, 1, 2].map((column) => playground.thumbnail(column, 0)));
  expect(new Set(starts).size).toBe(1);
});

test('a word gives a sample a letter', async ({ playground, backend }) => {
  const { page, columns } = playground;
  const steps = backend === 'webgpu' ? 2 : 8;
  await playground.open(`model=letters&n=1&scale=1&steps=${steps}`);
  await playground.changes('the word', () => page.getByLabel(controls.word).fill('hello'));
  await expect(page.getByLabel(controls.word)).toHaveValue('HELLO');
  await expect(columns.getByRole('slider')).toHaveAttribute('aria-valuemax', '5');
  await expect(columns.getByRole('slider')).toHaveAccessibleName(/5 samples of HELLO/);

  // Five different letters, but for the two Ls, which differ by their noise.
  const grid = columns.getByRole('slider');
  await grid.focus();
  const seen = [await playground.picture()];
  for (let i = 1; i < 5; i++) {
    await grid.press('ArrowRight');
    seen.push(await playground.picture());
  }
  expect(new Set(seen).size).toBe(5);
});

test('the two-step student plays the film until the network has drawn it', async ({
  playground,
  backend,
}) => {
  test.skip(backend === 'webgpu', 'a software adapter has no time for a film');
  const { page, columns } = playground;
  await playground.open('model=letters&n=2&scale=3&steps=24&film=on');
  // Of all samples, which have figures, and at scales as far as 8.
  const judged = page.locator('g[data-curve="variety"] .dot[data-by-student="true"]');
  await expect(async () => {
    expect(await judged.count()).toBeGreaterThanOrEqual(9);
  }).toPass();
  const handle = (await playground.handle().boundingBox())!;
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  const mark = page.locator('.rail-axis .tick').filter({ hasText: /^8$/ });
  const { x, width } = (await mark.boundingBox())!;
  await page.mouse.move(x + width / 2, 500, { steps: 3 });
  await expect(columns.getByRole('heading')).toHaveText(/^s = (6\.5|8) · two-step student$/);
  await expect(columns.locator('[data-figure=nfe]')).toHaveText('2');
  const byStudent = await playground.pixels();
  await page.mouse.up();
  await playground.settled();
  await expect(columns.locator('[data-figure=nfe]')).toHaveText('48');
  expect(await playground.pixels(), 'the network draws where the hand stops').not.toBe(byStudent);

  await playground.choice(controls.guidance).selectOption('fast');
  await playground.settled();
  await page.locator('.rule-question').click();
  const rows = page.locator('.student-table[data-student="letters-fast"] tbody tr');
  await expect(rows, 'how near it comes, as it was measured').toHaveCount(6);
});
