import { type ArrayField, arrayFields } from '../../fields';
import { createRun, type RunSettings } from '../../run';
import { planeEvaluate } from './particles';
import { PLANE_SIGMAS, type PlaneWorld } from './world';

/** sigma · score = (D - x)/sigma at given points, [points, 2] each. */
export interface ScoreField {
  readonly cond: Float32Array;
  readonly uncond: Float32Array;
  readonly guided: Float32Array;
}

/**
 * The conditional, the unconditional and the guided score at one noise level, the latter by the rule
 * itself as it acts in the step of the run that goes through this level. A rule with a memory begins
 * without one.
 *
 * @param points [points, 2] in sigma units, as the particles are
 * @param sigma above 0
 * @throws RangeError for settings out of range
 */
export async function scoreField(
  world: PlaneWorld,
  settings: RunSettings,
  sigma: number,
  points: Float32Array,
): Promise<ScoreField> {
  if (!(sigma > 0)) throw new RangeError(`sigma must be above 0, got ${sigma}`);
  const seeds = Array.from({ length: points.length / 2 }, () => 0);
  const fields = arrayFields({ seeds, sampleSize: 2 });
  const evaluate = planeEvaluate(world, fields);
  const run = createRun({ settings, range: PLANE_SIGMAS, fields, evaluate });
  const { sigmas, denoise, shown, release } = run;
  const step = stepThrough(sigmas, sigma);
  const x = fields.empty();
  x.data.set(points);
  const score = ({ data }: ArrayField) =>
    data.map((denoised, i) => (denoised - points[i]!) / sigma);
  const at = { step, stage: 0, sigmaDown: Math.min(sigmas[step + 1]!, sigma) };
  const here = { ...at, sigma, guidanceScale: 1 };
  const { cond, uncond } = await evaluate(x, sigma, ['cond', 'uncond'], here);
  // A step to its own level would put everything back: a renoising rule asks for a lower one.
  const down = at.sigmaDown < sigma ? at.sigmaDown : 0;
  const guided = await denoise(x, sigma, { ...at, sigmaDown: down });
  const result = { cond: score(cond!), uncond: score(uncond!), guided: score(shown(guided)) };
  release();
  return result;
}

/** The step whose noise levels enclose sigma; the first or last for one outside of them. */
function stepThrough(sigmas: Float64Array, sigma: number): number {
  const below = sigmas.findIndex((level) => level < sigma);
  return Math.min(Math.max(below - 1, 0), sigmas.length - 2);
}
