import type { DenoiserManifest } from '../../networks/manifest';
import type { Language } from '../../settings/settings';
import { shortNumber } from '../../settings/short-text';
import { type PaperPoint, stepsCurve, TABLE_1, weightCurve } from './paper-tables';
import { type ExperimentId, type Series, sweepsSteps } from './settings';
import { experimentsWords } from './words';

/** A curve of the paper's tables, in its own units: FID and Inception Score of ImageNet. */
export interface PaperCurve {
  readonly name: string;
  readonly points: readonly PaperPoint[];
}

/** The guidance strength and the share of unconditional training where no network says another. */
const USUAL = { w: 0.3, pUncond: 0.1 } as const;

/**
 * What the paper's tables have of the experiment: over w, the network whose share of unconditional
 * training is nearest to the page's, or all three; over the steps, the strength nearest to the first
 * curve's.
 */
export function paperCurves(
  id: ExperimentId,
  first: Series | undefined,
  loaded: DenoiserManifest | undefined,
  language: Language,
): readonly PaperCurve[] {
  const { paper } = experimentsWords[language];
  if (sweepsSteps(id)) {
    const { w, points } = stepsCurve(first ? first.column.guidanceScale - 1 : USUAL.w);
    return [{ name: paper.steps(shortNumber(w)), points }];
  }
  const shares =
    id === 'p-uncond' ? TABLE_1.pUncond : [weightCurve(loaded?.pUncond ?? USUAL.pUncond).pUncond];
  return shares.map((share) => ({
    name: paper.weights(shortNumber(share)),
    points: weightCurve(share).points,
  }));
}
