import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { EngineError } from '../../engine/client';
import type { OwnFiles } from '../../engine/protocol';
import { createAppStore } from '../../settings/store';
import { OwnNetworks, type OwnNetworksOptions } from './own-networks';
import type { NetworkStorage } from './storage';

const fixtures = new URL('../../../e2e/fixtures/bring/', import.meta.url);
const onnx = (name: string, as = `${name}.onnx`) =>
  new File([readFileSync(new URL(`${name}.onnx`, fixtures))], as);
const json = (value: unknown, name = 'scheduler_config.json') =>
  new File([JSON.stringify(value)], name);

function setUp(
  options: Partial<OwnNetworksOptions> & { kept?: Iterable<readonly [string, unknown]> } = {},
) {
  const kept = new Map<string, unknown>(options.kept ?? []);
  const storage: NetworkStorage = {
    all: async () => [...kept],
    put: async (files) => void kept.set(files.manifest.id, files),
    remove: async (id) => void kept.delete(id),
  };
  const store = createAppStore();
  const switchTo = vi.fn(async () => {});
  const tryOut = vi.fn<OwnNetworksOptions['tryOut']>(async () => undefined);
  const own = new OwnNetworks({ store, storage, runner: () => ({ switchTo }), tryOut, ...options });
  return { own, store, kept, switchTo, tryOut, now: () => own.state.getState() };
}

describe('files that are dropped', () => {
  test('networks are taken, and anything while the dialog is shown; other JSON is left', () => {
    const { own } = setUp();
    const named = (...names: string[]) => own.takes(names.map((name) => ({ name })));
    expect(named('a.onnx')).toBe(true);
    expect(named('a.ONNX', 'manifest.json')).toBe(true);
    expect(named('net.safetensors')).toBe(true);
    expect(named('guidance.json')).toBe(false);
    own.show();
    expect(named('scheduler_config.json')).toBe(true);
  });

  test('a graph with a config beside it, or one after the other', async () => {
    const { own, now } = setUp();
    const config = json({ prediction_type: 'v_prediction', beta_schedule: 'squaredcos_cap_v2' });
    const wanted = { prediction: 'v', betas: { kind: 'cosine', steps: 1000 } };
    await own.take([config, onnx('eps')]);
    expect(now()).toMatchObject({ shown: true, problems: [] });
    expect(now().draft!.settings).toMatchObject(wanted);
    await own.take([onnx('eps')]);
    expect(now().draft!.settings).toMatchObject({ prediction: 'eps' });
    await own.take([config]);
    expect(now().draft!.settings).toMatchObject(wanted);
    expect(now().draft!.said).toEqual(['scheduler_config.json']);
  });

  test('a graph with its weights in a file beside it, whatever that is called', async () => {
    const { own, now } = setUp();
    const weights = (name: string) =>
      new File([readFileSync(new URL('two.onnx.data', fixtures))], name);
    for (const name of ['two.onnx.data', 'renamed.bin']) {
      await own.take([weights(name), onnx('two')]);
      expect(now().problems).toEqual([]);
      expect(now().draft).toMatchObject({ fileName: 'two.onnx', file: { external: [] } });
    }
    await own.take([onnx('two')]);
    expect(now().problems).toEqual([
      'two.onnx keeps its weights in "two.onnx.data": give both files at once.',
    ]);
  });

  test('a file that is not the one of the manifest beside it is named', async () => {
    const { own, now } = setUp();
    const bytes = readFileSync(new URL('eps.onnx', fixtures));
    const sum = createHash('sha256').update(bytes).digest('hex');
    const manifest = (sha256: string, name = 'eps.onnx') =>
      json({ files: [{ name, bytes: bytes.length, sha256 }] }, 'manifest.json');
    const damage = bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1);
    const damaged = new File([damage], 'eps.onnx');
    for (const name of ['eps.onnx', 'model.onnx']) {
      await own.take([onnx('eps'), manifest(sum, name)]);
      expect(now()).toMatchObject({ problems: [], draft: { unused: [] } });
      await own.take([damaged, manifest(sum, name)]);
      expect(now().problems).toEqual([expect.stringContaining(`must be ${sum}, got `)]);
    }
    // One after the other, and whether or not the weights are in a file beside it.
    await own.take([onnx('eps')]);
    await own.take([manifest('0'.repeat(64))]);
    expect(now().problems).toEqual([expect.stringContaining(`eps.onnx is damaged, or of another`)]);
    const weights = new File([readFileSync(new URL('two.onnx.data', fixtures))], 'two.onnx.data');
    await own.take([onnx('two'), weights, manifest('0'.repeat(64), 'two.onnx.data')]);
    expect(now().problems).toEqual([expect.stringContaining('two.onnx.data is damaged')]);
  });

  test.each([
    [() => [onnx('text')], ['Input "encoder_hidden_states"']],
    [() => [new File(['hello'], 'a.onnx')], ['a.onnx must be an ONNX file']],
    [() => [new File(['PK'], 'a.pt')], ['Export the network by torch.onnx.export.']],
    [() => [onnx('eps'), onnx('v')], ['One network at a time, got 2.']],
    [() => [json({})], ['The network itself is missing: drop its ONNX file.']],
    [() => [onnx('eps'), json({ beta_schedule: 'x' })], ['"beta_schedule" must be']],
  ])('what does not fit is a line each: %#', async (files, lines) => {
    const { own, now } = setUp();
    await own.take(files());
    expect(now().problems).toHaveLength(lines.length);
    lines.forEach((line, i) => void expect(now().problems[i]).toContain(line));
  });
});

describe('a network that is used', () => {
  test('is tried out, kept, listed and opened', async () => {
    const { own, store, kept, switchTo, tryOut, now } = setUp();
    await own.take([onnx('eps', 'My net.onnx')]);
    await own.use();
    const [files] = [...kept.values()] as OwnFiles[];
    const { id } = files!.manifest;
    expect(id).toMatch(/^own-my-net-[0-9a-f]{8}$/);
    expect(files!.manifest).toMatchObject({
      own: { file: 'My net.onnx' },
      classes: ['0', '1', '2'],
    });
    expect(files!.manifest.sigma.max).toBe(80);
    expect(tryOut.mock.calls[0]![0]).toBe(files);
    expect(switchTo).toHaveBeenCalledExactlyOnceWith(id);
    expect(now()).toMatchObject({ shown: false, draft: undefined });
    expect(store.getState().models.list).toMatchObject([{ origin: 'own', manifest: { id } }]);
    expect(await own.find(id)).toBe(files);
    await own.remove(id);
    expect(kept.size).toBe(0);
    expect(store.getState().models.list).toEqual([]);
    await expect(own.find(id)).rejects.toThrow(`The network "${id}" is not in this browser`);
  });

  test('whose convention another one outdoes is told so, and opened by that', async () => {
    const tryOut = vi.fn<OwnNetworksOptions['tryOut']>(async (_, compare) => {
      const flow = compare!.rivals.findIndex(({ prediction }) => prediction === 'flow');
      const fits = [
        { rival: flow, error: 0.3 },
        { rival: 0, error: 1.2 },
        { rival: 1, error: Infinity },
      ];
      return { fits, values: [0, 1], nullLabel: 'first' };
    });
    const { own, switchTo, now, kept } = setUp({ tryOut });
    await own.take([onnx('flow')]);
    expect(now().draft!.settings).toMatchObject({ prediction: 'v', nullLabel: 'last' });
    expect(now().draft!.told).toEqual({ labels: 'said', shape: 'said' });
    await own.use();
    expect(switchTo).not.toHaveBeenCalled();
    expect(now().compared!.fits.map(({ error }) => error)).toEqual([0.3, 1.2]);
    expect(now().draft!.settings).toMatchObject({
      prediction: 'flow',
      noising: 'flow',
      range: [0, 1],
      nullLabel: 'first',
    });
    expect(now().draft!.told).toMatchObject({ prediction: 'measured', range: 'measured' });
    own.change({ nullLabel: 'last' });
    expect(now().draft!.told).toMatchObject({ nullLabel: 'chosen' });
    tryOut.mockResolvedValueOnce(undefined);
    await own.use();
    // What stands there is taken now.
    expect(tryOut.mock.lastCall![1]).toBeUndefined();
    const [files] = [...kept.values()] as OwnFiles[];
    expect(files!.manifest.adapt).toMatchObject({ noising: 'flow' });
    expect(switchTo).toHaveBeenCalledOnce();
  });

  test('that fails by what the form says is left as it is, and others are offered', async () => {
    const tryOut = vi.fn<OwnNetworksOptions['tryOut']>(async () => ({
      fits: [
        { rival: 1, error: 0.6 },
        { rival: 0, error: Infinity, lost: true },
      ],
      values: [0, 1],
      nullLabel: 'first',
    }));
    const { own, switchTo, now, kept } = setUp({ tryOut });
    await own.take([onnx('flow')]);
    const before = now().draft!.settings;
    await own.use();
    expect(switchTo).not.toHaveBeenCalled();
    expect(now().draft!.settings).toEqual(before);
    expect(now().draft!.told).toEqual({ labels: 'said', shape: 'said' });
    expect(now().compared).toMatchObject({ lost: true, of: 2, fits: [{ error: 0.6 }] });
    tryOut.mockResolvedValueOnce(undefined);
    await own.use();
    expect(tryOut.mock.lastCall![1]).toBeUndefined();
    const [files] = [...kept.values()] as OwnFiles[];
    expect(files!.manifest.adapt).toMatchObject({ prediction: before!.prediction });
    expect(switchTo).toHaveBeenCalledOnce();
  });

  test('is opened where what was found is what the files or the form say', async () => {
    const tryOut: OwnNetworksOptions['tryOut'] = async () => ({
      fits: [
        { rival: 1, error: 0.3 },
        { rival: 0, error: 0.31 },
      ],
      values: [0, 1],
      nullLabel: 'none',
    });
    const { own, switchTo, now } = setUp({ tryOut });
    await own.take([onnx('flow'), json({ value_range: [-1, 1], null_label: 'last' })]);
    await own.use();
    expect(now().compared).toBeUndefined();
    expect(switchTo).toHaveBeenCalledOnce();
  });

  test('is there again after a reload', async () => {
    const before = setUp();
    await before.own.take([onnx('x0')]);
    await before.own.use();
    const { own, store } = setUp({ kept: before.kept });
    const [id] = before.kept.keys();
    expect((await own.find(id!))!.manifest.classes).toEqual([]);
    expect(store.getState().models.list).toHaveLength(1);
    expect(own.find('letters')).toBeUndefined();
  });

  test('beside entries that are damaged or of another version, which are named and can be deleted', async () => {
    const before = setUp();
    await before.own.take([onnx('x0')]);
    await before.own.use();
    const [[id, files]] = [...before.kept] as [[string, OwnFiles]];
    const { classes: _, ...older } = files.manifest;
    const damaged: Record<string, unknown> = {
      'own-null': null,
      'own-empty': {},
      'own-older': { ...files, manifest: { ...older, id: 'own-older' } },
      'own-renamed': files,
      'own-graph': { manifest: { ...files.manifest, id: 'own-graph' }, graph: {} },
    };
    const { own, store, kept, now } = setUp({ kept: [...Object.entries(damaged), [id, files]] });
    expect((await own.find(id))!.manifest).toEqual(files.manifest);
    expect(store.getState().models.list).toMatchObject([{ manifest: { id } }]);
    expect(now().unreadable.map((entry) => entry.id)).toEqual(Object.keys(damaged));
    expect(now().unreadable[2]!.reason).toContain('own-older: "classes" must be');
    for (const name of Object.keys(damaged)) await own.remove(name);
    expect(now().unreadable).toEqual([]);
    expect([...kept.keys()]).toEqual([id]);
  });

  test('that fails its trial is neither kept nor opened, and says why', async () => {
    const tryOut = async () => {
      throw new EngineError('engine', 'one thing\nanother');
    };
    const { own, kept, switchTo, now } = setUp({ tryOut });
    await own.take([onnx('nan')]);
    await own.use();
    expect(now()).toMatchObject({
      shown: true,
      problems: ['one thing', 'another'],
      trial: undefined,
    });
    expect(kept.size).toBe(0);
    expect(switchTo).not.toHaveBeenCalled();
  });

  test('with settings that make no sense is not even tried', async () => {
    const { own, tryOut, now } = setUp();
    await own.take([onnx('eps')]);
    own.change({ names: ['a', 'a'], title: '' });
    await own.use();
    expect(now().problems).toHaveLength(2);
    expect(tryOut).not.toHaveBeenCalled();
    own.change({ names: ['a'], title: 'a' });
    expect(now().problems).toEqual([]);
  });

  test('is given up when the dialog is closed', async () => {
    let aborted = false;
    const tryOut: OwnNetworksOptions['tryOut'] = (_, __, ___, ____, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('given up'));
        });
      });
    const tried = vi.fn(tryOut);
    const { own, kept, now } = setUp({ tryOut: tried });
    await own.take([onnx('eps')]);
    const used = own.use();
    await vi.waitFor(() => expect(tried).toHaveBeenCalled());
    own.hide();
    await used;
    expect(aborted).toBe(true);
    expect(kept.size).toBe(0);
    expect(now()).toMatchObject({ shown: false, problems: [] });
  });

  test('is not begun where the dialog is closed before', async () => {
    const tried = vi.fn<OwnNetworksOptions['tryOut']>();
    const { own, kept, now } = setUp({ tryOut: tried });
    await own.take([onnx('eps')]);
    const used = own.use();
    own.hide();
    await used;
    expect(tried).not.toHaveBeenCalled();
    expect(kept.size).toBe(0);
    expect(now()).toMatchObject({ shown: false, trial: undefined, problems: [] });
  });

  test('is listed until the browser has deleted it, and says so where it cannot', async () => {
    const refused = new Error('The database is closing');
    let finish = () => {};
    const removal = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const storage: NetworkStorage = {
      all: async () => [],
      put: async () => {},
      remove: vi.fn().mockRejectedValueOnce(refused).mockReturnValueOnce(removal),
    };
    const { own, now } = setUp({ storage });
    await own.take([onnx('eps')]);
    await own.use();
    const { id } = now().networks[0]!;
    await own.remove(id);
    expect(now()).toMatchObject({ problems: [refused.message], networks: [{ id }] });
    const removed = own.remove(id);
    expect(now().networks).toHaveLength(1);
    finish();
    await removed;
    expect(now().networks).toEqual([]);
  });

  test('works until a reload where the browser keeps nothing', async () => {
    const storage: NetworkStorage = {
      all: async () => [],
      put: async () => {
        throw new Error('QuotaExceededError');
      },
      remove: async () => {},
    };
    const { own, store, switchTo, now } = setUp({ storage });
    await own.take([onnx('eps')]);
    await own.use();
    expect(switchTo).toHaveBeenCalled();
    expect(store.getState().notice).toEqual({ kind: 'not-kept', reason: 'QuotaExceededError' });
    expect(now().unkept).toBe('QuotaExceededError');
    expect(now().networks).toHaveLength(1);
  });
});
