import { describe, expect, test } from 'vitest';
import { type Result, ResultCache } from './result-cache';

/** A result of this many bytes. */
const result = (bytes: number) =>
  ({
    trajectory: {
      frames: [
        {
          x: new Uint8Array(bytes / 2),
          denoised: new Uint8Array(bytes / 4),
          outside: new Int8Array(0),
        },
      ],
    },
    done: { samples: { byteLength: bytes / 4 } },
  }) as unknown as Result;

describe('the cache', () => {
  test('forgets what was not asked for longest, by its bytes', () => {
    const cache = new ResultCache(100);
    const [a, b, c] = [result(40), result(40), result(40)];
    cache.put('a', a);
    cache.put('b', b);
    expect(cache.get('a')).toBe(a);
    cache.put('c', c);
    expect(cache.get('b')).toBeUndefined();
    expect([cache.get('a'), cache.get('c')]).toEqual([a, c]);
  });

  test('counts what is replaced once, and nothing after it is emptied', () => {
    const cache = new ResultCache(100);
    for (let i = 0; i < 5; i++) cache.put('a', result(60));
    cache.put('b', result(40));
    expect(cache.get('a')).toBeDefined();
    cache.clear();
    expect(cache.get('a')).toBeUndefined();
    cache.put('c', result(100));
    expect(cache.get('c')).toBeDefined();
  });

  test('keeps nothing larger than itself', () => {
    const cache = new ResultCache(100);
    cache.put('a', result(104));
    expect(cache.get('a')).toBeUndefined();
  });
});
