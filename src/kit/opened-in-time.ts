import { askingInTime } from '../networks/in-time';

/** A store of IndexedDB, as idb-keyval has it. */
type Transact = <T>(
  mode: IDBTransactionMode,
  callback: (store: IDBObjectStore) => T | PromiseLike<T>,
) => Promise<T>;

/**
 * A store that fails where its database does not open in time: some profiles never answer. How long a
 * transaction takes that has begun is its own.
 *
 * @returns throws NoAnswer besides what `transact` throws
 */
export function openedInTime(transact: Transact): Transact {
  const ask = askingInTime('IndexedDB');
  return async <T>(
    mode: IDBTransactionMode,
    callback: (store: IDBObjectStore) => T | PromiseLike<T>,
  ) => {
    let done: Promise<T> | undefined;
    await ask(
      () =>
        new Promise<void>((resolve, reject) => {
          done = transact(mode, (store) => {
            resolve();
            return callback(store);
          });
          done.then(() => resolve(), reject);
        }),
    );
    return done as Promise<T>;
  };
}
