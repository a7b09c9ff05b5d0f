import { useApp, useAppState, useWords } from '../../kit/app-context';
import { commonWords } from '../../kit/words/words';
import { LIMITS } from '../../settings/column';
import { describeColumns } from '../../settings/describe';
import { pinColumn } from '../../settings/store';
import { GridCaption, GridView } from '../grid/GridView';
import { isGridBusy } from '../grid/grid';
import { Inside } from '../inside/Inside';
import { WipeView } from '../wipe/WipeView';
import { Column } from './Column';
import { Filmstrips } from './Filmstrips';
import { LayoutSwitch } from './LayoutSwitch';
import { Timeline } from './Timeline';

/** The columns side by side on the same noise, and the timeline that scrubs them together. */
export function Stage() {
  const { store } = useApp();
  const strings = useWords(commonWords);
  const { stage } = strings;
  const settings = useAppState((state) => state.settings.columns);
  const unit = useAppState((state) => state.settings.unit);
  const layout = useAppState((state) => state.settings.layout);
  const columns = useAppState((state) => state.columns);
  const { differences, headings } = describeColumns(settings, strings, unit);
  const columnsBusy = columns.some(({ status }) => status === 'running' || status === 'waiting');
  const gridBusy = useAppState(({ grid }) => isGridBusy(grid));
  const busy = layout === 'grid' ? gridBusy : columnsBusy;
  return (
    <main id="stage" tabIndex={-1} className="stage" aria-label={stage.label} aria-busy={busy}>
      <div className="caption">
        {layout === 'grid' ? (
          <GridCaption />
        ) : (
          <p>
            {differences.length > 0 && stage.differIn(differences.join(', '))}{' '}
            {settings.length > 1 && stage.sameNoise}
          </p>
        )}
        <LayoutSwitch />
        {layout !== 'grid' && (
          <button
            type="button"
            title={stage.pinHint}
            disabled={settings.length >= LIMITS.columns}
            onClick={() => pinColumn(store)}
          >
            <span aria-hidden="true">+</span> {stage.pin}
          </button>
        )}
      </div>
      {layout === 'grid' && <GridView />}
      {layout === 'wipe' && <WipeView />}
      {layout === 'columns' && (
        <div className="columns" data-count={columns.length}>
          {columns.map((state, index) => (
            <Column key={state.id} index={index} state={state} heading={headings[index] ?? ''} />
          ))}
        </div>
      )}
      {layout !== 'grid' && (
        <>
          <Timeline />
          <Filmstrips headings={headings} />
          <Inside headings={headings} />
        </>
      )}
    </main>
  );
}
