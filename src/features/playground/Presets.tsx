import { useAppState, useWords } from '../../kit/app-context';
import { Toolbar, useTool } from '../../kit/Toolbar';
import { commonWords } from '../../kit/words/words';
import { PRESETS, type PresetId } from '../../settings/presets';
import { Claims } from './Claims';
import { usePresets } from './use-presets';
import { playgroundWords } from './words';
import '../../kit/presets.css';

/** Scenes a click away, each with a sentence on what to look at. */
export function Presets() {
  const { controls } = useWords(commonWords);
  const { presets } = useWords(playgroundWords);
  const { offered, current, choose, ready } = usePresets();
  // Which ones another network than the first visit's has is not known before it is there.
  const coming = useAppState(({ settings }) => settings.model !== '') && !ready;
  if (offered.length === 0) return null;
  return (
    <section className="presets" data-coming={coming} aria-label={controls.startFrom}>
      <span className="label">{controls.startFrom}</span>
      <Toolbar label={controls.startFrom} className="scenes">
        {offered.map((id) => (
          <PresetButton
            key={id}
            id={id}
            pressed={current === id}
            disabled={!ready}
            onClick={() => choose(id)}
          />
        ))}
      </Toolbar>
      <div className="note">
        {current && (
          <>
            <p>{presets.notes[current]}</p>
            <Claims claims={PRESETS[current].claims} />
          </>
        )}
      </div>
    </section>
  );
}

function PresetButton(props: {
  readonly id: PresetId;
  readonly pressed: boolean;
  readonly disabled: boolean;
  onClick(): void;
}) {
  const { id, pressed, disabled, onClick } = props;
  const { presets } = useWords(playgroundWords);
  const tool = useTool(id);
  return (
    <button type="button" aria-pressed={pressed} {...{ disabled, onClick }} {...tool}>
      {presets.names[id]}
    </button>
  );
}
