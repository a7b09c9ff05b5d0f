import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DenoiserManifest } from '../networks/manifest';
import { linkTo, sharedLink } from './address';
import { FIRST_VISIT, fittedToModel, type Settings } from './settings';
import type { AppState } from './store';
import { readAddress } from './url';

const LOADING = { status: 'loading', progress: undefined } as const;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The settings that somebody's link opens, copied from a page that was opened at `query`. */
function received(query: string, changes: Partial<Settings>): Settings {
  const [search, hash] = [query && `?${query}`, ''];
  vi.stubGlobal('location', { origin: 'https://a.b', pathname: '/c/', search, hash });
  const opened = readAddress(query).settings;
  const link = new URL(
    sharedLink({ settings: { ...opened, ...changes }, engine: LOADING }, FIRST_VISIT, opened),
  );
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
  const link = new URL(
    sharedLink(
      { settings: { ...FIRST_VISIT, seed: 7 }, engine: LOADING },
      FIRST_VISIT,
      FIRST_VISIT,
    ),
  );
  expect(link.searchParams.get('coi')).toBe('0&scale=9#"><b>x');
  expect(link.searchParams.get('scale')).toBeNull();
  expect(link.hash).toBe('');
});

describe('the number of samples', () => {
  const single = { id: 'a', classes: ['A', 'B'] };
  const cascade = { ...single, id: 'b', stages: [{}] };
  const defaults = { ...FIRST_VISIT, count: 0 };
  const opened = (query: string, manifest: object) =>
    fittedToModel(readAddress(query, defaults).settings, manifest as DenoiserManifest).settings;

  test.each([
    ['a network', single, 'model=a', 16],
    ['a cascade', cascade, 'model=b', 4],
    ['a network, as the address asks', single, 'model=a&n=4', 4],
    ['a cascade, as the address asks', cascade, 'model=b&n=16', 16],
  ])('%s', (_, manifest, query, count) => {
    vi.stubGlobal('location', { origin: 'https://a.b', pathname: '/', search: '', hash: '' });
    const settings = opened(query, manifest);
    expect(settings.count).toBe(count);
    // The address of the page has it where the network would begin with another.
    const engine = { status: 'ready', manifest } as unknown as AppState['engine'];
    const link = new URL(linkTo({ settings, engine }, defaults));
    expect(link.search).toContain('model=');
    expect(link.searchParams.get('n')).toBe(new URLSearchParams(query).get('n'));
    expect(opened(link.search, manifest).count).toBe(count);
    // While it is being loaded, nothing that was asked for is lost.
    const loading = new URL(
      linkTo({ settings: readAddress(query, defaults).settings, engine: LOADING }, defaults),
    );
    expect(loading.searchParams.get('n')).toBe(new URLSearchParams(query).get('n'));
  });
});
