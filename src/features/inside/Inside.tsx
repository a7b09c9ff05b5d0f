import { findGuidanceRule } from '../../diffusion/guidance';
import { type Compared, comparedWith, takesNegative } from '../../diffusion/guidance/rule';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import { change } from '../../settings/store';
import { InsideCharts } from './InsideCharts';
import { InsidePictures } from './InsidePictures';
import './inside.css';
import { insideWords } from './words';

/** What the guidance does at each step of the picked sample, as curves and pictures. */
export function Inside({ headings }: { headings: readonly string[] }) {
  const { store } = useApp();
  const inside = useWords(insideWords);
  const open = useAppState(({ settings }) => settings.inside);
  return (
    <section className="inside" aria-labelledby="inside">
      <h2>
        <button
          id="inside"
          type="button"
          aria-expanded={open}
          onClick={() => change(store, { inside: !open })}
        >
          <span aria-hidden="true">{open ? '▾' : '▸'}</span> {inside.title}
        </button>
      </h2>
      {open && (
        <>
          <Notes />
          <InsideCharts headings={headings} />
          <InsidePictures headings={headings} />
        </>
      )}
    </section>
  );
}

/** The numbers of the columns whose rule compares with this prediction. */
function numbersOf(compared: readonly Compared[], wanted: Compared): string {
  return compared.flatMap((name, i) => (name === wanted ? [i + 1] : [])).join(', ');
}

/** What is to be seen, and the choice of the explicit gradient where the model has a noisy classifier. */
function Notes() {
  const { store } = useApp();
  const inside = useWords(insideWords);
  const picked = useAppState(({ settings }) => settings.picked);
  const gradient = useAppState(({ settings }) => settings.gradient);
  const columns = useAppState(({ settings }) => settings.columns);
  const offered = useAppState(
    ({ engine }) =>
      engine.status === 'ready' && engine.manifest.companions?.classifier !== undefined,
  );
  const isCascade = useAppState(
    ({ engine }) => engine.status === 'ready' && (engine.manifest.stages ?? []).length > 0,
  );
  const compared = columns.map(({ guidance }) => comparedWith(findGuidanceRule(guidance)));
  const inPlace = [...new Set(compared)].flatMap((name) =>
    name === 'uncond' ? [] : [inside.inPlace[name](numbersOf(compared, name))],
  );
  const negative = columns.flatMap((column, i) =>
    column.negative !== null && takesNegative(findGuidanceRule(column.guidance)) ? [i + 1] : [],
  );
  return (
    <div className="notes">
      <p className="hint">
        {inside.hint(picked + 1)} {inPlace.join(' ')}{' '}
        {negative.length > 0 && inside.negative(negative.join(', '))}{' '}
        {isCascade && inside.firstStage}
      </p>
      {offered && (
        <div>
          <label className="check">
            <input
              type="checkbox"
              checked={gradient}
              aria-describedby="gradient-hint"
              onChange={({ target }) => change(store, { gradient: target.checked })}
            />
            {inside.gradient}
          </label>
          <p id="gradient-hint" className="hint">
            {inside.gradientHint}
          </p>
        </div>
      )}
    </div>
  );
}
