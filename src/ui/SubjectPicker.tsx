import { useId, useRef } from 'react';
import { LIMITS, type Subject, spelled } from '../state/settings';
import { changeSubject } from '../state/store';
import { useApp, useAppState, useStrings } from './app-context';

/** What to draw: a class, no class, or a word with a sample a letter. */
export function SubjectPicker({ classes }: { classes: readonly string[] }) {
  const { store } = useApp();
  const { controls } = useStrings();
  const subject = useAppState(({ settings }) => settings.subject);
  const id = useId();
  const choose = (next: Subject) => changeSubject(store, next);

  // Where an emptied word goes back to.
  const lastClass = useRef(classes[0]!);
  if (subject.kind === 'class') lastClass.current = subject.name;

  const spell = (typed: string) => {
    const text = spelled(typed, classes);
    if (text) choose({ kind: 'word', text });
    else if (subject.kind === 'word') choose({ kind: 'class', name: lastClass.current });
  };

  return (
    <fieldset className="field">
      <legend>{controls.subject}</legend>
      <div className="classes">
        {classes.map((name) => (
          <button
            key={name}
            type="button"
            aria-label={controls.classOf(name)}
            aria-pressed={subject.kind === 'class' && subject.name === name}
            onClick={() => choose({ kind: 'class', name })}
          >
            {name}
          </button>
        ))}
        <button
          type="button"
          title={controls.noClassHint}
          aria-label={controls.noClassHint}
          aria-pressed={subject.kind === 'none'}
          onClick={() => choose({ kind: 'none' })}
        >
          ∅
        </button>
      </div>
      <div className="inline word">
        <label htmlFor={id}>{controls.word}</label>
        <input
          id={id}
          type="text"
          value={subject.kind === 'word' ? subject.text : ''}
          maxLength={LIMITS.word}
          placeholder={controls.wordPlaceholder}
          title={controls.wordHint}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => spell(event.target.value)}
        />
      </div>
    </fieldset>
  );
}
