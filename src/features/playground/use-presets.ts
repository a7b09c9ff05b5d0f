import { findGuidanceRule } from '../../diffusion/guidance';
import { useApp, useAppState } from '../../kit/app-context';
import { canPredict } from '../../settings/column';
import {
  isBorneOut,
  PRESET_IDS,
  PRESETS,
  type PresetId,
  presetColumns,
  presetOf,
} from '../../settings/presets';
import { arrange, change } from '../../settings/store';
import { firstClass, presetSubject } from '../../settings/subject';

/** The presets that the network can show, the one that is shown, and how another one is. */
export function usePresets() {
  const { store } = useApp();
  const manifest = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest : undefined,
  );
  const offered = PRESET_IDS.filter(
    (id) =>
      (!manifest && !PRESETS[id].ofPrompts) ||
      (manifest &&
        isBorneOut(id, manifest) &&
        presetColumns(id).every(({ guidance, parameters }) =>
          canPredict(findGuidanceRule(guidance), manifest, parameters),
        )),
  );
  const current = useAppState(({ settings }) => presetOf(settings.columns, offered));
  const choose = (id: PresetId) => {
    if (!manifest) return;
    const { subject } = store.getState().settings;
    change(store, {
      // The scene of the first visit: the class that shows it best.
      subject: PRESETS[id].ofScene
        ? { kind: 'class', name: firstClass(manifest) }
        : presetSubject(subject, manifest),
    });
    arrange(store, presetColumns(id), PRESETS[id].active);
  };
  return { offered, current, choose, ready: manifest !== undefined };
}
