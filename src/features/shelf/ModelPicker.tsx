import { type RefObject, useEffect, useId, useRef, useState } from 'react';
import { useAppState, useService, useWords } from '../../kit/app-context';
import { megabytes } from '../../kit/numbers';
import { Slot } from '../../kit/Slot';
import type { ListedModel, ModelsState } from '../../networks/listed';
import { percent } from '../../settings/numbers';
import { measuredQuality } from './model-quality';
import { modelShelf } from './service';
import { bytesOf, hasVariants, keptOf, removable } from './shelf';
import './model-picker.css';
import { shelfWords } from './words';

/** The network in use, as a button that opens the choice of another. */
export function ModelPicker() {
  const shelf = useService(modelShelf);
  const words = useWords(shelfWords);
  const { list } = useAppState(({ models }) => models);
  const current = useCurrentId();
  const title = useAppState(({ engine }) =>
    engine.status === 'ready' ? engine.manifest.title : undefined,
  );
  const loaded = title === undefined ? undefined : current;
  const isOpening = useAppState(({ engine }) => engine.status === 'loading');
  const [shown, setShown] = useState(false);
  const listed = list.find(({ manifest }) => manifest.id === current);
  const name = title ?? listed?.manifest.title ?? (isOpening ? words.opening : words.none);
  return (
    <>
      <button
        type="button"
        className="model-button"
        data-loaded={loaded}
        aria-haspopup="dialog"
        aria-label={words.button(name)}
        onClick={() => {
          void shelf.open();
          setShown(true);
        }}
      >
        {listed && <Thumbnail model={listed} plain />}
        <span className="model-name">{name}</span>
      </button>
      {shown && <Dialog onClose={() => setShown(false)} />}
    </>
  );
}

/** Id of the loaded network, or of the one that is being loaded; undefined after a failure. */
function useCurrentId(): string | undefined {
  return useAppState(({ engine, settings }) => {
    switch (engine.status) {
      case 'ready':
        return engine.manifest.id;
      case 'loading':
        return settings.model;
      case 'failed':
        return undefined;
      default:
        return engine satisfies never;
    }
  });
}

function Dialog({ onClose }: { onClose(): void }) {
  const shelf = useService(modelShelf);
  const words = useWords(shelfWords);
  const models = useAppState((state) => state.models);
  const { list, kept, problems } = models;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const total = bytesOf(list.flatMap((model) => keptOf(model, kept)));
  useOpened(dialog, list.length > 0);
  return (
    <dialog
      ref={dialog}
      className="models"
      aria-labelledby={heading}
      onClose={onClose}
      {...{ closedby: 'any' }}
    >
      <header>
        <h2 id={heading} tabIndex={-1}>
          {words.heading}
        </h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          {words.close}
        </button>
      </header>
      <p className="soft">{words.intro}</p>
      {problems.length > 0 && (
        <p className="notice" role="alert">
          <span lang="en">{words.problems(problems.join(' '))}</span>
        </p>
      )}
      <ul>
        {list.map((model) => (
          <Card
            key={model.manifest.id}
            {...{ model, models }}
            onChosen={() => dialog.current?.close()}
          />
        ))}
      </ul>
      <footer>
        <Slot name="modelList" onOpen={() => dialog.current?.close()} />
        <p aria-live="polite">{words.total(megabytes(total))}</p>
        <button
          type="button"
          disabled={kept.size === 0}
          onClick={() => {
            dialog.current?.querySelector('h2')?.focus();
            void shelf.removeAll();
          }}
        >
          {words.removeAll}
        </button>
      </footer>
    </dialog>
  );
}

/** Opens the dialog over the page, and sets the focus on the network in use once there is one. */
function useOpened(dialog: RefObject<HTMLDialogElement | null>, listed: boolean): void {
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
    if (!listed) return;
    dialog.current?.querySelector<HTMLElement>('[aria-current] button')?.focus();
  }, [dialog, listed]);
}

interface CardProps {
  readonly model: ListedModel;
  readonly models: ModelsState;
  onChosen(): void;
}

/** What there is to know of a network before it is opened. */
function Card({ model, models, onChosen }: CardProps) {
  const shelf = useService(modelShelf);
  const words = useWords(shelfWords);
  const { id, title, shape, classes, prompts, stages, dataset, pUncond } = model.manifest;
  const current = useCurrentId() === id;
  const open = useRef<HTMLButtonElement>(null);
  const all = [...model.files, ...model.later];
  const kept = keptOf(model, models.kept);
  const shapes = [shape, ...(stages ?? []).map((stage) => stage.shape)];
  const [channels, height, width] = shapes.at(-1)!;
  const memorised = model.manifest.quality?.memorisation;
  return (
    <li className="model" aria-current={current ? 'true' : undefined} data-model={id}>
      <Thumbnail model={model} />
      <div>
        <h3>{title}</h3>
        <p className="soft">
          {words.shape(height, width, channels > 1, prompts ? 'prompts' : classes.length)}
          {stages &&
            stages.length > 0 &&
            ` · ${words.stages(shapes.map(([, side]) => side).join(' → '))}`}
        </p>
        <dl>
          {all.length > 0 && (
            <Fact name={words.download}>
              {megabytes(bytesOf(model.files))}
              {model.later.length > 0 && (
                <small> · {words.later(megabytes(bytesOf(model.later)))}</small>
              )}
            </Fact>
          )}
          {model.origin === 'site' && (
            <Fact name={words.data}>
              <span title={dataset.source}>{dataset.name}</span>
              <small lang="en"> · {dataset.licence}</small>
            </Fact>
          )}
          {model.encoder && (
            <Fact name={words.encoder}>
              <span title={model.encoder.source}>{model.encoder.title}</span>
              <small lang="en"> · {model.encoder.licence}</small>
            </Fact>
          )}
          <Fact name={words.quality}>
            <Quality model={model} />
          </Fact>
          {memorised && (
            <Fact name={words.memorised}>
              {words.nearTraining(
                String(memorised.guidanceScale),
                percent(memorised.features.shareNearer),
                percent(memorised.pixels.shareNearer),
              )}
            </Fact>
          )}
          {pUncond !== undefined && hasVariants(model, models.list) && (
            <Fact name={words.hidden}>{words.hiddenShare(percent(pUncond), String(pUncond))}</Fact>
          )}
          {model.origin === 'site' && (
            <Fact name={words.kept}>
              {kept.length === 0
                ? words.keptNone
                : kept.length === all.length
                  ? words.keptAll
                  : words.keptPart(megabytes(bytesOf(kept)), megabytes(bytesOf(all)))}
            </Fact>
          )}
        </dl>
        <p className="actions">
          <button
            ref={open}
            type="button"
            className="open"
            aria-label={current ? undefined : words.openTitle(title)}
            onClick={() => {
              if (!current) void shelf.choose(id);
              onChosen();
            }}
          >
            {current ? words.opened : words.open}
          </button>
          {model.origin === 'own' && <small className="soft">{words.own}</small>}
          {removable(model, models).length > 0 && (
            <button
              type="button"
              className="quiet"
              aria-label={words.removeTitle(title)}
              onClick={() => {
                open.current?.focus(); // this button goes with what it deletes
                void shelf.remove(id);
              }}
            >
              {words.remove}
            </button>
          )}
        </p>
      </div>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Quality({ model: { manifest } }: { model: ListedModel }) {
  const words = useWords(shelfWords);
  const quality = measuredQuality(manifest.quality);
  if (!quality) return words.unmeasured;
  const { best, realAccuracy, samples, judge } = quality;
  return (
    <span title={words.qualityHint(String(samples), judge)}>
      {words.atScale({
        scale: String(best.guidanceScale),
        accuracy: percent(best.classAccuracy),
        distance: String(Number(best.frechetDistance.toPrecision(3))),
      })}
      {realAccuracy !== undefined && <small> · {words.real(percent(realAccuracy))}</small>}
    </span>
  );
}

/**
 * A picture of the network's own samples; grey ones take the page's colours.
 *
 * @param plain beside the title: it tells nothing more
 */
function Thumbnail({
  model: { manifest, thumbnail },
  plain = false,
}: {
  model: ListedModel;
  plain?: boolean;
}) {
  const words = useWords(shelfWords);
  const grey = manifest.shape[0] === 1;
  if (thumbnail === undefined) {
    return (
      <span className="thumbnail" aria-hidden="true">
        {[...manifest.title][0]}
      </span>
    );
  }
  return (
    <img
      className="thumbnail"
      src={thumbnail}
      alt={plain ? '' : words.samplesOf(manifest.title)}
      title={plain || !manifest.thumbnail ? undefined : words.madeWith(manifest.thumbnail.settings)}
      data-grey={grey}
    />
  );
}
