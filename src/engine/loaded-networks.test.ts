import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { LoadRequest } from './active-request';
import { LoadedNetworks } from './loaded-networks';
import type { EngineEvent } from './protocol';

/** What a test lets happen. */
const gates = vi.hoisted(() => ({
  download: { promise: Promise.resolve(), pass() {}, fail(_: Error) {} },
  lost: { promise: new Promise<object>(() => {}), pass(_: object) {} },
  openRuntime: vi.fn(),
}));
const closed = () => {
  let [pass, fail] = [(_?: object) => {}, (_: Error) => {}];
  const promise = new Promise<never>((resolve, reject) => {
    pass = resolve as typeof pass;
    fail = reject;
  });
  return { promise, pass, fail };
};

vi.mock('../networks/download', () => ({
  loadModel: async (id: string) => {
    await gates.download.promise;
    const manifest = { id, role: 'denoiser', classes: ['A'], shape: [1, 1, 1], sigma: {} };
    return { manifest, files: new Map([['model.onnx', new Uint8Array()]]), warnings: [] };
  },
}));
vi.mock('./session', () => ({ openRuntime: gates.openRuntime }));

const runtime = () => ({
  ...{ info: { backend: 'wasm' }, speed: 'wasm', half: false, lost: gates.lost.promise },
  open: () => ({
    run: async () => ({ denoised: new Float32Array(1) }),
    ...{ release: async () => {}, busyMs: 0, maxBatch: 1, limit: () => {} },
  }),
});
const request: LoadRequest = {
  ...{ type: 'load', id: 1, modelId: 'tiny', baseUrl: 'http://localhost/', backend: 'auto' },
  rows: 1,
};

beforeEach(() => {
  gates.download = closed();
  gates.lost = closed();
  gates.openRuntime.mockReset().mockImplementation(async () => runtime());
});

function load() {
  const events: EngineEvent[] = [];
  const networks = new LoadedNetworks((event) => events.push(event));
  const loading = () => networks.load(request, new AbortController().signal, () => {});
  return { events, loading };
}

describe('the device is opened while the network is downloaded', () => {
  test('once, whatever becomes of the download', async () => {
    const { loading } = load();
    const first = loading();
    expect(gates.openRuntime).toHaveBeenCalledOnce();
    gates.download.fail(new Error('no connection'));
    await expect(first).rejects.toThrow('no connection');
    gates.download = closed();
    gates.download.pass();
    expect((await loading()).info).toMatchObject({ backend: 'wasm' });
    expect(gates.openRuntime).toHaveBeenCalledOnce();
  });

  test('one that is lost meanwhile is told', async () => {
    const { events, loading } = load();
    void loading();
    gates.lost.pass({ message: 'reset', batch: 0 });
    await vi.waitFor(() =>
      expect(events).toEqual([{ type: 'device-lost', message: 'reset', batch: 0 }]),
    );
  });

  test('what it cannot be opened with is told after the download, and another load tries again', async () => {
    gates.openRuntime.mockRejectedValueOnce(new Error('no WebAssembly'));
    const { loading } = load();
    const first = loading();
    gates.download.pass();
    await expect(first).rejects.toThrow('no WebAssembly');
    expect((await loading()).info).toMatchObject({ backend: 'wasm' });
  });
});
