import * as v from 'valibot';
import { sampleSeed } from '../../diffusion/random';
import type { BackendInfo } from '../../engine/protocol';
import { complaint, type Manifest } from '../../networks/manifest';
import type { ColumnSettings } from '../../settings/column';
import type { GridState } from '../../settings/grid-state';
import { parameterSettings, RUN_SETTINGS, type RunSetting } from '../../settings/run-settings';
import { FIRST_VISIT, type Settings } from '../../settings/settings';
import { defaultSlices } from '../../settings/slice';
import type { ColumnState } from '../../settings/store';
import { isWord, sampleNames } from '../../settings/subject';
import { readAddress, writeAddress } from '../../settings/url';

const FORMAT = 'guidance-playground';

// A schema's message is its requirement, as in manifest.ts.
const text = v.string('a string');
const wholeNumber = v.pipe(v.number('a number'), v.integer('a whole number'));
const figure = v.nullable(v.number('a number or null'));

/** What is known of a run: null where it has not finished, or no classifier has looked. */
const measuredEntries = {
  figures: v.nullable(
    v.object({
      nfe: v.number('a number'),
      totalMs: v.number('a number'),
      networkMs: v.number('a number'),
    }),
  ),
  verdicts: v.nullable(
    v.object({
      network: text,
      classAccuracy: figure,
      diversity: figure,
      /** Of networks that prompts condition. */
      alignment: v.optional(figure),
      predicted: v.array(text, 'a list of class names'),
      confidence: v.array(v.number('a number'), 'a list of numbers'),
    }),
  ),
};

const exportedPage = v.object({
  format: v.literal(FORMAT),
  version: v.literal(1, '1 (the only version that this page reads)'),
  exported: text,
  /** The page as it was, on the site that it was exported from. */
  link: text,
  /** The settings as an address writes them: these are what a restored page takes. */
  query: text,
  model: v.object({
    id: v.pipe(text, v.regex(/^[\w-]{1,64}$/, 'a model id')),
    title: text,
    files: v.array(v.object({ name: text, bytes: wholeNumber, sha256: text }), 'a list of files'),
  }),
  backend: v.object({
    backend: v.picklist(['webgpu', 'wasm'], 'webgpu or wasm'),
    adapter: text,
    threads: wholeNumber,
    precision: text,
  }),
  /** Of the samples' noise, as the command line's --seeds takes them. */
  seeds: v.array(wholeNumber, 'a list of whole numbers'),
  /** Of every sample; null: no class. */
  classes: v.array(v.nullable(text), 'a list of class names'),
  columns: v.array(
    v.object({ settings: v.record(v.string(), v.unknown(), 'an object'), ...measuredEntries }),
    'a list of columns',
  ),
  /** Where the grid was shown: its cells row by row, with what the axes make of them. */
  grid: v.optional(
    v.array(v.object({ row: text, column: text, ...measuredEntries }), 'a list of cells'),
  ),
});

type Measured = v.InferOutput<v.ObjectSchema<typeof measuredEntries, undefined>>;

/** What an exported file says. */
export type ExportedPage = v.InferOutput<typeof exportedPage>;

/** A file that is no export of this page; the message names what is wrong with it. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** What `exportPage` writes down, from the store and the address; the runs have finished. */
export interface Exported {
  readonly settings: Settings;
  readonly columns: readonly ColumnState[];
  readonly grid: GridState;
  readonly manifest: Manifest;
  readonly info: BackendInfo;
  readonly link: string;
  readonly date: Date;
}

/** Settings, seeds and measured figures, and the query that restores them. */
export function exportPage(page: Exported): ExportedPage {
  const { settings, columns, manifest, info } = page;
  const names = sampleNames(settings);
  return {
    format: FORMAT,
    version: 1,
    exported: page.date.toISOString(),
    link: page.link,
    query: writeAddress({ ...settings, model: manifest.id }, null),
    model: {
      id: manifest.id,
      title: manifest.title,
      files: manifest.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
    },
    backend: {
      backend: info.backend,
      adapter: info.adapter,
      threads: info.threads,
      precision: info.precision,
    },
    seeds: names.map((_, k) => sampleSeed(settings.seed, k)),
    classes: names,
    columns: settings.columns.map((column, i) => ({
      settings: { ...column },
      // While the grid is shown, the columns do not follow the settings.
      ...measured(settings.layout === 'grid' ? undefined : columns[i], manifest),
    })),
    ...(settings.layout === 'grid' && { grid: gridCells(page) }),
  };
}

/** The figures of a finished run, as a file tells them. */
function measured(
  run: Pick<ColumnState, 'figures' | 'verdicts'> | undefined,
  { classes }: Manifest,
): Measured {
  const { figures, verdicts } = run ?? {};
  return {
    figures: figures ?? null,
    verdicts: verdicts
      ? {
          network: verdicts.network,
          classAccuracy: verdicts.classAccuracy ?? null,
          diversity: verdicts.diversity ?? null,
          ...(verdicts.alignment !== undefined && { alignment: verdicts.alignment }),
          predicted: verdicts.predicted.map((label) => classes[label] ?? ''),
          confidence: [...verdicts.confidence],
        }
      : null,
  };
}

function gridCells({ settings, grid, manifest }: Exported): ExportedPage['grid'] {
  const { gridRows, gridColumns } = settings;
  const across = gridColumns.values.length;
  return grid.cells.map(({ figures, verdicts }, i) => ({
    row: `${gridRows.key}=${gridRows.values[Math.floor(i / across)]}`,
    column: `${gridColumns.key}=${gridColumns.values[i % across]}`,
    ...measured({ figures, verdicts }, manifest),
  }));
}

/**
 * Reads an exported file.
 *
 * @param visitor whose language and theme stay: they change no picture; its slices are those that can be read
 * @throws ExportError naming file, field, requirement and the value received
 */
export function parseExport(
  source: string,
  fileName: string,
  visitor: Pick<Settings, 'language' | 'theme' | 'slices'>,
): { settings: Settings; model: ExportedPage['model'] } {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch (cause) {
    const start = JSON.stringify(source.slice(0, 40));
    throw new ExportError(`${fileName} must be JSON, got ${start}`, { cause });
  }
  if (Object(json).format !== FORMAT) {
    throw new ExportError(
      `${fileName} must be a page exported here ("format": "${FORMAT}"), got ${source.slice(0, 40)}`,
    );
  }
  const result = v.safeParse(exportedPage, json, { abortEarly: true });
  if (!result.success) throw new ExportError(complaint(result.issues[0], fileName));
  const { query, model } = result.output;
  const { language, theme } = visitor;
  const slices = defaultSlices([...visitor.slices.keys()]);
  const { settings, ignored } = readAddress(query, { ...FIRST_VISIT, language, theme, slices });
  if (ignored.length) {
    const pieces = ignored.map(({ key, text }) => `${key}=${text}`).join(', ');
    throw new ExportError(
      `${fileName}: "query" must hold settings that this page knows, got ${pieces}`,
    );
  }
  return { settings: { ...settings, model: model.id, language, theme }, model };
}

/** What is drawn, for a file's name. */
export function subjectPart({ subject }: Pick<Settings, 'subject'>): string {
  switch (subject.kind) {
    case 'none':
      return NO_CLASS;
    case 'class':
      return shortPart(subject.name);
    case 'each':
      return eachPart(subject.names);
    default:
      return subject satisfies never;
  }
}

/** As much of a name as leaves room for what else a file's name says: a prompt may be long. */
export function shortPart(name: string): string {
  return [...name].slice(0, LONGEST_PART).join('');
}

function eachPart(names: readonly string[]): string {
  if (isWord(names)) return `word-${names.join('')}`;
  return names.length > 3 ? `${names.length}-classes` : names.map(shortPart).join('+');
}

export const NO_CLASS = 'no-class';

/** Letters of a prompt in a file's name. */
const LONGEST_PART = 48;

/** The scrubber and the view, for a file's name, where they are not on the finished estimate. */
export function momentParts({ position, view }: Pick<Settings, 'position' | 'view'>): string[] {
  return [
    ...(position < 1 ? [`at${Number(position.toFixed(3))}`] : []),
    ...(view === 'estimate' ? [] : [view]),
  ];
}

/** What columns are set to, for a file's name; where they differ, one after the other: `s1+s3+s8`. */
export function columnParts(columns: readonly ColumnSettings[]): string[] {
  const all = columns.map(settingParts);
  const keys = [...new Set(all.flatMap((parts) => [...parts.keys()]))];
  return keys.map((key) => {
    const values = all.flatMap((parts) => parts.get(key) ?? []);
    return [...new Set(values)].length === 1 ? values[0]! : values.join('+');
  });
}

/** What columns have in common, for a file's name. */
export function sharedParts(columns: readonly ColumnSettings[]): string[] {
  const [first, ...others] = columns.map(settingParts);
  return [...(first ?? [])]
    .filter(([key, part]) => others.every((parts) => parts.get(key) === part))
    .map(([, part]) => part);
}

function settingParts(column: ColumnSettings): Map<string, string> {
  const settings = [...RUN_SETTINGS, ...(parameterSettings(column) as RunSetting[])]
    .filter(({ fileName, applies }) => fileName && applies(column))
    .toSorted((a, b) => a.fileName!.order - b.fileName!.order);
  return new Map(
    settings.flatMap(({ key, fileName, of }) => {
      const part = fileName!.part(of(column), column);
      return part === undefined ? [] : [[key, part] as const];
    }),
  );
}
