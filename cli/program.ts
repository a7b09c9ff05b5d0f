import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../src/networks/errors';
import { ArgumentError } from './flags';

/** Whether Node was started with this module: `isProgram(import.meta.url)`. */
export function isProgram(url: string): boolean {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(url));
}

/** Does a program's work. Returns its exit code: 0, 1 or, for wrong arguments, 2, with the reason printed. */
export async function exitCodeOf(work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    const wrongArgument = error instanceof ArgumentError;
    const message = messageOf(error);
    console.error(wrongArgument ? `${message} (--help lists the arguments)` : message);
    return wrongArgument ? 2 : 1;
  }
}
