import { useState } from 'react';
import { numTimesteps } from '../../diffusion/betas';
import { countsOf, takesTimesteps } from '../../diffusion/convention';
import { useService, useWords } from '../../kit/app-context';
import { progressText } from '../../kit/Notices';
import { commonWords } from '../../kit/words/words';
import {
  classesOf,
  type NullLabel,
  type OwnSettings,
  usualBetas,
  usualOf,
} from '../../networks/own/own-network';
import type { Draft } from './draft';
import { Fits } from './Fits';
import { Choice, Numeric, Text } from './fields';
import { Problems } from './Problems';
import { ownNetworks, useOwn } from './service';
import { ownWords } from './words';

interface FormProps {
  readonly draft: Draft;
  readonly settings: OwnSettings;
}

/** What the graph does not tell; the button tries the network out. */
export function OwnForm({ draft, settings }: FormProps) {
  const own = useService(ownNetworks);
  const strings = useWords(commonWords);
  const words = useWords(ownWords);
  const trial = useOwn((state) => state.trial);
  const { ports } = draft;
  const change = (changes: Partial<OwnSettings>) => own.change(changes);
  const { range, shape } = settings;
  const sizes = [words.channels, words.height, words.width];
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void own.use();
      }}
    >
      <Fits />
      <p className="hint">{words.guess}</p>
      <fieldset disabled={trial !== undefined}>
        <Convention {...{ draft, settings }} />
        <div className="numbers">
          <Numeric
            label={words.black}
            value={range[0]}
            onChange={(black) => change({ range: [black, range[1]] })}
          />
          <Numeric
            label={words.white}
            value={range[1]}
            source={words.sources[draft.told.range ?? 'guess']}
            onChange={(white) => change({ range: [range[0], white] })}
          />
          <p className="hint">{words.rangeHint}</p>
        </div>
        {ports?.shape.some((length) => typeof length !== 'number') && (
          <fieldset className="numbers">
            <legend className="visually-hidden">{words.size}</legend>
            {sizes.map((label, i) => (
              <Numeric
                key={label}
                label={label}
                value={shape[i]!}
                disabled={typeof ports.shape[i] === 'number'}
                onChange={(length) => {
                  const [channels, height, width] = shape.with(i, length);
                  change({ shape: [channels!, height!, width!] });
                }}
              />
            ))}
          </fieldset>
        )}
        <Labels {...{ draft, settings }} />
        {ports?.scale && (
          <div className="numbers">
            <Choice
              label={words.scale}
              value={settings.scaleCounts}
              names={words.scales}
              source={words.sources[draft.told.scaleCounts ?? 'guess']}
              onChange={(scaleCounts) => change({ scaleCounts })}
            />
          </div>
        )}
      </fieldset>
      <div className="submit">
        <Problems />
        <button type="submit" disabled={trial !== undefined}>
          {words.use}
        </button>
        <p aria-live="polite">
          {trial && (trial.progress ? progressText(trial.progress, strings) : words.trying)}
        </p>
      </div>
    </form>
  );
}

/** What the network takes for a noisy picture, how it is told the noise level, and what it predicts. */
function Convention({ draft: { ports, told }, settings }: FormProps) {
  const own = useService(ownNetworks);
  const words = useWords(ownWords);
  const sourceOf = (key: keyof OwnSettings) => words.sources[told[key] ?? 'guess'];
  const change = (changes: Partial<OwnSettings>) => own.change(changes);
  const { betas, prediction, noising, counts, sigmaData, output } = settings;
  const free = prediction !== 'denoised';
  const { list: _, ...kinds } = words.schedules;
  // Whole numbers cannot tell fractions.
  const whole = ports?.time.type !== 'float32' && noising === 'betas';
  const counted = whole ? (['from-0', 'from-1'] as const) : countsOf(noising);
  const outputs = ports?.outputs ?? [];
  return (
    <>
      <div className="numbers">
        <Text label={words.title} value={settings.title} onChange={(title) => change({ title })} />
        <Choice
          label={words.prediction}
          value={prediction}
          names={words.predictions}
          source={sourceOf('prediction')}
          onChange={(chosen) => change({ prediction: chosen })}
        />
        {outputs.length > 1 && (
          <Choice
            label={words.output}
            value={output}
            names={Object.fromEntries(outputs.map((name) => [name, name.replace(/^page\./, '')]))}
            onChange={(chosen) => change({ output: chosen })}
          />
        )}
      </div>
      {free && (
        <div className="numbers">
          <Choice
            label={words.noising}
            value={noising}
            names={words.noisings}
            source={sourceOf('noising')}
            onChange={(chosen) => change(usualOf(chosen))}
          />
          <Choice
            label={words.counts}
            value={counts}
            names={Object.fromEntries(counted.map((id) => [id, words.counting[id]]))}
            source={sourceOf('counts')}
            onChange={(chosen) => change({ counts: chosen })}
          />
          {noising === 'edm' && (
            <Numeric
              label={words.sigmaData}
              value={sigmaData}
              onChange={(value) => change({ sigmaData: value })}
            />
          )}
        </div>
      )}
      {takesTimesteps(settings) && (
        <div className="numbers">
          <Choice
            label={words.betas}
            value={betas.kind}
            names={betas.kind === 'list' ? words.schedules : kinds}
            source={sourceOf('betas')}
            onChange={(kind) => {
              if (kind !== 'list') change({ betas: usualBetas(kind, numTimesteps(betas)) });
            }}
          />
          {'start' in betas && (
            <>
              <Numeric
                label={words.start}
                value={betas.start}
                onChange={(start) => change({ betas: { ...betas, start } })}
              />
              <Numeric
                label={words.end}
                value={betas.end}
                onChange={(end) => change({ betas: { ...betas, end } })}
              />
            </>
          )}
          {betas.kind !== 'list' && (
            <Numeric
              label={words.steps}
              value={betas.steps}
              onChange={(steps) => change({ betas: { ...betas, steps } })}
            />
          )}
        </div>
      )}
    </>
  );
}

function Labels({ draft: { ports, fileName, told }, settings }: FormProps) {
  const own = useService(ownNetworks);
  const words = useWords(ownWords);
  const { labels, nullLabel, names } = settings;
  // As it is typed: a comma at the end is the beginning of the next name.
  const [typed, setTyped] = useState<string>();
  const label = ports?.label;
  if (!label) return <p className="hint">{words.noLabels}</p>;
  const { zeros, first, mask, ...always } = words.nullLabels;
  const offered: Partial<Record<NullLabel, string>> = {
    ...always,
    ...(label.type === 'float32' ? { zeros } : { first }),
    ...(ports.mask && { mask }),
  };
  return (
    <>
      <div className="numbers">
        <Numeric
          label={words.labels}
          value={labels}
          disabled={label.count !== undefined}
          source={words.sources[told.labels ?? 'guess']}
          onChange={(count) => own.change({ labels: count })}
        />
        <Choice
          label={words.nullLabel}
          value={nullLabel}
          names={offered}
          source={words.sources[told.nullLabel ?? 'guess']}
          onChange={(chosen) => own.change({ nullLabel: chosen })}
        />
        {ports.mask && (
          <Choice
            label={words.hidden}
            value={String(settings.hidden)}
            names={{ '0': '0', '1': '1' }}
            onChange={(value) => own.change({ hidden: value === '1' ? 1 : 0 })}
          />
        )}
      </div>
      <Text
        key={fileName}
        label={words.names}
        value={typed ?? names.join(', ')}
        hint={words.namesHint(classesOf(settings).length)}
        onChange={(text) => {
          setTyped(text);
          const parts = text.split(/[,，、]/).map((name) => name.trim());
          own.change({ names: parts.filter(Boolean) });
        }}
      />
    </>
  );
}
