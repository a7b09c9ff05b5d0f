import { loseDevice } from '../fixtures/lose-device';
import { expect, test, words } from '../playground';

const { controls, notice } = words;

test('a device lost during a run: a notice, and the run is repeated to the same pixels', async ({
  playground,
}) => {
  const { page, columns } = playground;
  await playground.open('n=1&steps=30&seed=7');
  const pixels = await playground.pixels();
  // Another page: this one would show the pictures again that it has made.
  await playground.open('n=1&steps=30&seed=8');
  expect(await playground.pixels()).not.toBe(pixels);

  await playground.number(controls.seed).fill('7');
  await expect(columns.locator('.costs')).toContainText(/step ([5-9]|1\d) of 30/);
  expect(await loseDevice(page)).toBe(1);
  await expect(playground.notice).toHaveText(new RegExp(notice.deviceLost));
  await expect(playground.notice).toHaveText(new RegExp(notice.recovered));
  await playground.settled();
  expect(await playground.pixels()).toBe(pixels);
});

test('a device lost while nothing runs: the pictures stay, and the next run works', async ({
  playground,
}) => {
  await playground.open('n=1');
  const pixels = await playground.pixels();
  expect(await loseDevice(playground.page)).toBe(1);
  await expect(playground.notice).toHaveText(new RegExp(notice.recovered));
  await playground.settled();
  expect(await playground.pixels()).toBe(pixels);
  await playground.changes('the scale', () => playground.type(controls.guidanceScale, 6));
});
