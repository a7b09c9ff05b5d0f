import { useApp, useAppState, useWords } from '../kit/app-context';
import { Slot } from '../kit/Slot';
import { commonWords } from '../kit/words/words';
import { sharedLink } from '../settings/address';
import type { Language, Theme } from '../settings/settings';
import { change } from '../settings/store';
import { Badge } from './Badge';
import { Places } from './Places';
import { appWords } from './words';

/** Title, what the engine runs on, language and theme. */
export function Header() {
  const { store } = useApp();
  const { title } = useWords(commonWords);
  const words = useWords(appWords);
  const language = useAppState(({ settings }) => settings.language);
  const theme = useAppState(({ settings }) => settings.theme);
  return (
    <header className="top">
      <div className="title">
        <h1>{title}</h1>
        <p>{words.tagline}</p>
      </div>
      <Places />
      <Badge />
      <CopyLink />
      <Slot name="header" />
      <select
        aria-label={words.language}
        value={language}
        onChange={({ target }) => change(store, { language: target.value as Language })}
      >
        <option value="en">English</option>
        <option value="zh">简体中文</option>
      </select>
      <select
        aria-label={words.theme.label}
        value={theme}
        onChange={({ target }) => change(store, { theme: target.value as Theme })}
      >
        {(['auto', 'light', 'dark'] as const).map((name) => (
          <option key={name} value={name}>
            {words.theme[name]}
          </option>
        ))}
      </select>
    </header>
  );
}

function CopyLink() {
  const { store, defaults, opened } = useApp();
  const words = useWords(appWords);
  return (
    <button
      type="button"
      onClick={async () => {
        const address = sharedLink(store.getState().settings, defaults, opened);
        // Pages that are neither https nor localhost have no clipboard, and the visitor may refuse.
        const copied = await navigator.clipboard?.writeText(address).then(
          () => true,
          () => false,
        );
        store.setState({ notice: copied ? { kind: 'copied' } : { kind: 'link', address } });
      }}
    >
      {words.copyLink}
    </button>
  );
}
