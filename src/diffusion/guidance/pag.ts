import { awayFrom } from './away-from';

/**
 * Perturbed-attention guidance: p + s (c - p), p of the same network given the same class, with every
 * map of its self-attention replaced by the identity (2403.17377, whose scale is s - 1).
 *
 * Away from pictures whose parts do not know of each other. It needs no null class. The paper disturbs
 * some of the layers; a network's input `perturb` disturbs all that it has.
 */
export const pag = awayFrom('perturbed', {
  id: 'pag',
  label: 'Perturbed-attention guidance',
  paper: '2403.17377',
});
