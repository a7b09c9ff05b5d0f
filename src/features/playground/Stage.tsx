import type { ReactNode } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { Slot } from '../../kit/Slot';
import { commonWords } from '../../kit/words/words';
import { type ColumnSettings, LIMITS } from '../../settings/column';
import { describeColumns } from '../../settings/describe';
import { type AppState, pinColumn } from '../../settings/store';
import { Filmstrips } from './Filmstrips';
import { LayoutSwitch } from './LayoutSwitch';
import { GuidanceRail } from './rail/GuidanceRail';
import { Timeline } from './Timeline';

interface StageProps {
  /** Beneath the rails. */
  readonly children?: ReactNode;
  /** What is drawn, before the ways to arrange it. */
  readonly asked?: ReactNode;
}

/** The columns as they are arranged, and the rails that play guidance and denoising. */
export function Stage({ children, asked }: StageProps) {
  const { store, features } = useApp();
  const strings = useWords(commonWords);
  const { stage } = strings;
  const settings = useShownColumns();
  const unit = useAppState((state) => state.settings.unit);
  const chosen = useAppState((state) => state.settings.layout);
  const layout = features.find((feature) => feature.layout?.id === chosen)?.layout;
  const { differences, headings } = describeColumns(settings, strings, unit);
  const busy = useAppState(layout?.isBusy ?? isRunning);
  const ofColumns = !layout?.isBusy;
  return (
    <main id="stage" tabIndex={-1} className="stage" aria-label={stage.label} aria-busy={busy}>
      <h2 className="visually-hidden">{stage.label}</h2>
      {/* First in the order of the keyboard, last on the screen. */}
      {ofColumns && (
        <div className="rails">
          <GuidanceRail />
          <Timeline />
          {children}
        </div>
      )}
      <div className="caption">
        {layout?.Caption ? (
          <layout.Caption />
        ) : (
          <p>
            {differences.length > 0 && stage.differIn(differences.join(', '))}{' '}
            {settings.length > 1 && stage.sameNoise}
          </p>
        )}
        {asked}
        <LayoutSwitch />
        {ofColumns && (
          <button
            type="button"
            aria-label={stage.pin}
            title={stage.pinHint}
            disabled={settings.length >= LIMITS.columns}
            onClick={() => pinColumn(store)}
          >
            + <span className="pin-long">{stage.pin}</span>
            <span className="pin-short">{stage.pinShort}</span>
          </button>
        )}
      </div>
      {layout && <layout.View headings={headings} />}
      {ofColumns && (
        <>
          <Filmstrips headings={headings} />
          <Slot name="belowColumns" headings={headings} />
        </>
      )}
    </main>
  );
}

/** The columns' settings as their pictures have them: a film shows another scale than was asked for. */
function useShownColumns(): readonly ColumnSettings[] {
  const columns = useAppState((state) => state.settings.columns);
  const states = useAppState((state) => state.columns);
  return columns.map((column, i) => {
    const { filmScale } = states[i] ?? {};
    return filmScale === undefined ? column : { ...column, guidanceScale: filmScale };
  });
}

/** Whether the pictures of a column are still to come. */
function isRunning({ columns }: AppState): boolean {
  return columns.some(({ status }) => status === 'running' || status === 'waiting');
}
