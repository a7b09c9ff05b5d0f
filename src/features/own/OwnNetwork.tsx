import { useEffect, useId, useRef } from 'react';
import { useService, useWords } from '../../kit/app-context';
import { described } from '../../networks/own/ports';
import type { Draft } from './draft';
import { OwnForm } from './OwnForm';
import { Problems } from './Problems';
import { ownNetworks, useOwn } from './service';
import './own.css';
import { ownWords } from './words';

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
        <OwnForm draft={draft} settings={draft.settings} />
      ) : (
        <>
          <Problems />
          <Kept />
        </>
      )}
    </dialog>
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
function Graph({ draft: { fileName, file, said, unused } }: { draft: Draft }) {
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
      {unused.length > 0 && <p className="hint unused">{words.unused(unused.join(', '))}</p>}
    </section>
  );
}
