import { Fragment, type MouseEvent, useEffect, useState } from 'react';
import { useApp, useAppState } from '../../kit/app-context';
import type { Article, Block } from './article';
import { en } from './article.en';
import { zh } from './article.zh';
import { FIGURE_VIEWS } from './figures';
import { FORMULAS } from './formulas';
import { currentSection, showSection, usePlaceOnPage } from './reading';
import { goOnTour, openScene, type SceneId } from './scenes';
import { SECTIONS, type SectionId } from './sections';
import { Rich, Tex } from './Tex';
import './idea.css';
import './figures/figures.css';

const ARTICLES = { en, zh };
/** The first of the sections are the steps, which have numbers. */
const STEPS = 8;
/** What a scene is about, where it is not at the top of its page. */
const PLACES: Partial<Record<SceneId, string>> = {
  train: '.train',
  implicit: 'main:has([data-status=done]) .inside .eps',
};
const PATIENCE_MS = 30_000;
/** The article: from Bayes' rule to classifier-free guidance, with figures that compute. */
export function IdeaView() {
  const { store } = useApp();
  const article = ARTICLES[useAppState(({ settings }) => settings.language)];
  usePlaceOnPage();
  return (
    <div className="idea-page">
      <Contents article={article} />
      <main id="stage" tabIndex={-1} className="idea" aria-label={article.title}>
        <header>
          <h2>{article.title}</h2>
          {article.lead.map((text) => (
            <p key={text} className="lead">
              <Rich text={text} />
            </p>
          ))}
          <button type="button" className="take-tour" onClick={() => goOnTour(store, 1)}>
            {article.tour} <span aria-hidden="true">→</span>
          </button>
        </header>
        {SECTIONS.map((id) => (
          <section key={id} id={id} aria-labelledby={`${id}-title`}>
            <h3 id={`${id}-title`} tabIndex={-1}>
              <Numbered article={article} id={id} />
            </h3>
            <Blocks blocks={article.sections[id].blocks} article={article} />
          </section>
        ))}
      </main>
    </div>
  );
}

function Numbered({ article, id }: { article: Article; id: SectionId }) {
  const step = SECTIONS.indexOf(id);
  return (
    <>
      {step < STEPS && <span className="step">{step + 1}</span>}
      {article.sections[id].title}
    </>
  );
}

/** Links to the sections; the one that is read is marked. */
function Contents({ article }: { article: Article }) {
  const current = useCurrentSection();
  // Where the window is narrow, it would stand before the article.
  const [wide] = useState(() => matchMedia('(min-width: 901px)').matches);
  const go = (event: MouseEvent, id: SectionId) => {
    event.preventDefault();
    // Not a step in the history: the section that is read is in the address anyway.
    history.replaceState({ ...history.state, offset: 0 }, '', `#${id}`);
    showSection(id);
  };
  return (
    <nav className="contents" aria-label={article.contents}>
      <details open={wide}>
        <summary>{article.contents}</summary>
        <ol>
          {SECTIONS.map((id) => (
            <li key={id}>
              <a
                href={`#${id}`}
                aria-current={current === id ? 'location' : undefined}
                onClick={(event) => go(event, id)}
              >
                <Numbered article={article} id={id} />
              </a>
            </li>
          ))}
        </ol>
      </details>
    </nav>
  );
}

function Blocks({ blocks, article }: { blocks: readonly Block[]; article: Article }) {
  return blocks.map((block, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a section never move
    <Fragment key={i}>
      <OneBlock block={block} article={article} />
    </Fragment>
  ));
}

function OneBlock({ block, article }: { block: Block; article: Article }) {
  if ('text' in block) {
    return (
      <p>
        <Rich text={block.text} />
      </p>
    );
  }
  if ('formula' in block) return <Tex tex={FORMULAS[block.formula]} display />;
  if ('figure' in block) {
    const View = FIGURE_VIEWS[block.figure];
    return (
      <div data-figure={block.figure}>
        <View title={block.title} words={article.figures} note={<Rich text={block.note} />} />
      </div>
    );
  }
  if ('scene' in block) return <Scene id={block.scene} label={block.label} article={article} />;
  if ('code' in block) {
    return (
      <pre>
        <code>{block.code}</code>
      </pre>
    );
  }
  if ('table' in block) return <Table rows={block.table} />;
  if ('references' in block) {
    return (
      <ul className="references">
        {block.references.map((text) => (
          <li key={text}>
            <Rich text={text} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div className="question">
      <h4>
        <Rich text={block.question} />
      </h4>
      <Blocks blocks={block.answer} article={article} />
    </div>
  );
}

/** Opens another page with the settings that show what was said. */
function Scene({ id, label, article }: { id: SceneId; label: string; article: Article }) {
  const app = useApp();
  return (
    <button
      type="button"
      className="scene"
      data-scene={id}
      onClick={({ currentTarget }) => {
        openScene(app, id, currentTarget.closest('section')?.id as SectionId);
        if (id in PLACES) scrollWhenThere(PLACES[id]!);
      }}
    >
      <b>{article.showMe}</b> {label} <span aria-hidden="true">→</span>
    </button>
  );
}

function Table({ rows }: { rows: readonly (readonly string[])[] }) {
  const [head, ...body] = rows;
  return (
    <table>
      <thead>
        <tr>{head!.map((text) => (text ? <th key={text}>{text}</th> : <td key="corner" />))}</tr>
      </thead>
      <tbody>
        {body.map(([name, ...cells]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {cells.map((text) => (
              <td key={text}>{text}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Scrolls to what will be there in a moment, unless the visitor has scrolled by then. */
function scrollWhenThere(selector: string): void {
  const since = performance.now();
  const timer = setInterval(() => {
    const element = document.querySelector(selector);
    const late = window.scrollY > 0 || performance.now() - since > PATIENCE_MS;
    if (!late) element?.scrollIntoView({ block: element.matches('section') ? 'start' : 'center' });
    if (element || late) clearInterval(timer);
  }, 100);
}

/** The section that is read. */
function useCurrentSection(): SectionId {
  const [current, setCurrent] = useState<SectionId>(SECTIONS[0]);
  useEffect(() => {
    const update = () => setCurrent(currentSection());
    update();
    window.addEventListener('scroll', update, { passive: true });
    return () => window.removeEventListener('scroll', update);
  }, []);
  return current;
}
