import { useState } from 'react';
import { findGuidanceRule } from '../../diffusion/guidance';
import { findSampler } from '../../diffusion/samplers';
import { useAppState, useWords } from '../../kit/app-context';
import { ShortNotice } from '../../kit/Notices';
import { RuleHelp } from '../../kit/RuleHelp';
import { commonWords, nameOf } from '../../kit/words/words';
import { percent } from '../../settings/numbers';
import type { ResultsPoint } from '../../settings/results';
import {
  accuracyOf,
  distanceOf,
  OVERVIEW_SAMPLES,
  OVERVIEW_STEPS,
} from '../../settings/rules-overview';
import { shortNumber } from '../../settings/short-text';
import type { RuleEntry } from './overview';
import { OVERVIEWS, overviewOf, type StoredOverview } from './overviews';
import './rules.css';
import { rulesWords } from './words';

/** Of most rules: what another one needs is told. */
const USUAL_SAMPLER = 'dpmpp-2m';

/** Every rule on the same noise at its own best, with what was measured. */
export function RulesView() {
  const words = useWords(rulesWords);
  const used = useAppState(({ settings }) => settings.model);
  const [chosen, setChosen] = useState<string>();
  const stored = overviewOf(chosen ?? used);
  const { model, samples, steps, judge, date, entries } = stored.overview;
  return (
    <main id="stage" className="rules" tabIndex={-1} aria-labelledby="rules">
      <ShortNotice />
      <h2 id="rules">{words.title}</h2>
      <p className="rules-lead">{words.lead}</p>
      <Networks shown={model} onChosen={setChosen} />
      <p className="hint">{words.measured({ model, samples, steps, judge, date })}</p>
      <p className="hint">
        {words.command} <code>{commandOf(stored)}</code>
      </p>
      <ol className="rules-list">
        {entries.map((entry) => (
          <Rule key={entry.rule.id} entry={entry} stored={stored} />
        ))}
      </ol>
    </main>
  );
}

/** The networks that were measured so. */
function Networks({ shown, onChosen }: { shown: string; onChosen(model: string): void }) {
  const words = useWords(rulesWords);
  const list = useAppState(({ models }) => models.list);
  if (OVERVIEWS.length < 2) return null;
  const titleOf = (model: string) =>
    list.find(({ manifest }) => manifest.id === model)?.manifest.title ?? model;
  return (
    <fieldset className="rules-networks">
      <legend>{words.networks}</legend>
      {OVERVIEWS.map(({ overview: { model } }) => (
        <button
          key={model}
          type="button"
          aria-pressed={model === shown}
          onClick={() => onChosen(model)}
        >
          {titleOf(model)}
        </button>
      ))}
    </fieldset>
  );
}

/** What makes an overview again. */
function commandOf({ overview: { model, samples, steps } }: StoredOverview): string {
  const given = samples === OVERVIEW_SAMPLES ? '' : ` --samples ${samples}`;
  const stepped = steps === OVERVIEW_STEPS ? '' : ` --steps ${steps}`;
  return `npm run rules -- --model ${model}${given}${stepped}`;
}

function Rule({ entry, stored }: { entry: RuleEntry; stored: StoredOverview }) {
  const common = useWords(commonWords);
  const words = useWords(rulesWords);
  const { rule, best, points, query } = entry;
  const name = nameOf(common, rule);
  const asked = best.figures.alignment ? words.alignment : words.accuracy;
  const distance = best.figures.frechetDistance ? words.distance : words.kernelDistance;
  return (
    <li data-rule={rule.id}>
      <div className="rules-head">
        <h3>
          {name} <RuleHelp rule={rule} />
        </h3>
        <p className="rules-setting">
          {useSetting(best)}
          {best.settings.sampler !== USUAL_SAMPLER &&
            `, ${nameOf(common, findSampler(best.settings.sampler))}`}
          {rule.id === 'conditional' && ` ${words.unguided}`}
        </p>
      </div>
      <Pictures
        entry={entry}
        stored={stored}
        label={words.pictures(name, stored.overview.asked.join(', '))}
      />
      <dl>
        <Figure name={asked} text={accuracyText(best)} />
        <Figure name={distance} text={figureText(distanceOf(best))} />
        <Figure name={words.recall} text={shareText(best.figures.recall)} />
        <Figure name={words.cost} text={words.costs(best.nfe)} />
      </dl>
      <a className="rules-open" href={query} aria-label={words.open(name)}>
        {words.openShort}
      </a>
      {points.length > 1 && (
        <details>
          <summary>{words.tried(points.length)}</summary>
          <table>
            <thead>
              <tr>
                <th>{words.setting}</th>
                <th>{asked}</th>
                <th>{distance}</th>
                <th>{words.recall}</th>
              </tr>
            </thead>
            <tbody>
              {points.map((point) => (
                <Tried key={JSON.stringify(point.settings)} point={point} isBest={point === best} />
              ))}
            </tbody>
          </table>
        </details>
      )}
    </li>
  );
}

function Tried({ point, isBest }: { point: ResultsPoint; isBest: boolean }) {
  return (
    <tr aria-current={isBest || undefined}>
      <th scope="row">{useSetting(point)}</th>
      <td>{accuracyText(point)}</td>
      <td>{figureText(distanceOf(point))}</td>
      <td>{shareText(point.figures.recall)}</td>
    </tr>
  );
}

function Figure({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

/** A row of the sheet. */
function Pictures({
  entry: { row },
  stored: {
    overview: { asked, entries },
    sheet,
  },
  label,
}: {
  entry: RuleEntry;
  stored: StoredOverview;
  label: string;
}) {
  const rows = Math.max(1, ...entries.map((entry) => entry.row + 1));
  return (
    <div
      className="rules-pictures"
      role="img"
      aria-label={label}
      style={{
        aspectRatio: asked.length,
        backgroundImage: `url(${sheet})`,
        backgroundSize: `100% ${100 * rows}%`,
        backgroundPosition: `0 ${(100 * row) / Math.max(1, rows - 1)}%`,
      }}
    />
  );
}

/** s = 2.5, k of a classifier, λ of CFG++. */
function useSetting({ settings }: ResultsPoint): string {
  const words = useWords(rulesWords);
  const { guidance, guidanceScale, parameters } = settings;
  const rule = findGuidanceRule(guidance);
  if (guidance === 'cfg-plus-plus') {
    const { id, default: usual } = rule.parameters[0]!;
    return words.lambda(shortNumber(parameters[id] ?? usual));
  }
  if (!rule.usesScale) return words.noScale;
  return rule.scaleKind === 'classifier'
    ? words.strength(shortNumber(guidanceScale - 1))
    : words.scale(shortNumber(guidanceScale));
}

type Figure = ResultsPoint['figures']['recall'];

function accuracyText(point: ResultsPoint): string {
  const accuracy = accuracyOf(point);
  return point.figures.alignment ? figureText(accuracy, 3) : shareText(accuracy);
}

function shareText(figure: Figure): string {
  if (!figure) return '–';
  const spread = figure.spread === undefined ? '' : ` ± ${(100 * figure.spread).toFixed(1)}`;
  return `${percent(figure.value, 1)}${spread}`;
}

function figureText(figure: Figure, digits = 1): string {
  if (!figure) return '–';
  const spread = figure.spread === undefined ? '' : ` ± ${figure.spread.toFixed(digits)}`;
  return `${figure.value.toFixed(digits)}${spread}`;
}
