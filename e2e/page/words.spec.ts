import { expect, test, words } from '../playground';

const { cascade, controls, prompt, timeline } = words;
const APPLE = 'model=tiny-words&draw=prompt:a red apple';

test('a prompt is typed, chosen, added and left out, and each draws other pictures', async ({
  playground,
}) => {
  const { page, columns } = playground;
  await playground.open(APPLE);
  const field = page.getByRole('textbox', { name: prompt.label, exact: true });
  await expect(field).toHaveValue('a red apple');
  await playground.changes('Enter', async () => {
    await field.fill('an owl');
    await field.press('Enter');
  });
  await expect(page).toHaveURL(/draw=class(:|%3A)an(\+|%20)owl/);
  await field.fill('a blue car');
  await field.blur();
  await playground.settled();
  // What was asked for is a click away.
  const recent = page.getByRole('region', { name: prompt.recent });
  await expect(recent.getByRole('button')).toHaveText(['a blue car']);
  const examples = page.getByRole('region', { name: prompt.examples });
  await playground.changes('an example', () =>
    examples.getByRole('button', { name: 'an owl' }).click(),
  );
  const none = await playground.changes('no prompt', () =>
    page.getByRole('button', { name: prompt.noneHint }).click(),
  );
  await playground.changes('a recent prompt', () => recent.getByRole('button').click());
  await field.fill('  ');
  await field.press('Enter');
  await playground.settled();
  expect(await playground.pixels(), 'nothing typed is no prompt').toBe(none);
  await field.fill('a cat');
  await field.press('Escape');
  await expect(field).toHaveValue('');

  // Several, a sample each.
  await field.fill('a red apple | an owl | a cat');
  await field.press('Enter');
  await playground.settled();
  const chips = page.locator('.chips li');
  await expect(chips).toHaveCount(3);
  const more = page.getByRole('textbox', { name: prompt.add });
  await more.fill('a dog');
  await more.press('Enter');
  await expect(chips).toHaveCount(4);
  await playground.settled();
  await playground.changes('one less', () =>
    page.getByRole('button', { name: controls.leaveOut('an owl') }).click(),
  );
  await expect(page).not.toHaveURL(/owl/);
  await page.reload();
  await playground.settled();
  await expect(chips).toHaveCount(3);
  await expect(columns.first().getByRole('slider')).toHaveAttribute('aria-valuemax', '3');
});

test('how a prompt is read is said: Chinese, too long, unknown, hostile', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open(`${APPLE}&n=1`);
  const field = page.getByRole('textbox', { name: prompt.label, exact: true });
  const note = page.locator('.prompts .prompt-field .hint');
  const enter = async (text: string) => {
    await field.fill(text);
    await field.press('Enter');
    await playground.settled();
  };
  const apple = await playground.pixels();
  await expect(note).toHaveText('');
  await enter('红苹果');
  await expect(note).toHaveText(prompt.readAs('red apple'));
  const chinese = await playground.pixels();
  expect(chinese).not.toBe(apple);
  await enter('red apple');
  await expect(note).toHaveText('');
  expect(await playground.pixels(), 'the same tokens').toBe(chinese);
  await enter('量子');
  await expect(note).toHaveText(`${prompt.unknown('量子')} ${prompt.nothing}`);
  await enter('x'.repeat(10_000));
  await expect(note).toContainText(prompt.cut);
  expect((await field.inputValue()).length).toBe(300);
  await enter('<img src=x onerror=alert(1)>\u0000\u202e"; תפוח');
  await expect(field).toHaveValue('<img src=x onerror=alert(1)> "; תפוח');
  await expect(playground.error).toHaveCount(0);
  await expect(page).toHaveURL(/onerror/);
  await page.reload();
  await playground.settled();
  await expect(field).toHaveValue('<img src=x onerror=alert(1)> "; תפוח');
});

test('every setting of a stage changes the pictures, and goes back to what is usual', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open(`${APPLE}&n=1`);
  const start = await playground.pixels();
  const back = async (setting: string, usual: string) => {
    await page.getByRole('button', { name: cascade.backTo(setting, usual) }).click();
    await playground.settled();
    expect(await playground.pixels(), `${setting} as usual`).toBe(start);
  };
  for (const [setting, value, usual, key] of [
    [cascade.scale(2), 6, '2', 'scale-2'],
    [cascade.steps(2), 7, '3', 'steps-2'],
    [cascade.augmentation(2), 0.8, '0.1', 'augmentation-2'],
  ] as const) {
    await playground.changes(setting, () => playground.type(setting, value));
    await expect(page).toHaveURL(new RegExp(`${key}=${value}`));
    await back(setting, usual);
  }
  await playground.changes(cascade.threshold(2), () =>
    playground.choice(cascade.threshold(2)).selectOption('static'),
  );
  await playground.changes(cascade.prompt(2), async () => {
    const field = page.getByRole('textbox', { name: cascade.prompt(2), exact: true });
    await field.fill('an owl');
    await field.press('Enter');
  });
  // The first stage's own.
  await playground.changes('the steps', () => playground.type(controls.numSteps, 3));
  await expect(playground.thumbnails(0)).toHaveCount(4 + 4);
  await playground.changes('the first stage alone', () =>
    page.getByRole('button', { name: cascade.drawnTo(1, '8×8') }).click(),
  );
  await expect(page).toHaveURL(/stages=1/);
  await expect(playground.number(cascade.scale(2))).toHaveCount(0);
  await expect(playground.thumbnails(0)).toHaveCount(4);
  const alone = await playground.pixels();
  await page.reload();
  await playground.settled();
  expect(await playground.pixels(), 'the address has it all').toBe(alone);
});

test('the time rail goes through all stages, and each stage shows what it has drawn', async ({
  playground,
}) => {
  const { page, scrubber } = playground;
  await playground.open(`${APPLE}&scale=1,3`);
  const end = await playground.pixels();
  const pictures = page.locator('.column').first().locator('.stage-pictures button');
  await expect(pictures).toHaveCount(2);
  await expect(page.locator('.scrub i')).toHaveCount(1);
  await expect(pictures.nth(1)).toHaveAttribute('aria-pressed', 'true');
  const first = await playground.changes('the first stage’s picture', () =>
    pictures.first().click(),
  );
  const said = (stage: number, size: string, step: number, steps: number) =>
    new RegExp(
      timeline
        .ofStage({ stage, size, step, steps, sigma: '' })
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    );
  await expect(scrubber).toHaveAttribute('aria-valuetext', said(1, '8×8', 4, 4));
  await playground.changes('a step on', () => scrubber.press('ArrowRight'));
  await expect(scrubber).toHaveAttribute('aria-valuetext', said(2, '16×16', 0, 3));
  await scrubber.press('ArrowLeft');
  expect(await playground.pixels()).toBe(first);
  await pictures.nth(1).click();
  expect(await playground.pixels()).toBe(end);
  // 5 frames of the first stage and 4 of the second.
  await expect(playground.thumbnails(0)).toHaveCount(9);
  expect(new Set(await Promise.all([0, 4, 5, 8].map((i) => playground.thumbnail(0, i)))).size).toBe(
    4,
  );
});

test('a stage whose file is missing is named, and what the one before has drawn stays', async ({
  playground,
}) => {
  const { page } = playground;
  await page.route('**/tiny-words-16/model.onnx', (route) => route.fulfill({ status: 404 }));
  await playground.visit(`${APPLE}&n=1`);
  const failure = page.locator('.column [role=alert]');
  await expect(failure).toContainText('Stage 2 (16×16)');
  await expect(failure).toContainText('tiny-words-16/model.onnx');
  // Fails where it is blank.
  await playground.canvasDigest(page.locator('.column .stage-pictures canvas').first());
});

test('what the judge sees of the parts that a prompt asks for is told', async ({ playground }) => {
  const { page } = playground;
  await playground.open('model=tiny-words&draw=prompt:two owls on a blue background&n=2');
  const parts = page.locator('.column .legend [data-part]');
  await expect(parts).toHaveCount(2);
  await expect(parts.first()).toHaveText(/right background: \d of 2/);
  await expect(parts.last()).toHaveText(/right count: \d of 2/);
  const field = page.getByRole('textbox', { name: prompt.label, exact: true });
  await field.fill('owls');
  await field.press('Enter');
  await playground.settled();
  await expect(page.locator('.column [data-figure=alignment]')).toHaveText(/−?0\.\d\d/);
  await expect(parts).toHaveCount(0);
});

test('the curve of how well prompts are met fills the rail', async ({ playground }) => {
  const { page } = playground;
  await playground.open(`${APPLE}&n=2&scale=1,3&film=on`);
  const dots = page.locator('.rail-curves g[data-curve="recognised"] .dot');
  await expect(async () => expect(await dots.count()).toBeGreaterThanOrEqual(8)).toPass();
  const heights = await dots.evaluateAll((all) => all.map((dot) => Number(dot.getAttribute('y1'))));
  expect(Math.min(...heights), 'the best scale lies at the top').toBeCloseTo(6);
});

test('a negative prompt and a second one that is mixed in', async ({ playground }) => {
  const { page } = playground;
  await playground.open(`${APPLE}&n=1`);
  await page.getByText(prompt.extras).click();
  const enter = async (label: string, text: string) => {
    const field = page.getByRole('textbox', { name: label, exact: true });
    await field.fill(text);
    await field.press('Enter');
  };
  const start = await playground.pixels();
  await playground.changes('a negative prompt', () => enter(prompt.negative, 'an owl'));
  await expect(page).toHaveURL(/negative=an/);
  await playground.changes('none', () => enter(prompt.negative, ''));
  expect(await playground.pixels()).toBe(start);
  await playground.changes('another prompt mixed in', () => enter(prompt.mix, 'a cat, blue'));
  await playground.changes('its share', () =>
    playground.type(words.extras.share('a cat, blue'), 0.9),
  );
  await expect(page).toHaveURL(/mix=.*0\.9/);
  await page.reload();
  await playground.settled();
  await expect(page.getByRole('textbox', { name: prompt.mix, exact: true })).toHaveValue(
    'a cat, blue',
  );
});

test('a grid of prompts over the second stage’s scale', async ({ playground }) => {
  const { page } = playground;
  await playground.open(
    `${APPLE}&layout=grid&rows=draw:prompt:a red apple,prompt:an owl&cols=scale-2:1,8`,
  );
  const cells = page.locator('canvas[data-cell]');
  await expect(cells).toHaveCount(4);
  await expect(page.getByText(prompt.quoted('an owl')).first()).toBeVisible();
  const pixels = await Promise.all([0, 1, 2, 3].map((i) => playground.canvasDigest(cells.nth(i))));
  expect(new Set(pixels).size).toBe(4);
});
