import { expect, test } from 'vitest';
import type { PointFigures } from '../../diffusion/metrics/point';
import type { FromWorker, ToWorker } from '../../kit/worker-messages';
import { MeasuringClient } from './measuring-client';
import type { MeasuringRequest } from './measuring-protocol';

function setUp() {
  const requests: MeasuringRequest[] = [];
  const workers: {
    postMessage(message: ToWorker<MeasuringRequest, never>): void;
    terminate(): void;
    onmessage: ((event: MessageEvent<FromWorker<PointFigures, never>>) => void) | null;
    onerror: ((event: ErrorEvent) => void) | null;
  }[] = [];
  const client = new MeasuringClient('http://localhost/models/', () => {
    const worker = {
      postMessage: (message: ToWorker<MeasuringRequest, never>) => {
        if (message.type === 'request') requests.push(message.request);
      },
      terminate: () => {},
      onmessage: null,
      onerror: null,
    };
    workers.push(worker);
    return worker;
  });
  const answer = (event: FromWorker<PointFigures, never>) =>
    workers.at(-1)?.onmessage?.({ data: event } as MessageEvent<FromWorker<PointFigures, never>>);
  return { client, requests, workers, answer };
}

const batch = (count: number) => ({
  labels: new Array<number>(count).fill(0),
  logits: new Float32Array(2 * count),
  features: new Float32Array(3 * count),
});
const sizes = ({ anew, batches }: MeasuringRequest) =>
  [anew, ...batches.map(({ labels }) => labels.length)].join();

test('only what is new of a point is given, and all where it does not continue', () => {
  const { client, requests } = setUp();
  const [a, b, c] = [batch(16), batch(16), batch(8)];
  void client.measure('p', 'judge', [a]);
  void client.measure('p', 'judge', [a, b, c]);
  void client.measure('other', 'judge', [a, b]);
  void client.measure('p', 'judge', [a, batch(4)]);
  void client.measure('p', 'judge', [a, b]);
  expect(requests.map(sizes)).toEqual([
    'true,16',
    'false,16,8',
    'true,16,16',
    'true,16,4',
    'true,16,16',
  ]);
  expect(requests[0]).toMatchObject({ key: 'p', network: 'judge' });
});

test('the points used longest ago are forgotten', () => {
  const { client, requests } = setUp();
  for (let k = 0; k <= 128; k++) void client.measure(`p${k}`, 'judge', [batch(1)]);
  expect(requests.at(-1)?.forget).toEqual(['p0']);
  void client.measure('p0', 'judge', [batch(1), batch(1)]);
  expect(requests.at(-1)).toMatchObject({ anew: true, forget: ['p1'] });
});

test('a failure has the worker’s message, and the point then begins anew', async () => {
  const { client, requests, answer, workers } = setUp();
  const failing = client.measure('p', 'judge', [batch(16)]);
  answer({ type: 'failed', id: 1, message: 'models/judge is missing' });
  await expect(failing).rejects.toThrow('models/judge is missing');
  const broken = client.measure('p', 'judge', [batch(16)]);
  expect(requests.map(sizes)).toEqual(['true,16', 'true,16']);
  workers[0]?.onerror?.({ message: 'no worker' } as ErrorEvent);
  await expect(broken).rejects.toThrow('no worker');
  void client.measure('p', 'judge', [batch(16)]);
  expect(workers).toHaveLength(2);
});
