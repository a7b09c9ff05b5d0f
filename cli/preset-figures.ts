import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { findGuidanceRule } from '../src/diffusion/guidance';
import type { DenoiserManifest } from '../src/networks/manifest';
import { type ColumnSettings, canPredict } from '../src/settings/column';
import {
  type ColumnFigures,
  holds,
  PRESET_IDS,
  PRESETS,
  type PresetId,
  presetColumns,
} from '../src/settings/presets';

/** Where `npm run presets` keeps what it measured. */
export const presetsFile = fileURLToPath(new URL('../docs/presets.json', import.meta.url));

/** Of what the figures are: the scene of the network's first visit, and some samples of every class. */
export const SUBJECTS = ['scene', 'all'] as const;
export type MeasuredSubject = (typeof SUBJECTS)[number];

export interface MeasuredColumn {
  readonly column: ColumnSettings;
  readonly figures: { readonly [S in MeasuredSubject]: ColumnFigures };
}

export interface NetworkPresets {
  readonly id: string;
  /** Of its model.onnx, and of those of the networks beside it. */
  readonly sha256: string;
  readonly companions: Readonly<Record<string, string>>;
  readonly date: string;
  /** The page's seed. */
  readonly seed: number;
  /** Of the scene, and of each class or example of a prompt. */
  readonly samples: { readonly [S in MeasuredSubject]: number };
  readonly class: string;
  readonly columns: readonly MeasuredColumn[];
}

export interface MeasuredPresets {
  readonly command: string;
  readonly networks: readonly NetworkPresets[];
}

/** Nothing where nothing was measured yet. */
export async function readPresets(): Promise<MeasuredPresets> {
  const text = await readFile(presetsFile, 'utf8').catch(() => undefined);
  return text ? JSON.parse(text) : { command: 'npm run presets', networks: [] };
}

/** The presets of classes or of prompts, as the network has them, whose rules it can follow. */
export function possiblePresets(manifest: DenoiserManifest): PresetId[] {
  const own = PRESET_IDS.filter(
    (id) => (PRESETS[id].ofPrompts ?? false) === (manifest.prompts !== undefined),
  );
  return own.filter((id) =>
    presetColumns(id).every(({ guidance, parameters }) =>
      canPredict(findGuidanceRule(guidance), manifest, parameters),
    ),
  );
}

/** Their columns, each once. */
export function columnsOf(ids: readonly PresetId[]): ColumnSettings[] {
  const all = ids.flatMap(presetColumns).map((column) => [JSON.stringify(column), column] as const);
  return [...new Map(all).values()];
}

/** The presets whose captions hold on a network. @throws Error for a column that was not measured */
export function borneOut(ids: readonly PresetId[], measured: NetworkPresets): PresetId[] {
  return ids.filter((id) => failedClaims(id, measured).length === 0);
}

/** What of a preset's caption does not hold, in words. */
export function failedClaims(id: PresetId, { columns, id: network }: NetworkPresets): string[] {
  const { claims, ofScene } = PRESETS[id];
  return SUBJECTS.filter((subject) => !ofScene || subject === 'scene').flatMap((subject) => {
    const figures = presetColumns(id).map((column) => {
      const found = columns.find((other) => isDeepStrictEqual(other.column, column));
      if (!found) throw new Error(`${network}: a column of "${id}" was not measured`);
      return found.figures[subject];
    });
    return claims
      .filter((claim) => !holds(claim, figures))
      .map((claim) => `${subject}: ${JSON.stringify(claim)} of ${JSON.stringify(figures)}`);
  });
}
