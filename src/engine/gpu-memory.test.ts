import { describe, expect, test } from 'vitest';
import { withinMemory } from './gpu-memory';

/** A device that finds these errors in its scopes, the innermost first. */
function fakeDevice(...found: (string | null)[]) {
  const open: string[] = [];
  return {
    open,
    pushErrorScope: (kind: GPUErrorFilter) => void open.push(kind),
    async popErrorScope() {
      open.pop();
      const message = found.shift() ?? null;
      return message === null ? null : ({ message } as GPUError);
    },
  };
}

describe('a run within the memory of the GPU', () => {
  test('gives its result, and closes its scopes', async () => {
    const device = fakeDevice();
    expect(await withinMemory(device, async () => device.open.join())).toBe(
      'out-of-memory,validation',
    );
    expect(device.open).toEqual([]);
  });

  test.each([[['no buffer', null]], [[null, 'no buffer']]])(
    'rejects where a scope found %j',
    async (found) => {
      const device = fakeDevice(...found);
      await expect(withinMemory(device, async () => 1)).rejects.toThrow(
        'The GPU could not run the network: no buffer',
      );
      expect(device.open).toEqual([]);
    },
  );

  test("rejects with the job's own failure first", async () => {
    const device = fakeDevice('no buffer');
    await expect(withinMemory(device, () => Promise.reject(new Error('lost')))).rejects.toThrow(
      'lost',
    );
    expect(device.open).toEqual([]);
  });

  test('asks nothing of wasm', async () => {
    expect(await withinMemory(undefined, async () => 1)).toBe(1);
  });
});
