import { percent } from '../src/settings/numbers';
import type { Bar } from './bars';
import type { Comparison, Results } from './results';

/** The results as tables for a terminal. */
export function report(results: Results, bars: readonly Bar[]): string {
  const { machine, versions, model, quick } = results;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${model}${quick ? ' (quick)' : ''} · ${machine.cpu}, ${machine.cores} cores, ${machine.system}`,
    named.join(' · '),
    ...section('Euler, one evaluation a step; a guided one evaluates twice', [
      ['backend', 'device', 'batch', 'scale', 'ms/step', 'outside network'],
      ...results.steps.map((row) => [
        row.backend,
        row.device,
        `${row.batch}`,
        `${row.guidanceScale}`,
        ms(row.msPerStep),
        percent(row.outsideShare, 1),
      ]),
    ]),
    ...section('Guidance on / off', comparisons(results.guidance, 'on', 'off')),
    ...section('Engine / plain loop', comparisons(results.plain, 'engine', 'plain')),
    ...section('A step of each rule / of cfg, two evaluations each', [
      ['rule', ...comparisons([], 'rule', 'cfg')[0]!],
      ...results.rules.map((row) => [row.rule, ...comparisons([row], 'rule', 'cfg')[1]!]),
    ]),
    ...section('Whole trajectories at s = 3, by Euler: the network, its students, the plain loop', [
      [
        ...['backend', 'device', 'batch', 'by', 'rule', 'steps', 'ms/step', 'outside network'],
        ...['dispatches', 'submits', 'read-backs', 'pictures/s', 'over the longest', 'half within'],
      ],
      ...results.trajectories.map((row) => [
        ...[row.backend, row.device, `${row.batch}`, row.by, row.rule, `${row.numSteps}`],
        ms(row.msPerStep),
        row.outsideShare === undefined ? '–' : percent(row.outsideShare, 1),
        ...(['dispatches', 'submits', 'readBacks'] as const).map(
          (name) => row.onDevice?.[name].toFixed(1) ?? '–',
        ),
        row.perSecond.toFixed(1),
        ratio(row.overLongest.median),
        `${ratio(row.overLongest.low)} – ${ratio(row.overLongest.high)}`,
      ]),
    ]),
    ...section('The page, from request to painted last frame, one sample', [
      ['backend', 'device', 'ms/step', 'outside network', 'in worker', 'to canvas'],
      ...results.canvas.map((row) => [
        row.backend,
        row.device,
        ms(row.msPerStep),
        percent(row.outsideShare, 1),
        `${ms(row.workerMsPerStep)} ms/step`,
        `${ms(row.canvasMsPerStep)} ms/step`,
      ]),
    ]),
    ...section('From navigation to the first finished samples', [
      ['backend', 'device', 'samples', 'steps', 'cold', 'model ready', 'warm', 'model ready'],
      ...results.firstSample.map(({ backend, device, samples, numSteps, cold, warm }) => [
        backend,
        device,
        `${samples}`,
        `${numSteps}`,
        seconds(cold.paintedMs),
        seconds(cold.readyMs),
        seconds(warm.paintedMs),
        seconds(warm.readyMs),
      ]),
    ]),
    ...section('The main thread while an 8 × 8 grid fills', [
      ['backend', 'device', 'network', 'steps', 'in all', 'tasks over 50 ms', 'longest', 'busiest'],
      ...results.grid.map((row) => [
        row.backend,
        row.device,
        row.model,
        `${row.numSteps}`,
        seconds(row.totalMs),
        `${row.longTasks}`,
        row.longTasks ? `${ms(row.longestTaskMs)} ms` : '–',
        `${ms(row.busiestTaskMs)} ms on a core`,
      ]),
    ]),
    ...section('Each network without guidance / matrix products of as many operations', [
      [
        ...['model', 'backend', 'device', 'precision', 'batch', 'a run', 'ms/step'],
        ...['GFLOP/s', 'products', 'share', 'half within', 'memory'],
      ],
      ...results.models.map((row) => [
        row.model,
        row.backend,
        row.device,
        row.precision,
        `${row.batch}`,
        `${row.largestRun}`,
        ms(row.msPerStep),
        ms(row.gflops),
        ms(row.productGflops),
        percent(row.share.median, 1),
        `${percent(row.share.low, 1)} – ${percent(row.share.high, 1)}`,
        row.memoryMb === undefined ? '–' : `${row.memoryMb.toFixed(0)} MB`,
      ]),
    ]),
    ...section('Bars', [
      ['', 'bar', 'measured', 'at most', 'distance'],
      ...bars.map(({ name, measured, limit, unit, verdict, distance }) => {
        const show = {
          share: (value: number) => percent(value, 1),
          ratio,
          ms: (value: number) => `${ms(value)} ms`,
        }[unit];
        const sign = distance < 0 ? '-' : '+';
        return [
          verdict === 'miss' ? 'MISS' : verdict,
          name,
          show(measured),
          show(limit),
          sign + show(Math.abs(distance)),
        ];
      }),
    ]),
    ...(results.notes.length ? ['', ...results.notes.map((note) => `Note: ${note}`)] : []),
  ].join('\n');
}

function comparisons(rows: readonly Comparison[], a: string, b: string): string[][] {
  return [
    ['backend', 'device', 'batch', `${a} ms/step`, `${b} ms/step`, 'ratio', 'half within', 'pairs'],
    ...rows.map(({ backend, device, batch, msPerStep, ratio: r }) => [
      backend,
      device,
      `${batch}`,
      ms(msPerStep[0]),
      ms(msPerStep[1]),
      ratio(r.median),
      `${ratio(r.low)} – ${ratio(r.high)}`,
      `${r.pairs}`,
    ]),
  ];
}

/** A title and a table under it; nothing where the table has its heading alone. */
function section(title: string, table: readonly (readonly string[])[]): string[] {
  if (table.length < 2) return [];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const lines = table.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd(),
  );
  return ['', title, ...lines];
}

const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);
const seconds = (value: number) => `${(value / 1000).toFixed(2)} s`;
const ratio = (value: number) => value.toFixed(3);
