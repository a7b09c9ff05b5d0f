import { beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_RUN } from '../diffusion/run';
import { ModelError } from '../networks/errors';
import type { SampleSettings } from './protocol';
import { workerScope } from './testing/worker-scope';

// The worker with its network and downloads replaced: what is tested is which request gets which ending.
const gates = vi.hoisted(() => ({
  /** A download and a network run wait here until the test lets them go. */
  download: [] as { go(): void; fail(error: Error): void }[],
  run: [] as { go(): void }[],
  auto: true,
  /** How the networks were opened, the newest last. */
  opened: [] as { maxBatch: number; onSmallerBatch(smaller: object): void }[],
}));

vi.mock('../networks/download', async () => ({
  ModelError: (await import('../networks/errors')).ModelError,
  loadModelIndex: async () => ({ schema: 1, models: ['tiny'], default: 'tiny' }),
  loadModel: (id: string) =>
    new Promise((resolve, fail) => {
      if (id === 'gone') {
        fail(
          new ModelError('missing-file', 'gone/model.onnx', 'models/gone/model.onnx is missing'),
        );
      }
      const manifest = {
        id,
        role: id === 'judge' ? 'features' : 'denoiser',
        classes: ['A'],
        shape: id === 'wide' ? [1, 1, 2] : [1, 1, 1],
        companions: { features: id === 'judged' ? 'judge' : undefined },
        sigma: { min: 0.002, max: 80 },
        ...(id === 'cascade' && { stages: [{ network: 'gone', shape: [1, 2, 3] }] }),
      };
      const files = new Map([['model.onnx', new Uint8Array()]]);
      const go = () => resolve({ manifest, files, warnings: [] });
      if (gates.auto) go();
      else gates.download.push({ go, fail });
    }),
}));

vi.mock('./session', () => {
  class Aborted extends Error {}
  const network = {
    run: async ({ x }: { x: { data: Float32Array } }, _rows: number, stop = () => false) => {
      if (!gates.auto) await new Promise<void>((go) => gates.run.push({ go }));
      if (await stop()) throw new Aborted();
      const { length } = x.data;
      return {
        denoised: new Float32Array(length),
        logits: new Float32Array(length),
        features: new Float32Array(2 * length).fill(1),
      };
    },
    release: async () => {},
    busyMs: 0,
  };
  const runtime = {
    info: { backend: 'wasm' },
    speed: 'wasm',
    half: false,
    lost: new Promise(() => {}),
    open: (_graph: Uint8Array, options: (typeof gates.opened)[number]) => {
      gates.opened.push(options);
      return {
        ...network,
        maxBatch: options.maxBatch,
        limit(most: number) {
          this.maxBatch = Math.min(this.maxBatch, most);
        },
      };
    },
  };
  return { Aborted, openRuntime: async () => runtime, openWasm: async () => runtime };
});

const { events, ask } = workerScope();
await import('./engine.worker');

const settings: SampleSettings = {
  ...DEFAULT_RUN,
  seeds: [1],
  labels: [0],
  numSteps: 3,
  sampler: 'ddim',
  guidance: 'conditional',
};
const load = (id: number, modelId = 'tiny') =>
  ask({ type: 'load', id, modelId, baseUrl: '', backend: 'auto', rows: 2 });
const sample = (id: number, changes: Partial<SampleSettings> = {}) =>
  ask({ type: 'sample', id, settings: { ...settings, ...changes }, judge: false });
const film = (id: number) => ask({ type: 'film', id, settings, scales: [1, 2], judge: false });
const endings = () =>
  events.flatMap((event) =>
    event.type === 'progress' ||
    event.type === 'steps' ||
    event.type === 'alive' ||
    event.type === 'device-lost' ||
    event.type === 'smaller-batch' ||
    event.type === 'full-precision'
      ? []
      : [`${event.id} ${event.type}`],
  );
const waiting = <T>(gate: T[]) => vi.waitFor(() => expect(gate).not.toHaveLength(0));
const ended = (count: number) => vi.waitFor(() => expect(endings()).toHaveLength(count));

beforeEach(async () => {
  gates.auto = true;
  load(0);
  await vi.waitFor(() => expect(endings()).toContain('0 ready'));
  events.length = 0;
  gates.download.length = 0;
  gates.run.length = 0;
  gates.auto = false;
});

/** Lets everything go from now on. */
function letGo(): void {
  gates.auto = true;
  for (const { go } of [...gates.download, ...gates.run]) go();
}

describe('the newest request wins', () => {
  test('a newer sample stops the one that runs and cancels the one that waits', async () => {
    sample(1);
    await waiting(gates.run);
    sample(2);
    sample(3);
    expect(endings()).toEqual(['2 cancelled']);
    letGo();
    await ended(3);
    expect(endings()).toEqual(['2 cancelled', '1 cancelled', '3 done']);
  });

  test('many in a row: one runs, each ends once', async () => {
    for (let id = 1; id <= 20; id++) sample(id);
    await waiting(gates.run);
    letGo();
    await ended(20);
    expect(endings().filter((text) => text.endsWith('done'))).toEqual(['20 done']);
    expect(new Set(endings()).size).toBe(20);
  });

  test('a newer load stops the one that runs', async () => {
    load(1);
    await waiting(gates.download);
    load(2);
    letGo();
    await ended(2);
    expect(endings()).toEqual(['1 cancelled', '2 ready']);
  });
});

describe('a sample and its model', () => {
  test('a sample waits for the load before it, which goes on', async () => {
    load(1);
    await waiting(gates.download);
    sample(2);
    expect(endings()).toEqual([]);
    letGo();
    await ended(2);
    expect(endings()).toEqual(['1 ready', '2 done']);
  });

  test('of two samples that wait for a load, the newer is run', async () => {
    load(1);
    await waiting(gates.download);
    sample(2);
    sample(3);
    letGo();
    await ended(3);
    expect(endings()).toEqual(['2 cancelled', '1 ready', '3 done']);
  });

  test('a load stops the sample that runs', async () => {
    sample(1);
    await waiting(gates.run);
    load(2);
    letGo();
    await ended(2);
    expect(endings()).toEqual(['1 cancelled', '2 ready']);
  });
});

describe('a film', () => {
  test('waits for the load before it, and ends with a take a scale', async () => {
    load(1);
    await waiting(gates.download);
    film(2);
    letGo();
    await ended(2);
    expect(endings()).toEqual(['1 ready', '2 filmed']);
    const filmed = events.find((event) => event.type === 'filmed');
    expect(filmed?.takes.map(({ frames }) => frames.length)).toEqual([4, 4]);
  });

  test('gives way to a sample, and to another film', async () => {
    for (const next of [sample, film]) {
      events.length = 0;
      gates.auto = false;
      gates.run.length = 0;
      film(1);
      await waiting(gates.run);
      next(2);
      letGo();
      await ended(2);
      expect(endings()[0]).toBe('1 cancelled');
    }
  });
});

describe('cancel', () => {
  test('ends what runs or waits, once, and nothing else', async () => {
    sample(1);
    await waiting(gates.run);
    sample(2);
    ask({ type: 'cancel', id: 2 });
    ask({ type: 'cancel', id: 2 });
    ask({ type: 'cancel', id: 77 });
    letGo();
    await ended(2);
    expect(endings()).toEqual(['2 cancelled', '1 cancelled']);
    sample(3);
    await ended(3);
    expect(endings().at(-1)).toBe('3 done');
  });
});

describe('failures', () => {
  test('have the kind of the model’s error, and the next request works', async () => {
    load(1);
    await waiting(gates.download);
    const damaged = new ModelError('damaged-file', 'tiny/model.onnx', 'it is damaged');
    gates.download[0]?.fail(damaged);
    await ended(1);
    expect(events.at(-1)).toEqual({
      type: 'failed',
      id: 1,
      kind: 'damaged-file',
      message: 'it is damaged',
    });
    letGo();
    load(2);
    await ended(2);
    expect(endings().at(-1)).toBe('2 ready');
  });

  test('a judge that cannot be loaded does not keep the model away, and is told', async () => {
    load(1, 'judged');
    await waiting(gates.download);
    gates.download[0]?.go();
    await vi.waitFor(() => expect(gates.download).toHaveLength(2));
    gates.download[1]?.fail(new ModelError('missing-file', 'judge/manifest.json', 'HTTP 404'));
    letGo();
    await ended(1);
    expect(events.at(-1)).toMatchObject({
      type: 'ready',
      warnings: ['The samples are not judged: HTTP 404.'],
    });
    sample(2);
    await ended(2);
    expect(events.at(-1)).toMatchObject({ type: 'done', verdicts: undefined });
  });

  test('settings that make no sense fail the run with a message', async () => {
    letGo();
    sample(1, { sampler: 'euler' });
    await ended(1);
    expect(events.at(-1)).toMatchObject({ type: 'failed', kind: 'engine' });
    expect(events.at(-1)).toHaveProperty('message', expect.stringContaining('"euler"'));
  });

  test('a model of the wrong role is refused by name', async () => {
    letGo();
    load(1, 'judge');
    await ended(1);
    expect(events.at(-1)).toHaveProperty(
      'message',
      expect.stringContaining('judge: needs a denoi'),
    );
  });
});

test('a run sends its steps in order before its end', async () => {
  letGo();
  sample(5);
  await ended(1);
  const steps = events.flatMap<number | string>((event) =>
    event.type === 'steps' ? event.frames.map(({ step }) => step) : [event.type],
  );
  expect(steps).toEqual([0, 1, 2, 'done']);
});

describe('a steered run', () => {
  /** Starts a run of three steps at scale 3. */
  const steered = (id: number, stepMs: number) => {
    const changes = { guidance: 'cfg', guidanceScale: 3 };
    ask({ type: 'sample', id, settings: { ...settings, ...changes }, judge: false, stepMs });
  };
  const steer = (id: number, guidanceScale: number) => ask({ type: 'steer', id, guidanceScale });
  const recorded = () =>
    events.flatMap((event) => (event.type === 'steps' ? (event.scales ?? []) : []));

  test('takes the newest scale at its next step and tells the scales of its steps', async () => {
    letGo();
    steered(5, 80);
    await vi.waitFor(() => expect(recorded()).toEqual([3]));
    steer(5, 4);
    steer(5, 6);
    steer(77, 9);
    await ended(1);
    expect(recorded()).toEqual([3, 6, 6]);
    expect(events.at(-1)).toMatchObject({ type: 'done', scales: [3, 6, 6] });
    const done = events.findLast((event) => event.type === 'done');
    expect(done?.figures.totalMs, 'without the two waits').toBeLessThan(160);
  });

  test('is cancelled while it waits, and what comes later is nothing to it', async () => {
    letGo();
    steered(6, 60_000);
    await vi.waitFor(() => expect(recorded()).toEqual([3]));
    ask({ type: 'cancel', id: 6 });
    await ended(1);
    steer(6, 8);
    sample(7);
    await ended(2);
    expect(endings()).toEqual(['6 cancelled', '7 done']);
    expect(events.at(-1)).not.toHaveProperty('scales');
  });
});

test('a stage of a cascade that cannot be had is named, once the one before has been drawn', async () => {
  letGo();
  load(1, 'cascade');
  const stage = { ...DEFAULT_RUN, augmentation: 0 };
  sample(2, { stages: [stage] });
  await ended(2);
  expect(endings()).toEqual(['1 ready', '2 failed']);
  expect(events.at(-1)).toMatchObject({
    kind: 'missing-file',
    message: 'Stage 2 (2×3): models/gone/model.onnx is missing',
  });
  const drawn = events.flatMap((event) => (event.type === 'steps' ? event.frames : []));
  expect(drawn.at(-1)).toMatchObject({ step: 3, sigma: 0 });
});

describe('a run that is measured', () => {
  const measured = (id: number, denoiser?: string) =>
    ask({ type: 'sample', id, settings, judge: true, measure: true, denoiser });

  test('hands out logits and features in place of verdicts, and tells no steps', async () => {
    letGo();
    load(1, 'judged');
    measured(2);
    await ended(2);
    expect(events.some(({ type }) => type === 'steps')).toBe(false);
    expect(events.at(-1)).toMatchObject({
      type: 'done',
      verdicts: undefined,
      measured: {
        network: 'judge',
        logits: new Float32Array(1),
        features: Float32Array.of(1, 1),
      },
    });
    sample(3);
    await ended(3);
    expect(events.at(-1)).toHaveProperty('measured', undefined);
  });

  test('has nothing to hand out without a feature network', async () => {
    letGo();
    measured(2);
    await ended(1);
    expect(events.at(-1)).toMatchObject({ type: 'done', measured: undefined });
  });

  test('takes another denoiser of the same shape, and refuses any other network by name', async () => {
    letGo();
    measured(2, 'cousin');
    measured(3, 'judge');
    await ended(2);
    measured(4, 'cousin');
    await ended(3);
    expect(endings().at(-1)).toBe('4 done');
    for (const [id, name, reason] of [
      [5, 'judge', 'judge: needs a denoising network'],
      [6, 'wide', 'wide: needs shape and classes of tiny, '],
    ] as const) {
      measured(id, name);
      await vi.waitFor(() => expect(endings()).toContain(`${id} failed`));
      expect(events.at(-1)).toHaveProperty('message', expect.stringContaining(reason));
    }
  });
});

describe('batches', () => {
  test('a load says what the network runs in', async () => {
    gates.auto = true;
    ask({
      type: 'load',
      id: 1,
      modelId: 'tiny',
      baseUrl: '',
      backend: 'auto',
      rows: 2,
      maxBatch: 4,
    });
    await ended(1);
    expect(events.at(-1)).toMatchObject({
      type: 'ready',
      info: { precision: 'fp32', maxBatch: 4, batchWhy: { reason: 'asked' } },
    });
  });

  test('one that failed is told', async () => {
    gates.auto = true;
    load(1, 'judged');
    await ended(1);
    const [denoiser, judge] = gates.opened.slice(-2);
    expect([denoiser!.maxBatch, judge!.maxBatch]).toEqual([16, 16]);
    denoiser!.onSmallerBatch({ failed: 16, maxBatch: 8, detail: 'no memory' });
    expect(events.at(-1)).toMatchObject({
      type: 'smaller-batch',
      info: { backend: 'wasm', maxBatch: 8, batchWhy: { reason: 'memory', detail: 'no memory' } },
    });
  });
});
