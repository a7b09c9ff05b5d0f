import { test as base, expect, type Locator, type Page } from '@playwright/test';
import type { Backend } from '../src/engine/protocol';
import { WORDS } from './words';

export const words = WORDS.en;
const { controls, timeline } = words;

/** The page as a visitor uses it. Pictures are read back from the canvases, never only looked for. */
export class Playground {
  readonly page: Page;
  readonly backend: Backend;

  constructor(page: Page, backend: Backend) {
    this.page = page;
    this.backend = backend;
  }

  get stage(): Locator {
    return this.page.locator('#stage');
  }
  get badge(): Locator {
    return this.page.locator('.badge');
  }
  get columns(): Locator {
    return this.page.locator('.column');
  }
  get notice(): Locator {
    return this.page.locator('[data-notice]');
  }
  get error(): Locator {
    return this.page.locator('[data-error]');
  }

  slider(name: string): Locator {
    return this.page.getByRole('slider', { name, exact: true });
  }
  number(name: string): Locator {
    return this.page.getByRole('spinbutton', { name, exact: true });
  }
  choice(name: string): Locator {
    return this.page.getByRole('combobox', { name, exact: true });
  }
  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }
  /** A column's handle on the guidance rail. */
  handle(column = 0): Locator {
    return this.page.locator('.handle').nth(column);
  }
  get scrubber(): Locator {
    return this.slider(timeline.scrub);
  }

  /** Opens the page on the test network, small enough for a software adapter, and waits for its pictures. */
  async open(query = ''): Promise<void> {
    await this.visit(query);
    await this.settled();
  }

  /** Opens the page without waiting. The query may override what tests otherwise ask for. */
  async visit(query = ''): Promise<void> {
    const wanted = new URLSearchParams({
      model: 'tiny',
      n: '2',
      steps: '4',
      scale: '3',
      lang: 'en',
      expert: 'on',
      // The rail's tests ask for it: elsewhere it would take the other tests' time.
      film: 'off',
    });
    wanted.set('backend', this.backend);
    // A software adapter has no time for what nobody asked for.
    if (this.backend === 'webgpu') wanted.set('film', 'off');
    for (const [key, value] of new URLSearchParams(query)) wanted.set(key, value);
    await this.page.goto(`./?${wanted}`);
  }

  /** Waits until the engine is ready and every column shows what it is set to. */
  async settled(): Promise<void> {
    await expect(this.badge).toBeAttached();
    await expect(this.stage).toHaveAttribute('aria-busy', 'false');
    for (const column of await this.columns.all()) {
      await expect(column).toHaveAttribute('data-status', 'done');
    }
  }

  /** Does something that must change the pictures of a column, and returns the new ones. */
  async changes(what: string, action: () => Promise<unknown>, column = 0): Promise<string> {
    const before = await this.pixels(column);
    await action();
    await this.settled();
    const after = await this.pixels(column);
    expect(after, `${what} must change the pixels`).not.toBe(before);
    return after;
  }

  /** A digest of a column's pixels as they stand on its canvas. */
  pixels(column = 0): Promise<string> {
    return this.#digest(this.columns.nth(column).locator('canvas[data-column]'));
  }

  /** A digest of the two overlaid columns as they stand on their canvas. */
  overlaid(): Promise<string> {
    return this.#digest(this.page.locator('.overlaid canvas'));
  }

  /** A digest of a canvas as it stands. */
  canvasDigest(canvas: Locator): Promise<string> {
    return this.#digest(canvas);
  }

  /** A digest of the pixels of a thumbnail in a column's filmstrip. */
  thumbnail(column: number, index: number): Promise<string> {
    return this.#stripPart(column, (count) => [index, count]);
  }

  /** A digest of a column's finished picked sample, in the network's own resolution. */
  picture(column = 0): Promise<string> {
    return this.#stripPart(column, (count) => [count - 1, count]);
  }

  async #stripPart(column: number, part: (count: number) => [number, number]): Promise<string> {
    const canvas = this.page.locator('.filmstrip').nth(column).locator('canvas');
    return this.#digest(canvas, part(await this.thumbnails(column).count()));
  }

  /** The picked samples of all columns. */
  async pictures(): Promise<string[]> {
    const count = await this.columns.count();
    return Promise.all(Array.from({ length: count }, (_, column) => this.picture(column)));
  }

  thumbnails(column: number): Locator {
    return this.page.locator('.filmstrip').nth(column).getByRole('button');
  }

  /** @param part which of how many equal parts side by side */
  async #digest(canvas: Locator, part: [number, number] = [0, 1]): Promise<string> {
    const { shades, digest } = await canvas.evaluate(async (element, [index, count]) => {
      // What changed is drawn with the next frame.
      for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
      const { width: all, height } = element as HTMLCanvasElement;
      const width = all / count;
      const context = (element as HTMLCanvasElement).getContext('2d');
      const image = context?.getImageData(index * width, 0, width, height);
      const data = image?.data ?? new Uint8ClampedArray();
      const sha = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
      return { shades: new Set(data).size, digest: `${width}×${height} ${sha.join()}` };
    }, part);
    expect(shades, 'a canvas must not be blank').toBeGreaterThan(4);
    return digest;
  }

  /** Sets a slider by its number, as one types it. */
  async type(name: string, value: number): Promise<void> {
    await this.number(name).fill(String(value));
  }

  classButton(name: string): Locator {
    return this.button(controls.classOf(name));
  }
}

interface Fixtures {
  readonly backend: Backend;
  readonly playground: Playground;
  /** In every test: the page asks no other host for anything, throws nothing and keeps its policy. */
  readonly manners: undefined;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures destructured
  backend: async ({}, use, info) => use(info.project.metadata.backend),
  playground: async ({ page, backend }, use) => use(new Playground(page, backend)),
  manners: [
    async ({ context, page, baseURL }, use) => {
      const requested: string[] = [];
      const thrown: string[] = [];
      context.on('request', (request) => requested.push(request.url()));
      page.on('pageerror', (error) => thrown.push(String(error)));
      const forbidden: string[] = [];
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) forbidden.push(message.text());
      });
      await use(undefined);
      const { origin } = new URL(baseURL ?? '');
      const own = (url: string) => url.startsWith(`${origin}/`) || /^(data|blob):/.test(url);
      expect(requested.filter((url) => !own(url))).toEqual([]);
      expect(thrown).toEqual([]);
      expect(forbidden).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
