import type { ReactNode } from 'react';
import { change } from '../settings/store';
import { useApp, useAppState, useWords } from './app-context';
import { gridFor } from './paint';
import { commonWords } from './words/words';
import './sample-picker.css';

interface SamplePickerProps {
  readonly label: string;
  readonly count: number;
  /** The canvas that shows the samples as tiles. */
  readonly children: ReactNode;
}

/** Picks one of the samples on a canvas, by the arrow keys or by a click. */
export function SamplePicker({ label, count, children }: SamplePickerProps) {
  const { store } = useApp();
  const { stage } = useWords(commonWords);
  const picked = useAppState(({ settings }) => settings.picked);
  const subject = useAppState(({ settings }) => settings.subject);
  const at = Math.min(picked, count - 1);
  const name = subject.kind === 'each' ? subject.names[at] : undefined;
  const pick = (sample: number) =>
    change(store, { picked: Math.max(0, Math.min(count - 1, sample)) });
  const { columns, rows } = gridFor(count, subject);
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };

  return (
    <div
      className="samples"
      role="slider"
      tabIndex={0}
      aria-label={`${label}. ${stage.pickedSample}`}
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={at + 1}
      aria-valuetext={name && `${at + 1}: ${name}`}
      onKeyDown={(event) => {
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        pick(picked + step);
      }}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const x = Math.floor(((event.clientX - box.left) / box.width) * columns);
        const y = Math.floor(((event.clientY - box.top) / box.height) * rows);
        pick(y * columns + x);
      }}
    >
      {children}
    </div>
  );
}
