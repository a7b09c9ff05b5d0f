import { useApp, useAppState, useStrings } from '../../kit/app-context';
import { change } from '../../settings/store';
import '../inside/inside.css';

/** Colours what lies outside [-1, 1], and says in which colours. */
export function OverlayToggle() {
  const { store } = useApp();
  const { inside } = useStrings();
  const overlay = useAppState(({ settings }) => settings.overlay);
  return (
    <>
      <button
        type="button"
        aria-pressed={overlay}
        title={inside.overlayHint}
        onClick={() => change(store, { overlay: !overlay })}
      >
        {inside.overlay}
      </button>
      {overlay && (
        <p className="outside-legend">
          {(['below', 'above'] as const).map((side) => (
            <span key={side}>
              <i data-side={side} aria-hidden="true" />
              {inside[side]}
            </span>
          ))}
        </p>
      )}
    </>
  );
}
