import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LivingWorker, sayStarted } from './living-worker';

interface Word {
  readonly type: string;
  readonly lock?: string;
}

class FakeWorker {
  onmessage: ((event: MessageEvent<Word>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly received: string[] = [];
  ended = false;
  postMessage(message: string): void {
    this.received.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  says(data: Word): void {
    this.onmessage?.({ data } as MessageEvent<Word>);
  }
  breaks(message = ''): void {
    this.onerror?.({ message } as ErrorEvent);
  }
}

/** Web Locks, as far as they are used. */
class FakeLocks {
  readonly #holders = new Map<string, Promise<unknown>>();
  async request(name: string, ...rest: readonly unknown[]) {
    const callback = rest.at(-1) as () => Promise<unknown>;
    const before = this.#holders.get(name);
    const held = (before ?? Promise.resolve()).then(callback);
    if (!before) this.#holders.set(name, held);
    return held;
  }
  /** What the browser does when a worker is gone. */
  release(name: string, by: Promise<void>): void {
    this.#holders.set(name, by);
  }
}

let workers: FakeWorker[];
const onMessage = vi.fn();
const onEnd = vi.fn();
const living = () =>
  new LivingWorker<string, Word>(
    () => {
      workers.push(new FakeWorker());
      return workers.at(-1)!;
    },
    onMessage,
    onEnd,
  );
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  workers = [];
  vi.clearAllMocks();
});
afterEach(() => vi.unstubAllGlobals());

test('a worker that ends before its first word is started again with what it was told', () => {
  const worker = living();
  worker.post('load');
  workers[0]!.breaks();
  worker.post('sample');
  expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
  expect(workers[1]!.received).toEqual(['load', 'sample']);
  workers[0]!.says({ type: 'late' });
  workers[1]!.says({ type: 'started' });
  workers[1]!.says({ type: 'done' });
  expect(onMessage.mock.calls).toEqual([[{ type: 'done' }]]);
  expect(onEnd).not.toHaveBeenCalled();
  // Once it has spoken, what it was doing when it broke may have been the reason.
  workers[1]!.breaks('out of memory');
  expect(onEnd).toHaveBeenCalledExactlyOnceWith('out of memory');
  expect(workers).toHaveLength(2);
});

test('one that never starts is given up', () => {
  living().post('load');
  for (let k = 0; k < 3; k++) workers.at(-1)!.breaks('');
  expect(workers).toHaveLength(3);
  expect(onEnd).toHaveBeenCalledExactlyOnceWith('');
  expect(workers.every(({ ended }) => ended)).toBe(true);
});

test('one that ends in silence is noticed by the lock that it held', async () => {
  let gone = () => {};
  const lock = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const locks = new FakeLocks();
  vi.stubGlobal('navigator', { locks });
  locks.release('worker 1', lock);
  living();
  workers[0]!.says({ type: 'started', lock: 'worker 1' });
  await settle();
  expect(onEnd).not.toHaveBeenCalled();
  gone();
  await settle();
  expect(onEnd).toHaveBeenCalledExactlyOnceWith('The worker has ended before its work was done');
  // One that was ended on purpose is not missed.
  const ended = living();
  workers[1]!.says({ type: 'started', lock: 'worker 1' });
  ended.end();
  await settle();
  expect(onEnd).toHaveBeenCalledOnce();
});

test('a worker says that it has begun, with the lock that it holds where there are locks', async () => {
  const said: Word[] = [];
  vi.stubGlobal('navigator', { locks: new FakeLocks() });
  sayStarted((word) => said.push(word as Word));
  await settle();
  vi.stubGlobal('navigator', {});
  sayStarted((word) => said.push(word as Word));
  expect(said).toEqual([
    { type: 'started', lock: expect.stringMatching(/^worker /) },
    { type: 'started' },
  ]);
});
