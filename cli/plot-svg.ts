import { dot, line, plot, ruleX, text } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { ColumnSettings } from '../src/settings/column';
import type { Results, ResultsPoint, ResultsSettings } from '../src/settings/results';
import { RUN_SETTINGS, type RunSetting } from '../src/settings/run-settings';
import { ArgumentError } from './flags';
import { numberAt, settingsNamed } from './results-file';

/** The figures of a point, and their titles. */
export const figureNames = {
  frechetDistance: 'Fréchet distance ↓',
  classifierScore: 'Classifier score ↑',
  classAccuracy: 'Class accuracy ↑',
  kernelDistance: 'Kernel distance ↓',
  precision: 'Precision ↑',
  recall: 'Recall ↑',
  density: 'Density ↑',
  coverage: 'Coverage ↑',
  diversity: 'Diversity within the classes ↑',
  alignment: 'Alignment with the prompts ↑',
} as const;

type FigureName = keyof typeof figureNames;

/** Told apart by people who see few colours too (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'];
/** What an axis is called. */
const AXES: Readonly<Record<string, string>> = {
  guidanceScale: 'w = s − 1',
  numSteps: 'steps',
  augmentation: 'augmentation',
};
/** How many stages of a cascade are drawn, and the settings of each. */
const STAGE_SETTINGS = RUN_SETTINGS.filter(
  ({ property }) => property === 'upTo' || /-\d$/.test(property),
);
const PANEL = { width: 430, height: 300, marginLeft: 50, marginTop: 26, marginBottom: 36 };
const LEGEND_LINE = 18;

/** One line of a panel. */
interface Series {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly { readonly at: number; readonly point: ResultsPoint }[];
}

/**
 * Draws curves as one SVG: a panel a figure over what was varied, one standard deviation as bars.
 *
 * @param figures names of figures
 * @param plane draws the Fréchet distance over the classifier score first, or over the alignment where
 *   prompts were asked for, the points joined in their order
 * @throws ArgumentError for unknown figures, and for curves that do not compare: over different
 *   settings, of different sample counts or feature networks
 */
export function plotResults(
  results: readonly Results[],
  figures: readonly string[],
  plane = false,
): string {
  const { panels, judge, varied, samples, series } = comparable(results, figures);
  const legend = series.length > 1 ? series.length * LEGEND_LINE : 0;
  const width = (panels.length + Number(plane)) * PANEL.width;
  const height = PANEL.height + legend + 30;
  const { document } = parseHTML('<!doctype html><body></body>');
  const charts = panels.map((figure) => panelOf(document, series, varied, figure));
  if (plane) charts.unshift(planeOf(document, series));
  const drawn = charts.map((svg, i) => {
    svg.setAttribute('x', `${i * PANEL.width}`);
    svg.setAttribute('y', `${legend + 6}`);
    return svg.outerHTML;
  });
  const names = series.map(
    ({ name, colour }, i) =>
      `<circle cx="50" cy="${14 + i * LEGEND_LINE}" r="4" fill="${colour}"/><text x="62" y="${18 + i * LEGEND_LINE}">${escaped(name)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" color="#222">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...(legend ? names : []),
    ...drawn,
    `<text x="50" y="${height - 8}" fill="#555" font-size="11">${samples} samples a point, judged by ${escaped(judge)}; bars: ± one standard deviation</text>`,
    '</svg>\n',
  ].join('\n');
}

/**
 * The same as a table in Markdown: a row a point, each figure ± one standard deviation.
 *
 * @throws ArgumentError as `plotResults`
 */
export function tableOf(results: readonly Results[], figures: readonly string[]): string {
  const { panels, judge, varied, samples, series } = comparable(results, figures);
  const named = series.length > 1;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = [axisName(varied), 'evaluations', ...panels.map((name) => figureNames[name])];
  const rows = series.flatMap(({ name, points }) =>
    points.map(({ at, point }) =>
      row([
        ...(named ? [name] : []),
        tidy(at),
        tidy(point.nfe),
        ...panels.map((panel) => {
          const measured = point.figures[panel];
          if (!measured) return '';
          const { value, spread } = measured;
          return spread ? uncertain(value, spread) : short(value);
        }),
      ]),
    ),
  );
  const columns = [...(named ? ['curve'] : []), ...head];
  return [
    row(columns),
    row(columns.map(() => '---')),
    ...rows,
    '',
    `${samples} samples a point, judged by ${judge}.`,
    '',
  ].join('\n');
}

/** Four digits, as many as samples of this number can carry. */
function short(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}

/** Two digits of the spread, and as many decimals of the value: 3.19 ± 0.24. */
function uncertain(value: number, spread: number): string {
  const decimals = Math.max(0, 1 - Math.floor(Math.log10(spread)));
  return `${value.toFixed(decimals)} ± ${spread.toFixed(decimals)}`;
}

/** What curves share that compare, and the curves. @throws ArgumentError */
function comparable(results: readonly Results[], figures: readonly string[]) {
  const panels = figures.map((figure) => {
    if (figure in figureNames) return figure as FigureName;
    const known = Object.keys(figureNames).join(',');
    throw new ArgumentError(`--figures must be of ${known}, got "${figure}"`);
  });
  const judge = same(
    'feature network',
    results.map(({ features }) => features.id),
  );
  const curves = results.flatMap((result) => result.curves);
  const varied = same(
    'setting along the axis',
    curves.map((curve) => curve.varied[0] ?? 'nothing'),
  );
  const samples = same(
    'number of samples',
    curves.flatMap(({ points }) => points.map((point) => point.samples)),
  );
  return { panels, judge, varied, samples, series: seriesOf(curves, varied) };
}

function panelOf(
  document: Document,
  series: readonly Series[],
  varied: string,
  figure: FigureName,
): Element {
  const marks = series.flatMap(({ colour, points }) => {
    const known = points.flatMap(({ at, point: { figures } }) => {
      const measured = figures[figure];
      if (measured === undefined) return [];
      const { value, spread = 0 } = measured;
      return [{ at, value, low: value - spread, high: value + spread }];
    });
    return [
      ruleX(known, { x: 'at', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.25 }),
      line(known, { x: 'at', y: 'value', stroke: colour, strokeWidth: 1.75 }),
      dot(known, { x: 'at', y: 'value', fill: colour, r: 2.5 }),
    ];
  });
  return plot({
    document,
    ...PANEL,
    x: {
      label: axisName(varied),
      ...(varied === 'numSteps' && { type: 'log', base: 2, tickFormat: String }),
      nice: varied !== 'numSteps',
    },
    y: { label: figureNames[figure], grid: true, nice: true },
    marks,
  }) as Element;
}

/** What guidance trades: fidelity and diversity at once over fidelity alone. */
function planeOf(document: Document, series: readonly Series[]): Element {
  const ofPrompts = series.every(({ points }) =>
    points.every(({ point }) => point.figures.alignment !== undefined),
  );
  const fidelity = ofPrompts ? 'alignment' : 'classifierScore';
  const marks = series.flatMap(({ colour, points }) => {
    const known = points.flatMap(({ at, point: { figures } }) => {
      const { frechetDistance, [fidelity]: over } = figures;
      if (!frechetDistance || !over) return [];
      return [{ at, x: over.value, y: frechetDistance.value }];
    });
    const ends = [known[0], known.at(-1)].filter((point) => point !== undefined);
    return [
      line(known, { x: 'x', y: 'y', stroke: colour, strokeWidth: 1.75 }),
      dot(known, { x: 'x', y: 'y', fill: colour, r: 2.5 }),
      text(ends, { x: 'x', y: 'y', text: ({ at }) => tidy(at), dy: -9, fill: colour }),
    ];
  });
  return plot({
    document,
    ...PANEL,
    x: { label: figureNames[fidelity], nice: true },
    y: { label: figureNames.frechetDistance, grid: true, nice: true },
    marks,
  }) as Element;
}

/** The curves along the first setting that was varied, one for each value of the others. */
function seriesOf(curves: readonly Results['curves'][number][], varied: string): Series[] {
  type Group = { readonly title: Record<string, string>; readonly points: ResultsPoint[] };
  const groups = new Map<string, Group>();
  for (const { model, points } of curves) {
    for (const point of points) {
      const title = { model: model.id, ...titleOf(point.settings, varied) };
      const key = JSON.stringify([model.sha256, title]);
      const group: Group = groups.get(key) ?? { title, points: [] };
      group.points.push(point);
      groups.set(key, group);
    }
  }
  const all = [...groups.values()];
  const names = new Set(all.flatMap(({ title }) => Object.keys(title)));
  const telling = [...names].filter(
    (name) => new Set(all.map(({ title }) => title[name])).size > 1,
  );
  return all.map(({ title, points }, i) => ({
    name:
      telling
        .map((name) => title[name])
        .filter(Boolean)
        .join(', ') || title.model!,
    colour: COLOURS[i % COLOURS.length]!,
    points: points
      .map((point) => ({ at: placeOf(point.settings, varied), point }))
      .sort((a, b) => a.at - b.at),
  }));
}

/** Everything but what is varied, in words; defaults are left out. */
function titleOf(settings: ResultsSettings, varied: string): Record<string, string> {
  const { guidance, guidanceScale, interval, shape, curve, threshold, mix, negative } = settings;
  const title: Record<string, string> = { guidance, sampler: settings.sampler };
  if (varied !== 'guidanceScale') title.guidanceScale = `w = ${tidy(guidanceScale - 1)}`;
  if (varied !== 'numSteps') title.numSteps = `${settings.numSteps} steps`;
  title.schedule = settings.schedule;
  if (interval) title.interval = `sigma in (${interval.join(', ')}]`;
  if (shape !== 'constant') title.shape = shape;
  if (curve) title.curve = `scales ${curve.map(tidy).join(', ')}`;
  if (threshold) title.threshold = `${threshold.kind} threshold`;
  if (mix) title.mix = `${mix.share} ${mix.name}`;
  if (negative !== null) title.negative = `away from ${negative}`;
  for (const [name, value] of Object.entries(settings.parameters)) {
    if (name !== varied) title[name] = `${name} ${tidy(value)}`;
  }
  const hidden = settingsNamed(varied);
  for (const setting of STAGE_SETTINGS) {
    const value = setting.of(settings as ColumnSettings);
    if (value === null || hidden.includes(setting)) continue;
    title[setting.property] = `${settingName(setting)} ${setting.write(value)}`;
  }
  return title;
}

/** What an axis is called: a setting of a stage by its name on the page. */
function axisName(varied: string): string {
  const [setting] = settingsNamed(varied);
  return AXES[varied] ?? (setting ? settingName(setting) : varied);
}

/** scale-2 → stage 2: scale. */
function settingName({ property }: RunSetting): string {
  return property === 'upTo' ? 'stages' : property.replace(/^(\w+)-(\d)$/, 'stage $2: $1');
}

/** Where a point is along the axis: the paper's w for a guidance scale. */
function placeOf(settings: ResultsSettings, varied: string): number {
  const value = numberAt(settings, varied);
  return varied === 'guidanceScale' ? value - 1 : value;
}

function same<T extends string | number>(what: string, values: readonly T[]): T {
  const different = [...new Set(values)];
  const [value] = different;
  if (value === undefined) throw new ArgumentError('The results must hold a point, got none');
  if (different.length === 1) return value;
  throw new ArgumentError(
    `Curves compare at the same ${what} only, got ${different.join(' and ')}`,
  );
}

function tidy(value: number): string {
  return `${Number(value.toPrecision(6))}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
