import { beforeEach, describe, expect, test } from 'vitest';
import { Cancelled } from '../engine/client';
import { type Job, StaleWork } from './stale-work';

interface Run {
  readonly job: Job;
  readonly signal: AbortSignal;
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

let jobs: Job[];
let dragging: boolean;
let runs: Run[];
/** What each place shows, by the key that it was made for. */
let shown: Map<Job['place'], string>;
let told: string[];
let idle: number;
let work: StaleWork<Job, string>;

/** Lets promises that are due settle. */
const settle = () => new Promise((resolve) => setTimeout(resolve));
const job = (place: string, key: string, dragged = false): Job => ({ place, key, dragged });
const ran = () => runs.map(({ job: { place, key } }) => `${place}${key}`);

function want(...next: Job[]): void {
  jobs = next;
  work.wake();
}

async function finish(run = runs.at(-1)!): Promise<void> {
  run.resolve(run.job.key);
  await settle();
}

beforeEach(() => {
  [jobs, dragging, runs, shown, told, idle] = [[], false, [], new Map(), [], 0];
  work = new StaleWork({
    jobs: () => jobs,
    isDone: ({ place, key }) => shown.get(place) === key,
    isDragging: () => dragging,
    run: (each, signal) =>
      new Promise((resolve, reject) => runs.push({ job: each, signal, resolve, reject })),
    done: ({ place }, result) => void shown.set(place, result),
    failed: ({ place }, message) => void told.push(`${place} failed: ${message}`),
    aborted: ({ place }) => void told.push(`${place} aborted`),
    idle: () => void idle++,
  });
});

describe('StaleWork', () => {
  test('runs what is stale in order, one at a time, each once', async () => {
    want(job('a', '1'), job('b', '1'));
    expect(ran()).toEqual(['a1']);
    expect(work.running?.place).toBe('a');
    await finish();
    expect(ran()).toEqual(['a1', 'b1']);
    await finish();
    expect(idle, 'told once all is done').toBe(1);
    work.wake();
    expect(ran()).toEqual(['a1', 'b1']);
    expect(work.running).toBeUndefined();
    want(job('a', '1'), job('b', '2'));
    expect(ran()).toEqual(['a1', 'b1', 'b2']);
  });

  test('aborts what is no longer needed, drops its result, and queues nothing', async () => {
    want(job('a', '1'));
    want(job('a', '2'));
    want(job('a', '3'));
    expect(runs[0]!.signal.aborted).toBe(true);
    expect(ran(), 'the next waits until the one before has ended').toEqual(['a1']);
    await finish();
    expect(shown.has('a')).toBe(false);
    expect(told).toEqual(['a aborted']);
    expect(ran()).toEqual(['a1', 'a3']);
  });

  test('aborts what runs when nothing is to be shown any more', async () => {
    want(job('a', '1'));
    want();
    expect(runs[0]!.signal.aborted).toBe(true);
    const { ended } = work;
    runs[0]!.reject(new Error('aborted'));
    await ended;
    expect(work.running).toBeUndefined();
    expect(work.failure('a')).toBeUndefined();
  });

  test('lets a run of a drag end while the drag goes on, then runs the newest', async () => {
    dragging = true;
    want(job('a', '1', true));
    want(job('a', '2', true));
    want(job('a', '3', true));
    expect(runs[0]!.signal.aborted).toBe(false);
    await finish();
    expect(shown.get('a')).toBe('1');
    expect(ran()).toEqual(['a1', 'a3']);
    dragging = false;
    want(job('a', '4'));
    expect(runs[1]!.signal.aborted).toBe(true);
  });

  test('does not try again what failed until its place asks for something else', async () => {
    want(job('a', '1'), job('b', '1'));
    runs[0]!.reject(new Error('no memory'));
    await settle();
    expect(told).toEqual(['a failed: no memory']);
    expect(work.failure('a')).toBe('no memory');
    await finish();
    expect(ran(), 'the others go on').toEqual(['a1', 'b1']);
    work.wake();
    expect(ran()).toHaveLength(2);
    want(job('a', '2'), job('b', '1'));
    await finish();
    expect(work.failure('a')).toBeUndefined();
    want(job('a', '1'), job('b', '1'));
    expect(ran()).toEqual(['a1', 'b1', 'a2', 'a1']);
  });

  test('a failure on the way of the result is one as well', async () => {
    const failing = new StaleWork<Job, string>({
      jobs: () => jobs,
      isDone: () => false,
      run: async () => '',
      done: () => Promise.reject(new Error('disk full')),
      failed: (_, message) => void told.push(message),
    });
    jobs = [job('a', '1')];
    failing.wake();
    await settle();
    expect(told).toEqual(['disk full']);
  });

  test.each([
    ['one place', 'a', ['a1', 'b1', 'a1']],
    ['all', undefined, ['a1', 'b1', 'a1']],
    ['another place', 'b', ['a1', 'b1', 'b1']],
  ])('tries %s again on demand', async (_, place, expected) => {
    want(job('a', '1'), job('b', '1'));
    for (const run of [0, 1]) {
      runs[run]!.reject(new Error('no memory'));
      await settle();
    }
    work.retry(place);
    work.wake();
    expect(ran()).toEqual(expected);
  });

  test('a job that was cancelled elsewhere has not failed: it runs again', async () => {
    want(job('a', '1'));
    runs[0]!.reject(new Cancelled('A newer request'));
    await settle();
    expect(told).toEqual(['a aborted']);
    expect(ran()).toEqual(['a1', 'a1']);
  });

  test('reset aborts and forgets failures', async () => {
    want(job('a', '1'));
    runs[0]!.reject(new Error('no memory'));
    await settle();
    want(job('a', '1'), job('b', '1'));
    work.reset();
    expect(runs.at(-1)!.signal.aborted).toBe(true);
    await finish();
    expect(ran()).toEqual(['a1', 'b1', 'a1']);
  });
});
