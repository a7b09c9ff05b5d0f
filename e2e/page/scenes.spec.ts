import { PRESET_IDS, PRESETS } from '../../src/settings/presets';
import { expect, test, words } from '../playground';

const { controls, presets, timeline } = words;

test('what is drawn: a sample each of several classes', async ({ playground }) => {
  const { page } = playground;
  await playground.open('model=tiny-colour&n=3');
  const one = await playground.pixels();
  const mixed = playground.button(controls.mixed);
  const chips = page.locator('.chips li');
  await playground.changes('several classes', () => mixed.click());
  await expect(page).toHaveURL(/draw=each:red,green,blue/);
  await expect(chips).toHaveText(['red×', 'green×', 'blue×']);
  await expect(playground.slider(controls.count)).toHaveCount(0);

  // The disc of each is of its colour: what red, green and blue amount to in its picture.
  const strongest = () =>
    playground.columns.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const side = canvas.width / 2;
      return [0, 1, 2].map((k) => {
        const [x, y] = [(k % 2) * side, Math.floor(k / 2) * side];
        const { data } = canvas.getContext('2d')!.getImageData(x, y, side, side);
        const sums = [0, 1, 2].map((c) =>
          data.filter((_, i) => i % 4 === c).reduce((a, b) => a + b, 0),
        );
        return sums.indexOf(Math.max(...sums));
      });
    });
  expect(await strongest()).toEqual([0, 1, 2]);

  const search = page.getByRole('combobox', { name: controls.addClass });
  await playground.changes('a class more', async () => {
    await search.fill('yel');
    await search.press('Enter');
  });
  await expect(chips).toHaveText(['red×', 'green×', 'blue×', 'yellow×']);
  await chips.last().getByRole('button', { name: 'yellow', exact: true }).click();
  const picker = playground.columns.getByRole('slider');
  await expect(picker).toHaveAttribute('aria-valuetext', '4: yellow');
  await expect(chips.last()).toHaveAttribute('data-picked', 'true');
  await playground.changes('a class less', () => page.getByLabel(controls.leaveOut('red')).click());
  await expect(picker).toHaveAttribute('aria-valuemax', '3');
  await playground.changes('one class again', () => mixed.click());
  await expect(chips).toHaveCount(0);
  expect(await playground.pixels(), 'the same class and noise').toBe(one);
});

test('what is shown: estimate, noisy x, both', async ({ playground }) => {
  await playground.open('n=1');
  await playground.changes('the position', () => playground.scrubber.fill('0.5'));
  await playground.changes('noisy x', () => playground.button(timeline.views.noisy).click());
  await playground.changes('both', () => playground.button(timeline.views.both).click());
  await playground.changes('the estimate', () =>
    playground.button(timeline.views.estimate).click(),
  );
});

test('every preset shows a scene of its own', async ({ playground }) => {
  await playground.open('n=1&scale=5');
  const before = await playground.picture();
  const scenes = new Set<string>();
  const ids = PRESET_IDS.filter((id) => !PRESETS[id].ofPrompts);
  for (const id of ids) {
    await playground.button(presets.names[id]).click();
    await expect(playground.columns).toHaveCount(PRESETS[id].columns.length);
    await playground.settled();
    await expect(playground.page.getByText(presets.notes[id])).toBeVisible();
    const pictures = await playground.pictures();
    expect(new Set([before, ...pictures]).size).toBe(1 + pictures.length);
    scenes.add(pictures.join());
  }
  expect(scenes.size).toBe(ids.length);
});

test('a preset whose caption a network does not bear out is not offered there', async ({
  playground,
}) => {
  const small = 'n=1&steps=1&scale=1';
  for (const [model, offered] of [
    ['emoji', true],
    ['letters', false],
  ] as const) {
    await playground.open(`model=${model}&${small}`);
    await expect(playground.button(presets.names.collapse)).toBeVisible();
    await expect(playground.button(presets.names.overdone)).toHaveCount(offered ? 1 : 0);
  }
});
