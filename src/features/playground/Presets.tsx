import { findGuidanceRule } from '../../diffusion/guidance';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { Toolbar, useTool } from '../../kit/Toolbar';
import { commonWords } from '../../kit/words/words';
import { canPredict } from '../../settings/column';
import { arrange, change } from '../../settings/store';
import { firstClass, presetSubject } from '../../settings/subject';
import { PRESET_IDS, PRESETS, type PresetId, presetColumns } from './presets';
import { playgroundWords } from './words';
import '../../kit/presets.css';

/** Scenes a click away, each with a sentence on what to look at. */
export function Presets() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const { presets } = useWords(playgroundWords);
  const manifest = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  const offered = PRESET_IDS.filter((id) =>
    presetColumns(id).every(
      ({ guidance, parameters }) =>
        !manifest || canPredict(findGuidanceRule(guidance), manifest, parameters),
    ),
  );
  // Whichever preset the columns are at the moment, however they came to be.
  const current = useAppState(({ settings }) => {
    const columns = JSON.stringify(settings.columns);
    return PRESET_IDS.find((id) => JSON.stringify(presetColumns(id)) === columns);
  });
  const choose = (id: PresetId) => {
    if (!manifest) return;
    const { subject } = store.getState().settings;
    change(store, {
      // The scene of the first visit: the class that shows it best.
      subject:
        id === 'glance'
          ? { kind: 'class', name: firstClass(manifest) }
          : presetSubject(subject, manifest),
    });
    arrange(store, presetColumns(id), PRESETS[id].active);
  };
  if (offered.length === 0) return null;
  return (
    <div className="presets">
      <span className="label">{controls.startFrom}</span>
      <Toolbar label={controls.startFrom} className="scenes">
        {offered.map((id) => (
          <PresetButton
            key={id}
            id={id}
            pressed={current === id}
            disabled={!manifest}
            onClick={() => choose(id)}
          />
        ))}
      </Toolbar>
      <p className="note">{current && presets.notes[current]}</p>
    </div>
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
