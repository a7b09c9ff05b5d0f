import { awayFrom } from './away-from';

/**
 * Independent condition guidance: r + s (c - r), r given a class that is drawn at random at every step,
 * whatever the sample (2407.02687).
 *
 * Cfg for networks that were never trained without a class: a class that is independent of the noisy
 * picture tells nothing of it. The class asked for may be drawn too, which leaves such a step unguided.
 */
export const icg = awayFrom('random', {
  id: 'icg',
  label: 'Independent condition guidance',
  paper: '2407.02687',
});
