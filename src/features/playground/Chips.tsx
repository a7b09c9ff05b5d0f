import { useApp, useAppState, useClassWords, useWords } from '../../kit/app-context';
import { commonWords } from '../../kit/words/words';
import { change } from '../../settings/store';

interface ChipsProps {
  readonly names: readonly string[];
  onChange(names: readonly string[]): void;
}

/** The classes or prompts of which a sample each is drawn; the picked sample's is marked. */
export function Chips({ names, onChange }: ChipsProps) {
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const wordsOf = useClassWords();
  const picked = useAppState(({ settings }) => settings.picked);
  return (
    <ol className="chips">
      {names.map((name, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a class may come twice, and its place is its sample
        <li key={k} data-picked={k === picked}>
          <button
            type="button"
            dir="auto"
            aria-pressed={k === picked}
            onClick={() => change(store, { picked: k })}
          >
            {wordsOf(name).name}
          </button>
          <button
            type="button"
            aria-label={controls.leaveOut(wordsOf(name).name)}
            onClick={() => onChange(names.filter((_, at) => at !== k))}
          >
            ×
          </button>
        </li>
      ))}
    </ol>
  );
}
