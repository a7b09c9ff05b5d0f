import { fileURLToPath } from 'node:url';
import { test as base, expect } from '@playwright/test';
import { type StaticServer, serveStatic } from '../page/static-server';
import { Driver } from './driver';
import { startFirefox } from './firefox';
import { findProgram } from './processes';
import { startWebKit } from './webkit';

/** Names of the projects of playwright.config.ts. */
export type OtherBrowser = 'firefox' | 'webkit';

interface Starter {
  readonly missing: string | undefined;
  start(preferences?: Readonly<Record<string, unknown>>): Promise<Driver>;
}

/** How each is started; `missing` says what of it this machine lacks. */
const STARTERS: Readonly<Record<OtherBrowser, () => Starter>> = {
  firefox() {
    const program = findProgram('firefox-esr', 'firefox');
    return {
      missing: program ? undefined : 'Firefox not found: not tested',
      start: async (preferences) => Driver.begin(await startFirefox(program ?? '', preferences)),
    };
  },
  webkit() {
    const program = findProgram('WebKitWebDriver');
    const xvfb = findProgram('Xvfb');
    const screen = xvfb ?? process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY;
    return {
      missing: !program
        ? 'WebKitGTK (WebKitWebDriver) not found: not tested'
        : screen
          ? undefined
          : 'No screen for WebKitGTK, and no Xvfb: not tested',
      start: async () => Driver.begin(await startWebKit(program ?? '', xvfb)),
    };
  },
};

const site = fileURLToPath(new URL('../../dist-e2e', import.meta.url));
const QUERY = 'backend=wasm&model=tiny&n=1&steps=2&scale=3&film=off&lang=en&seed=7';

/** What goes wrong in a page of the site, in its own words. The page's policy allows own files alone. */
const LISTEN = `
  window.troubles = [];
  const note = (...what) => window.troubles.push(what.map(String).join(' '));
  addEventListener('error', (event) => note(event.message ?? 'not loaded', event.target?.src ?? event.target?.href ?? ''), true);
  addEventListener('unhandledrejection', ({ reason }) => note(reason));
  addEventListener('securitypolicyviolation', (event) => note('policy:', event.violatedDirective, event.blockedURI));
  for (const kind of ['error', 'warn']) console[kind] = note;
`;

declare global {
  interface Window {
    readonly troubles: readonly string[];
  }
}

/** A page of the site in a browser that Playwright does not drive. */
export class Visit {
  readonly browser: Driver;
  readonly host: StaticServer;

  constructor(browser: Driver, host: StaticServer) {
    this.browser = browser;
    this.host = host;
  }

  /** @param query may override what tests otherwise ask for */
  async open(query = ''): Promise<void> {
    const wanted = new URLSearchParams(QUERY);
    for (const [key, value] of new URLSearchParams(query)) wanted.set(key, value);
    await this.browser.open(`${this.host.url}?${wanted}`);
  }

  /** As its button does: the commands of WebDriver go past caches and the service worker. */
  async reload(): Promise<void> {
    await this.browser.evaluate(() => {
      document.documentElement.dataset.left = '';
      setTimeout(() => location.reload());
    });
    await expect
      .poll(() => this.ask(() => document.documentElement.dataset.left ?? 'new'))
      .toBe('new');
  }

  /** Waits until every column has its pictures; they must not be blank. */
  async draws(): Promise<void> {
    await this.#becomes('pictures', () =>
      [...document.querySelectorAll<HTMLElement>('.column')].map(({ dataset }) => dataset.status),
    );
    const shades = await this.browser.evaluate(async () => {
      for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
      const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-column]');
      const image = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(image?.data).size;
    });
    expect(shades, 'shades of the canvas').toBeGreaterThan(4);
  }

  /** Waits until the engine has started. */
  async startsEngine(): Promise<void> {
    await this.#becomes('the engine', () =>
      [...document.querySelectorAll('.badge')].map(() => 'done'),
    );
  }

  /** Waits until a list of the page is one `done`. @throws Error with what the page says is wrong */
  async #becomes(what: string, list: () => readonly (string | undefined)[]): Promise<void> {
    await expect
      .poll(
        async () => {
          const wrong = await this.error();
          if (wrong) throw new Error(`The page says: ${wrong}`);
          return this.ask(list);
        },
        { message: what },
      )
      .toEqual(['done']);
  }

  /** What the page says is wrong; null: nothing. */
  error(): Promise<string | null | undefined> {
    return this.ask(() => document.querySelector<HTMLElement>('[data-error]')?.innerText ?? null);
  }

  /** What stands in the way, or is lost, in the page's words. */
  notices(): Promise<readonly string[]> {
    return this.browser.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-notice], [data-part-failed]')].map(
        ({ innerText }) => innerText,
      ),
    );
  }

  isolated(): Promise<boolean | undefined> {
    return this.ask(() => window.crossOriginIsolated);
  }

  /** What has gone wrong since the page was loaded. */
  async troubles(): Promise<readonly string[]> {
    return this.browser.evaluate(() => window.troubles);
  }

  /** What a function in the page returns; undefined while the page is on its way to another. */
  ask<Args extends readonly unknown[], T>(
    question: (...args: Args) => T | Promise<T>,
    ...args: Args
  ): Promise<T | undefined> {
    return this.browser.evaluate(question, ...args).catch(() => undefined);
  }
}

type HostOptions = Parameters<typeof serveStatic>[2];

interface Fixtures {
  /** The built site on a host of its own, which hands over nothing of other tests. */
  readonly serve: (options?: HostOptions) => Promise<StaticServer>;
  /** A browser of its own, with preferences that Firefox alone has. */
  readonly startWith: (preferences: Readonly<Record<string, unknown>>) => Promise<Driver>;
}
interface WorkerFixtures {
  readonly otherBrowser: OtherBrowser;
  readonly driver: Driver;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  otherBrowser: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the fixtures destructured
    async ({}, use, info) => use(info.project.metadata.browser),
    { scope: 'worker' },
  ],
  driver: [
    async ({ otherBrowser }, use) => {
      const driver = await STARTERS[otherBrowser]().start();
      await driver.resize(1440, 900);
      await use(driver);
      await driver.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: see above
  serve: async ({}, use) => {
    const hosts: StaticServer[] = [];
    await use(async (options) => {
      const host = await serveStatic(site, '/some/path/', {
        changed: (text, path) =>
          path === 'index.html'
            ? text.replace('<head>', '<head><script src="./listen.js"></script>')
            : text,
        extra: { 'listen.js': LISTEN },
        ...options,
      });
      hosts.push(host);
      return host;
    });
    for (const host of hosts) host.close();
  },
  startWith: async ({ otherBrowser }, use) => {
    const started: Driver[] = [];
    await use(async (preferences) => {
      const driver = await STARTERS[otherBrowser]().start(preferences);
      started.push(driver);
      return driver;
    });
    for (const driver of started) await driver.close();
  },
});

/** Skips every test of the file where the browser is not on this machine, and says so. */
export function skipWhereMissing(): void {
  // biome-ignore lint/correctness/noEmptyPattern: see above
  test.beforeEach(({}, info) => {
    const { missing } = STARTERS[info.project.metadata.browser as OtherBrowser]();
    test.skip(missing !== undefined, missing);
  });
}

export { expect };
