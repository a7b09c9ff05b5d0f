import { expect, test } from 'vitest';
import type { FromWorker, ToWorker } from '../../kit/worker-messages';
import { TrainClient, type TrainFailure } from './train-client';
import type { Look, TrainEvent, TrainingSpec, TrainNote, TrainRequest } from './train-protocol';

type Message = FromWorker<never, TrainEvent>;

class FakeWorker {
  onmessage: ((event: MessageEvent<Message>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly posted: ToWorker<TrainRequest, TrainNote>[] = [];
  ended = false;

  postMessage(message: ToWorker<TrainRequest, TrainNote>): void {
    this.posted.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  tell(message: Message): void {
    this.onmessage?.({ data: message } as MessageEvent<Message>);
  }
}

const SPEC = {} as TrainingSpec;
const LOOK = {} as Look;

function startClient() {
  const workers: FakeWorker[] = [];
  const events: (TrainEvent | TrainFailure)[] = [];
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
  const posted = workers[0]!.posted.map((message) => {
    const { type, id } = message;
    return `${type === 'note' ? message.note.type : type} ${id}`;
  });
  expect(posted).toEqual(['request 1', 'run 1', 'abort 1', 'request 2', 'look 2', 'pause 2']);
  workers[0]!.tell({ type: 'event', id: 1, event: { type: 'finished' } });
  workers[0]!.tell({ type: 'event', id: 2, event: { type: 'finished' } });
  expect(events).toEqual([{ type: 'finished' }]);
});

test('a worker that breaks is a failed run, and the next run has a new worker', async () => {
  const { client, workers, events } = startClient();
  client.open(SPEC, LOOK);
  const [first] = workers;
  first!.tell({ type: 'event', id: 1, event: { type: 'finished' } });
  events.length = 0;
  first!.onerror?.({ message: '' } as ErrorEvent);
  await new Promise((resolve) => setTimeout(resolve));
  expect(events).toEqual([{ type: 'failed', message: 'The training worker could not be started' }]);
  expect(workers[0]!.ended).toBe(true);
  client.open(SPEC, LOOK);
  expect(workers).toHaveLength(2);
  workers[0]!.tell({ type: 'event', id: 1, event: { type: 'finished' } });
  expect(events).toHaveLength(1);
});
