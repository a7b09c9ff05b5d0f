import { shownSamples } from '../../kit/draw-samples';
import type { App } from '../../kit/feature';
import { gridFor } from '../../kit/paint';
import { fileName } from '../../kit/save';
import { type FilmPictures, type FilmTake, filmPictures, gridPictures } from '../../kit/services';
import type { Trajectory } from '../../kit/trajectories';
import { commonWords, type Strings, wordsForPrompts } from '../../kit/words/words';
import { sharedLink } from '../../settings/address';
import { axisName, valueNote, valueWords } from '../../settings/axis-words';
import { describeColumns, describeShared } from '../../settings/describe';
import { percent } from '../../settings/numbers';
import type { Axis } from '../../settings/settings';
import { shortNumber } from '../../settings/short-text';
import type { AppState, ColumnState } from '../../settings/store';
import { namesText } from '../../settings/subject';
import {
  columnParts,
  exportPage,
  momentParts,
  NO_CLASS,
  sharedParts,
  shortPart,
  subjectPart,
} from './export';
import {
  COLUMNS_ANIMATION,
  COLUMNS_PICTURE,
  columnsPicture,
  documentStyle,
  FILM,
  gridPicture,
  rowPicture,
  samplePicture,
  toPng,
} from './export-pictures';

/** The page at the moment of an export. */
export interface Ready {
  readonly app: App;
  readonly state: AppState;
  readonly engine: Extract<AppState['engine'], { status: 'ready' }>;
}

export interface Made {
  readonly name: string;
  readonly blob: Blob;
}

function activeTrajectory({ app, state: { columns, settings } }: Ready): Trajectory {
  const shown = app.trajectories.shown(columns[settings.active]!.id);
  if (!shown) throw new Error('The chosen column must show pictures, and shows none yet');
  return shown;
}

/** What a file's name says of the samples that it shows: one of them, or all. */
function nameParts({ state: { settings }, engine }: Ready, shown: Trajectory, sample?: number) {
  const column = columnParts([settings.columns[settings.active]!]);
  const which =
    sample === undefined
      ? [subjectPart(settings), `seed${settings.seed}`, `${shown.count}samples`]
      : [shortPart(shown.names[sample] ?? NO_CLASS), seedPart(settings.seed, sample)];
  return [engine.manifest.id, ...which, ...column];
}

/** The page's seed, and which of its samples: the first is not numbered. */
function seedPart(seed: number, sample: number): string {
  return sample === 0 ? `seed${seed}` : `seed${seed}-sample${sample}`;
}

function pickedOf({ state }: Ready, { count }: Trajectory): number {
  return Math.min(state.settings.picked, count - 1);
}

export async function samplePng(now: Ready): Promise<Made> {
  const { settings } = now.state;
  const shown = activeTrajectory(now);
  const batch = shownSamples(shown, settings)!;
  const picked = pickedOf(now, shown);
  return {
    name: fileName([...nameParts(now, shown, picked), ...momentParts(settings)], 'png'),
    blob: await toPng(samplePicture(batch, picked, documentStyle())),
  };
}

export async function rowPng(now: Ready): Promise<Made> {
  const { settings } = now.state;
  const shown = activeTrajectory(now);
  const batch = shownSamples(shown, settings)!;
  return {
    name: fileName([...nameParts(now, shown), ...momentParts(settings)], 'png'),
    blob: await toPng(rowPicture(batch, documentStyle())),
  };
}

/** All columns whose runs have succeeded. */
export async function columnsPng(now: Ready): Promise<Made> {
  const { settings } = now.state;
  const { name, picture } = columnsAt(now);
  return {
    name: fileName([...name, ...momentParts(settings)], 'png'),
    blob: await toPng(picture(settings.position, COLUMNS_PICTURE)),
  };
}

/** The same as they are denoised, side by side: each in as many steps as it has. */
export async function columnsGif(
  now: Ready,
  onFrame: (done: number, of: number) => void,
): Promise<Made> {
  const { settings } = now.state;
  const { name, steps, picture } = columnsAt(now);
  const { picturesGif } = await import('./export-gif');
  const view = momentParts({ ...settings, position: 1 });
  return {
    name: fileName([...name, ...view, 'trajectory'], 'gif'),
    blob: await picturesGif(steps, (step) => picture(step / steps, COLUMNS_ANIMATION), onFrame),
  };
}

/** The finished columns at any moment of their runs. */
function columnsAt(now: Ready) {
  const { app, state, engine } = now;
  const { settings, columns } = state;
  const strings = networkWords(now);
  const { headings } = describeColumns(settings.columns, strings, settings.unit);
  const finished = columns.flatMap(({ id, status, ...outcome }, i) => {
    const trajectory = status === 'done' ? app.trajectories.shown(id) : undefined;
    const figures = figuresText(outcome, strings);
    return trajectory ? [{ trajectory, heading: headings[i] ?? '', figures }] : [];
  });
  if (finished.length === 0) throw new Error('A column must show pictures, and none does yet');
  const shared = describeShared(settings.columns, strings, settings.unit);
  const { count } = finished[0]!.trajectory;
  const picture = (position: number, size: typeof COLUMNS_PICTURE) => {
    const labelled = finished.flatMap(({ trajectory, ...texts }) => {
      const batch = shownSamples(trajectory, { ...settings, position });
      return batch ? [{ batch, ...texts }] : [];
    });
    // Columns of other steps are at other noise levels.
    const sigmas = [...new Set(labelled.map(({ batch }) => batch.frame.sigma))];
    const across = gridFor(count, settings.subject).columns;
    // A line of its own, so that all frames of an animation are of one size.
    const isEnd = sigmas.every((sigma) => sigma === 0) && size === COLUMNS_PICTURE;
    const caption = [
      titleText(now, strings),
      shared.filter((value) => !headings.includes(value)).join(' · '),
      isEnd ? '' : strings.timeline.sigma(sigmas.map(shortNumber).join(' / ')),
      strings.title,
    ];
    return columnsPicture(labelled, across, caption.filter(Boolean), documentStyle(), size);
  };
  const parts = [engine.manifest.id, subjectPart(settings), `seed${settings.seed}`];
  return {
    name: [...parts, `${count}samples`, ...columnParts(settings.columns)],
    steps: Math.max(...finished.map(({ trajectory }) => trajectory.lastStep)),
    picture,
  };
}

/** The picked sample at the scales that the network itself has drawn: what is exported names no student. */
export function ownTakes(film: FilmPictures): FilmTake[] {
  return film.pickedTakes().filter(({ byStudent }) => !byStudent);
}

/**
 * The guidance scale played like film, at every scale that is there by now, each written above its
 * picture.
 *
 * @param all every sample of the chosen column; else the picked one
 */
export async function filmGif(
  now: Ready,
  all: boolean,
  onFrame: (done: number, of: number) => void,
): Promise<Made> {
  const { app, state, engine } = now;
  const { settings } = state;
  const strings = networkWords(now);
  const film = app.services.get(filmPictures);
  const takes = (all ? film.takes() : ownTakes(film)).toSorted((a, b) => a.scale - b.scale);
  if (takes.length === 0) throw new Error('The film must show a scale, and shows none yet');
  const column = settings.columns[settings.active]!;
  const told = describeShared([{ ...column, guidanceScale: 1 }], strings, settings.unit);
  const caption = [titleText(now, strings), told.join(' · '), strings.title].filter(Boolean);
  const style = documentStyle();
  const picture = (step: number) => {
    const { scale, trajectory } = takes[step]!;
    const batch = shownSamples(trajectory, { ...settings, position: 1 })!;
    const heading = valueWords({ key: 'scale' }, String(scale), settings, strings);
    // A take of the picked sample alone has no other.
    const sample = all ? undefined : Math.min(settings.picked, trajectory.count - 1);
    const across = gridFor(trajectory.count, settings.subject).columns;
    const labelled = { batch, sample, heading, figures: '' };
    return columnsPicture([labelled], across, caption, style, FILM);
  };
  const { picturesGif } = await import('./export-gif');
  const { trajectory } = takes.at(-1)!;
  const sample = all ? undefined : pickedOf(now, trajectory);
  const which = all
    ? [subjectPart(settings), `seed${settings.seed}`, `${trajectory.count}samples`]
    : [shortPart(trajectory.names[sample!] ?? NO_CLASS), seedPart(settings.seed, settings.picked)];
  return {
    name: fileName([engine.manifest.id, ...which, 'film'], 'gif'),
    blob: await picturesGif(takes.length - 1, picture, onFrame),
  };
}

/** The grid, as far as it is filled. */
export async function gridPng(now: Ready): Promise<Made> {
  const { app, state, engine } = now;
  const { settings, grid } = state;
  const strings = networkWords(now);
  const { manifest } = engine;
  const { gridRows, gridColumns, overlay } = settings;
  const heads = (axis: Axis) =>
    axis.values.map((value) =>
      [valueWords(axis, value, settings, strings), valueNote(axis, value, settings, strings)]
        .filter(Boolean)
        .join(' '),
    );
  const cells = grid.cells.map(({ status, verdicts, figures }, i) => {
    const picture = status === 'done' ? app.services.get(gridPictures).picture(i) : undefined;
    if (!picture || picture.stale) return undefined;
    const { frame } = picture;
    const read = verdicts && manifest.classes[verdicts.predicted[0]!];
    const note = [
      read && `${strings.className(read)} ${percent(verdicts!.confidence[0]!)}`,
      figures && `${strings.figures.evaluations} ${figures.nfe}`,
    ];
    const batch = { frame, shape: frame.shape, view: 'estimate', overlay, count: 1 } as const;
    return { batch, note: note.filter(Boolean).join(' · ') };
  });
  const columns = grid.cells.map(({ cell }) => cell.column);
  const axes = [gridRows.key, gridColumns.key];
  const caption = [
    titleText(now, strings, axes),
    describeShared(columns, strings, settings.unit).join(' · '),
    strings.title,
  ];
  const picture = gridPicture(
    {
      rowAxis: axisName(gridRows.key, strings),
      columnAxis: axisName(gridColumns.key, strings),
      rows: heads(gridRows),
      columns: heads(gridColumns),
      cells,
    },
    caption.filter(Boolean),
    documentStyle(),
  );
  return { name: fileName(gridParts(now), 'png'), blob: await toPng(picture) };
}

/** What a file's name says of the grid. */
function gridParts({ state: { settings, grid }, engine }: Ready): string[] {
  const axes = [settings.gridRows.key, settings.gridColumns.key];
  return [
    engine.manifest.id,
    ...(axes.includes('draw') ? [] : [subjectPart(settings)]),
    ...(axes.includes('seed') ? [] : [`seed${settings.seed}`]),
    `grid-${axes.join('-by-')}`,
    ...sharedParts(grid.cells.map(({ cell }) => cell.column)),
  ];
}

/** The words of the page's language, about prompts where the network takes them. */
function networkWords({ state: { settings }, engine }: Ready): Strings {
  const strings = commonWords[settings.language];
  return engine.manifest.prompts ? wordsForPrompts(strings) : strings;
}

/** Model, class and seed, but for what the axes of a grid vary. */
function titleText(
  { state: { settings }, engine }: Ready,
  { axis, className, controls, stage }: Strings,
  varied: readonly string[] = [],
): string {
  const { subject, seed } = settings;
  const what =
    subject.kind === 'none'
      ? stage.unconditional
      : subject.kind === 'class'
        ? controls.classOf(className(subject.name))
        : namesText(subject.names.map(className));
  return [
    engine.manifest.title,
    ...(varied.includes('draw') ? [] : [what]),
    ...(varied.includes('seed') ? [] : [axis.seed(String(seed))]),
  ].join(' · ');
}

function figuresText(
  { verdicts, figures }: Pick<ColumnState, 'verdicts' | 'figures'>,
  { figures: words }: Strings,
): string {
  const measured = [
    verdicts?.classAccuracy !== undefined &&
      `${words.recognised} ${percent(verdicts.classAccuracy)}`,
    verdicts?.alignment !== undefined && `${words.alignment} ${verdicts.alignment.toFixed(2)}`,
    verdicts?.diversity !== undefined && `${words.diversity} ${verdicts.diversity.toFixed(1)}`,
    figures && `${words.evaluations} ${figures.nfe}`,
  ];
  return measured.filter(Boolean).join(' · ');
}

export async function animation(
  now: Ready,
  all: boolean,
  onFrame: (done: number, of: number) => void,
): Promise<Made> {
  const { settings } = now.state;
  const trajectory = activeTrajectory(now);
  const sample = all ? undefined : pickedOf(now, trajectory);
  const view = momentParts({ ...settings, position: 1 });
  const { trajectoryGif } = await import('./export-gif');
  return {
    name: fileName([...nameParts(now, trajectory, sample), ...view, 'trajectory'], 'gif'),
    blob: await trajectoryGif({ trajectory, settings, sample }, documentStyle(), onFrame),
  };
}

/** What restores the page, and what was measured on it. */
export async function pageJson(now: Ready): Promise<Made> {
  const { app, state, engine } = now;
  const { settings, columns, grid } = state;
  const { manifest, info } = engine;
  const page = exportPage({
    settings,
    columns,
    grid,
    manifest,
    info,
    link: sharedLink(state, app.defaults, app.opened),
    date: new Date(),
  });
  const parts = [manifest.id, subjectPart(settings), `seed${settings.seed}`];
  return {
    name: fileName(
      settings.layout === 'grid' ? gridParts(now) : [...parts, ...columnParts(settings.columns)],
      'json',
    ),
    blob: new Blob([`${JSON.stringify(page, null, 2)}\n`], { type: 'application/json' }),
  };
}
