import { useApp, useAppState } from '../../kit/app-context';
import { change } from '../../settings/store';
import { gridWords } from '../grid/words';
import { wipeWords } from '../wipe/words';
import { playgroundWords } from './words';

/** Columns side by side, a grid over two settings, or two columns overlaid. */
export function LayoutSwitch() {
  const { store } = useApp();
  const language = useAppState(({ settings }) => settings.language);
  const { layout: words } = playgroundWords[language];
  const names = {
    columns: words.columns,
    grid: gridWords[language].name,
    wipe: wipeWords[language].name,
  };
  const layout = useAppState(({ settings }) => settings.layout);
  return (
    <fieldset className="segments layouts" aria-label={words.label}>
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
          {names[name]}
        </button>
      ))}
    </fieldset>
  );
}
