import { useRef } from 'react';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { PromptField } from '../../kit/PromptField';
import { commonWords } from '../../kit/words/words';
import { LIMITS } from '../../settings/column';
import { changeSubject } from '../../settings/store';
import type { Subject } from '../../settings/subject';
import { Chips } from './Chips';
import './prompt-picker.css';
import { recentPrompts, rememberPrompt, useRecentPrompts } from './recent-prompts';

/** What to draw, of a network that prompts condition: a prompt, none, or a sample of each of several. */
export function PromptPicker({ examples }: { readonly examples: readonly string[] }) {
  const { store } = useApp();
  const { controls, prompt: words } = useWords(commonWords);
  const subject = useAppState(({ settings }) => settings.subject);
  const count = useAppState(({ settings }) => settings.count);
  const recent = useRecentPrompts();
  const several = subject.kind === 'each';
  const choose = (next: Subject) => changeSubject(store, next);

  // Where one goes back to when none of several is left.
  const last = useRef(examples[0]!);
  if (subject.kind === 'class') last.current = subject.name;

  const chooseEach = (names: readonly string[]) =>
    choose(names.length ? { kind: 'each', names } : { kind: 'class', name: last.current });
  const add = (prompts: readonly string[]) => {
    for (const prompt of prompts.toReversed())
      if (!examples.includes(prompt)) rememberPrompt(prompt);
    const before = several ? subject.names : [];
    if (several && prompts.length > 0) chooseEach([...before, ...prompts].slice(-LIMITS.each));
    else if (prompts.length > 1) chooseEach(prompts);
    else choose(prompts.length ? { kind: 'class', name: prompts[0]! } : { kind: 'none' });
  };
  const isShown = (prompt: string) =>
    subject.kind === 'class' ? subject.name === prompt : several && subject.names.includes(prompt);
  const offered = { prompts: examples, isShown, onChoose: (prompt: string) => add([prompt]) };

  return (
    <fieldset className="field prompts">
      <legend>{controls.subject}</legend>
      <div className="with-others">
        <PromptField
          label={several ? words.add : words.label}
          value={subject.kind === 'class' ? subject.name : ''}
          placeholder={
            several
              ? words.add
              : subject.kind === 'none'
                ? words.nonePlaceholder
                : words.placeholder
          }
          many
          onChange={(prompts) => {
            if (prompts.length > 0 || !several) add(prompts);
          }}
        />
        <button
          type="button"
          title={words.severalHint}
          aria-pressed={several}
          onClick={() => chooseEach(several ? [] : startOfSeveral(subject, examples, count))}
        >
          {words.several}
        </button>
        <button
          type="button"
          title={words.noneHint}
          aria-label={words.noneHint}
          aria-pressed={subject.kind === 'none'}
          onClick={() => choose({ kind: 'none' })}
        >
          ∅
        </button>
      </div>
      {several && <Chips names={subject.names} onChange={chooseEach} />}
      <Offered {...offered} label={words.examples} />
      {recent.length > 0 && <Offered {...offered} prompts={recent} label={words.recent} />}
    </fieldset>
  );
}

/** The prompt that is drawn, and others beside it. */
function startOfSeveral(
  subject: Subject,
  examples: readonly string[],
  count: number,
): readonly string[] {
  const own = subject.kind === 'class' ? [subject.name] : [];
  const all = [...new Set([...own, ...recentPrompts(), ...examples])];
  return all.slice(0, Math.max(2, Math.min(count, LIMITS.each)));
}

interface OfferedProps {
  readonly label: string;
  readonly prompts: readonly string[];
  isShown(prompt: string): boolean;
  onChoose(prompt: string): void;
}

/** Prompts a click away. */
function Offered({ label, prompts, isShown, onChoose }: OfferedProps) {
  return (
    <section className="offered" aria-label={label}>
      <span className="hint" aria-hidden="true">
        {label}
      </span>
      {prompts.map((prompt) => (
        <button
          key={prompt}
          type="button"
          dir="auto"
          title={prompt}
          aria-pressed={isShown(prompt)}
          onClick={() => onChoose(prompt)}
        >
          {prompt}
        </button>
      ))}
    </section>
  );
}
