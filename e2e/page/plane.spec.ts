import type { Locator, Page } from '@playwright/test';
import { expect, type Playground, test } from '../playground';
import { WORDS } from '../words';

const { en, zh } = WORDS;
const { plane: words, controls } = en;

/** Few particles: what is tested is the page. */
const FEW = 'n:600';

async function open({ page }: Playground, plane = FEW, more = ''): Promise<void> {
  await page.goto(`./?page=plane&lang=en&plane=${encodeURIComponent(plane)}${more}`);
  await settled(page);
}

async function settled(page: Page): Promise<void> {
  await expect(page.locator('#stage')).toHaveAttribute('aria-busy', 'false');
}

const canvas = (page: Page, index = 0): Locator => page.locator('.plane-canvas canvas').nth(index);

/** Does something that must change what a panel shows. */
async function changes(
  playground: Playground,
  what: string,
  action: () => Promise<unknown>,
): Promise<void> {
  const { page } = playground;
  const before = await playground.canvasDigest(canvas(page));
  await action();
  await expect
    .poll(async () => (await playground.canvasDigest(canvas(page))) !== before, { message: what })
    .toBe(true);
  await settled(page);
}

test('opens without the inference runtime, and tells how the particles agree', async ({
  playground,
}) => {
  const { page } = playground;
  const requested: string[] = [];
  page.context().on('request', (request) => requested.push(request.url()));
  await open(playground, '');
  await expect(page.locator('[data-figure=inside]')).toHaveText(/^\d\d\.\d %$/);
  const inside = Number.parseFloat(await page.locator('[data-figure=inside]').innerText());
  // What the page is about: were they samples of the density it would be 90 %.
  expect(inside).toBeLessThan(86);
  await playground.button(words.figure.set('0')).click();
  await expect(page.locator('[data-figure=inside]')).toHaveText(/^(89|90)\.\d %$/);
  expect(requested.some((url) => /plane\.worker/.test(url))).toBe(true);
  expect(requested.filter((url) => /onnx|ort-|\.wasm|engine\.worker|models\//.test(url))).toEqual(
    [],
  );
});

test('every control changes what is seen', async ({ playground }) => {
  const { page } = playground;
  await open(playground);
  const aside = page.getByRole('complementary', { name: controls.label });
  const slider = (name: string, value: number) => () =>
    aside.getByRole('spinbutton', { name, exact: true }).fill(String(value));
  const choose = (name: string, id: string) => () =>
    aside.getByRole('combobox', { name, exact: true }).selectOption(id);
  const press = (name: string) => () => aside.getByRole('button', { name, exact: true }).click();
  const { data, picture } = words;
  const steps: [string, () => Promise<unknown>][] = [
    ['scale', slider(controls.guidanceScale, 6)],
    ['weight', slider(data.weight, 0.1)],
    ['width', slider(data.width, 0.3)],
    ['rule', choose(controls.guidance, 'autoguidance')],
    ['blur', slider(data.blur, 1.5)],
    ['steps', slider(controls.numSteps, 7)],
    ['sampler', choose(controls.sampler, 'ddpm')],
    ['parameter', slider('η: noise added back (0 none, 1 as DDPM)', 0.3)],
    ['schedule', choose(controls.schedule, 'logsnr-cosine')],
    ['shape', choose(controls.shape, 'falling')],
    ['interval', () => aside.getByLabel(controls.intervalLow).fill('600')],
    ['class', press(en.planeData.classNamed('B'))],
    ['class of a Gaussian', choose(data.classOf, '1')],
    ['one Gaussian more', press(data.add)],
    ['one Gaussian less', press(data.remove)],
    ['heat map', choose(picture.heat, 'marginal')],
    ['arrows', choose(picture.arrows, 'all')],
    ['free noise level', () => aside.getByLabel(picture.follow).uncheck()],
    ['noise level', () => aside.getByLabel(picture.sigma).fill('800')],
    ['particles', slider(words.particles.count, 900)],
    ['paths', slider(words.particles.paths, 0)],
    ['seed', slider(controls.seed, 7)],
    ['dice', press(controls.dice)],
    ['position', () => playground.slider(words.timeline.scrub).fill('0.4')],
    ['preset', () => playground.button(words.presets.names.modes).click()],
  ];
  for (const [what, action] of steps)
    await test.step(what, () => changes(playground, what, action));
});

test('a Gaussian is dragged, widened, and moved by keys', async ({ playground }) => {
  const { page } = playground;
  await open(playground);
  const handle = page.locator('.plane-handle').nth(1);
  const drag = async (what: Locator, dx: number, dy: number) => {
    const box = (await what.boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx / 2, y + dy / 2);
    await page.mouse.move(x + dx, y + dy);
    await page.mouse.up();
  };
  await changes(playground, 'dragging', () => drag(handle, 60, -30));
  await expect(page).toHaveURL(/plane=.*g:1,0\.5,0\.\d+,/);
  await changes(playground, 'widening', () => drag(page.locator('.plane-grip').nth(1), 40, 0));
  await handle.focus();
  await changes(playground, 'arrow key', () => page.keyboard.press('ArrowLeft'));
  await changes(playground, 'key −', () => page.keyboard.press('-'));
  await expect(handle).toHaveAccessibleName(/Gaussian 2, class B, at -?\d\.\d, -?\d\.\d/);
});

/** The share of the particles that the panels show, as they were drawn. */
async function leastInside(page: Page): Promise<number> {
  const shares = await page
    .locator('.plane-canvas canvas')
    .evaluateAll((all) => all.map((canvas) => Number((canvas as HTMLElement).dataset.inside)));
  return Math.min(...shares);
}

test('the frame follows the particles at every scale, and says so', async ({ playground }) => {
  const { page } = playground;
  test.slow();
  await open(playground);
  const scale = page
    .getByRole('complementary', { name: controls.label })
    .getByRole('spinbutton', { name: controls.guidanceScale, exact: true });
  const zoom = page.locator('.plane-zoom');
  const frame = async () => (await zoom.count()) > 0;
  await expect(zoom).toHaveCount(0);
  for (const name of ['figure2', 'overlap', 'unequal', 'modes', 'rules'] as const) {
    await playground.button(words.presets.names[name]).click();
    for (const value of [0, 1, 2, 5, 10, 15]) {
      await scale.fill(String(value));
      await settled(page);
      await expect
        .poll(() => leastInside(page), { message: `${name} at ${value}` })
        .toBeGreaterThanOrEqual(0.99);
    }
    // The frame is wider than usual at 15, on every panel, and says so.
    expect(await frame(), name).toBe(true);
    await expect(zoom).toHaveCount(await page.locator('.plane-panel').count());
    await expect(zoom.first()).toHaveText(/^zoomed out \d(\.\d)?×$/);
  }
  // While the noise becomes data too.
  for (const position of ['0', '0.25', '0.5', '0.75']) {
    await playground.slider(words.timeline.scrub).fill(position);
    await expect.poll(() => leastInside(page), { message: position }).toBeGreaterThanOrEqual(0.99);
  }
});

test('in a wider frame a Gaussian is where the pointer drags it', async ({ playground }) => {
  const { page } = playground;
  await open(playground, `${FEW}!run:scale:15,steps:48`);
  await expect(page.locator('.plane-zoom')).toBeVisible();
  const handle = page.locator('.plane-handle').nth(2);
  const place = async () => {
    const box = (await handle.boundingBox())!;
    return [box.x + box.width / 2, box.y + box.height / 2] as const;
  };
  // At rest, before it is dragged.
  let last: readonly [number, number] = [0, 0];
  await expect
    .poll(async () => {
      const now = await place();
      const still = Math.hypot(now[0] - last[0], now[1] - last[1]) < 0.01;
      last = now;
      return still;
    })
    .toBe(true);
  const [x, y] = last;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 20, y - 10);
  await page.mouse.move(x - 40, y - 30);
  const [draggedX, draggedY] = await place();
  expect(Math.hypot(draggedX - x + 40, draggedY - y + 30)).toBeLessThan(6);
  await page.mouse.up();
  await settled(page);
  await expect.poll(() => leastInside(page)).toBeGreaterThanOrEqual(0.99);
});

test('on a phone: no part wider than the screen, the controls below the pictures', async ({
  playground,
}) => {
  const { page } = playground;
  await page.setViewportSize({ width: 390, height: 844 });
  // The playground's own styles are there too.
  await playground.open();
  await page.getByRole('link', { name: en.places.lab, exact: true }).click();
  await page.getByRole('link', { name: words.page, exact: true }).click();
  await settled(page);
  const scale = page
    .getByRole('complementary', { name: controls.label })
    .getByRole('spinbutton', { name: controls.guidanceScale, exact: true });
  await changes(playground, 'scale', () => scale.fill('7'));
  const [above, below] = [await canvas(page).boundingBox(), await scale.boundingBox()];
  expect(below!.y).toBeGreaterThan(above!.y + above!.height);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('plays, and a link restores the page with its panels', async ({ playground }) => {
  const { page } = playground;
  await open(playground);
  await playground.button(words.presets.names.rules).click();
  await expect(page.locator('.plane-panel')).toHaveCount(3);
  await settled(page);
  await playground.button(en.timeline.play).click();
  await expect(playground.button(en.timeline.pause)).toBeVisible();
  await playground.slider(words.timeline.scrub).fill('0.5');
  await playground.button(words.panel.remove(3)).click();
  await page.getByRole('button', { name: words.panel.select(2) }).click();
  await page.locator('aside').getByRole('spinbutton', { name: controls.guidanceScale }).fill('5');
  await settled(page);
  await expect(page).toHaveURL(/autoguidance.*scale:5.*active:1/);
  const seen = await Promise.all([0, 1].map((i) => playground.canvasDigest(canvas(page, i))));
  await page.reload();
  await settled(page);
  await expect(page.locator('.plane-panel')).toHaveCount(2);
  for (const i of [0, 1]) {
    await expect.poll(() => playground.canvasDigest(canvas(page, i))).toBe(seen[i]);
  }
});

test('Chinese: no English is left', async ({ playground }) => {
  const { page } = playground;
  await page.goto(`./?page=plane&lang=zh&plane=${FEW}!arrows:all`);
  await settled(page);
  await expect(page.getByRole('button', { name: zh.plane.presets.names.modes })).toBeVisible();
  const left = await page.evaluate(() =>
    [...document.querySelectorAll('.plane > .panel, #stage')].flatMap((part) =>
      part.textContent.split(/\s+/).filter((word) => /[A-Za-z]{4,}/.test(word)),
    ),
  );
  // Names of samplers and schedules.
  expect(
    left.filter((word) => !/DDIM|DDPM|Euler|Heun|DPM|Karras|MAMBO|TCFG|CFG/.test(word)),
  ).toEqual([]);
});
