import { describe, expect, test } from 'vitest';
import { Cancelled } from '../engine/client';
import { answerRequests, type Call, type WorkerScope } from './worker-answers';
import { WorkerClient } from './worker-client';
import type { FromWorker, ToWorker } from './worker-messages';

type Message = FromWorker<number, string>;

/** A worker that a test answers for by hand. */
class FakeWorker {
  onmessage: ((event: MessageEvent<Message>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly received: ToWorker<string, string>[] = [];
  ended = false;

  postMessage(message: ToWorker<string, string>): void {
    this.received.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  says(message: Message): void {
    this.onmessage?.({ data: message } as MessageEvent<Message>);
  }
}

function started() {
  const workers: FakeWorker[] = [];
  const client = new WorkerClient<string, number, string, string>(() => {
    workers.push(new FakeWorker());
    return workers.at(-1)!;
  }, 'The worker of this test');
  return { client, workers };
}

describe('WorkerClient', () => {
  test('starts no worker before it is needed, and one for all requests', async () => {
    const { client, workers } = started();
    expect(workers).toHaveLength(0);
    const first = client.request('a');
    const second = client.request('b');
    expect(workers).toHaveLength(1);
    expect(workers[0]!.received.map(({ id }) => id)).toEqual([1, 2]);
    workers[0]!.says({ type: 'done', id: 2, result: 20 });
    workers[0]!.says({ type: 'done', id: 1, result: 10 });
    expect(await second).toBe(20);
    expect(await first).toBe(10);
  });

  test('aborts by the signal, and a request that never began is not sent', async () => {
    const { client, workers } = started();
    const abort = new AbortController();
    const aborted = client.request('a', { signal: abort.signal });
    abort.abort();
    expect(workers[0]!.received.at(-1)).toEqual({ type: 'abort', id: 1 });
    workers[0]!.says({ type: 'aborted', id: 1 });
    await expect(aborted).rejects.toBeInstanceOf(Cancelled);
    await expect(client.request('b', { signal: abort.signal })).rejects.toBeInstanceOf(Cancelled);
    expect(workers[0]!.received).toHaveLength(2);
  });

  test('an ended request is aborted no more, nor told anything', async () => {
    const { client, workers } = started();
    const abort = new AbortController();
    const done = client.request('a', { signal: abort.signal });
    workers[0]!.says({ type: 'done', id: 1, result: 10 });
    await done;
    abort.abort();
    client.tell('too late');
    expect(workers[0]!.received).toHaveLength(1);
  });

  test('hands on the events of a request, and tells notes to the newest', () => {
    const { client, workers } = started();
    const heard: string[] = [];
    void client.request('a', { onEvent: (event) => heard.push(`a ${event}`) });
    void client.request('b', { onEvent: (event) => heard.push(`b ${event}`) });
    client.tell('pause');
    expect(workers[0]!.received.at(-1)).toEqual({ type: 'note', id: 2, note: 'pause' });
    workers[0]!.says({ type: 'event', id: 2, event: 'half' });
    workers[0]!.says({ type: 'event', id: 1, event: 'begun' });
    expect(heard).toEqual(['b half', 'a begun']);
  });

  test('tells what failed, in a request and in the worker itself', async () => {
    const { client, workers } = started();
    const failing = client.request('a');
    workers[0]!.says({ type: 'failed', id: 1, message: 'numSteps must be positive, got 0' });
    await expect(failing).rejects.toThrow('got 0');
    const broken = client.request('b');
    workers[0]!.onerror?.({ message: 'no such file' } as ErrorEvent);
    await expect(broken).rejects.toThrow('no such file');
    expect(workers[0]!.ended).toBe(true);
    const nameless = client.request('c');
    expect(workers).toHaveLength(2);
    workers[0]!.onerror?.({ message: 'of the worker before' } as ErrorEvent);
    // One that ends before its first word is started again.
    for (const worker of [1, 2, 3]) workers[worker]!.onerror?.({ message: '' } as ErrorEvent);
    expect(workers).toHaveLength(4);
    await expect(nameless).rejects.toThrow('The worker of this test could not be started');
  });

  test('disposed, it cancels what is pending', async () => {
    const { client, workers } = started();
    const pending = client.request('a');
    client.dispose();
    await expect(pending).rejects.toBeInstanceOf(Cancelled);
    expect(workers[0]!.ended).toBe(true);
  });
});

/** Client and worker joined on one thread: messages take a task each, as between threads. */
function joined(answer: (request: string, call: Call<string, string>) => Promise<number>) {
  const handedOver: Transferable[][] = [];
  const client = new WorkerClient<string, number, string, string>(() => {
    const scope: WorkerScope<string, number, string, string> = {
      onmessage: null,
      postMessage: (data, { transfer }) => {
        handedOver.push(transfer);
        setTimeout(() => worker.onmessage?.({ data } as MessageEvent<Message>));
      },
    };
    const worker: ReturnType<
      ConstructorParameters<typeof WorkerClient<string, number, string, string>>[0]
    > = {
      onmessage: null,
      onerror: null,
      postMessage: (data: ToWorker<string, string>) =>
        void setTimeout(() => scope.onmessage?.({ data } as MessageEvent)),
      terminate: () => {},
    };
    answerRequests(scope, answer, (result) => [new ArrayBuffer(result)]);
    return worker;
  }, 'The worker of this test');
  return { client, handedOver };
}

describe('answerRequests', () => {
  test('answers in turn, with events on the way and the result handed over', async () => {
    const order: string[] = [];
    const { client, handedOver } = joined(async (request, call) => {
      order.push(`begin ${request}`);
      call.emit(`half of ${request}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`end ${request}`);
      return request.length;
    });
    const heard: string[] = [];
    const onEvent = (event: string) => heard.push(event);
    const results = await Promise.all([
      client.request('a', { onEvent }),
      client.request('bb', { onEvent }),
    ]);
    expect(results).toEqual([1, 2]);
    expect(order).toEqual(['begin a', 'end a', 'begin bb', 'end bb']);
    expect(heard).toEqual(['half of a', 'half of bb']);
    const sizes = handedOver.map((list) => list.map((item) => (item as ArrayBuffer).byteLength));
    // After the first word of the worker, which has begun.
    expect(sizes).toEqual([[], [], [1], [], [2]]);
  });

  test('a failure is the request’s own, the next goes on', async () => {
    const { client } = joined(async (request) => {
      if (request === 'a') throw new RangeError('a is not allowed');
      return 1;
    });
    const failing = client.request('a');
    const next = client.request('b');
    await expect(failing).rejects.toThrow('a is not allowed');
    expect(await next).toBe(1);
  });

  test('an abort is heard while it computes, and ends what waits before it begins', async () => {
    const begun: string[] = [];
    const { client } = joined(async (request, call) => {
      begun.push(request);
      for (;;) {
        const until = performance.now() + 4;
        while (performance.now() < until);
        await call.breathe();
      }
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = client.request('a', { signal: first.signal });
    const waiting = client.request('b', { signal: second.signal });
    second.abort();
    first.abort();
    await expect(running).rejects.toBeInstanceOf(Cancelled);
    await expect(waiting).rejects.toBeInstanceOf(Cancelled);
    expect(begun).not.toContain('b');
  });

  test('waits for notes, those that came before it asked included', async () => {
    const heard: string[] = [];
    const { client } = joined(async (_, call) => {
      while (heard.at(-1) !== 'end') {
        await call.nextNote();
        heard.push(...call.takeNotes());
      }
      return heard.length;
    });
    const result = client.request('a');
    client.tell('one');
    client.tell('two');
    await new Promise((resolve) => setTimeout(resolve, 5));
    client.tell('end');
    expect(await result).toBe(3);
    expect(heard).toEqual(['one', 'two', 'end']);
  });

  test('an aborted request waits for no note', async () => {
    const { client } = joined(async (_, call) => {
      await call.nextNote();
      return 1;
    });
    const abort = new AbortController();
    const waiting = client.request('a', { signal: abort.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    await expect(waiting).rejects.toBeInstanceOf(Cancelled);
  });
});
