import { useAppState, useNetworkWords } from '../../kit/app-context';
import { isConditional } from '../../settings/column';
import { namesText } from '../../settings/subject';

interface SubjectButtonProps {
  readonly open: boolean;
  onToggle(): void;
}

/** What is drawn, on a screen without room for the settings: it opens and closes those. */
export function SubjectButton({ open, onToggle }: SubjectButtonProps) {
  const { className, controls, stage } = useNetworkWords();
  const subject = useAppState(({ settings }) => settings.subject);
  const hasSubject = useAppState(
    ({ engine }) => engine.status === 'ready' && isConditional(engine.manifest),
  );
  if (!hasSubject) return null;
  const text =
    subject.kind === 'none'
      ? stage.unconditional
      : subject.kind === 'class'
        ? className(subject.name)
        : namesText(subject.names.map(className));
  return (
    <button
      type="button"
      className="subject-button"
      aria-label={`${controls.subject}: ${text}`}
      aria-expanded={open}
      onClick={onToggle}
    >
      {text}
    </button>
  );
}
