import type { LoadedNetworks } from './loaded-networks';

/** Ends a run in float16 that has lost a sample. */
class LostInHalf extends Error {
  override readonly name = 'LostInHalf';
}

/**
 * Draws; where that loses a sample in float16, whose largest number is 65504, once again and from then
 * on in float32.
 *
 * @param draw opens its networks anew each time, and tells of every sample that is lost
 */
export async function inFullIfLost<T>(
  loaded: Pick<LoadedNetworks, 'inHalf' | 'toFullPrecision'>,
  draw: (onLost: () => void) => Promise<T>,
): Promise<T> {
  const onLost = () => {
    if (loaded.inHalf) throw new LostInHalf('A sample was lost in float16');
  };
  try {
    return await draw(onLost);
  } catch (error) {
    if (!(error instanceof LostInHalf)) throw error;
    await loaded.toFullPrecision();
    return draw(onLost);
  }
}
