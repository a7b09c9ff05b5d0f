import { afterEach, expect, test, vi } from 'vitest';
import { sharedLink } from './address';
import { FIRST_VISIT, type Settings } from './settings';
import { readAddress } from './url';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The settings that somebody's link opens, copied from a page that was opened at `query`. */
function received(query: string, changes: Partial<Settings>): Settings {
  const [search, hash] = [query && `?${query}`, ''];
  vi.stubGlobal('location', { origin: 'https://a.b', pathname: '/c/', search, hash });
  const opened = readAddress(query).settings;
  const link = new URL(sharedLink({ ...opened, ...changes }, FIRST_VISIT, opened));
  expect(link.href).toMatch(/^https:\/\/a\.b\/c\//);
  return readAddress(link.search.slice(1)).settings;
}

const computing = ({ backend, precision, maxBatch }: Settings) => ({
  backend,
  precision,
  maxBatch,
});

test('a link has what is shown, and nothing of what this machine computes with', () => {
  const changes = { backend: 'wasm', precision: 'fp32', maxBatch: 4, seed: 7 } as const;
  const there = received('count=4', changes);
  expect(there.seed).toBe(7);
  expect(computing(there)).toEqual(computing(FIRST_VISIT));
});

test('what the address itself asked for goes on in its links', () => {
  const there = received('backend=wasm&batch=2', { precision: 'fp32', seed: 7 });
  expect(computing(there)).toEqual({ backend: 'wasm', precision: 'auto', maxBatch: 2 });
});

test('a switch of the site that stays in the address is written as text, and short', () => {
  const search = `?coi=${encodeURIComponent('0&scale=9#"><b>')}${'x'.repeat(5000)}&seed=5`;
  vi.stubGlobal('location', { origin: 'https://a.b', pathname: '/c/', search, hash: '' });
  const link = new URL(sharedLink({ ...FIRST_VISIT, seed: 7 }, FIRST_VISIT, FIRST_VISIT));
  expect(link.searchParams.get('coi')).toBe('0&scale=9#"><b>x');
  expect(link.searchParams.get('scale')).toBeNull();
  expect(link.hash).toBe('');
});
