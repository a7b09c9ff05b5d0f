import { Export } from '../features/export/Export';
import { useApp, useAppState, useStrings } from '../kit/app-context';
import { linkTo } from '../settings/address';
import type { Language, Theme } from '../settings/settings';
import { change } from '../settings/store';
import { Badge } from './Badge';

/** Title, what the engine runs on, language and theme. */
export function Header() {
  const { store } = useApp();
  const strings = useStrings();
  const language = useAppState(({ settings }) => settings.language);
  const theme = useAppState(({ settings }) => settings.theme);
  return (
    <header className="top">
      <div className="title">
        <h1>{strings.title}</h1>
        <p>{strings.tagline}</p>
      </div>
      <Badge />
      <CopyLink />
      <Export />
      <select
        aria-label={strings.language}
        value={language}
        onChange={({ target }) => change(store, { language: target.value as Language })}
      >
        <option value="en">English</option>
        <option value="zh">简体中文</option>
      </select>
      <select
        aria-label={strings.theme.label}
        value={theme}
        onChange={({ target }) => change(store, { theme: target.value as Theme })}
      >
        {(['auto', 'light', 'dark'] as const).map((name) => (
          <option key={name} value={name}>
            {strings.theme[name]}
          </option>
        ))}
      </select>
    </header>
  );
}

function CopyLink() {
  const { store, defaults } = useApp();
  const { controls } = useStrings();
  return (
    <button
      type="button"
      onClick={async () => {
        const address = linkTo(store.getState().settings, defaults);
        // Pages that are neither https nor localhost have no clipboard, and the visitor may refuse.
        const copied = await navigator.clipboard?.writeText(address).then(
          () => true,
          () => false,
        );
        store.setState({ notice: copied ? { kind: 'copied' } : { kind: 'link', address } });
      }}
    >
      {controls.copyLink}
    </button>
  );
}
