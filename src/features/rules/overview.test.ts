import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { guidanceRegistry } from '../../diffusion/guidance';
import { sampleSeed } from '../../diffusion/random';
import { type DenoiserManifest, parseManifest } from '../../networks/manifest';
import { canPredict } from '../../settings/column';
import { distanceOf, OVERVIEW_PICTURES } from '../../settings/rules-overview';
import { readAddress } from '../../settings/url';
import { readOverview } from './overview';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const networks = readdirSync(new URL('docs/rules', root))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));

test('letters have one', () => {
  expect(networks).toContain('letters');
});

describe.each(networks)('the overview of %s', (network) => {
  const stored = read(`docs/rules/${network}.json`);
  const overview = readOverview(stored, `${network}.json`);
  const manifestOf = (id: string) =>
    parseManifest(read(`public/models/${id}/manifest.json`), id) as DenoiserManifest;
  const manifest = manifestOf(network);

  test('has every rule that the network can follow, on the network that is shipped', () => {
    const offered = guidanceRegistry.filter((rule) => canPredict(rule, manifest));
    const ids = overview.entries.map(({ rule }) => rule.id);
    expect(ids.toSorted()).toEqual(offered.map(({ id }) => id).toSorted());
    const graph = manifest.files.find(({ name }) => name === 'model.onnx')!;
    for (const { model } of JSON.parse(stored).curves) expect(model.sha256).toBe(graph.sha256);
  });

  test('compares like with like: as many samples and steps, of the same noise', () => {
    for (const { points, rule } of overview.entries) {
      for (const { samples, seed, settings } of points) {
        expect([samples, seed, settings.numSteps]).toEqual([
          overview.samples,
          overview.seed,
          rule.madeFor?.numSteps ?? overview.steps,
        ]);
      }
    }
  });

  test('puts the closest to real pictures first', () => {
    const distances = overview.entries.map(({ best }) => distanceOf(best)!.value);
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  });

  test('a rule’s link opens its best settings, on the noise that its pictures have', () => {
    for (const { best, query, rule } of overview.entries) {
      const { settings, ignored } = readAddress(query);
      expect(ignored, query).toEqual([]);
      expect(settings.model).toBe(network);
      expect(settings.subject).toEqual({ kind: 'each', names: overview.asked });
      expect(settings.columns).toHaveLength(1);
      const { guidance, guidanceScale, numSteps, sampler, parameters } = settings.columns[0]!;
      const usual = rule.usesScale ? best.settings.guidanceScale : guidanceScale;
      expect({ guidance, guidanceScale, numSteps, sampler, parameters }).toEqual({
        guidance: best.settings.guidance,
        guidanceScale: usual,
        numSteps: best.settings.numSteps,
        sampler: best.settings.sampler,
        parameters: best.settings.parameters,
      });
      expect(sampleSeed(settings.seed, 0)).toBe(overview.seed);
    }
  });

  test('has a sheet of as many pictures', () => {
    expect(overview.asked).toHaveLength(OVERVIEW_PICTURES);
    const rows = overview.entries.map(({ row }) => row);
    expect(rows.toSorted((a, b) => a - b)).toEqual(rows.map((_, i) => i));
    const png = readFileSync(new URL(`docs/rules/${network}.png`, root));
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    const [, high, wide] = (
      manifest.stages ? manifestOf(manifest.stages.at(-1)!.network) : manifest
    ).shape;
    expect([width, height]).toEqual([wide * OVERVIEW_PICTURES, high * rows.length]);
  });
});

test('a rule that this version does not know is left out, and a file without rules is refused', () => {
  const stored = read('docs/rules/letters.json');
  const file = JSON.parse(stored);
  file.curves[1].points[0].settings.guidance = 'later';
  file.curves[1].points.splice(1);
  const { entries } = readOverview(JSON.stringify(file), 'x.json');
  expect(entries).toHaveLength(file.curves.length - 1);
  expect(() => readOverview(JSON.stringify({ ...file, curves: [] }), 'x.json')).toThrow(
    'at least one',
  );
  expect(() => readOverview('{}', 'x.json')).toThrow();
});
