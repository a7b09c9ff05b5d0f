import { expect, test, words } from '../playground';

const { controls, ruleHelp, timeline } = words;

test('a rule says what it does without moving anything', async ({ playground }) => {
  const { page } = playground;
  await playground.open();
  const rule = playground.choice(controls.guidance);
  await rule.selectOption('apg');
  await playground.settled();
  // On the page, which may be scrolled to what is clicked.
  const place = () => rule.evaluate((element) => element.getBoundingClientRect().top + scrollY);
  const before = await place();
  const question = page.locator('.rule-question');
  await question.click();
  const help = page.locator('.rule-help');
  await expect(help).toBeVisible();
  await expect(help).toContainText(ruleHelp.sentences.apg!);
  await expect(help.getByRole('link')).toHaveAttribute('href', /arxiv\.org\/abs\/2410\.02416/);
  expect(await place()).toBeCloseTo(before, 1);
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
});

test('arrow keys go by a step of the run, and by sensible steps of the interval', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open('steps=4');
  await playground.scrubber.focus();
  for (const position of ['0.75', '0.5', '0.25', '0', '0']) {
    await page.keyboard.press('ArrowLeft');
    await expect(playground.scrubber).toHaveValue(position);
  }
  await page.keyboard.press('ArrowRight');
  await expect(playground.scrubber).toHaveValue('0.25');
  await expect(playground.scrubber).not.toHaveAttribute('aria-valuetext', timeline.sigma('80'));

  const low = playground.slider(controls.intervalLow);
  await low.focus();
  await page.keyboard.press('ArrowRight');
  await expect(low).toHaveValue('20');
  await page.keyboard.press('ArrowRight');
  await expect(low).toHaveValue('40');
  await playground.settled();
  await expect(page).toHaveURL(/interval=/);
});
