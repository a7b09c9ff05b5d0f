import { findGuidanceRule } from '../diffusion/guidance';

/** The scale as the number s (1 = off) or as the paper's w = s - 1 (0 = off). */
export type ScaleUnit = 's' | 'w';

/**
 * What is taken off a guidance scale s to show it: the paper's w and the classifier's own scale are
 * s - 1, whose 0 is off.
 */
export function scaleOffset(guidance: string, unit: ScaleUnit): 0 | 1 {
  return isClassifierScale(guidance) || unit === 'w' ? 1 : 0;
}

/** Whether a rule's scale is the classifier's own, which has no other unit. */
export function isClassifierScale(guidance: string): boolean {
  return findGuidanceRule(guidance).scaleKind === 'classifier';
}

/** A scale with four digits after the point: no more are kept in the address. */
export function roundedScale(scale: number): number {
  return Number(scale.toFixed(4));
}
