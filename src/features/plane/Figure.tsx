import { useMemo, useRef } from 'react';
import { findGuidanceRule } from '../../diffusion/guidance';
import { componentsOf, type GaussianMixture } from '../../diffusion/worlds/analytic';
import {
  logMixture,
  logsOnGrid,
  normalised,
  type PlaneGrid,
} from '../../diffusion/worlds/plane/density';
import { useApp, useWords } from '../../kit/app-context';
import { type Colour, coloursOf, mixed, picture } from '../../kit/plane/draw';
import { VIEW_HALF, worldOf } from '../../kit/plane/settings';
import { usePlane } from '../../kit/plane/use-plane';
import { useDrawing } from '../../kit/use-drawing';
import { changeRun } from './changes';
import { planeWords } from './words';

/** The paper's w, from no guidance on. */
const STRENGTHS = [0, 0.5, 1, 2, 4] as const;

/** Wider than the view, so that it holds nearly all of every density; shown are the middle 80 × 80 cells. */
const GRID: PlaneGrid = { half: 1.5 * VIEW_HALF, size: 120 };

/** The paper's figure 2: all classes' guided densities, normalised, for growing guidance. */
export function Figure() {
  const { store } = useApp();
  const { figure } = useWords(planeWords);
  const { runs, active, components } = usePlane();
  // Of the data alone: neither the class asked for nor the weak mixture takes part.
  const classes = useMemo(
    () => classesOf(worldOf({ components, classLabel: 0, weakBlur: 0 }).mixture),
    [components],
  );
  const run = runs[active]!;
  const rule = findGuidanceRule(run.guidance);
  return (
    <figure className="plane-figure">
      <figcaption>
        <b>{figure.title}</b> {figure.caption}
      </figcaption>
      <div>
        {STRENGTHS.map((w) => (
          <button
            key={w}
            type="button"
            aria-pressed={run.guidance === 'cfg' && run.guidanceScale === 1 + w}
            aria-label={figure.set(String(w))}
            onClick={() =>
              changeRun(store, {
                guidanceScale: 1 + w,
                // Its density is that of classifier-free guidance.
                ...(rule.id === 'cfg' ? {} : { guidance: 'cfg' }),
              })
            }
          >
            <Densities w={w} classes={classes} />
            <span aria-hidden="true">{w === 0 ? figure.marginal : figure.w(String(w))}</span>
          </button>
        ))}
      </div>
    </figure>
  );
}

/** What the pictures of all strengths are made of. */
interface Class {
  readonly label: number;
  readonly prior: number;
  /** ln p(z|c) and ln p(z) on GRID. */
  readonly own: Float64Array;
  readonly all: Float64Array;
}

function classesOf(mixture: GaussianMixture): readonly Class[] {
  const total = mixture.reduce((sum, { weight }) => sum + weight, 0);
  const all = logsOnGrid(logMixture(mixture), GRID);
  return [...new Set(mixture.map(({ classLabel }) => classLabel))].map((label) => {
    const components = componentsOf(mixture, label);
    const weight = components.reduce((sum, component) => sum + component.weight, 0);
    const own = logsOnGrid(logMixture(components), GRID);
    return { label, prior: weight / total, own, all };
  });
}

function Densities({ w, classes }: { w: number; classes: readonly Class[] }) {
  const made = useRef<{ classes: readonly Class[]; theme: string; image: OffscreenCanvas }>(
    undefined,
  );
  const ref = useDrawing([], (canvas) => {
    const theme = document.documentElement.dataset.theme ?? '';
    if (made.current?.classes !== classes || made.current.theme !== theme) {
      const colours = coloursOf(canvas);
      const image = densities(classes, w, colours.classes, colours.paper);
      made.current = { classes, theme, image };
    }
    canvas.getContext('2d')!.drawImage(made.current.image, 0, 0, canvas.width, canvas.height);
  });
  return <canvas ref={ref} />;
}

/** Σ_c p(c) p~(z|c): each class in its colour, the colours mixed where they overlap. */
function densities(
  classes: readonly Class[],
  w: number,
  colours: readonly Colour[],
  paper: Colour,
): OffscreenCanvas {
  const parts = classes.map(({ label, prior, own, all }) => {
    // ln p(z|c) + w ln p(c|z), up to a constant.
    const logs = own.map((log, i) => (1 + w) * log - w * all[i]!);
    return { prior, colour: colours[label]!, values: normalised(logs, GRID).values };
  });
  const sums = parts[0]!.values.map((_, i) =>
    parts.reduce((sum, { prior, values }) => sum + prior * values[i]!, 0),
  );
  const largest = sums.reduce((most, value) => Math.max(most, value), 0);
  const shown = (GRID.size * VIEW_HALF) / GRID.half;
  const margin = (GRID.size - shown) / 2;
  return picture(shown, shown, (column, row) => {
    const i = (row + margin) * GRID.size + column + margin;
    const blend: [number, number, number] = [0, 0, 0];
    for (const { prior, colour, values } of parts) {
      const share = (prior * values[i]!) / sums[i]! || 0;
      for (let c = 0; c < 3; c++) blend[c] = blend[c]! + share * colour[c]!;
    }
    return mixed(paper, blend, (sums[i]! / largest) ** 0.6);
  });
}
