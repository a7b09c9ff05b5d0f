import { en } from '../../src/features/idea/article.en';
import { chooseTheme, goTo } from '../header';
import { expect, test, words } from '../playground';

const { controls, presets } = words;

test('Back and forward go through places, presets and layouts, and leave what is continuous in its entry', async ({
  playground,
}) => {
  const { page, columns } = playground;
  await playground.open('n=1');
  const length = () => page.evaluate(() => history.length);
  const start = await length();
  const first = await playground.pixels();

  await playground.changes('the scale', () => playground.type(controls.guidanceScale, 7));
  await playground.changes('the seed', () => playground.type(controls.seed, 5));
  await expect(page).toHaveURL(/seed=5/);
  const second = await playground.pixels();
  expect(await length(), 'settings are no steps').toBe(start);

  await playground.button(presets.names.sweet).click();
  await expect(columns).toHaveCount(2);
  await goTo(page, 'learn');
  await goTo(page, 'lab', words.plane.page);
  await expect(page.locator('.plane-stage')).toBeVisible();
  expect(await length()).toBe(start + 4);

  await page.goBack(); // to the experiments
  await expect(page.locator('.experiments')).toBeVisible();
  await page.goBack();
  await expect(page.locator('.idea')).toBeVisible();
  await page.goBack();
  await expect(columns).toHaveCount(2);
  await expect(page.getByText(presets.notes.sweet)).toBeVisible();
  await page.goBack();
  await expect(columns).toHaveCount(1);
  await expect(playground.number(controls.guidanceScale)).toHaveValue('7');
  await expect(playground.number(controls.seed)).toHaveValue('5');
  await playground.settled();
  expect(await playground.pixels(), 'the same settings, the same pixels').toBe(second);
  expect(second).not.toBe(first);

  await page.goForward();
  await expect(columns).toHaveCount(2);
  await page.goForward();
  await expect(page.locator('.idea')).toBeVisible();
  expect(await length(), 'going through the history makes none').toBe(start + 4);
});

test('Back returns to the network before, and to what it drew', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=1&scale=3');
  const pixels = await playground.pixels();
  await page.locator('.model-button').click();
  await page.locator('[data-model=tiny-colour] .open').click();
  await expect(page).toHaveURL(/model=tiny-colour/);
  await playground.settled();
  expect(await playground.pixels()).not.toBe(pixels);
  await page.goBack();
  await expect(page).toHaveURL(/model=tiny(&|$)/);
  await expect(playground.classButton('0')).toBeVisible();
  await playground.settled();
  expect(await playground.pixels()).toBe(pixels);
  await page.goForward();
  await expect(page).toHaveURL(/model=tiny-colour/);
  await playground.settled();
  expect(await playground.pixels()).not.toBe(pixels);
});

test('Back goes through the tour’s steps and out of it', async ({ playground }) => {
  const { page } = playground;
  await playground.visit('n=1&page=idea');
  await playground.button(words.idea.startTour).click();
  const card = page.getByRole('region', { name: words.idea.tour.label });
  await expect(card).toContainText(words.idea.tour.progress(1, 8));
  await card.getByRole('button', { name: words.idea.tour.next }).click();
  await expect(card).toContainText(words.idea.tour.progress(2, 8));
  await page.goBack();
  await expect(card).toContainText(words.idea.tour.progress(1, 8));
  await page.goBack();
  await expect(card).toHaveCount(0);
  await expect(page.locator('.idea')).toBeVisible();
});

test('language and theme stay as they are when one goes back', async ({ playground }) => {
  const { page } = playground;
  await playground.open('n=1');
  await goTo(page, 'learn');
  await chooseTheme(page, 'dark');
  await page.goBack();
  await playground.settled();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page).toHaveURL(/theme=dark/);
});

test('“Show me” is a step, with a way back beside the stage', async ({ playground }) => {
  const { page } = playground;
  await playground.visit('n=1&page=idea');
  const scene = page.locator('[data-scene=interval]');
  await scene.click();
  await playground.settled();
  await expect(page).toHaveURL(/from=interval/);
  const back = page.getByRole('link', { name: words.idea.backToArticle });
  await back.click();
  await expect(scene).toBeInViewport();
  await expect(back).toHaveCount(0);
  await expect(page).not.toHaveURL(/from=/);

  await page.goBack();
  await expect(playground.columns).toHaveCount(2);
  await page.goBack();
  await expect(scene).toBeInViewport();

  await test.step('the way back leads to the section also on a page opened anew', async () => {
    await page.goForward();
    await expect(back).toBeVisible();
    await page.reload();
    await back.click();
    const heading = page.getByRole('heading', { name: en.sections.interval.title });
    await expect(heading).toBeInViewport();
  });
});

test('the article is where it was after a reload, and its place in the address', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.visit('page=idea');
  const heading = page.getByRole('heading', { name: en.sections.classifier.title });
  await heading.evaluate((element) => {
    window.scrollTo({ top: window.scrollY + element.getBoundingClientRect().top + 150 });
  });
  await expect(page).toHaveURL(/#classifier$/);
  const top = () => heading.evaluate((element) => element.getBoundingClientRect().top);
  const before = await top();
  expect(before).toBeLessThan(-100);
  await page.reload();
  await expect.poll(top).toBeLessThan(before + 60);
  expect(await top()).toBeGreaterThan(before - 60);

  await goTo(page, 'play');
  await expect(page).not.toHaveURL(/#/);
  await page.goBack();
  await expect.poll(top).toBeLessThan(before + 60);
});
