import { useApp, useAppState, useWords } from '../../kit/app-context';
import { change } from '../../settings/store';
import { playgroundWords } from './words';

/** The ways to arrange the columns. */
export function LayoutSwitch() {
  const { store, features } = useApp();
  const words = useWords(playgroundWords);
  const language = useAppState(({ settings }) => settings.language);
  const chosen = useAppState(({ settings }) => settings.layout);
  const layouts = features.flatMap(({ layout }) => layout ?? []);
  return (
    <fieldset className="segments layouts" aria-label={words.layout}>
      {layouts.map((layout) => (
        <button
          key={layout.id}
          type="button"
          aria-pressed={layout.id === chosen}
          onClick={() => {
            store.setState({ playing: false });
            const opened = layout.opening?.(store.getState().settings);
            change(store, { layout: layout.id, ...opened });
          }}
        >
          {layout.words[language].name}
        </button>
      ))}
    </fieldset>
  );
}
