import { useId, useRef } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { ClassSearch } from '../../kit/ClassSearch';
import { areShort } from '../../kit/class-search';
import { commonWords } from '../../kit/words/words';
import { hasNullClass, LIMITS } from '../../settings/column';
import { changeSubject } from '../../settings/store';
import {
  type Drawing,
  firstClass,
  knownNames,
  knownSubject,
  namesText,
  type Subject,
  spreadClasses,
} from '../../settings/subject';
import { Chips } from './Chips';

/**
 * What to draw: a class, no class, or a sample of each of several. Classes with short names are
 * buttons, and several are spelled as a word; others are searched.
 */
export function SubjectPicker({ model }: { model: Drawing }) {
  const { classes } = model;
  const { store } = useApp();
  const { controls } = useWords(commonWords);
  const subject = useAppState(({ settings }) => settings.subject);
  const several = subject.kind === 'each';
  const withNone = useAppState(
    ({ engine }) => engine.status !== 'ready' || hasNullClass(engine.manifest),
  );
  const id = useId();
  const choose = (next: Subject) => changeSubject(store, next);

  // Where one goes back to when none of several is left.
  const lastClass = useRef(firstClass(model));
  if (subject.kind === 'class') lastClass.current = subject.name;

  const chooseEach = (names: readonly string[]) => {
    if (names.length) choose({ kind: 'each', names });
    else if (several) {
      // Another network may not know the class that was drawn last.
      choose(knownSubject({ kind: 'class', name: lastClass.current }, model));
    }
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
        <>
          <div className="with-others">
            <ClassSearch
              classes={classes}
              chosen={subject.kind === 'class' ? subject.name : undefined}
              label={several ? controls.addClass : undefined}
              onChoose={(name) => {
                if (several) chooseEach([...subject.names, name].slice(-LIMITS.each));
                else choose({ kind: 'class', name });
              }}
            />
            <button
              type="button"
              title={controls.mixedHint}
              aria-pressed={several}
              onClick={() =>
                chooseEach(several ? [] : spreadClasses(classes, store.getState().settings.count))
              }
            >
              {controls.mixed}
            </button>
            {none}
          </div>
          {several && <Chips names={subject.names} onChange={chooseEach} />}
        </>
      )}
      {classes.some((name) => [...name].length === 1) && (
        <div className="inline word">
          <label htmlFor={id}>{controls.word}</label>
          <input
            id={id}
            type="text"
            value={several ? namesText(subject.names) : ''}
            maxLength={LIMITS.each}
            placeholder={controls.wordPlaceholder}
            title={controls.wordHint}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => chooseEach(knownNames(event.target.value, classes))}
          />
        </div>
      )}
    </fieldset>
  );
}
