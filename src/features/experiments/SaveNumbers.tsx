import { useRef } from 'react';
import { useApp, useAppState, useService, useWords } from '../../kit/app-context';
import { fileName, saveBlob } from '../../kit/save';
import { commonWords } from '../../kit/words/words';
import { type ShownCurve, useExperiments } from './curves-data';
import { curvesCsv, exportResults } from './files';
import { experimentRunner } from './service';
import { experimentSlice, sweepsSteps } from './settings';
import { experimentsWords } from './words';

/** The visitor's numbers as files, the way back, and the end of what is kept. */
export function SaveNumbers({
  curves,
  network,
}: {
  curves: readonly ShownCurve[];
  network: string;
}) {
  const { store } = useApp();
  const experiments = useService(experimentRunner);
  const { charts } = useWords(commonWords);
  const words = useWords(experimentsWords);
  const input = useRef<HTMLInputElement>(null);
  const measurable = useExperiments(({ networks }) => networks?.features !== undefined);
  const files = useExperiments((state) => state.files);
  const filled = curves.some(({ curve }) => curve.points.length > 0);
  const kept = useExperiments(({ points }) => points.some(({ record }) => record));
  const { id } = useAppState(({ settings }) => experimentSlice.of(settings));

  const csv = () => {
    const named = curves.map(({ name, model, curve }) => ({ name, model, curve }));
    const text = curvesCsv(named, sweepsSteps(id) ? 'T' : 'w', network);
    saveBlob(new Blob([text], { type: 'text/csv' }), fileName([id, network], 'csv'));
  };
  const json = () => {
    const { settings } = store.getState();
    const { series, samples, points, networks } = experiments.state.getState();
    if (!networks) return;
    const page = { series, points, networks, seed: settings.seed, samples, id };
    const text = `${JSON.stringify(exportResults(page, files), null, 1)}\n`;
    saveBlob(new Blob([text], { type: 'application/json' }), fileName([id, network], 'json'));
  };
  return (
    <section className="take-numbers" aria-label={charts.numbers}>
      <p>
        {charts.numbers}{' '}
        <button type="button" disabled={!filled} onClick={csv}>
          CSV
        </button>{' '}
        <button type="button" disabled={!filled || !measurable} onClick={json}>
          JSON
        </button>
      </p>
      <p>
        <button type="button" title={words.take.bringHint} onClick={() => input.current?.click()}>
          {words.take.bring}
        </button>
        <input
          ref={input}
          hidden
          type="file"
          accept=".json,application/json"
          aria-label={words.take.bring}
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file) void experiments.bring(file);
            target.value = ''; // so that the same file can be chosen again
          }}
        />{' '}
        <button
          type="button"
          title={words.take.discardHint}
          disabled={!kept}
          onClick={() => void experiments.discard()}
        >
          {words.take.discard}
        </button>
      </p>
      <p className="hint">{words.kept}</p>
    </section>
  );
}
