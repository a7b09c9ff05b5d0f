import 'fake-indexeddb/auto';
import { createStore, keys, set } from 'idb-keyval';
import { expect, test } from 'vitest';
import { type Batch, withBatch, withFigures } from './kept';
import { browserStorage } from './storage';

const run = { network: 'judge', nfe: 8, totalMs: 500 };
const batch = (start: number, count = 16): Batch => ({
  start,
  labels: Array.from({ length: count }, () => 0),
  logits: new Float32Array(2 * count),
  features: new Float32Array(3 * count),
  pictures: undefined,
});
const figures = (samples: number) => ({
  samples,
  classAccuracy: { value: 0.5, spread: undefined },
  classifierScore: undefined,
  frechetDistance: undefined,
  precision: undefined,
  recall: undefined,
  diversity: undefined,
});
const raw = createStore('guidance-experiments', 'points');

test('tabs that write the same point at once: every batch and every figure stays', async () => {
  const [one, other] = [browserStorage(), browserStorage()];
  const add = (storage: typeof one, added: Batch) =>
    storage.change('k', (before) => withBatch(before, added, run), added);
  await Promise.all([add(one, batch(0)), add(other, batch(0))]);
  await Promise.all([add(one, batch(16, 8)), add(other, batch(16))]);
  const measure = (storage: typeof one, count: number) =>
    storage.change('k', (before) => withFigures(before, figures(count)));
  await Promise.all([measure(one, 16), measure(other, 32), add(one, batch(32))]);
  const [record] = await one.records(['k']);
  expect(record).toMatchObject({ samples: 48, starts: [0, 16, 32], seconds: 2 });
  expect(record?.figures.map(({ samples }) => samples)).toEqual([16, 32]);
  const batches = await one.batches('k', record!.starts);
  expect(batches.map((found) => found?.labels.length)).toEqual([16, 16, 16]);
  // What was drawn already, and what does not continue the point, leaves it as it is.
  expect(await add(other, batch(0))).toEqual(record);
  expect(await add(other, batch(64))).toEqual(record);
  await one.remove(['k']);
  expect(await add(other, batch(48))).toBeUndefined();
  expect(await keys(raw)).toEqual([]);
});

test('entries that are damaged or of another version are left out, named and deleted', async () => {
  const storage = browserStorage();
  await storage.change('good', (before) => withBatch(before, batch(0), run), batch(0));
  await storage.putFile('good.json', '{}');
  const good = { samples: 16, starts: [0], network: 'judge', nfe: 8, seconds: 1 };
  const date = new Date().toISOString();
  const damaged: readonly unknown[] = [
    null,
    {},
    { ...good, date },
    { ...good, date, figures: [null] },
    { ...good, date, figures: [], samples: 1e9, starts: [] },
    { ...good, date, figures: [], starts: [0, 16] },
    { ...good, date, figures: [], samples: Number.NaN },
    { ...good, date, figures: [figures(32)] },
  ];
  for (const [i, value] of damaged.entries()) await set(`point bad ${i}`, value, raw);
  await set('batch 0 bad 0', batch(0), raw);
  await set('file bad.json', null, raw);
  await set(5, 'of nobody', raw);
  const bad = damaged.map((_, i) => `bad ${i}`);
  const [first, ...others] = await storage.records(['good', ...bad]);
  expect(first?.samples).toBe(16);
  expect(others).toEqual(damaged.map(() => undefined));
  expect(await storage.files()).toEqual([['good.json', '{}']]);
  expect(await storage.unreadable()).toEqual({ points: bad, files: ['bad.json'] });
  await storage.removeUnreadable();
  expect(await storage.unreadable()).toEqual({ points: [], files: [] });
  expect((await keys(raw)).toSorted()).toEqual(
    [5, 'batch 0 good', 'file good.json', 'point good'].toSorted(),
  );
  for (const value of [
    null,
    {},
    { ...batch(0), logits: [1] },
    batch(16),
    { ...batch(0), labels: [] },
  ]) {
    await set('batch 0 good', value, raw);
    expect(await storage.batches('good', [0])).toEqual([undefined]);
  }
});
