import { change } from '../settings/store';
import { useApp, useAppState, useWords } from './app-context';
import { commonWords } from './words/words';
import './form.css';

/** Whether scales are shown as s (1 = off) or as the paper's w = s - 1. */
export function UnitSwitch() {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const unit = useAppState(({ settings }) => settings.unit);
  return (
    <fieldset className="segments" aria-label={controls.unit}>
      {(['s', 'w'] as const).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={unit === name}
          onClick={() => change(store, { unit: name })}
        >
          <i>{name}</i>
        </button>
      ))}
    </fieldset>
  );
}
