import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Cancelled, EngineClient, EngineError } from './client';
import type { EngineEvent, Request, SampleSettings } from './protocol';

/** A worker that a test answers for by hand. */
class FakeWorker {
  onmessage: ((event: MessageEvent<EngineEvent>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly received: Request[] = [];
  ended = false;

  postMessage(request: Request): void {
    this.received.push(request);
  }
  terminate(): void {
    this.ended = true;
  }
  says(event: EngineEvent): void {
    this.onmessage?.({ data: event } as MessageEvent<EngineEvent>);
  }
  breaks(message: string): void {
    this.onerror?.({ message } as ErrorEvent);
  }
  /** The newest request of a type. */
  last(type: Request['type']): Request {
    const request = this.received.findLast((one) => one.type === type);
    if (!request) throw new Error(`The worker was sent no ${type}`);
    return request;
  }
  ready(): void {
    const { id } = this.last('load');
    this.says({ type: 'ready', id, ...loaded });
  }
  done(): void {
    this.says({ ...done, id: this.last('sample').id });
  }
}

const info = { backend: 'wasm', adapter: '', threads: 1, precision: 'fp32', maxBatch: 16 } as const;
const loaded = { manifest: { id: 'tiny' } as never, info, warnings: [] };
const options = { modelId: 'tiny', baseUrl: 'http://localhost/models/', backend: 'auto' } as const;
const settings = { seeds: [7], labels: [0] } as unknown as SampleSettings;
const pixels = new Uint8Array(1);
const frame = {
  step: 0,
  shape: [1, 1, 1] as const,
  sigma: 1,
  x: pixels,
  denoised: pixels,
  outside: new Int8Array(1),
};
const figures = { nfe: 1, totalMs: 1, networkMs: 1 };
const samples = new Float32Array(1);
const done = { type: 'done', samples, frame, figures, verdicts: undefined } as const;

let workers: FakeWorker[];
const handlers = {
  onDeviceLost: vi.fn(),
  onSmallerBatch: vi.fn(),
  onRecovered: vi.fn(),
  onRebuildFailed: vi.fn(),
  onSilence: vi.fn(),
};
const newClient = () =>
  new EngineClient(handlers, () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  });
const newest = () => workers.at(-1)!;
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  workers = [];
  vi.clearAllMocks();
});

async function loadedClient(): Promise<EngineClient> {
  const client = newClient();
  const loading = client.load(options);
  newest().ready();
  await loading;
  return client;
}

describe('requests', () => {
  test('a load tells its progress and ends with what was loaded', async () => {
    const client = newClient();
    const onProgress = vi.fn();
    const loading = client.load(options, onProgress);
    const { id } = newest().last('load');
    newest().says({ type: 'progress', id, progress: { phase: 'warm-up' } });
    newest().says({ type: 'ready', id, ...loaded });
    await expect(loading).resolves.toMatchObject(loaded);
    expect(onProgress.mock.calls).toEqual([[{ phase: 'warm-up' }]]);
    newest().says({ type: 'progress', id, progress: { phase: 'prepare' } });
    expect(onProgress, 'nothing is told after the end').toHaveBeenCalledOnce();
  });

  test('a failure has the kind and the message of the engine', async () => {
    const client = newClient();
    const loading = client.load(options);
    const { id } = newest().last('load');
    newest().says({ type: 'failed', id, kind: 'damaged-file', message: 'models/tiny/model.onnx' });
    const error = await loading.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ kind: 'damaged-file', message: 'models/tiny/model.onnx' });
  });

  test('each of many ends exactly once, with its own ending and its own frames', async () => {
    const client = await loadedClient();
    const frames = [vi.fn(), vi.fn(), vi.fn()];
    const ended = vi.fn();
    const runs = frames.map((onFrames, i) =>
      client.sample(settings, { onFrames }).then(
        () => ended(i, 'done'),
        (error: Error) => ended(i, error.name),
      ),
    );
    const ids = newest()
      .received.filter(({ type }) => type === 'sample')
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    newest().says({ type: 'cancelled', id: ids[0]! });
    newest().says({ type: 'steps', id: ids[2]!, frames: [frame] });
    newest().says({ ...done, id: ids[2]! });
    newest().says({ type: 'failed', id: ids[1]!, kind: 'engine', message: 'no' });
    // A worker that repeats itself, or speaks of what was never asked, changes nothing.
    newest().says({ ...done, id: ids[0]! });
    newest().says({ ...done, id: 999 });
    await Promise.all(runs);
    expect(ended.mock.calls.toSorted()).toEqual([
      [0, 'Cancelled'],
      [1, 'EngineError'],
      [2, 'done'],
    ]);
    expect(frames.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 1]);
  });

  test('an aborted sample is cancelled in the worker; one aborted before is never sent', async () => {
    const client = await loadedClient();
    const abort = new AbortController();
    const run = client.sample(settings, { signal: abort.signal });
    const { id } = newest().last('sample');
    abort.abort();
    expect(newest().last('cancel')).toEqual({ type: 'cancel', id });
    newest().says({ type: 'cancelled', id });
    await expect(run).rejects.toBeInstanceOf(Cancelled);

    const sent = newest().received.length;
    await expect(client.sample(settings, { signal: abort.signal })).rejects.toThrow(Cancelled);
    expect(newest().received).toHaveLength(sent);
  });

  test('another backend gets another worker, another model on wasm too, and what was pending is cancelled', async () => {
    const client = await loadedClient();
    const run = client.sample(settings);
    const again = client.load({ ...options, modelId: 'other' });
    // Which the fake runs on: on a GPU the worker would go on.
    expect(workers).toHaveLength(2);
    const onWasm = client.load({ ...options, backend: 'wasm' });
    expect(workers.map(({ ended }) => ended)).toEqual([true, true, false]);
    await expect(run).rejects.toThrow(Cancelled);
    await expect(again).rejects.toThrow(Cancelled);
    workers[0]!.says({ ...done, id: 1 });
    newest().ready();
    await expect(onWasm).resolves.toMatchObject({ info });
  });

  test('another model on a GPU, or the same one again, goes to the worker that there is', async () => {
    const client = newClient();
    const onGpu = { ...info, backend: 'webgpu' } as const;
    for (const [load, modelId] of ['tiny', 'other'].entries()) {
      const loading = client.load({ ...options, modelId });
      const { id } = newest().last('load');
      newest().says({ type: 'ready', id, ...loaded, info: load ? info : onGpu });
      await loading;
    }
    void client.load({ ...options, modelId: 'other' }).catch(() => undefined);
    expect(workers).toHaveLength(1);
  });

  test('to dispose cancels what is pending', async () => {
    const client = await loadedClient();
    const run = client.sample(settings);
    client.dispose();
    expect(newest().ended).toBe(true);
    await expect(run).rejects.toThrow(Cancelled);
  });
});

describe('steering', () => {
  test('reaches the run that is paced, and no other', async () => {
    const client = await loadedClient();
    const steers = () => newest().received.filter(({ type }) => type === 'steer');
    const plain = client.sample(settings);
    client.steer(4);
    newest().done();
    await plain;
    expect(steers()).toEqual([]);

    const onFrames = vi.fn();
    const run = client.sample(settings, { stepMs: 375, onFrames });
    const { id } = newest().last('sample');
    expect(newest().last('sample')).toMatchObject({ stepMs: 375 });
    client.steer(6);
    newest().says({ type: 'steps', id, frames: [frame], scales: [6] });
    newest().says({ ...done, id, scales: [6] });
    await expect(run).resolves.toMatchObject({ scales: [6] });
    client.steer(7);
    expect(steers()).toEqual([{ type: 'steer', id, guidanceScale: 6 }]);
    expect(onFrames).toHaveBeenCalledExactlyOnceWith([frame], [6]);
  });

  test('ends with the device: nobody would steer the run again', async () => {
    const client = await loadedClient();
    const run = client.sample(settings, { stepMs: 375 });
    newest().says({ type: 'device-lost', message: 'gone' });
    newest().ready();
    await expect(run).rejects.toThrow(Cancelled);
    expect(newest().received.map(({ type }) => type)).toEqual(['load']);
  });
});

test('a batch that was too large is told with what the engine runs on now', async () => {
  const client = await loadedClient();
  const run = client.sample(settings);
  const smaller = { ...info, maxBatch: 4 };
  newest().says({ type: 'smaller-batch', info: smaller });
  expect(handlers.onSmallerBatch).toHaveBeenCalledExactlyOnceWith(smaller);
  newest().done();
  await run;
});

describe('a worker that breaks', () => {
  test('fails what is pending, and the next run gets a new worker with the model', async () => {
    const client = await loadedClient();
    const run = client.sample(settings);
    newest().breaks('out of memory');
    await expect(run).rejects.toMatchObject({ kind: 'engine', message: 'out of memory' });
    expect(newest().ended).toBe(true);

    const next = client.sample(settings);
    expect(workers).toHaveLength(2);
    expect(newest().last('load')).toMatchObject({ modelId: 'tiny', backend: 'auto' });
    newest().ready();
    await settle();
    newest().done();
    await expect(next).resolves.toMatchObject({ figures });
  });

  test('a model that cannot be loaded again fails the run with its reason', async () => {
    const client = await loadedClient();
    newest().breaks('');
    const run = client.sample(settings);
    const { id } = newest().last('load');
    newest().says({ type: 'failed', id, kind: 'network', message: 'offline' });
    await expect(run).rejects.toMatchObject({ kind: 'network', message: 'offline' });
  });
});

describe('a worker that is in the way', () => {
  test('that ends before its first word is started again, with what was asked', async () => {
    const client = newClient();
    const loading = client.load(options);
    newest().breaks('');
    expect(workers).toHaveLength(2);
    newest().ready();
    await expect(loading).resolves.toMatchObject(loaded);
  });

  test('whose runtime could not be started gives way to another at the next load', async () => {
    const client = newClient();
    const loading = client.load(options);
    const { id } = newest().last('load');
    newest().says({ type: 'failed', id, kind: 'engine', message: 'no available backend found' });
    await expect(loading).rejects.toThrow('no available backend found');
    const again = client.load(options);
    expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
    newest().ready();
    await again;
    // A file that is missing is no reason to start anew.
    const missing = client.load(options);
    const request = newest().last('load');
    newest().says({ type: 'failed', id: request.id, kind: 'missing-file', message: '404' });
    await expect(missing).rejects.toThrow('404');
    expect(newest().ended).toBe(false);
  });

  test('that says nothing is told after 20 s, and a restart repeats what was asked', async () => {
    const client = await loadedClient();
    vi.useFakeTimers();
    try {
      const run = client.sample(settings);
      const request = newest().last('sample');
      vi.advanceTimersByTime(15_000);
      newest().says({ type: 'alive' });
      vi.advanceTimersByTime(15_000);
      expect(handlers.onSilence).not.toHaveBeenCalled();
      vi.advanceTimersByTime(5_000);
      expect(handlers.onSilence.mock.calls).toEqual([[true]]);
      client.restart();
      expect(handlers.onSilence.mock.calls).toEqual([[true], [false]]);
      expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
      newest().ready();
      await vi.waitFor(() => expect(newest().last('sample')).toEqual(request));
      newest().done();
      await expect(run).resolves.toMatchObject({ figures });
      // While nothing is asked for, silence is what it should be.
      vi.advanceTimersByTime(100_000);
      expect(handlers.onSilence).toHaveBeenCalledTimes(2);
      expect(handlers.onDeviceLost).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a lost device', () => {
  test('worker and model are rebuilt and the run repeated', async () => {
    const client = await loadedClient();
    const onFrames = vi.fn();
    const run = client.sample(settings, { onFrames });
    const request = newest().last('sample');
    newest().says({ type: 'device-lost', message: 'gone' });
    expect(handlers.onDeviceLost).toHaveBeenCalledExactlyOnceWith('gone');
    expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
    workers[0]!.says({ ...done, id: request.id }); // a late word of the old worker
    newest().ready();
    await settle();
    expect(handlers.onRecovered).toHaveBeenCalledOnce();
    expect(newest().last('sample')).toEqual(request);
    newest().says({ type: 'steps', id: request.id, frames: [frame] });
    newest().done();
    await expect(run).resolves.toMatchObject({ figures });
    expect(onFrames).toHaveBeenCalledOnce();
  });

  test('in a batch: the rebuilt worker is told to take smaller ones, the last time one row', async () => {
    const client = await loadedClient();
    const run = client.sample(settings).catch(() => undefined);
    for (const [batch, lostAt] of [
      [16, 16],
      [8, 8],
      [4, 2],
    ] as const) {
      newest().says({ type: 'device-lost', message: 'gone', batch });
      expect(newest().last('load')).toMatchObject({ lostAt });
      newest().ready();
      await settle();
    }
    newest().done();
    await run;
    // Another model on the same device keeps to it, another backend does not.
    void client.load(options).catch(() => {});
    expect(newest().last('load')).toMatchObject({ lostAt: 2 });
    void client.load({ ...options, backend: 'wasm' }).catch(() => {});
    expect(newest().last('load')).not.toHaveProperty('lostAt');
    client.dispose();
  });

  test('while nothing runs, the model is loaded again', async () => {
    await loadedClient();
    newest().says({ type: 'device-lost', message: 'gone' });
    expect(workers).toHaveLength(2);
    newest().ready();
    await settle();
    expect(handlers.onRecovered).toHaveBeenCalledOnce();
    expect(newest().received.map(({ type }) => type)).toEqual(['load']);
  });

  test('during a load, the load itself is repeated and ends once', async () => {
    const client = newClient();
    const loading = client.load(options);
    newest().says({ type: 'device-lost', message: 'gone' });
    expect(newest().received.map(({ type }) => type)).toEqual(['load']);
    newest().ready();
    await expect(loading).resolves.toMatchObject(loaded);
    expect(handlers.onRecovered).toHaveBeenCalledOnce();
  });

  test('a model that cannot be loaded again fails the interrupted run with its reason', async () => {
    const client = await loadedClient();
    const run = client.sample(settings);
    newest().says({ type: 'device-lost', message: 'gone' });
    const { id } = newest().last('load');
    newest().says({ type: 'failed', id, kind: 'network', message: 'offline' });
    await expect(run).rejects.toMatchObject({ kind: 'network', message: 'offline' });
  });

  test('a newer run asked for during the rebuild replaces the interrupted one', async () => {
    const client = await loadedClient();
    const old = client.sample(settings);
    newest().says({ type: 'device-lost', message: 'gone' });
    const newer = client.sample({ ...settings, seeds: [8] });
    newest().ready();
    await expect(old).rejects.toThrow(Cancelled);
    newest().done();
    await expect(newer).resolves.toMatchObject({ figures });
  });

  test('an interrupted run that is aborted during the rebuild is not sent again', async () => {
    const client = await loadedClient();
    const abort = new AbortController();
    const run = client.sample(settings, { signal: abort.signal });
    newest().says({ type: 'device-lost', message: 'gone' });
    abort.abort();
    newest().ready();
    await expect(run).rejects.toThrow(Cancelled);
    expect(newest().received.filter(({ type }) => type === 'sample')).toEqual([]);
  });

  test('a device that is lost again and again ends in a failure; the next run tries anew', async () => {
    const client = await loadedClient();
    const run = client.sample(settings).catch((error: unknown) => error);
    for (let losses = 0; losses < 4; losses++) {
      newest().says({ type: 'device-lost', message: `gone ${losses}` });
      if (losses < 3) newest().ready();
      await settle();
    }
    expect(workers).toHaveLength(4);
    expect(await run).toMatchObject({ kind: 'engine', message: 'gone 3' });
    expect(handlers.onRebuildFailed).toHaveBeenCalledOnce();

    const next = client.sample(settings);
    newest().ready();
    await settle();
    newest().done();
    await expect(next).resolves.toMatchObject({ figures });
  });
});

test('a device that is lost soon after every start is given up, also where runs end in between', async () => {
  const client = await loadedClient();
  for (let losses = 0; losses < 4; losses++) {
    const run = client.sample(settings);
    newest().done();
    await run;
    expect(handlers.onRebuildFailed).not.toHaveBeenCalled();
    newest().says({ type: 'device-lost', message: `gone ${losses}` });
    if (losses < 3) newest().ready();
    await settle();
  }
  const given = expect.objectContaining({ kind: 'engine', message: 'gone 3' });
  expect(handlers.onRebuildFailed).toHaveBeenCalledExactlyOnceWith(given);
});

describe('a network that the visitor brought', () => {
  const own = { manifest: { id: 'own-net' } as never, graph: new Blob() };
  const wanted = { ...options, modelId: 'own-net' };
  const finding = (findOwn: (id: string) => Promise<typeof own> | undefined) =>
    new EngineClient({ ...handlers, findOwn }, () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    });

  test('goes to the worker with its files', async () => {
    const client = finding((id) => (id === 'own-net' ? Promise.resolve(own) : undefined));
    const loading = client.load(wanted);
    await settle();
    expect(newest().last('load')).toMatchObject({ modelId: 'own-net', own });
    newest().ready();
    await loading;
    void client.load(options).catch(() => {});
    expect(newest().last('load')).not.toHaveProperty('own');
  });

  test('that is found too late gives way to the newer request', async () => {
    let found = (_: typeof own) => {};
    const client = finding((id) =>
      id === 'own-net'
        ? new Promise((resolve) => {
            found = resolve;
          })
        : undefined,
    );
    const late = client.load(wanted);
    const loading = client.load(options);
    newest().ready();
    await loading;
    found(own);
    await expect(late).rejects.toThrow(Cancelled);
    expect(newest().received).toHaveLength(1);
  });
});
