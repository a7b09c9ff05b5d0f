import { useId, useRef, useState } from 'react';
import { useClassWords, useWords } from './app-context';
import { ClassPicture } from './ClassPicture';
import { matchingClasses } from './class-search';
import './class-search.css';
import { commonWords } from './words/words';

interface ClassSearchProps {
  readonly classes: readonly string[];
  /** Undefined: none is chosen. */
  readonly chosen: string | undefined;
  /** What it is for, where not to search the classes. */
  readonly label?: string | undefined;
  onChoose(name: string): void;
}

/**
 * One of many classes by its name: typing filters, the arrow keys move, Enter chooses, Escape leaves
 * everything as it is (the combobox of the ARIA practices).
 */
export function ClassSearch({ classes, chosen, label, onChoose }: ClassSearchProps) {
  const { classSearch: words } = useWords(commonWords);
  const wordsOf = useClassWords();
  const chosenName = chosen === undefined ? undefined : wordsOf(chosen).name;
  const purpose = label ?? words.search(classes.length);
  const [typed, setTyped] = useState<string>(); // undefined: the list is closed
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const isOpen = typed !== undefined;
  const found = matchingClasses(classes, typed ?? '', wordsOf);
  const active = Math.min(at, found.length - 1);
  const optionId = (index: number) => `${list}-${index}`;

  const show = (index: number) => {
    setAt(index);
    // Once it is drawn.
    requestAnimationFrame(() =>
      document.getElementById(optionId(index))?.scrollIntoView({ block: 'nearest' }),
    );
  };
  const open = () => {
    if (isOpen) return;
    setTyped('');
    show(Math.max(0, classes.indexOf(chosen ?? '')));
  };
  const close = () => setTyped(undefined);
  const choose = (name: string | undefined) => {
    if (name === undefined) return;
    close();
    if (name !== chosen) onChoose(name);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const { key } = event;
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      if (!isOpen) open();
      else if (found.length) show((active + step + found.length) % found.length);
    } else if (key === 'Enter' && isOpen) {
      event.preventDefault();
      choose(found[active]);
    } else if (key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };

  return (
    <div className="class-search">
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={purpose}
        aria-expanded={isOpen}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && found.length ? optionId(active) : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={isOpen && chosenName ? chosenName : purpose}
        value={typed ?? chosenName ?? ''}
        onChange={({ target }) => {
          setTyped(target.value);
          show(0);
        }}
        onFocus={open}
        onClick={open}
        onBlur={close}
        onKeyDown={onKeyDown}
      />
      <div
        className="options"
        hidden={!isOpen || found.length === 0}
        id={list}
        role="listbox"
        aria-label={purpose}
        tabIndex={-1} // a list that scrolls would be the Tab key's next stop, and closes at once
      >
        {isOpen &&
          found.map((name, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's, which keeps the focus
            // biome-ignore lint/a11y/useFocusableInteractive: the input points to it by aria-activedescendant
            <div
              key={name}
              id={optionId(index)}
              role="option"
              aria-selected={name === chosen}
              data-active={index === active}
              onPointerDown={(event) => event.preventDefault()} // the input keeps the focus
              onClick={() => choose(name)}
            >
              <ClassPicture name={name} />
              {wordsOf(name).name}
            </div>
          ))}
      </div>
      <p className="visually-hidden" role="status">
        {isOpen && typed !== '' && found.length > 0 && words.matches(found.length)}
      </p>
      {isOpen && found.length === 0 && <p className="hint none">{words.noMatch(typed)}</p>}
    </div>
  );
}
