import { useApp, useAppState, useStrings } from '../../kit/app-context';
import { change } from '../../settings/store';

/** Columns side by side, a grid over two settings, or two columns overlaid. */
export function LayoutSwitch() {
  const { store } = useApp();
  const { grid } = useStrings();
  const layout = useAppState(({ settings }) => settings.layout);
  return (
    <fieldset className="segments layouts" aria-label={grid.layout}>
      {(['columns', 'grid', 'wipe'] as const).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={layout === name}
          onClick={() => {
            store.setState({ playing: false });
            change(store, { layout: name });
          }}
        >
          {grid.layouts[name]}
        </button>
      ))}
    </fieldset>
  );
}
