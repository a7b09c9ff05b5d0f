import katex from 'katex';
import { describe, expect, test } from 'vitest';
import { type Article, type Block, FIGURES, pieces, textsOf } from './article';
import { en } from './article.en';
import { zh } from './article.zh';
import { FORMULAS, KATEX_OPTIONS } from './formulas';
import { SCENES } from './scenes';
import { SECTIONS } from './sections';
import { TOUR } from './tour';
import { ideaWords } from './words';

const languages = Object.entries({ en, zh });

const blocksOf = (article: Article) => SECTIONS.flatMap((id) => article.sections[id].blocks);

/** Blocks with their answers' in their place. */
const flat = (blocks: readonly Block[]): Block[] =>
  blocks.flatMap((block) => ('question' in block ? [block, ...flat(block.answer)] : [block]));

/** Everything of a text but its words. */
function shape(block: Block): unknown {
  if ('question' in block) return { question: block.answer.map(shape) };
  const own = Object.entries(block).find(([key]) =>
    ['formula', 'figure', 'scene', 'code'].includes(key),
  );
  if (own) return own;
  if ('table' in block) return block.table.map((row) => row.length);
  return 'references' in block ? block.references.length : 'text';
}

const inlineOf = (texts: readonly string[]) =>
  texts.flatMap((text) => pieces(text).flatMap((p) => (p.kind === 'tex' ? [p.text] : [])));

const proseOf = (article: Article) => [
  article.title,
  ...article.lead,
  ...SECTIONS.map((id) => article.sections[id].title),
  ...blocksOf(article).flatMap(textsOf),
];

describe('both languages', () => {
  test.each(SECTIONS)('%s has the same parts, in the same order', (id) => {
    expect(zh.sections[id].blocks.map(shape)).toEqual(en.sections[id].blocks.map(shape));
  });

  test.each(SECTIONS)('%s has the same formulas in its text', (id) => {
    const formulas = ({ sections }: Article) =>
      flat(sections[id].blocks)
        .filter((block) => !('question' in block))
        .map((block) => inlineOf(textsOf(block)).toSorted());
    expect(formulas(zh)).toEqual(formulas(en));
  });

  test('have the same figures’ words and tour', () => {
    expect(Object.keys(zh.figures)).toEqual(Object.keys(en.figures));
    expect(Object.keys(ideaWords.en.tour.steps)).toEqual(TOUR.map(({ id }) => id));
    expect(Object.keys(ideaWords.zh.tour.steps)).toEqual(TOUR.map(({ id }) => id));
  });

  test('link to the same papers', () => {
    const links = (article: Article) =>
      proseOf(article).flatMap((text) => pieces(text).flatMap(({ href }) => href ?? []));
    expect(links(zh)).toEqual(links(en));
    for (const href of links(en)) expect(href).toMatch(/^https:\/\/arxiv\.org\/abs\/\d{4}\.\d{5}$/);
    expect(new Set(links(en)).size).toBe(links(en).length);
  });

  test('each in its own script', () => {
    for (const text of proseOf(en)) expect(text).not.toMatch(/\p{Script=Han}/u);
    const papers = zh.sections.references.blocks.flatMap(textsOf);
    for (const text of proseOf(zh).filter((one) => one && !papers.includes(one))) {
      expect(text === '1' || text === '2' || /\p{Script=Han}/u.test(text), text).toBe(true);
    }
  });
});

describe.each(languages)('%s', (_, article) => {
  const blocks = flat(blocksOf(article));

  test('has every figure once, in its order, and a scene for every one that there is', () => {
    expect(blocks.flatMap((b) => ('figure' in b ? [b.figure] : []))).toEqual([...FIGURES]);
    const scenes = blocks.flatMap((b) => ('scene' in b ? [b.scene] : []));
    expect(scenes.toSorted()).toEqual(Object.keys(SCENES).toSorted());
  });

  test('answers every question in three to six sentences', () => {
    for (const block of blocks) {
      if (!('question' in block)) continue;
      const answer = block.answer.flatMap((b) => ('text' in b ? [b.text] : [])).join(' ');
      const sentences = answer.replaceAll(/\d\.\d/g, '').match(/[.?!:。？！：]/g) ?? [];
      expect(sentences.length, block.question).toBeGreaterThanOrEqual(3);
      expect(sentences.length, block.question).toBeLessThanOrEqual(9);
    }
  });

  test('has no mark left over', () => {
    for (const text of proseOf(article)) {
      const plain = pieces(text).filter(({ kind }) => kind === 'plain' || kind === 'em');
      for (const piece of plain) expect(piece.text).not.toMatch(/[$*`\\]|\]\(/);
    }
  });

  test('has formulas that KaTeX can set', () => {
    const set = (tex: string, displayMode: boolean) =>
      katex.renderToString(tex, {
        ...KATEX_OPTIONS,
        macros: { ...KATEX_OPTIONS.macros },
        displayMode,
      });
    for (const tex of inlineOf(proseOf(article))) expect(set(tex, false)).toContain('katex');
    for (const tex of Object.values(FORMULAS)) expect(set(tex, true)).toContain('katex-display');
  });
});

test('every formula is used, and once', () => {
  const used = flat(blocksOf(en)).flatMap((b) => ('formula' in b ? [b.formula] : []));
  expect(used.toSorted()).toEqual(Object.keys(FORMULAS).toSorted());
});

test('a text is cut into its pieces', () => {
  expect(pieces('An $x^2$, *so* [see](https://a.org/b) `it`.')).toEqual([
    { kind: 'plain', text: 'An ' },
    { kind: 'tex', text: 'x^2' },
    { kind: 'plain', text: ', ' },
    { kind: 'em', text: 'so' },
    { kind: 'plain', text: ' ' },
    { kind: 'link', text: 'see', href: 'https://a.org/b' },
    { kind: 'plain', text: ' ' },
    { kind: 'code', text: 'it' },
    { kind: 'plain', text: '.' },
  ]);
});
