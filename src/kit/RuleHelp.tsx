import { useId } from 'react';
import type { GuidanceRule } from '../diffusion/guidance/rule';
import { useWords } from './app-context';
import { StudentTable } from './StudentTable';
import { commonWords, nameOf } from './words/words';
import './rule-help.css';

/** Each rule's formula, of the predictions with the class (c) and without (u), and its paper on arXiv. */
export const RULE_SOURCES: Readonly<Record<string, { formula: string; paper: string }>> = {
  cfg: { formula: 'u + s · (c − u)', paper: '2207.12598' },
  conditional: { formula: 'c', paper: '2207.12598' },
  unconditional: { formula: 'u', paper: '2207.12598' },
  classifier: { formula: 'u + k · σ² ∇ log p(y | x, σ)', paper: '2105.05233' },
  'classifier-conditional': { formula: 'c + k · σ² ∇ log p(y | x, σ)', paper: '2105.05233' },
  autoguidance: { formula: 'weak + s · (c − weak)', paper: '2406.02507' },
  internal: { formula: 'm + s · (c − m),  m from the middle of the network', paper: '2512.24176' },
  distilled: { formula: 'a student’s estimate of u + s · (c − u)', paper: '2210.03142' },
  fast: { formula: 'a student’s estimate of where several steps of it lead', paper: '2202.00512' },
  pag: { formula: 'p + s · (c − p),  p without self-attention', paper: '2403.17377' },
  icg: { formula: 'r + s · (c − r),  r with a random class', paper: '2407.02687' },
  apg: { formula: 'c + (s − 1) · (Δ⊥ + η Δ∥),  Δ = c − u', paper: '2410.02416' },
  'cfg-plus-plus': { formula: 'u + λ · (c − u), noised again with u', paper: '2406.08070' },
  rescale: { formula: 'φ · g · std(c) / std(g) + (1 − φ) · g,  g = cfg', paper: '2305.08891' },
  'cfg-zero-star': { formula: 'α u + s · (c − α u),  α = ⟨c, u⟩ / ‖u‖²', paper: '2503.18886' },
  tcfg: { formula: "u′ + s · (c − u′),  u′ = u along c's direction", paper: '2503.18137' },
  fdg: { formula: 'uᵢ + sᵢ · (cᵢ − uᵢ) for each band i', paper: '2506.19713' },
  'mambo-g': { formula: '1 + (s − 1) · exp(−α ‖c − u‖ / ‖u‖) in place of s', paper: '2508.03442' },
  feedback: {
    formula: 'u + λ · (c − u),  λ = r / (r − (1 − π)),  r ≈ p(x | y) / p(x)',
    paper: '2506.06085',
  },
  momentum: { formula: 'v + (s − 1) · (v − m),  m = mean of earlier v', paper: '2602.20360' },
  higs: { formula: 'D + w(t) · high-pass(D − m),  m = mean of earlier D', paper: '2509.22300' },
  'low-temperature': { formula: 'x + s · (c − x)', paper: '2207.12598' },
};

/** What the chosen rule does, in a sentence, a formula and its paper: over the page, so that nothing moves. */
export function RuleHelp({ rule }: { rule: GuidanceRule }) {
  const id = useId();
  const strings = useWords(commonWords);
  const { ruleHelp } = strings;
  const name = nameOf(strings, rule);
  const source = RULE_SOURCES[rule.id];
  const sentence = ruleHelp.sentences[rule.id];
  if (!source || !sentence) return null;
  return (
    <>
      <button
        type="button"
        className="rule-question"
        popoverTarget={id}
        aria-label={ruleHelp.about(name)}
      >
        ?
      </button>
      <div id={id} popover="auto" className="rule-help">
        <h3>{name}</h3>
        <p>{sentence}</p>
        <p className="formula">{source.formula}</p>
        <StudentTable rule={rule.id} />
        <a href={`https://arxiv.org/abs/${source.paper}`} target="_blank" rel="noreferrer">
          {ruleHelp.paper(source.paper)}
        </a>
      </div>
    </>
  );
}
