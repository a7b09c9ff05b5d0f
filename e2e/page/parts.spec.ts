import { goTo } from '../header';
import { expect, test, words } from '../playground';

const { part, retry } = words;

test('a part that cannot be loaded says so, the others work, and it is tried again', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open();
  await page.route('**/assets/PlaneView-*.js', (route) => route.abort());
  const failed = page.locator('[data-part-failed]');
  await goTo(page, 'lab', words.plane.page);
  await expect(failed).toContainText(part.missing);
  // The rest of the page is there, and another place too.
  await goTo(page, 'play');
  await playground.pixels();
  await expect(failed).toHaveCount(0);
  await page.goBack();
  await expect(failed).toContainText(part.missing);
  await page.unroute('**/assets/PlaneView-*.js');
  await playground.button(retry).click();
  // Some browsers remember that a module could not be loaded: a reload helps, and keeps the address.
  if (await failed.isVisible()) await playground.button(part.reload).click();
  await expect(page.locator('#stage')).toBeVisible();
  await expect(failed).toHaveCount(0);
  expect(new URL(page.url()).searchParams.get('scale')).toBe('3');
  expect(new URL(page.url()).searchParams.get('page')).toBe('plane');
});

test('what fails in one part of the page leaves the others alive', async ({ playground }) => {
  const { page } = playground;
  await page.addInitScript(() => {
    HTMLDialogElement.prototype.showModal = () => {
      throw new Error(`no dialogs here ${'x'.repeat(5000)}`);
    };
  });
  await playground.open();
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['no network'], 'a.onnx'));
    const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent('drop', options));
  });
  const failed = page.locator('[data-part-failed]');
  await expect(failed).toContainText(part.failed);
  await expect(failed).toContainText('no dialogs here');
  expect((await failed.textContent())!.length).toBeLessThan(600);
  await playground
    .number(words.controls.guidanceScale ?? 'Scale')
    .first()
    .count();
  await playground.slider(words.timeline.scrub).fill('1');
  await playground.pixels();
  await expect(failed).toHaveCount(1);
});

test('without JavaScript the page says what it needs', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(baseURL!);
  await expect(page.locator('.unstarted')).toBeVisible();
  await expect(page.locator('.unstarted')).toContainText('JavaScript');
  await context.close();
});
