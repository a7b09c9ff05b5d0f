import { useId, useState } from 'react';
import { useWords } from './app-context';
import { typedPrompts } from './prompt-reading';
import { usePromptReading } from './use-prompt-reading';
import { commonWords } from './words/words';
import './prompt-field.css';

interface PromptFieldProps {
  readonly label: string;
  /** What is asked for; empty: nothing. */
  readonly value: string;
  readonly placeholder: string;
  /** Whether several prompts can be typed, with `|` between them. */
  readonly many?: boolean;
  /** Told once they are entered, or the field is left; none: nothing is asked for. */
  onChange(prompts: readonly string[]): void;
}

/** A text that says what to draw, and how the network reads it where that is not what it says. */
export function PromptField({
  label,
  value,
  placeholder,
  many = false,
  onChange,
}: PromptFieldProps) {
  const [draft, setDraft] = useState<string>();
  const [cut, setCut] = useState(false);
  const note = useId();
  const enter = () => {
    if (draft === undefined) return;
    const typed = typedPrompts(draft, many);
    setDraft(undefined);
    setCut(typed.cut);
    if (typed.prompts.length > 1 || (typed.prompts[0] ?? '') !== value) onChange(typed.prompts);
  };
  return (
    <div className="prompt-field">
      <input
        type="text"
        dir="auto"
        aria-label={label}
        aria-describedby={note}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="go"
        value={draft ?? value}
        onChange={({ target }) => setDraft(target.value)}
        onBlur={enter}
        onKeyDown={({ key, nativeEvent }) => {
          if (nativeEvent.isComposing) return; // Enter chooses Chinese characters
          if (key === 'Enter') enter();
          if (key === 'Escape') setDraft(undefined);
        }}
      />
      <p id={note} className="hint" role="status">
        <Reading prompt={value} cut={cut} />
      </p>
    </div>
  );
}

/** What is embedded, where it is not what was typed. */
function Reading({ prompt, cut }: { readonly prompt: string; readonly cut: boolean }) {
  const { prompt: words } = useWords(commonWords);
  const { reading, problem } = usePromptReading(prompt);
  const said = [
    problem !== undefined && words.unreadable(problem),
    reading?.translated && reading.text !== null && words.readAs(reading.text),
    reading && reading.unknown.length > 0 && words.unknown(reading.unknown.join('、')),
    reading?.text === null && words.nothing,
    (cut || reading?.cut) && words.cut,
  ];
  return said.filter(Boolean).join(' ');
}
