import { useEffect, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useService, useWords } from '../../kit/app-context';
import { progressText } from '../../kit/Notices';
import {
  classesOf,
  type NullLabel,
  type OwnSettings,
  usualBetas,
} from '../../networks/own/own-network';
import { described } from '../../networks/own/ports';
import { Choice, Numeric, Text } from './fields';
import type { Draft, OwnState } from './own-networks';
import { ownNetworks } from './service';
import './own.css';
import { commonWords } from '../../kit/words/words';
import { ownWords } from './words';

function useOwn<T>(select: (state: OwnState) => T): T {
  return useStore(useService(ownNetworks).state, select);
}

/** Opens the dialog of the visitor's own networks. */
export function OwnNetworkButton({ onOpen }: { readonly onOpen: () => void }) {
  const own = useService(ownNetworks);
  const words = useWords(ownWords);
  return (
    <button
      type="button"
      onClick={() => {
        onOpen();
        own.show();
      }}
    >
      {words.button}
    </button>
  );
}

/** The dialog, while it is shown: by its button, or because a network was dropped on the page. */
export function OwnNetworkDialog() {
  return useOwn(({ shown }) => shown) && <Dialog />;
}

function Dialog() {
  const own = useService(ownNetworks);
  const words = useWords(ownWords);
  const draft = useOwn((state) => state.draft);
  const unkept = useOwn((state) => state.unkept);
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="own-network"
      aria-labelledby={heading}
      onClose={() => own.hide()}
    >
      <header>
        <h2 id={heading}>{words.heading}</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          {words.close}
        </button>
      </header>
      <p className="soft">{words.intro}</p>
      <FileChoice />
      {unkept !== undefined && <p className="notice">{words.unkept(unkept)}</p>}
      {draft && <Graph draft={draft} />}
      {draft?.settings ? (
        <Form draft={draft} settings={draft.settings} />
      ) : (
        <>
          <Problems />
          <Kept />
        </>
      )}
    </dialog>
  );
}

/** What does not fit, a line each, as the files and the engine say it. */
function Problems() {
  const words = useWords(ownWords);
  const problems = useOwn((state) => state.problems);
  if (problems.length === 0) return null;
  return (
    <div className="notice error" role="alert">
      <p>
        <strong>{words.problems}</strong>
      </p>
      <ul lang="en">
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </div>
  );
}

function FileChoice() {
  const own = useService(ownNetworks);
  const words = useWords(ownWords);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="file-choice">
      <button type="button" onClick={() => input.current?.click()}>
        {words.choose}
      </button>
      <p className="hint">{words.chooseHint}</p>
      <input
        ref={input}
        hidden
        type="file"
        multiple
        accept=".onnx,.json,application/json"
        aria-label={words.choose}
        onChange={({ target }) => {
          void own.take([...(target.files ?? [])]);
          target.value = ''; // so that the same file can be chosen again
        }}
      />
    </div>
  );
}

/** Networks brought before. */
function Kept() {
  const own = useService(ownNetworks);
  const words = useWords(ownWords);
  const networks = useOwn((state) => state.networks);
  const unreadable = useOwn((state) => state.unreadable);
  const id = useId();
  if (networks.length + unreadable.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>{words.kept}</h3>
      <p className="hint">{words.keptHint}</p>
      <ul className="kept">
        {networks.map((manifest) => (
          <li key={manifest.id}>
            <span>
              {manifest.title} <small className="soft">{manifest.own?.file}</small>
            </span>
            <button
              type="button"
              aria-label={words.openTitle(manifest.title)}
              onClick={() => void own.choose(manifest.id)}
            >
              {words.open}
            </button>
            <button
              type="button"
              aria-label={words.removeTitle(manifest.title)}
              onClick={() => void own.remove(manifest.id)}
            >
              {words.remove}
            </button>
          </li>
        ))}
        {unreadable.map((kept) => (
          <li key={kept.id} data-unreadable={kept.id}>
            <span>
              {words.unreadable(kept.id)}{' '}
              <small className="soft" lang="en">
                {kept.reason}
              </small>
            </span>
            <button
              type="button"
              aria-label={words.removeTitle(kept.id)}
              onClick={() => void own.remove(kept.id)}
            >
              {words.remove}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the file says of itself. */
function Graph({ draft: { fileName, file, said } }: { draft: Draft }) {
  const words = useWords(ownWords);
  return (
    <section aria-label={fileName}>
      <h3>{fileName}</h3>
      <dl className="graph">
        {[[words.inputs, file.inputs] as const, [words.outputs, file.outputs] as const].map(
          ([name, values]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd lang="en">{values.map(described).join(' · ')}</dd>
            </div>
          ),
        )}
        <div>
          <dt>{words.parameters}</dt>
          <dd>{file.parameters.toLocaleString('en')}</dd>
        </div>
      </dl>
      {said.length > 0 && <p className="hint">{words.said(said.join(', '))}</p>}
    </section>
  );
}

interface FormProps {
  readonly draft: Draft;
  readonly settings: OwnSettings;
}

/** What the graph does not tell; the button tries the network out. */
function Form({ draft, settings }: FormProps) {
  const own = useService(ownNetworks);
  const strings = useWords(commonWords);
  const words = useWords(ownWords);
  const trial = useOwn((state) => state.trial);
  const { ports } = draft;
  const change = (changes: Partial<OwnSettings>) => own.change(changes);
  const { betas, prediction, range, shape } = settings;
  const discrete = prediction !== 'denoised';
  const sizes = [words.channels, words.height, words.width];
  const float = ports?.time.type === 'float32';
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void own.use();
      }}
    >
      <p className="hint">{words.guess}</p>
      <fieldset disabled={trial !== undefined}>
        <div className="numbers">
          <Text
            label={words.title}
            value={settings.title}
            onChange={(title) => change({ title })}
          />
          <Choice
            label={words.prediction}
            value={prediction}
            names={words.predictions}
            onChange={(chosen) => change({ prediction: chosen })}
          />
        </div>
        {discrete && (
          <>
            <div className="numbers">
              <Choice
                label={words.betas}
                value={betas.kind}
                names={words.schedules}
                onChange={(kind) => change({ betas: usualBetas(kind, betas.steps) })}
              />
              <Choice
                label={words.counts}
                value={settings.counts}
                names={
                  float
                    ? words.counting
                    : { 'from-0': words.counting['from-0'], 'from-1': words.counting['from-1'] }
                }
                onChange={(counts) => change({ counts })}
              />
            </div>
            <div className="numbers">
              {betas.kind !== 'cosine' && (
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
              <Numeric
                label={words.steps}
                value={betas.steps}
                onChange={(steps) => change({ betas: { ...betas, steps } })}
              />
            </div>
          </>
        )}
        <div className="numbers">
          <Numeric
            label={words.black}
            value={range[0]}
            onChange={(black) => change({ range: [black, range[1]] })}
          />
          <Numeric
            label={words.white}
            value={range[1]}
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

function Labels({ draft: { ports, fileName }, settings }: FormProps) {
  const own = useService(ownNetworks);
  const words = useWords(ownWords);
  const { labels, nullLabel, names } = settings;
  // As it is typed: a comma at the end is the beginning of the next name.
  const [typed, setTyped] = useState<string>();
  const label = ports?.label;
  if (!label) return <p className="hint">{words.noLabels}</p>;
  const { zeros, first, ...always } = words.nullLabels;
  const offered: Partial<Record<NullLabel, string>> =
    label.type === 'float32' ? { ...always, zeros } : { ...always, first };
  return (
    <>
      <div className="numbers">
        <Numeric
          label={words.labels}
          value={labels}
          disabled={label.count !== undefined}
          onChange={(count) => own.change({ labels: count })}
        />
        <Choice
          label={words.nullLabel}
          value={nullLabel}
          names={offered}
          onChange={(chosen) => own.change({ nullLabel: chosen })}
        />
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
