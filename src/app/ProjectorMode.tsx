import { useEffect, useRef, useState } from 'react';
import { useApp, useAppState, useWords } from '../kit/app-context';
import { change } from '../settings/store';
import { isTyping } from './keys';
import { appWords } from './words';
import './projector.css';

/** Opens the list of keys: the menu dispatches it on the document. */
export const SHOW_KEYS = 'show-keys';

/** For a lecture: large letters, the pictures and their rails alone. P begins and ends it. */
export function ProjectorMode() {
  const { store } = useApp();
  const words = useWords(appWords);
  const on = useAppState(({ settings }) => settings.projector);
  const [listed, setListed] = useState(false);
  useEffect(() => {
    document.documentElement.toggleAttribute('data-projector', on);
  }, [on]);
  useEffect(() => {
    const show = () => setListed(true);
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey } = event;
      if (ctrlKey || metaKey || altKey || isTyping(event) || event.defaultPrevented) return;
      if (document.querySelector('dialog[open], .tour')) return;
      const { projector } = store.getState().settings;
      if (key === '?') show();
      else if (key.toLowerCase() === 'p') change(store, { projector: !projector });
      else if (key === 'Escape' && projector) change(store, { projector: false });
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener(SHOW_KEYS, show);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener(SHOW_KEYS, show);
    };
  }, [store]);
  return (
    <>
      {on && (
        <div className="projector-tools">
          <button type="button" onClick={() => setListed(true)}>
            {words.keys.title} <kbd>?</kbd>
          </button>
          <button type="button" onClick={() => change(store, { projector: false })}>
            {words.projector.leave} <kbd>Esc</kbd>
          </button>
        </div>
      )}
      {listed && <KeyList onClose={() => setListed(false)} />}
    </>
  );
}

/** What each key does, by the name of its text. */
const KEYS = {
  everywhere: {
    projector: ['P'],
    list: ['?'],
    undo: ['Ctrl Z'],
    redo: ['Ctrl Shift Z', 'Ctrl Y'],
  },
  inProjector: {
    scale: ['←', '→'],
    time: ['Space'],
    ends: ['Home', 'End'],
    columns: ['1', '2', '3', '4'],
    presets: ['[', ']', 'PgUp', 'PgDn'],
    leave: ['Esc'],
  },
} as const;

function KeyList({ onClose }: { onClose: () => void }) {
  const { keys } = useWords(appWords);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="key-list" aria-labelledby="key-list" onClose={onClose}>
      <h2 id="key-list">{keys.title}</h2>
      <dl>
        {Object.entries(KEYS.everywhere).map(([name, list]) => (
          <Key key={name} list={list} text={keys[name as keyof typeof KEYS.everywhere]} />
        ))}
      </dl>
      <h3>{keys.inProjector}</h3>
      <dl>
        {Object.entries(KEYS.inProjector).map(([name, list]) => (
          <Key key={name} list={list} text={keys[name as keyof typeof KEYS.inProjector]} />
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>
        {keys.close}
      </button>
    </dialog>
  );
}

function Key({ list, text }: { list: readonly string[]; text: string }) {
  return (
    <div>
      <dt>
        {list.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{text}</dd>
    </div>
  );
}
