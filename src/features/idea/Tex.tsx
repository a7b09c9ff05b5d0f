import katex from 'katex';
import { Fragment, useLayoutEffect, useRef } from 'react';
import 'katex/dist/katex.min.css';
import { pieces } from './article';
import { KATEX_OPTIONS } from './formulas';

/** A formula, set by KaTeX with MathML beside it for those who listen. */
export function Tex({ tex, display = false }: { tex: string; display?: boolean }) {
  const host = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    // KaTeX writes definitions into the macros it is given.
    const macros = { ...KATEX_OPTIONS.macros };
    katex.render(tex, host.current!, { ...KATEX_OPTIONS, macros, displayMode: display });
  }, [tex, display]);
  return <span ref={host} className={display ? 'tex-display' : 'tex'} />;
}

/** A text with its formulas, emphasis and links. */
export function Rich({ text }: { text: string }) {
  return pieces(text).map((piece, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never move
    <Fragment key={i}>
      {piece.kind === 'plain' && piece.text}
      {piece.kind === 'tex' && <Tex tex={piece.text} />}
      {piece.kind === 'em' && <em>{piece.text}</em>}
      {piece.kind === 'code' && <code>{piece.text}</code>}
      {piece.kind === 'link' && (
        <a href={piece.href} target="_blank" rel="noreferrer">
          {piece.text}
        </a>
      )}
    </Fragment>
  ));
}
