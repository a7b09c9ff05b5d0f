import type { Page, Request } from 'playwright';

/** A page with less text than this shows nothing. */
const LEAST_LETTERS = 40;
/** What stands before the page's name in the browser's tab. */
const ICON = /\/icons\/icon\.svg$/;

/** What the browser says of the page while it is used. */
export class Watch {
  readonly page: Page;
  /** What must not happen, in the order in which it did. */
  readonly faults: string[] = [];
  /** What was done, the newest last. */
  readonly deeds: string[] = [];
  readonly #pending = new Set<Request>();

  /** @param expected what the console may say */
  constructor(page: Page, expected = /^$/) {
    this.page = page;
    page.on('pageerror', (error) => this.#fault(`thrown: ${error.stack ?? error}`));
    page.on('crash', () => this.#fault('the page’s process ended'));
    page.on('console', (message) => {
      if (message.type() !== 'error' || expected.test(message.text())) return;
      this.#fault(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      // The browser's own, which it drops without a word when the page is left.
      if (!ICON.test(request.url())) this.#pending.add(request);
    });
    page.on('requestfinished', (request) => this.#pending.delete(request));
    page.on('requestfailed', (request) => this.#pending.delete(request));
    // What a worker that has ended was waiting for neither ends nor fails.
    page.on('worker', (worker) => worker.on('close', () => this.#pending.clear()));
  }

  /** Addresses of requests that have neither ended nor failed. */
  get unfinished(): string[] {
    return [...this.#pending].map((request) => request.url());
  }

  #fault(what: string): void {
    this.faults.push(`${what}\n    after: ${this.deeds.slice(-6).join(' · ')}`);
  }

  /** Looks at what must hold at any time: nothing blank, nothing wider than the window, no part that failed. */
  async look(): Promise<void> {
    // A document that is just being loaded has nothing yet.
    await this.page
      .waitForFunction((least) => document.body?.innerText.length >= least, LEAST_LETTERS, {
        timeout: 10_000,
      })
      .catch(() => this.#fault('a blank page'));
    const seen = await this.page.evaluate(() => {
      const canvases = [...document.querySelectorAll('canvas')];
      return {
        wider: document.documentElement.scrollWidth - innerWidth,
        failed: [...document.querySelectorAll('[data-part-failed]')].map((e) => e.textContent),
        widest: Math.max(0, ...canvases.map(({ width, height }) => Math.max(width, height))),
      };
    });
    if (seen.wider > 1) this.#fault(`the page is ${seen.wider} pixels wider than its window`);
    for (const text of seen.failed) this.#fault(`a part of the page failed: ${text}`);
    if (seen.widest > 8192) this.#fault(`a canvas of ${seen.widest} pixels`);
  }
}

/** Bytes by whose they are: of the page, and of each worker by its file. */
export type Memory = ReadonlyMap<string, number>;

/** As the browser accounts for them after its next collection of garbage, WebAssembly included. */
export async function memoryOf(page: Page): Promise<Memory> {
  const heap = await page.context().newCDPSession(page);
  await heap.send('HeapProfiler.collectGarbage');
  await heap.detach();
  const parts = await page.evaluate(async () => {
    const { measureUserAgentSpecificMemory: measure } = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{
        breakdown: { bytes: number; types: string[]; attribution: { url: string }[] }[];
      }>;
    };
    const { breakdown } = await measure.call(performance);
    return breakdown.map(({ bytes, types, attribution }) => {
      const [owner] = attribution;
      const file = owner ? new URL(owner.url).pathname.split('/').at(-1) || 'the page' : 'shared';
      return [`${file} ${types.join(' ')}`.trim(), bytes] as const;
    });
  });
  const sums = new Map<string, number>();
  for (const [whose, bytes] of parts) sums.set(whose, (sums.get(whose) ?? 0) + bytes);
  return sums;
}

export function totalOf(memory: Memory): number {
  return [...memory.values()].reduce((sum, bytes) => sum + bytes, 0);
}
