import { beforeEach, expect, test, vi } from 'vitest';
import { Commands } from './commands';

beforeEach(() => {
  vi.stubGlobal('GPUBufferUsage', { STORAGE: 128, COPY_SRC: 4, COPY_DST: 8, MAP_READ: 1 });
  vi.stubGlobal('GPUMapMode', { READ: 1 });
});

/** A device that notes what is asked of it; `lacking` bytes and more it has no memory for. */
function fakeDevice(lacking = Infinity) {
  const log: string[] = [];
  let failed: { message: string } | null = null;
  const device = {
    createBuffer: ({ size, usage }: GPUBufferDescriptor) => {
      if (size >= lacking) failed = { message: `no memory for ${size} bytes` };
      return {
        size,
        usage,
        destroy: () => log.push(`destroy ${size}`),
        mapAsync: async () => log.push('map'),
        getMappedRange: () => new ArrayBuffer(size),
        unmap: () => {},
      };
    },
    createCommandEncoder: () => ({
      copyBufferToBuffer: () => log.push('copy'),
      finish: () => ({}),
    }),
    pushErrorScope: () => {},
    popErrorScope: async () => failed,
    queue: {
      submit: () => log.push('submit'),
      writeBuffer: () => log.push('write'),
    },
  };
  return { device: device as unknown as GPUDevice, log };
}

test('what is recorded is submitted together, and before numbers are written', async () => {
  const { device, log } = fakeDevice();
  const commands = new Commands(device);
  const [a, b] = [commands.take(5), commands.take(5)];
  commands.copy(a, 0, b, 0, 5);
  commands.copy(b, 0, a, 0, 5);
  commands.write(a, new Float32Array(5));
  commands.flush();
  expect(log).toEqual(['copy', 'copy', 'submit', 'write']);
  log.length = 0;
  const read = await commands.read([
    { buffer: a, numbers: 5 },
    { buffer: b, numbers: 3 },
  ]);
  expect(log).toEqual(['copy', 'copy', 'submit', 'map']);
  expect(read.map(({ length }) => length)).toEqual([5, 3]);
});

test('a buffer that is given back is taken again for as many numbers', () => {
  const commands = new Commands(fakeDevice().device);
  const first = commands.take(100);
  commands.give(first);
  expect(commands.take(7)).not.toBe(first);
  expect(commands.take(100)).toBe(first);
  expect(commands.take(100)).not.toBe(first);
});

test('buffers beyond what is kept are destroyed, after the work that reads them', () => {
  const { device, log } = fakeDevice();
  const commands = new Commands(device);
  const large = commands.take(16 * 2 ** 20);
  commands.copy(large, 0, commands.take(5), 0, 5);
  commands.give(large);
  expect(log).toEqual(['copy', 'submit', `destroy ${large.size}`]);
});

test('without memory for a buffer the next read fails, and does not give zeros', async () => {
  const commands = new Commands(fakeDevice(100_000).device);
  const buffer = commands.take(10);
  await commands.read([{ buffer, numbers: 10 }]);
  commands.take(30_000);
  await expect(commands.read([{ buffer, numbers: 10 }])).rejects.toThrow(
    "needs memory for a run's pictures: no memory for 120000 bytes",
  );
});
