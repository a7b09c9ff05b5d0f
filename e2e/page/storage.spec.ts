import type { Page } from '@playwright/test';
import { expect, test, words } from '../playground';

const { experiments, own } = words;

/** Puts entries where the page keeps its own. */
async function keep(
  page: Page,
  database: string,
  name: string,
  entries: Readonly<Record<string, unknown>>,
): Promise<void> {
  await page.evaluate(
    async ([database, name, entries]) => {
      const opening = indexedDB.open(database);
      opening.onupgradeneeded = () => opening.result.createObjectStore(name);
      await new Promise((resolve, reject) => {
        opening.onsuccess = resolve;
        opening.onerror = reject;
      });
      const transaction = opening.result.transaction(name, 'readwrite');
      const store = transaction.objectStore(name);
      for (const [key, value] of Object.entries(entries)) store.put(value, key);
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onerror = reject;
      });
      opening.result.close();
    },
    [database, name, entries] as const,
  );
}

test('what is kept and cannot be read is named, can be deleted, and keeps nothing from working', async ({
  playground,
}) => {
  const { page } = playground;
  await playground.open();
  const pixels = await playground.pixels();
  const networks = {
    'own-null': null,
    'own-empty': {},
    'own-old': { manifest: { id: 'own-old', role: 'denoiser', shape: [1, 8, 8] }, graph: 'none' },
  };
  await keep(page, 'guidance-own', 'networks', networks);
  const endless = { samples: 1e9, starts: [] };
  const results = { 'point a': endless, 'point b': null, 'file old.json': { format: 0 } };
  await keep(page, 'guidance-experiments', 'points', results);

  await playground.open();
  expect(await playground.pixels()).toBe(pixels);
  await page.locator('.model-button').click();
  await page.getByRole('button', { name: own.button }).click();
  const dialog = page.getByRole('dialog', { name: own.heading });
  await expect(dialog.locator('[data-unreadable]')).toHaveCount(3);
  for (const id of Object.keys(networks)) {
    await dialog.getByRole('button', { name: own.removeTitle(id) }).click();
    await expect(dialog.locator(`[data-unreadable=${id}]`)).toHaveCount(0);
  }
  await page.reload();
  await playground.settled();
  await page.locator('.model-button').click();
  await page.getByRole('button', { name: own.button }).click();
  await expect(dialog).toBeVisible();
  await expect(dialog.locator('[data-unreadable]')).toHaveCount(0);

  await playground.visit('page=experiments&experiment=strength!n:16!at:1');
  const unreadable = page.locator('[data-problem=unreadable]');
  await expect(unreadable).toContainText(experiments.unreadable.what(2, 'old.json'));
  await unreadable.getByRole('button', { name: experiments.unreadable.remove }).click();
  await expect(unreadable).toHaveCount(0);
  await page.reload();
  await playground.button(experiments.run).click();
  await expect(page.locator('.progress')).toHaveAttribute('data-finished', 'true');
  await expect(unreadable).toHaveCount(0);
});

test('a disk that gets full while a sweep runs is told, and what is shown as kept is kept', async ({
  playground,
}) => {
  const { page } = playground;
  // Two entries a batch, and the figures of the first ones.
  await page.addInitScript(() => {
    const { put } = IDBObjectStore.prototype;
    let room = 5;
    IDBObjectStore.prototype.put = function (...entry) {
      if (room-- <= 0) throw new DOMException('The quota has been exceeded', 'QuotaExceededError');
      return put.apply(this, entry);
    };
  });
  await playground.visit('page=experiments&experiment=strength!n:96!at:1');
  await playground.button(experiments.run).click();
  const progress = page.locator('.progress');
  await expect(progress).toHaveAttribute('data-finished', 'true');
  await expect(page.locator('[data-problem=storage]')).toContainText('The quota has been exceeded');
  await page.reload();
  await expect(playground.button(experiments.goOn)).toBeEnabled();
  const kept = Number(await progress.locator('progress').getAttribute('value'));
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(96);
});
