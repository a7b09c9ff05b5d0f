import type { DenoiserManifest } from '../networks/manifest';
import type { ColumnSettings } from './column';
import type { Settings } from './settings';

/** Of what the pictures are that stand where a network is opened until its own are drawn. */
export interface FirstPicturesData {
  readonly model: string;
  /** SHA-256 of its model.onnx and of the networks that enlarge what it draws, in their order. */
  readonly networks: readonly string[];
  /** Class or prompt. */
  readonly class: string;
  readonly seed: number;
  readonly count: number;
  readonly columns: readonly ColumnSettings[];
  /** Of the last stage. */
  readonly shape: DenoiserManifest['shape'];
  readonly date: string;
}

/** A column of pictures drawn earlier. */
export interface FirstColumn {
  readonly of: FirstPicturesData;
  readonly column: number;
}

/**
 * Which of the columns drawn earlier a column of the page asks for; undefined: none. The pictures are
 * those of exactly these settings. A model without a name is the site's default, whose pictures are
 * the first ones; a class without a name is the network's first, and so is no number of samples.
 */
export function firstPicturesOf(
  all: readonly FirstPicturesData[],
  settings: Pick<Settings, 'model' | 'subject' | 'seed' | 'count'>,
  column: ColumnSettings,
): FirstColumn | undefined {
  const { model, subject, seed, count } = settings;
  const of = all.find((data) => (model === '' ? data === all[0] : data.model === model));
  const same =
    of !== undefined &&
    subject.kind === 'class' &&
    (subject.name === '' || subject.name === of.class) &&
    seed === of.seed &&
    (count === 0 || count === of.count);
  if (!same) return undefined;
  const wanted = JSON.stringify(column);
  const at = of.columns.findIndex((drawn) => JSON.stringify(drawn) === wanted);
  return at < 0 ? undefined : { of, column: at };
}
