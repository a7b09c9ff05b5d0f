import { type GuidanceRule, prediction } from './rule';

/**
 * Tangential damping: the unconditional eps is projected on the direction that it shares most with
 * the conditional one, the top right-singular vector of [eps_c; eps_u]; then cfg (2503.18137).
 *
 * With (p, q) the top eigenvector of the 2×2 Gram matrix, the projection is q (p eps_c + q eps_u).
 */
export const tcfg: GuidanceRule = {
  id: 'tcfg',
  label: 'Tangential damping (TCFG)',
  paper: '2503.18137',
  parameters: [],
  predictions: ['cond', 'uncond'],
  usesScale: true,
  advanced: true,
  needs: ({ guidanceScale }) => (guidanceScale === 1 ? ['cond'] : ['cond', 'uncond']),
  create(fields) {
    return async (predictions, { guidanceScale: s }, x) => {
      const c = prediction(predictions, 'cond');
      if (s === 1) return c;
      const u = prediction(predictions, 'uncond');
      const { inner } = await fields.gram([x, c, u]);
      const weights = inner.map((products) => {
        const [xx, xc, xu, , cc, cu, , , uu] = products as unknown as readonly number[];
        // sigma² times the Gram matrix of the two eps.
        const a = xx! - 2 * xc! + cc!;
        const b = xx! - xc! - xu! + cu!;
        const d = xx! - 2 * xu! + uu!;
        const angle = Math.atan2(2 * b, a - d) / 2; // of the top eigenvector
        const [p, q] = [Math.cos(angle), Math.sin(angle)];
        return { c: s + (1 - s) * p * q, u: (1 - s) * q * q };
      });
      return fields.lincomb([
        [weights.map((w) => 1 - w.c - w.u), x],
        [weights.map((w) => w.c), c],
        [weights.map((w) => w.u), u],
      ]);
    };
  },
};
