import { useApp, useAppState, useWords } from '../../kit/app-context';
import { change } from '../../settings/store';
import './overlay.css';
import { playgroundWords } from './words';

/** Colours what lies outside [-1, 1], and says in which colours. */
export function OverlayToggle() {
  const { store } = useApp();
  const words = useWords(playgroundWords).overlay;
  const overlay = useAppState(({ settings }) => settings.overlay);
  return (
    <>
      <button
        type="button"
        aria-pressed={overlay}
        title={words.hint}
        onClick={() => change(store, { overlay: !overlay })}
      >
        {words.show}
      </button>
      {overlay && (
        <p className="outside-legend">
          {(['below', 'above'] as const).map((side) => (
            <span key={side}>
              <i data-side={side} aria-hidden="true" />
              {words[side]}
            </span>
          ))}
        </p>
      )}
    </>
  );
}
