import { expect, test, words } from '../playground';

const { controls, notice } = words;

test('a batch for which the GPU has no memory: smaller ones do, and the page says so', async ({
  playground,
}) => {
  const { page, badge } = playground;
  // Two rows a step, in a session of its own. Asked for, since a busy adapter would choose less.
  await playground.open('n=1&batch=16');
  await expect(badge).toHaveAttribute('data-max-batch', '16');
  await Promise.all(
    page.workers().map((worker) =>
      worker.evaluate(() => {
        const { gpuDevice } = self as unknown as { gpuDevice?: GPUDevice };
        if (!gpuDevice) return;
        const create = gpuDevice.createBuffer.bind(gpuDevice);
        let failing = true;
        // What an adapter without memory does: the buffer is none, and nothing is thrown.
        gpuDevice.createBuffer = (buffer) => {
          // The network's: without memory for the pictures themselves nothing can be drawn.
          if (!failing || buffer.label === 'trajectory') return create(buffer);
          failing = false;
          return create({ ...buffer, size: 2 ** 40, mappedAtCreation: false });
        };
      }),
    ),
  );
  await playground.number(controls.count).fill('4');
  await expect(playground.notice).toHaveText(new RegExp(notice.smallerBatch(4).slice(0, 30)));
  await playground.settled();
  await expect(badge).toHaveAttribute('data-max-batch', '4');
  const pixels = await playground.pixels();
  // What four rows at once draw on a page where nothing failed.
  await playground.open('n=4&batch=4');
  expect(await playground.pixels()).toBe(pixels);
});
