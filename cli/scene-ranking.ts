import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Where `npm run scenes` keeps what it measured. */
export const scenesFile = fileURLToPath(new URL('../docs/scenes.json', import.meta.url));

/** One class drawn at the scales of the first visit, figure by figure in their order. */
export interface ClassFigures {
  readonly name: string;
  readonly diversity: readonly number[];
  /** Share read as the class. */
  readonly recognised: readonly number[];
}

/** All classes of a network. */
export interface NetworkScenes {
  readonly id: string;
  /** Of its model.onnx. */
  readonly sha256: string;
  /** The feature network. */
  readonly features: string;
  readonly date: string;
  /** The page's seed. */
  readonly seed: number;
  readonly samples: number;
  readonly sampler: string;
  readonly steps: number;
  readonly scales: readonly number[];
  readonly classes: readonly ClassFigures[];
}

export interface Scenes {
  readonly command: string;
  readonly networks: readonly NetworkScenes[];
}

/** Nothing where nothing was measured yet. */
export async function readScenes(): Promise<Scenes> {
  const text = await readFile(scenesFile, 'utf8').catch(() => undefined);
  return text ? JSON.parse(text) : { command: 'npm run scenes', networks: [] };
}

/**
 * Whether every larger scale shows both sides of guidance: less variety, and more samples that are
 * what was asked for (no fewer, once nearly all are).
 */
export function isMonotone({ diversity, recognised }: ClassFigures): boolean {
  const falls = diversity.every((value, i) => i === 0 || value < diversity[i - 1]!);
  const rises = recognised.every((value, i) => i === 0 || value >= recognised[i - 1]!);
  return falls && rises;
}

/**
 * How telling a scene is, 0 … 1: the share of the samples that becomes recognisable from the lowest to
 * the highest scale, times the share of the variety that is lost; 0 where either goes back and forth.
 */
export function telling(figures: ClassFigures): number {
  if (!isMonotone(figures)) return 0;
  const { diversity, recognised } = figures;
  return (recognised.at(-1)! - recognised[0]!) * (1 - diversity.at(-1)! / diversity[0]!);
}

/** The most telling class; the first of equals. */
export function bestScene({ classes }: Pick<NetworkScenes, 'classes'>): ClassFigures {
  return classes.reduce((best, other) => (telling(other) > telling(best) ? other : best));
}
