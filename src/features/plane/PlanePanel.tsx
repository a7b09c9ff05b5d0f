import { useRef } from 'react';
import { findGuidanceRule } from '../../diffusion/guidance';
import { runSigmas } from '../../diffusion/run';
import { componentsOf } from '../../diffusion/worlds/analytic';
import { gridded, guidedDensity, logOf, type Promised } from '../../diffusion/worlds/plane/density';
import { type ScoreField, scoreField } from '../../diffusion/worlds/plane/score-field';
import { PLANE_SIGMAS } from '../../diffusion/worlds/plane/world';
import { useApp, useAppState, useWords } from '../../kit/app-context';
import {
  arrowPoints,
  coloursOf,
  drawArrows,
  drawHeatMap,
  drawParticles,
  drawPaths,
  drawRegion,
  heatMap,
  type PlaneColours,
  placesAt,
  shrink,
} from '../../kit/plane/draw';
import { PLANE_LIMITS, type PlaneSettings, VIEW_HALF, worldOf } from '../../kit/plane/settings';
import { usePlane } from '../../kit/plane/use-plane';
import { useDrawing } from '../../kit/use-drawing';
import { commonWords, nameOf } from '../../kit/words/words';
import type { ColumnSettings } from '../../settings/column';
import { percent } from '../../settings/numbers';
import { scaleOffset } from '../../settings/scale-unit';
import { shortNumber } from '../../settings/short-text';
import { addRun, changePlane, removeRun } from './changes';
import { Handles } from './Handles';
import { useFrameHalf, usePanels, usePlaneFrame, usePlaneRunner } from './plane-context';
import { type PanelResult, PLANE_GRID, REGION_SHARE } from './runner';
import { planeWords } from './words';

/** One run: the guided density as a heat map, the particles over it, and how they agree. */
export function PlanePanel({ index }: { index: number }) {
  const { store } = useApp();
  const strings = useWords(commonWords);
  const { panel: words, figures } = useWords(planeWords);
  const plane = usePlane();
  const unit = useAppState(({ settings }) => settings.unit);
  const panel = usePanels()[index];
  const run = plane.runs[index]!;
  const rule = findGuidanceRule(run.guidance);
  const active = index === plane.active;
  const alone = plane.runs.length === 1;
  const offset = scaleOffset(run.guidance, unit);
  const scaleName = rule.scaleKind === 'classifier' ? strings.controls.classifierScale : unit;
  const scale = rule.usesScale ? `${scaleName} = ${shortNumber(run.guidanceScale - offset)}` : '';
  const result = panel?.result;
  return (
    <article className="plane-panel" data-active={active && !alone} data-status={panel?.status}>
      <header>
        <h2>
          {alone ? (
            nameOf(strings, rule)
          ) : (
            <button
              type="button"
              className="plane-title"
              aria-pressed={active}
              aria-label={`${words.select(index + 1)}: ${nameOf(strings, rule)}`}
              onClick={() => changePlane(store, { active: index })}
            >
              {nameOf(strings, rule)}
            </button>
          )}{' '}
          <small>{scale}</small>
        </h2>
        {plane.runs.length < PLANE_LIMITS.runs && active && (
          <button type="button" title={words.addHint} onClick={() => addRun(store)}>
            {words.add}
          </button>
        )}
        {!alone && (
          <button
            type="button"
            aria-label={words.remove(index + 1)}
            onClick={() => removeRun(store, index)}
          >
            ×
          </button>
        )}
      </header>
      <div className="plane-canvas">
        <Picture
          index={index}
          label={words.picture(String(plane.particles), nameOf(strings, rule), scale || '–')}
        />
        {active && <Handles />}
        <Zoom />
      </div>
      {panel?.status === 'failed' ? (
        <p className="error" role="alert">
          {words.failed} <span lang="en">{panel.message}</span>
        </p>
      ) : (
        <div className="figures">
          <dl>
            <div>
              <dt>
                {figures.inside}
                <small> · {figures.insideOf(percent(REGION_SHARE))}</small>
              </dt>
              <dd data-figure="inside">{result ? percent(result.agreement.inside, 1) : '–'}</dd>
            </div>
            <div>
              <dt>
                {figures.distance}
                {result && (
                  <small> · {figures.distanceOf(result.agreement.density.toFixed(2))}</small>
                )}
              </dt>
              <dd data-figure="distance">{result?.agreement.particles.toFixed(2) ?? '–'}</dd>
            </div>
          </dl>
          <p className="costs">
            <i lang="en" title={figures.formulaHint}>
              {formulaOf(run)}
            </i>
            {' · '}
            {result ? <Costs {...result} /> : words.waiting}
          </p>
        </div>
      )}
    </article>
  );
}

/** Says by how much the frame is larger than the usual one, where it is. */
function Zoom() {
  const { frame: words } = useWords(planeWords);
  const zoom = useFrameHalf() / VIEW_HALF;
  if (zoom < 1.05) return null;
  return (
    <span className="plane-zoom" title={words.hint}>
      {words.zoomedOut(shortNumber(Number(zoom.toPrecision(2))))}
    </span>
  );
}

/** The guided density, up to its normalisation; p̂ is of the weak mixture, w = s − 1. */
function formulaOf({ guidance, parameters }: ColumnSettings): string {
  const small = parameters.classifierSize === 1;
  switch (guidance) {
    case 'conditional':
      return 'p(z|c)';
    case 'unconditional':
      return 'p(z)';
    case 'low-temperature':
      return 'p(z|c)ˢ';
    case 'autoguidance':
      return 'p(z|c) · [p(z|c) / p̂(z|c)]ʷ';
    case 'classifier':
      return small ? 'p(z) · p̂(c|z)ʷ' : 'p(z) · p(c|z)ʷ';
    case 'classifier-conditional':
      return small ? 'p(z|c) · p̂(c|z)ʷ' : 'p(z|c) · p(c|z)ʷ';
    case 'cfg-plus-plus':
      return 'p(z|c)^λ · p(z)^(1−λ)';
    default:
      return 'p(z|c) · p(c|z)ʷ';
  }
}

function Costs({ particles: { nfe, totalMs }, preview, count }: PanelResult) {
  const { panel: words, figures } = useWords(planeWords);
  if (preview) return words.preview(String(count));
  return figures.cost(nfe, totalMs.toFixed(0));
}

/** What the canvas shows besides the particles, kept while it stays the same. */
interface Background {
  readonly key: string;
  readonly canvas: OffscreenCanvas;
}

function Picture({ index, label }: { index: number; label: string }) {
  const { store } = useApp();
  const runner = usePlaneRunner();
  const frame = usePlaneFrame();
  const plane = usePlane();
  const run = plane.runs[index]!;
  const { components, classLabel, weakBlur } = plane;
  const { guidance, guidanceScale, parameters } = run;
  const target = runner.promised(plane, run);
  const background = useRef<Background>(undefined);
  const arrows = useRef<Arrowed>(undefined);

  const draw = (canvas: HTMLCanvasElement) => {
    const { settings } = store.getState();
    const { half } = frame;
    const context = canvas.getContext('2d')!;
    const colours = coloursOf(canvas);
    const sigmas = runSigmas(run, PLANE_SIGMAS);
    const at = settings.position * run.numSteps;
    // At the end nothing is evaluated: the arrows are those of the last evaluation.
    const step = Math.min(Math.floor(at + 1e-9), run.numSteps - 1);
    const sigma = plane.sigma ?? sigmas[step]!;
    const noised = plane.heat === 'noised' ? sigma : 0;
    const theme = document.documentElement.dataset.theme;
    const key = JSON.stringify([components, classLabel, plane.heat, noised, theme, weakBlur]);
    const full = `${key} ${JSON.stringify([guidance, guidanceScale, parameters])}`;
    if (background.current?.key !== full) {
      const made = heatOf(plane, run, target, noised, colours);
      background.current = { key: full, canvas: made };
    }
    drawHeatMap(context, background.current.canvas, PLANE_GRID.half, colours.paper, half);
    drawRegion(context, target, colours.ink, half);

    const result = runner.panels[index]?.result;
    if (result) {
      const { particles, count } = result;
      const done = Math.min(at, particles.sigmas.length - 1);
      const moment = { xs: particles.xs, sigmas: particles.sigmas, count, at: done };
      const places = placesAt(moment);
      const inside = drawParticles(context, places, colours.ink, half);
      canvas.dataset.inside = String(inside / count);
      if (plane.paths > 0) drawPaths(context, moment, places, plane.paths, colours, half);
    }
    if (plane.arrows === 'none') return;
    // On a frame that moves, they are evaluated once it stands.
    if (frame.moving && arrows.current) return;
    const wanted = JSON.stringify([worldOf(plane), run, sigma, half]);
    if (arrows.current?.key !== wanted) {
      const points = arrowPoints(sigma, half);
      const made: Arrowed = { key: wanted, points, field: undefined };
      arrows.current = made;
      void scoreField(worldOf(plane), run, sigma, points).then((field) => {
        made.field = field;
        // In the frame after the one that asked for it, unless another is wanted by now.
        requestAnimationFrame(() => arrows.current === made && draw(canvas));
      });
    }
    const { field, points } = arrows.current;
    if (field) drawArrows(context, sigma, points, field, arrowColours(plane, colours), half);
  };

  const ref = useDrawing(
    [
      (listener) => store.subscribe(listener),
      (listener) => runner.subscribe(listener),
      (listener) => frame.subscribe(listener),
    ],
    draw,
  );
  return <canvas ref={ref} role="img" aria-label={label} />;
}

interface Arrowed {
  readonly key: string;
  readonly points: Float32Array;
  field: ScoreField | undefined;
}

function arrowColours({ arrows, classLabel }: PlaneSettings, colours: PlaneColours) {
  const all = [
    ['uncond', colours.ink],
    ['cond', colours.classes[classLabel]!],
    ['guided', colours.accent],
  ] as const;
  return arrows === 'all' ? all : all.filter(([name]) => name === arrows);
}

function heatOf(
  plane: PlaneSettings,
  run: ColumnSettings,
  target: Promised,
  sigma: number,
  colours: PlaneColours,
): OffscreenCanvas {
  const world = worldOf(plane);
  const colour = colours.classes[plane.classLabel]!;
  switch (plane.heat) {
    case 'guided':
      return heatMap(target.density, colours, colour);
    case 'noised': {
      const { guidance, guidanceScale, parameters } = run;
      const rule = { guidance, guidanceScale, params: parameters };
      const log = guidedDensity(world, rule, sigma);
      // Shrunk with the plane, as the particles and the arrows are.
      const a = shrink(sigma);
      return heatMap(
        gridded((x, y) => log(x / a, y / a), PLANE_GRID),
        colours,
        colour,
      );
    }
    case 'conditional': {
      const own = componentsOf(world.mixture, plane.classLabel);
      return heatMap(gridded(logOf([[own, 1]]), PLANE_GRID), colours, colour);
    }
    case 'marginal':
      return heatMap(gridded(logOf([[world.mixture, 1]]), PLANE_GRID), colours, colours.ink);
    default:
      return plane.heat satisfies never;
  }
}
