import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from '../axe';
import { expect, type Playground, test, words } from '../playground';

const { own, controls, figures, unguidable } = words;
const fixture = (name: string) => `e2e/fixtures/bring/${name}.onnx`;
const dialogOf = (page: Page): Locator => page.getByRole('dialog', { name: own.heading });

/** Drops a file anywhere on the page. */
async function drop(page: Page, on: string, name: string, content: Buffer): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([name, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name));
      return transfer;
    },
    [name, content.toString('base64')] as const,
  );
  await page.dispatchEvent(on, 'drop', { dataTransfer });
}

/** Opens the dialog from the choice of networks, and gives it files there. */
async function choose(page: Page, ...names: string[]): Promise<Locator> {
  const dialog = dialogOf(page);
  if (!(await dialog.isVisible())) {
    await page.locator('.model-button').click();
    await page.getByRole('button', { name: own.button }).click();
  }
  if (names.length) await dialog.getByLabel(own.choose).last().setInputFiles(names.map(fixture));
  return dialog;
}

const tryIt = (dialog: Locator) => dialog.getByRole('button', { name: own.use }).click();

/** How dark the quarters of a column's picture are, from top to bottom, in the light theme. */
async function quarters({ columns }: Playground): Promise<number[]> {
  return columns
    .first()
    .locator('canvas')
    .evaluate(async (canvas: HTMLCanvasElement) => {
      for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
      // The first sample, within its frame.
      const side = Math.min(canvas.width, canvas.height);
      const { data, width } = canvas.getContext('2d')!.getImageData(0, 0, side, side);
      return [0, 1, 2, 3].map((quarter) => {
        let sum = 0;
        const middle = Math.round(((quarter + 0.5) * side) / 4);
        for (let x = side / 4; x < (3 * side) / 4; x++)
          sum += data[4 * (middle * width + Math.round(x))]!;
        return Math.round(255 - sum / (side / 2));
      });
    });
}

test('a network that is dropped draws its data, on this machine only, and is there again', async ({
  playground,
}) => {
  const { page } = playground;
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') sent.push(request.url());
  });
  await playground.open('n=1&theme=light&steps=16&scale=1');
  await drop(page, '#stage', 'Rows.onnx', await readFile(fixture('eps')));
  const dialog = dialogOf(page);
  await expect(dialog.getByText('"class_labels" int64 [batch_size]')).toBeVisible();
  await expect(dialog.getByLabel(own.labels, { exact: true })).toHaveValue('4');
  await expect(dialog.getByLabel(own.prediction)).toHaveValue('eps');
  await dialog.getByLabel(own.names).fill('A, B, C');
  await expectAccessible(page, { include: '.own-network' });
  await tryIt(dialog);
  await expect(dialog).toHaveCount(0);
  await playground.settled();
  await expect(page.locator('.model-button')).toContainText('Rows');
  await expect(page).toHaveURL(/model=own-rows-[0-9a-f]{8}/);
  await expect(page.locator('[data-figure=recognised]')).toHaveCount(0);

  await test.step('every class where its data lie', async () => {
    for (const [row, name] of ['A', 'B', 'C'].entries()) {
      await page.getByRole('button', { name: controls.classOf(name), exact: true }).click();
      await playground.settled();
      const dark = await quarters(playground);
      dark.forEach((value, quarter) => {
        // Means of 0.6 and -0.8 and a standard deviation of 0.1, as bytes of ink on paper.
        if (quarter === row) expect(value).toBeGreaterThan(150);
        else expect(value).toBeLessThan(60);
      });
    }
  });
  await test.step('guidance and no class', async () => {
    await playground.changes('guidance', () => playground.type(controls.guidanceScale, 1.3));
    await playground.changes('no class', () => playground.button(controls.noClassHint).click());
    const grey = await quarters(playground);
    expect(Math.max(...grey) - Math.min(...grey)).toBeLessThan(50);
  });
  await test.step('after a reload', async () => {
    const pixels = await playground.pixels();
    await expect(page).toHaveURL(/draw=none/);
    await page.reload();
    await playground.settled();
    expect(await playground.pixels()).toBe(pixels);
    await expect(page.locator('.badge')).toContainText('Rows.onnx');
  });
  await test.step('deleted, its link says so', async () => {
    await page.locator('.model-button').click();
    await page.getByRole('button', { name: own.button }).click();
    await dialog.getByRole('button', { name: own.removeTitle('Rows') }).click();
    await expect(dialog.getByText(own.kept)).toHaveCount(0);
    await page.reload();
    await expect(playground.error).toHaveAttribute('data-error', 'unknown-model');
    await expect(playground.error).toContainText('is not in this browser');
  });
  expect(sent).toEqual([]);
});

test('v with one-hot labels; what cannot be guided', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=1&theme=light&steps=16&scale=1');
  const dialog = await choose(page, 'v');
  // What the file says of itself.
  await expect(dialog.getByLabel(own.prediction)).toHaveValue('v');
  await expect(dialog.getByLabel(own.white)).toHaveValue('1');
  await expect(dialog.getByLabel(own.names)).toHaveValue('A, B');
  await expectAccessible(page, { include: '.own-network' });
  await tryIt(dialog);
  await expect(page.locator('.model-button')).toContainText('v');
  await playground.settled();
  await page.getByRole('button', { name: controls.classOf('B'), exact: true }).click();
  await playground.settled();
  const [above, dark] = await quarters(playground);
  expect(dark! - above!).toBeGreaterThan(100);
  await playground.changes('guidance', () => playground.type(controls.guidanceScale, 2));
  // Ten estimates are runs of 8 and 2; the file's further output has one number in each.
  await playground.changes('samples', () => playground.type(controls.count, 5));
  await playground.changes('sample', () => playground.type(controls.count, 1));

  await choose(page, 'x0');
  await expect(dialog.getByText(own.noLabels)).toBeVisible();
  await dialog.getByLabel(own.betas).selectOption(own.schedules.cosine);
  await tryIt(dialog);
  await expect(page.getByText(unguidable.takesNoLabel)).toBeVisible();
  await playground.settled();
  const [top, below] = await quarters(playground);
  expect(top! - below!).toBeGreaterThan(100);
  await expect(playground.number(controls.guidanceScale)).toHaveCount(0);
  await expect(playground.choice(controls.guidance).locator('option')).toHaveCount(1);
  await expect(page.getByText(figures.diversity, { exact: true })).toHaveCount(0);
  await playground.changes('noise', () => playground.type(controls.seed, 7));

  await test.step('classes, but no label for no class', async () => {
    await choose(page, 'eps');
    await dialog.getByLabel(own.nullLabel).selectOption(own.nullLabels.none);
    await tryIt(dialog);
    await expect(page.getByText(unguidable.noNullLabel)).toBeVisible();
    await playground.settled();
    await expect(playground.button(controls.noClassHint)).toHaveCount(0);
    // What was no class for the network before is a class now.
    await page.getByRole('button', { name: controls.classOf('3'), exact: true }).click();
    await playground.settled();
    const grey = await quarters(playground);
    expect(Math.max(...grey) - Math.min(...grey)).toBeLessThan(50);
  });
});

test('a network of a flow is found out at the trial, and draws its data', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1&theme=light&steps=16&scale=1');
  const dialog = await choose(page, 'flow');
  await expect(dialog.getByLabel(own.prediction)).toHaveValue('v');
  await tryIt(dialog);
  const fits = dialog.getByRole('status', { name: own.fits });
  await expect(fits.getByRole('listitem').first()).toContainText(own.predictions.flow);
  await expect(dialog.getByLabel(own.prediction)).toHaveValue('flow');
  await expect(dialog.getByText(own.sources.measured).first()).toBeVisible();
  await expectAccessible(page, { include: '.own-network' });
  await tryIt(dialog);
  await expect(dialog).toHaveCount(0);
  await playground.settled();
  const [dark, ...light] = await quarters(playground);
  expect(dark!).toBeGreaterThan(150);
  expect(Math.max(...light)).toBeLessThan(60);
});

test('a distilled network guides in one pass, and says why other rules cannot', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1&theme=light&steps=8&scale=1');
  const dialog = await choose(page, 'student');
  await expect(dialog.getByLabel(own.scale)).toHaveValue('s');
  await expectAccessible(page, { include: '.own-network' });
  await tryIt(dialog);
  await expect(page.getByText(words.unguidable.student)).toBeVisible();
  await playground.settled();
  await expect(playground.choice(controls.guidance)).toHaveValue('distilled');
  await expect(playground.choice(controls.guidance).locator('option')).toHaveCount(1);
  await expect(page.locator('[data-figure=nfe]')).toHaveText('8');
  await playground.changes('the scale', () => playground.type(controls.guidanceScale, 3));
  await expect(page.locator('[data-figure=nfe]')).toHaveText('8');
});

test('samples that a network loses are told and crossed out, and the others go on', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('n=1&theme=light&steps=16&scale=1&sampler=ddim');
  const dialog = await choose(page, 'lost');
  await expect(dialog.getByLabel(own.betas)).toHaveValue('cosine');
  await tryIt(dialog);
  await expect(dialog).toHaveCount(0);
  await playground.settled();
  const lost = page.locator('.lost [data-lost-by=cond]');
  await expect(lost).toHaveText(/: sample 1\. /);
  await expect(lost).toContainText(figures.lost.network);
  // Nothing judges a brought network.
  await expect(page.locator('.lost p')).toHaveCount(1);
  await page.getByRole('button', { name: controls.classOf('1'), exact: true }).click();
  await playground.settled();
  await expect(lost).toHaveCount(0);
  const [above, dark] = await quarters(playground);
  expect(dark! - above!).toBeGreaterThan(100);
});

test('what does not fit is named, and the page goes on', async ({ playground }) => {
  const { page } = playground;
  await playground.open();
  const pixels = await playground.pixels();
  const dialog = dialogOf(page);
  const problems = dialog.getByRole('alert').getByRole('listitem');
  for (const [name, ...lines] of [
    ['shape', 'Output "out_sample" float32 [batch_size, 1, 4, 4]: must have the shape'],
    ['no-timestep', 'An input is missing: the timestep'],
    ['two', 'two.onnx keeps its weights in "two.onnx.data": give both files at once.'],
    ['text', 'Input "encoder_hidden_states"'],
    ['no-time', 'An input is missing: the timestep'],
  ] as const) {
    await choose(page, name);
    await expect(problems).toHaveCount(lines.length);
    for (const line of lines) await expect(problems.filter({ hasText: line })).toHaveCount(1);
    await expect(dialog.getByRole('button', { name: own.use })).toHaveCount(0);
  }
  await test.step('in the trial forward', async () => {
    await choose(page, 'nan');
    await tryIt(dialog);
    await expect(problems.first()).toContainText('must be finite numbers, got NaN');
    await choose(page, 'halves');
    await tryIt(dialog);
    await expect(problems.first()).toContainText('Was it exported with guidance inside?');
  });
  await test.step('another prediction than the network makes', async () => {
    await choose(page, 'eps');
    // Until the file is read, the form is the one before's.
    await expect(dialog.getByLabel(own.title, { exact: true })).toHaveValue('eps');
    await dialog.getByLabel(own.prediction).selectOption(own.predictions.x0);
    await tryIt(dialog);
    await expect(dialog.getByRole('status', { name: own.fits })).toBeVisible();
    await expect(dialog.getByLabel(own.prediction)).toHaveValue('eps');
    // Against advice, what stands in the form is tried.
    await dialog.getByLabel(own.prediction).selectOption(own.predictions.x0);
    await tryIt(dialog);
    await expect(problems.first()).toContainText('is it another kind of prediction?');
  });
  await test.step('a file beside it', async () => {
    const manifest = Buffer.from('{"beta_schedule": "laplace"}');
    await drop(page, '.own-network', 'scheduler_config.json', manifest);
    // One line alone: the trial's are gone once the file is read.
    await expect(problems).toHaveText([/scheduler_config\.json: "beta_schedule" must be/]);
  });
  await drop(page, '.own-network', 'net.onnx', Buffer.from('no network'));
  await expect(problems).toHaveText([/net\.onnx must be an ONNX file/]);
  await dialog.getByRole('button', { name: own.close }).click();
  await expect(dialog).toHaveCount(0);
  expect(await playground.pixels()).toBe(pixels);
  // A settings file goes where it always went.
  await drop(page, '#stage', 'bad.json', Buffer.from('{"a":1}'));
  await expect(playground.notice).toContainText('bad.json must be a page exported here');
  await expect(dialog).toHaveCount(0);
  expect(words.export.drop).toContain('ONNX');

  await test.step('the site’s own network, brought along with its manifest, draws the same', async () => {
    const folder = 'e2e/models/tiny';
    await choose(page);
    await dialog
      .getByLabel(own.choose)
      .last()
      .setInputFiles([`${folder}/model.onnx`, `${folder}/manifest.json`]);
    await expect(dialog.getByLabel(own.prediction)).toHaveValue('denoised');
    await tryIt(dialog);
    await expect(page).toHaveURL(/model=own-bars-test-network-/);
    await playground.settled();
    expect(await playground.pixels()).toBe(pixels);
  });
});
