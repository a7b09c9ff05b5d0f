import { expect, test } from 'vitest';
import { Cancelled, EngineClient } from './client';
import type { EngineEvent, Request, SampleSettings } from './protocol';

const info = { backend: 'wasm', adapter: '', threads: 1, precision: 'fp32', maxBatch: 16 } as const;
const settings = { seeds: [7], labels: [0] } as unknown as SampleSettings;

/** The newest worker; what it was asked for, and how it answers. */
class Page {
  asked: Request[] = [];
  onmessage: ((event: MessageEvent<EngineEvent>) => void) | null = null;
  readonly client = new EngineClient({}, () => {
    this.asked = [];
    const worker = { onmessage: null, onerror: null, terminate() {} };
    const page = this;
    return Object.assign(worker, {
      postMessage(request: Request) {
        page.asked.push(request);
        page.onmessage = worker.onmessage;
        if (request.type !== 'load') return;
        const manifest = { id: 'tiny' } as never;
        page.says({ type: 'ready', id: request.id, manifest, info, warnings: [] });
      },
    });
  });

  says(event: EngineEvent): void {
    queueMicrotask(() => this.onmessage?.({ data: event } as MessageEvent<EngineEvent>));
  }
  static async loaded(): Promise<Page> {
    const page = new Page();
    await page.client.load({ modelId: 'tiny', baseUrl: '', backend: 'auto' });
    return page;
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a film ends with its takes, and is asked for again after a lost device', async () => {
  const page = await Page.loaded();
  const filming = page.client.film(settings, [1, 3], { judge: true });
  const before = page.asked;
  page.says({ type: 'device-lost', message: 'gone' });
  await settle();
  expect(page.asked, 'by another worker').not.toBe(before);
  expect(page.asked.map(({ type }) => type)).toEqual(['load', 'film']);
  const film = page.asked[1]!;
  expect(film).toMatchObject({ scales: [1, 3], judge: true });
  page.says({ type: 'filmed', id: film.id, takes: [] });
  await expect(filming).resolves.toEqual([]);
});

test('a film is cancelled by its signal', async () => {
  const page = await Page.loaded();
  const abort = new AbortController();
  const filming = page.client.film(settings, [1], { judge: false, signal: abort.signal });
  abort.abort();
  const { id } = page.asked[1]!;
  expect(page.asked[2]).toEqual({ type: 'cancel', id });
  page.says({ type: 'cancelled', id });
  await expect(filming).rejects.toThrow(Cancelled);
});
