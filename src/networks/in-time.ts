/** What was asked has not answered in time, and may never. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * Waits for an answer, but not for ever.
 *
 * @param what is asked, for the message
 * @throws NoAnswer where it has not answered after so many milliseconds
 */
export async function inTime<T>(asked: Promise<T>, what: string, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new NoAnswer(`${what} must answer within ${ms / 1000} s, it did not`);
    timer = setTimeout(() => reject(error), ms);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** How long storage of the browser is waited for. */
const STORAGE_MS = 5000;

/**
 * Asks storage of the browser, which in some profiles never answers. Where it has once not answered,
 * it is not waited for again.
 *
 * @param what it is, for the message
 * @returns asks it; rejects with NoAnswer, or with what the operation throws
 */
export function askingInTime(
  what: string,
  ms = STORAGE_MS,
): <T>(operation: () => Promise<T>) => Promise<T> {
  let silent: NoAnswer | undefined;
  return async (operation) => {
    if (silent) throw silent;
    try {
      return await inTime(operation(), what, ms);
    } catch (error) {
      if (error instanceof NoAnswer) silent = error;
      throw error;
    }
  };
}
