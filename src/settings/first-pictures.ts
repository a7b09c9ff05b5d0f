import type { DenoiserManifest } from '../networks/manifest';
import type { ColumnSettings } from './column';
import type { Settings } from './settings';

/** Of what the pictures are that stand on a first visit until its own are drawn. */
export interface FirstPicturesData {
  readonly model: string;
  /** SHA-256 of its model.onnx. */
  readonly network: string;
  readonly class: string;
  readonly seed: number;
  readonly count: number;
  readonly columns: readonly ColumnSettings[];
  readonly shape: DenoiserManifest['shape'];
  readonly date: string;
}

/**
 * Which of the columns drawn earlier a column of the page asks for; undefined: none. The pictures are
 * those of exactly these settings. A model and class without a name are the site's first, and so is no number of samples.
 */
export function firstPicturesOf(
  data: FirstPicturesData,
  settings: Pick<Settings, 'model' | 'subject' | 'seed' | 'count'>,
  column: ColumnSettings,
): number | undefined {
  const { model, subject, seed, count } = settings;
  const same =
    (model === '' || model === data.model) &&
    subject.kind === 'class' &&
    (subject.name === '' || subject.name === data.class) &&
    seed === data.seed &&
    (count === 0 || count === data.count);
  if (!same) return undefined;
  const wanted = JSON.stringify(column);
  const at = data.columns.findIndex((drawn) => JSON.stringify(drawn) === wanted);
  return at < 0 ? undefined : at;
}
