import { changeSlice } from '../../settings/store';
import { useApp, useWords } from '../app-context';
import { commonWords } from '../words/words';
import { planeSlice } from './settings';
import './plane-colours.css';
import { CLASS_LETTERS, usePlane } from './use-plane';

/** The class asked for, of those that the data of the plane has. */
export function ClassPicker() {
  const { store } = useApp();
  const { planeData } = useWords(commonWords);
  const { components, classLabel } = usePlane();
  return (
    <fieldset className="field plane-classes">
      <legend>{planeData.wanted}</legend>
      <div className="segments">
        {CLASS_LETTERS.map((letter, label) => (
          <button
            key={letter}
            type="button"
            data-class={label}
            aria-label={planeData.classNamed(letter)}
            aria-pressed={label === classLabel}
            disabled={!components.some((one) => one.classLabel === label)}
            onClick={() => {
              const now = planeSlice.of(store.getState().settings);
              changeSlice(store, planeSlice, { ...now, classLabel: label });
            }}
          >
            {letter}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
