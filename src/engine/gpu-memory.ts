/**
 * Runs a job on a GPU, and rejects where the device had no memory or buffer large enough for it: WebGPU
 * itself goes on with buffers that are none, and the results are zeros.
 *
 * @param device undefined: the job runs unwatched
 */
export async function withinMemory<T>(
  device: Pick<GPUDevice, 'pushErrorScope' | 'popErrorScope'> | undefined,
  job: () => Promise<T>,
): Promise<T> {
  if (!device) return job();
  const kinds = ['out-of-memory', 'validation'] as const;
  for (const kind of kinds) device.pushErrorScope(kind);
  const closed = () => Promise.all(kinds.map(() => device.popErrorScope()));
  let result: T;
  try {
    result = await job();
  } catch (error) {
    await closed().catch(() => undefined); // What failed says more than the scopes of a lost device.
    throw error;
  }
  const error = (await closed()).find((scope) => scope !== null);
  if (error) throw new Error(`The GPU could not run the network: ${error.message}`);
  return result;
}
