import { type Overview, readOverview } from './overview';

/** An overview with its sheet of pictures. */
export interface StoredOverview {
  readonly overview: Overview;
  /** Address of the sheet. */
  readonly sheet: string;
}

const files = import.meta.glob<string>('../../../docs/rules/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const sheets = import.meta.glob<string>('../../../docs/rules/*.png', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** What `npm run rules` wrote, built into this page: letters first, the others by their names. */
export const OVERVIEWS: readonly StoredOverview[] = Object.entries(files)
  .map(([path, source]) => ({
    overview: readOverview(source, path.slice(path.lastIndexOf('/') + 1)),
    sheet: sheets[path.replace(/json$/, 'png')] ?? '',
  }))
  .toSorted(
    ({ overview: a }, { overview: b }) => rank(a) - rank(b) || (a.model < b.model ? -1 : 1),
  );

function rank({ model }: Overview): number {
  return model === 'letters' ? 0 : 1;
}

/** The overview of a network; of one that has none, the first. */
export function overviewOf(model: string): StoredOverview {
  return OVERVIEWS.find(({ overview }) => overview.model === model) ?? OVERVIEWS[0]!;
}
