import { useState } from 'react';
import { PRESET_IDS, PRESETS, type PresetId, presetColumns, presetSubject } from '../state/presets';
import { arrange, change } from '../state/store';
import { useApp, useAppState, useStrings } from './app-context';

/** Scenes a click away, each with a sentence on what to look at. */
export function Presets() {
  const { store } = useApp();
  const { presets } = useStrings();
  const classes = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.classes : undefined,
  );
  // The note belongs to the columns that the preset made: it goes when they change.
  const columns = useAppState(({ settings }) => settings.columns);
  const [chosen, setChosen] = useState<{ id: PresetId; columns: unknown }>({
    id: 'glance',
    columns,
  });
  const current = chosen.columns === columns ? chosen.id : undefined;
  const choose = (id: PresetId) => {
    if (!classes) return;
    const { subject } = store.getState().settings;
    change(store, { subject: presetSubject(subject, classes) });
    const arranged = presetColumns(id);
    arrange(store, arranged, PRESETS[id].active);
    setChosen({ id, columns: arranged });
  };
  return (
    <nav className="presets" aria-label={presets.label}>
      <span className="label">{presets.label}</span>
      {PRESET_IDS.map((id) => (
        <button
          key={id}
          type="button"
          aria-pressed={current === id}
          disabled={!classes}
          onClick={() => choose(id)}
        >
          {presets.names[id]}
        </button>
      ))}
      <p className="note">{current && presets.notes[current]}</p>
    </nav>
  );
}
