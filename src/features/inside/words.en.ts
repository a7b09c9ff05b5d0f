import type { Compared } from '../../diffusion/guidance/rule';
import type { InsideFigure } from '../../engine/protocol';

/** What may take the place of the prediction without a class. */
type OtherThanUncond = Exclude<Compared, 'uncond'>;

export const en = {
  title: 'Inside the guidance',
  hint: (sample: number) =>
    `What the guidance has to work with at each step of sample ${sample}: c is the prediction with the class or prompt, u the one without. Where a rule did not evaluate both, a curve has a gap.`,
  gradient: 'Explicit gradient',
  gradientHint:
    'Also evaluates both predictions and a noisy classifier at every step, which takes more time. The pictures stay the same.',
  charts: {
    norm: 'Size of the difference',
    angle: 'Its angle to the noise',
    parallel: 'Part along the estimate',
    orthogonal: 'Part across the estimate',
    saturated: 'Saturated pixels',
    opinion: 'Read as what was asked for',
    agreement: 'Explicit and implicit gradient',
  } satisfies Readonly<Record<InsideFigure, string>>,
  firstStage: 'All of it is the first stage’s.',
  gap: 'not evaluated',
  notYet: 'To be seen once the columns are drawn',
  noData: 'Not evaluated in these runs',
  noClass: 'No class was asked for',
  negative: (columns: string) =>
    `With a negative class (column ${columns}), u is the prediction with that class.`,
  at: (step: number, sigma: string) => `step ${step}, σ ${sigma}`,
  column: (n: number, value: string) => `column ${n}: ${value}`,
  inPlace: {
    weak: (columns: string) =>
      `Autoguidance (column ${columns}): the weak network takes the place of u.`,
    random: (columns: string) =>
      `Independent condition (column ${columns}): the prediction with a random class takes the place of u.`,
    perturbed: (columns: string) =>
      `Perturbed attention (column ${columns}): the network that does not look around takes the place of u.`,
    auxiliary: (columns: string) =>
      `Internal guidance (column ${columns}): the head in the middle of the network takes the place of u.`,
  } satisfies Readonly<Record<OtherThanUncond, (columns: string) => string>>,
  pictures: {
    cond: 'noise seen with the class',
    uncond: 'noise seen without it',
    weak: 'noise seen by the weak network',
    random: 'noise seen with a random class',
    perturbed: 'noise seen without looking around',
    auxiliary: 'noise seen by the head in the middle',
    difference: 'their difference',
    explicit: 'gradient of the classifier',
    implicit: 'gradient implied by the two',
  } satisfies Readonly<
    Record<'cond' | 'uncond' | OtherThanUncond | 'difference' | 'explicit' | 'implicit', string>
  >,
  scale: (limit: string) => `scale ±${limit}`,
};
