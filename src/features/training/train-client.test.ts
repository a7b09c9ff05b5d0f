import { expect, test } from 'vitest';
import { TrainClient } from './train-client';
import type { Look, TrainEvent, TrainingSpec, TrainRequest } from './train-protocol';

class FakeWorker {
  onmessage: ((event: MessageEvent<TrainEvent>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly posted: TrainRequest[] = [];
  ended = false;

  postMessage(request: TrainRequest): void {
    this.posted.push(request);
  }
  terminate(): void {
    this.ended = true;
  }
  tell(event: TrainEvent): void {
    this.onmessage?.({ data: event } as MessageEvent<TrainEvent>);
  }
}

const SPEC = {} as TrainingSpec;
const LOOK = {} as Look;

function startClient() {
  const workers: FakeWorker[] = [];
  const events: TrainEvent[] = [];
  const client = new TrainClient(
    (event) => events.push(event),
    () => {
      workers.push(new FakeWorker());
      return workers.at(-1)!;
    },
  );
  return { client, workers, events };
}

test('starts its worker with the first run, and tells of the last opened run only', () => {
  const { client, workers, events } = startClient();
  expect(workers).toHaveLength(0);
  client.open(SPEC, LOOK);
  client.run();
  client.open(SPEC, LOOK);
  client.look(LOOK);
  client.pause();
  expect(workers).toHaveLength(1);
  expect(workers[0]!.posted.map(({ type, id }) => `${type} ${id}`)).toEqual([
    ...['open 1', 'run 1', 'open 2', 'look 2', 'pause 2'],
  ]);
  workers[0]!.tell({ type: 'finished', id: 1 });
  workers[0]!.tell({ type: 'finished', id: 2 });
  expect(events).toEqual([{ type: 'finished', id: 2 }]);
});

test('a worker that breaks is a failed run, and the next run has a new worker', () => {
  const { client, workers, events } = startClient();
  client.open(SPEC, LOOK);
  workers[0]!.onerror?.({ message: '' } as ErrorEvent);
  expect(events).toEqual([
    { type: 'failed', id: 1, message: 'The training worker could not be started' },
  ]);
  expect(workers[0]!.ended).toBe(true);
  client.open(SPEC, LOOK);
  expect(workers).toHaveLength(2);
  client.dispose();
  expect(workers[1]!.ended).toBe(true);
  workers[1]!.tell({ type: 'finished', id: 2 });
  expect(events).toHaveLength(1);
});
