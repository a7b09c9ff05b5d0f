import { useApp, useAppState, useWords } from '../kit/app-context';
import { Select } from '../kit/Select';
import { UnitSwitch } from '../kit/UnitSwitch';
import { commonWords } from '../kit/words/words';
import { change } from '../settings/store';
import { MoreIcon } from './icons';
import { Menu } from './Menu';
import { SHOW_KEYS } from './ProjectorMode';
import { appWords } from './words';

const LANGUAGES = [
  { id: 'en', label: 'English' },
  { id: 'zh', label: '简体中文' },
] as const;
const THEMES = ['auto', 'light', 'dark'] as const;

/** How the page speaks and looks, and its keys. */
export function MoreMenu() {
  const { store } = useApp();
  const words = useWords(appWords);
  const { controls } = useWords(commonWords);
  const language = useAppState(({ settings }) => settings.language);
  const theme = useAppState(({ settings }) => settings.theme);
  return (
    <Menu
      name="more-menu"
      title={words.more}
      label={
        <>
          <MoreIcon />
          <span className="visually-hidden">{words.more}</span>
        </>
      }
    >
      {(close) => (
        <>
          <Select
            label={words.language}
            value={language}
            entries={LANGUAGES}
            onChange={(language) => change(store, { language })}
          />
          <Select
            label={words.theme.label}
            value={theme}
            entries={THEMES.map((id) => ({ id, label: words.theme[id] }))}
            onChange={(theme) => change(store, { theme })}
          />
          <div className="field inline">
            <span>{controls.unit}</span>
            <UnitSwitch />
          </div>
          <button
            type="button"
            onClick={() => {
              close();
              change(store, { projector: true });
            }}
          >
            {words.projector.enter} <kbd>P</kbd>
          </button>
          <button
            type="button"
            onClick={() => {
              close();
              document.dispatchEvent(new Event(SHOW_KEYS));
            }}
          >
            {words.keys.title} <kbd>?</kbd>
          </button>
        </>
      )}
    </Menu>
  );
}
