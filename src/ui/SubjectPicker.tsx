import { useId, useRef } from 'react';
import { knowsNoClass, LIMITS, type Subject, spelled } from '../state/settings';
import { changeSubject } from '../state/store';
import { useApp, useAppState, useStrings } from './app-context';
import { ClassSearch } from './ClassSearch';
import { areShort } from './class-search';

/**
 * What to draw: a class, no class, or a word with a sample a letter. Classes with short names are
 * buttons, others are searched; a word needs classes that are letters.
 */
export function SubjectPicker({ classes }: { classes: readonly string[] }) {
  const { store } = useApp();
  const { controls } = useStrings();
  const subject = useAppState(({ settings }) => settings.subject);
  const withNone = useAppState(
    ({ engine }) => engine.status !== 'ready' || knowsNoClass(engine.manifest),
  );
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

  const none = withNone && (
    <button
      type="button"
      title={controls.noClassHint}
      aria-label={controls.noClassHint}
      aria-pressed={subject.kind === 'none'}
      onClick={() => choose({ kind: 'none' })}
    >
      ∅
    </button>
  );

  return (
    <fieldset className="field">
      <legend>{controls.subject}</legend>
      {areShort(classes) ? (
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
          {none}
        </div>
      ) : (
        <div className="with-none">
          <ClassSearch
            classes={classes}
            chosen={subject.kind === 'class' ? subject.name : undefined}
            onChoose={(name) => choose({ kind: 'class', name })}
          />
          {none}
        </div>
      )}
      {classes.some((name) => [...name].length === 1) && (
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
      )}
    </fieldset>
  );
}
