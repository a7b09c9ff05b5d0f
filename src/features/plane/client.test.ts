import { describe, expect, test } from 'vitest';
import type { ParticleRun } from '../../diffusion/worlds/plane/particles';
import type { PlaneWorld } from '../../diffusion/worlds/plane/world';
import { LabClient } from './client';
import type { LabEvent, LabRequest } from './protocol';

/** A worker that a test answers for by hand. */
class FakeWorker {
  onmessage: ((event: MessageEvent<LabEvent>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly received: LabRequest[] = [];
  ended = false;

  postMessage(request: LabRequest): void {
    this.received.push(request);
  }
  terminate(): void {
    this.ended = true;
  }
  says(event: LabEvent): void {
    this.onmessage?.({ data: event } as MessageEvent<LabEvent>);
  }
}

const world = { mixture: [], classLabel: 0, weakBlur: 1 } as PlaneWorld;
const run = { seed: 1 } as ParticleRun;
const paths = { sigmas: new Float64Array(2), xs: new Float32Array(4), nfe: 1, totalMs: 2 };

function started() {
  const workers: FakeWorker[] = [];
  const client = new LabClient(() => {
    workers.push(new FakeWorker());
    return workers.at(-1)!;
  });
  return { client, workers };
}

describe('LabClient', () => {
  test('starts no worker before it is needed, and one for all runs', async () => {
    const { client, workers } = started();
    expect(workers).toHaveLength(0);
    const first = client.run(world, run);
    const second = client.run(world, run);
    expect(workers).toHaveLength(1);
    expect(workers[0]!.received.map(({ id }) => id)).toEqual([1, 2]);
    workers[0]!.says({ type: 'done', id: 2, ...paths });
    workers[0]!.says({ type: 'done', id: 1, ...paths });
    expect((await second)?.nfe).toBe(1);
    expect((await first)?.xs).toBe(paths.xs);
  });

  test('cancels by the signal, and a run that never began is not sent', async () => {
    const { client, workers } = started();
    const abort = new AbortController();
    const cancelled = client.run(world, run, abort.signal);
    abort.abort();
    expect(workers[0]!.received.at(-1)).toEqual({ type: 'cancel', id: 1 });
    workers[0]!.says({ type: 'cancelled', id: 1 });
    expect(await cancelled).toBeUndefined();
    expect(await client.run(world, run, abort.signal)).toBeUndefined();
    expect(workers[0]!.received).toHaveLength(2);
  });

  test('tells what failed, in a run and in the worker itself', async () => {
    const { client, workers } = started();
    const failing = client.run(world, run);
    workers[0]!.says({ type: 'failed', id: 1, message: 'numSteps must be positive, got 0' });
    await expect(failing).rejects.toThrow('got 0');
    const broken = client.run(world, run);
    workers[0]!.onerror?.({ message: 'no such file' } as ErrorEvent);
    await expect(broken).rejects.toThrow('no such file');
    expect(workers[0]!.ended).toBe(true);
    void client.run(world, run);
    expect(workers).toHaveLength(2);
  });

  test('disposed, it cancels what is pending', async () => {
    const { client, workers } = started();
    const pending = client.run(world, run);
    client.dispose();
    expect(await pending).toBeUndefined();
    expect(workers[0]!.ended).toBe(true);
  });
});
