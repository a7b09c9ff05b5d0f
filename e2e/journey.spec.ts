import { expect, test, words } from './playground';

const { controls, stage, timeline } = words;

test('the page loads, and the guidance slider changes the samples and the way to them', async ({
  playground,
  backend,
}) => {
  await playground.open('scale=1');
  await expect(playground.badge).toHaveAttribute('data-backend', backend);
  const label = { webgpu: /WebGPU · \S+.* · fp\d\d/, wasm: /WASM on the CPU, \d+ threads? · fp32/ };
  await expect(playground.badge.locator('summary')).toHaveText(label[backend]);

  const way = async () => [await playground.thumbnail(0, 1), await playground.thumbnail(0, 4)];
  const before = await way();
  await playground.changes('the rail', () => playground.handle().press('PageUp'));
  await playground.type(controls.guidanceScale, 6);
  await playground.settled();
  await expect(playground.number(controls.guidanceScale)).toHaveValue('6');
  const after = await way();
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test('pinned columns share the noise, scrub and play in step', async ({ playground }) => {
  const { columns, scrubber, page } = playground;
  await playground.open('scale=1');
  for (const scale of [3, 8]) {
    await playground.button(stage.pin).click();
    await playground.type(controls.guidanceScale, scale);
    await playground.settled();
  }
  await expect(columns).toHaveCount(3);
  await expect(columns.getByRole('heading')).toHaveText(['s = 1', 's = 3', 's = 8']);
  await expect(playground.stage).toContainText(stage.differIn('guidance scale'));
  const finished = await playground.pictures();
  expect(new Set(finished).size).toBe(3);

  await playground.button(timeline.views.noisy).click();
  const starts = await Promise.all([0, 1, 2].map((column) => playground.thumbnail(column, 0)));
  expect(new Set(starts).size).toBe(1);

  await test.step('scrub', async () => {
    const seen: string[][] = [];
    for (const position of [0, 0.25, 0.5, 0.75, 1]) {
      await scrubber.fill(String(position));
      seen.push([
        await playground.pixels(0),
        await playground.pixels(1),
        await playground.pixels(2),
      ]);
      await expect(page.locator('.filmstrip [aria-pressed=true]')).toHaveCount(3);
      for (const column of [0, 1, 2]) {
        const pressed = playground.thumbnails(column).nth(position * 4);
        await expect(pressed).toHaveAttribute('aria-pressed', 'true');
      }
    }
    for (const column of [0, 1, 2]) {
      expect(new Set(seen.map((at) => at[column])).size).toBe(5);
    }
  });

  await test.step('filmstrip', async () => {
    await playground.changes('a thumbnail', () => playground.thumbnails(2).nth(2).click(), 0);
    await expect(scrubber).toHaveValue('0.5');
    await expect(columns.nth(2)).toHaveAttribute('data-active', 'true');
  });

  await test.step('play and pause', async () => {
    await scrubber.fill('1');
    const end = await playground.pixels(1);
    await playground.button(timeline.play).click();
    await expect.poll(async () => Number(await scrubber.inputValue())).toBeGreaterThan(0.2);
    await playground.button(timeline.pause).click();
    const paused = await scrubber.inputValue();
    expect(Number(paused)).toBeLessThan(1);
    expect(await playground.pixels(1)).not.toBe(end);
    await expect(scrubber).toHaveValue(paused);
    await playground.button(timeline.play).click();
    await expect(scrubber).toHaveValue('1');
    await expect(playground.button(timeline.play)).toBeVisible();
    expect(await playground.pixels(1)).toBe(end);
  });

  await test.step('remove', async () => {
    await playground.button(stage.remove(1)).click();
    await playground.settled();
    await expect(columns).toHaveCount(2);
    expect(await playground.pictures()).toEqual(finished.slice(1));
  });
});

test('the address brings everything back, the same pixels bit for bit', async ({ playground }) => {
  const { page } = playground;
  await playground.open('sampler=ddpm');
  await playground.classButton('2').click();
  await playground.type(controls.seed, 123);
  await playground.button(stage.pin).click();
  await playground.type(controls.guidanceScale, 7);
  await playground.settled();
  await playground.scrubber.fill('0.5');
  const pixels = async () => [await playground.pixels(0), await playground.pixels(1)];
  const before = [await pixels(), await playground.pictures()];
  await expect(page).toHaveURL(/scale=3,7/);
  await expect(page).toHaveURL(/at=0\.5/);

  const downloads: string[] = [];
  page.on('request', (request) => downloads.push(request.url()));
  await page.goto(page.url());
  await playground.settled();
  expect([await pixels(), await playground.pictures()]).toEqual(before);
  expect(downloads.filter((url) => url.endsWith('.onnx'))).toEqual([]);
});
