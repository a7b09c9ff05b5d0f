import { useStore } from 'zustand';
import { useApp, useWords } from '../../kit/app-context';
import { fileName, saveBlob } from '../../kit/save';
import { commonWords } from '../../kit/words/words';
import { trainingCsv, trainingJson } from './files';
import type { TrainingRun } from './run';

/** The curves of the training as numbers. */
export function SaveNumbers({ run }: { run: TrainingRun }) {
  const { store } = useApp();
  const { charts } = useWords(commonWords);
  const empty = useStore(run.store, ({ losses }) => losses.length === 0);
  const save = (format: 'csv' | 'json') => {
    const curves = run.store.getState();
    const text =
      format === 'csv' ? trainingCsv(curves) : trainingJson(curves, store.getState().settings);
    const type = format === 'csv' ? 'text/csv' : 'application/json';
    saveBlob(new Blob([text], { type }), fileName(['training'], format));
  };
  return (
    <p className="train-take">
      {charts.numbers}{' '}
      {(['csv', 'json'] as const).map((format) => (
        <button key={format} type="button" disabled={empty} onClick={() => save(format)}>
          {format.toUpperCase()}
        </button>
      ))}
    </p>
  );
}
