import { useApp, useAppState, useWords } from '../../kit/app-context';
import { Slot } from '../../kit/Slot';
import { commonWords } from '../../kit/words/words';
import { LIMITS } from '../../settings/column';
import { describeColumns } from '../../settings/describe';
import { type AppState, pinColumn } from '../../settings/store';
import { Filmstrips } from './Filmstrips';
import { LayoutSwitch } from './LayoutSwitch';
import { Timeline } from './Timeline';

/** The columns as they are arranged, and the timeline that scrubs them together. */
export function Stage() {
  const { store, features } = useApp();
  const strings = useWords(commonWords);
  const { stage } = strings;
  const settings = useAppState((state) => state.settings.columns);
  const unit = useAppState((state) => state.settings.unit);
  const chosen = useAppState((state) => state.settings.layout);
  const layout = features.find((feature) => feature.layout?.id === chosen)?.layout;
  const { differences, headings } = describeColumns(settings, strings, unit);
  const busy = useAppState(layout?.isBusy ?? isRunning);
  const ofColumns = !layout?.isBusy;
  return (
    <main id="stage" tabIndex={-1} className="stage" aria-label={stage.label} aria-busy={busy}>
      <div className="caption">
        {layout?.Caption ? (
          <layout.Caption />
        ) : (
          <p>
            {differences.length > 0 && stage.differIn(differences.join(', '))}{' '}
            {settings.length > 1 && stage.sameNoise}
          </p>
        )}
        <LayoutSwitch />
        {ofColumns && (
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
      {layout && <layout.View headings={headings} />}
      {ofColumns && (
        <>
          <Timeline />
          <Filmstrips headings={headings} />
          <Slot name="belowColumns" headings={headings} />
        </>
      )}
    </main>
  );
}

/** Whether the pictures of a column are still to come. */
function isRunning({ columns }: AppState): boolean {
  return columns.some(({ status }) => status === 'running' || status === 'waiting');
}
