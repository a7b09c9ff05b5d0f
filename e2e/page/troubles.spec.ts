import type { Route } from '@playwright/test';
import { expect, test, words } from '../playground';

const graph = '**/models/tiny/model.onnx';
const manifest = '**/models/tiny/manifest.json';

interface Trouble {
  readonly what: string;
  readonly on: string;
  readonly answer: (route: Route) => Promise<void>;
  readonly kind: keyof typeof words.failure;
  /** What the message must name. */
  readonly names: readonly string[];
}

const troubles: readonly Trouble[] = [
  {
    what: 'a damaged file',
    on: graph,
    async answer(route) {
      const response = await route.fetch();
      const body = await response.body();
      body[body.length >> 1]! ^= 0xff;
      await route.fulfill({ response, body });
    },
    kind: 'damaged-file',
    names: ['models/tiny/model.onnx', 'SHA-256'],
  },
  {
    what: 'a cut-off file',
    on: graph,
    async answer(route) {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.body()).subarray(0, 1000) });
    },
    kind: 'damaged-file',
    names: ['models/tiny/model.onnx', 'got 1000'],
  },
  {
    what: 'a missing file',
    on: graph,
    answer: (route) => route.fulfill({ status: 404, body: 'Not found' }),
    kind: 'missing-file',
    names: ['models/tiny/model.onnx'],
  },
  {
    what: 'a file behind a lost connection',
    on: graph,
    answer: (route) => route.abort('connectionreset'),
    kind: 'network',
    names: ['tiny/model.onnx'],
  },
  {
    what: 'a manifest that does not validate',
    on: manifest,
    async answer(route) {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), shape: [1, 8] } });
    },
    kind: 'invalid-manifest',
    names: ['tiny/manifest.json', '"shape'],
  },
];

// One page for all, so that the engine is started once.
test('a model that cannot be loaded: a message names the file, and trying again works', async ({
  playground,
}) => {
  const { page, error } = playground;
  for (const { what, on, answer, kind, names } of troubles) {
    await test.step(what, async () => {
      await page.route(on, answer);
      await playground.visit();
      await expect(error).toHaveAttribute('data-error', kind);
      await expect(error).toContainText(words.failure[kind]);
      for (const name of names) await expect(error).toContainText(name);
      await expect(playground.badge).toHaveCount(0);
      await page.unroute(on);
    });
  }
  await playground.button(words.retry).click();
  await playground.settled();
  await expect(error).toHaveCount(0);
  await playground.pixels();
});

test('an unknown model is named, and the address shows the way out', async ({ playground }) => {
  await playground.visit('model=nope');
  await expect(playground.error).toHaveAttribute('data-error', 'unknown-model');
  await expect(playground.error).toContainText('"nope"');
  await expect(playground.error).toContainText('models/index.json');
  await playground.visit('model=nope&lang=zh');
  // What is said of the files is in English, and says so.
  await expect(playground.error.locator('[lang=en]')).toContainText('"nope"');
});
