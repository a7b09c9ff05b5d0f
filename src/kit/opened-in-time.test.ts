import { expect, test, vi } from 'vitest';
import { openedInTime } from './opened-in-time';

test('a database that never opens is waited for once', async () => {
  vi.useFakeTimers();
  try {
    const asked = vi.fn(() => new Promise<never>(() => {}));
    const transact = openedInTime(asked);
    const first = transact('readonly', () => 1);
    const rejects = expect(first).rejects.toThrow('IndexedDB must answer within 5 s');
    await vi.advanceTimersByTimeAsync(5000);
    await rejects;
    await expect(transact('readonly', () => 2)).rejects.toThrow('IndexedDB must answer within 5 s');
    expect(asked).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

test('a transaction that has begun takes as long as it takes, and fails as it does', async () => {
  vi.useFakeTimers();
  try {
    const transact = openedInTime(async (_, callback) => callback({} as IDBObjectStore));
    const long = transact('readwrite', async () => {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return 'written';
    });
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(long).resolves.toBe('written');
    const full = transact('readwrite', () => Promise.reject(new Error('disk full')));
    await expect(full).rejects.toThrow('disk full');
    await expect(transact('readonly', () => 3)).resolves.toBe(3);
  } finally {
    vi.useRealTimers();
  }
});
