import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { componentsOf } from '../../diffusion/worlds/analytic';
import {
  classifierGradientAt,
  denoisedAt,
  densityAt,
  epsAt,
  evenly,
  flowOnLine,
  guidedDensity,
  integral,
  type LineFlow,
  lineWorld,
  moments,
  OTHER,
  posteriorAt,
  WANTED,
} from '../../diffusion/worlds/line';
import { percent } from '../../settings/numbers';
import type { FigureId, FigureWords } from './article';
import { type Axis, Chart, type Ink, type Series, wholeTicks } from './Chart';
import { Dial, short } from './Dial';

interface FigureProps {
  readonly title: string;
  readonly words: FigureWords;
  /** A sentence below. */
  readonly note: ReactNode;
}

const wanted = componentsOf(lineWorld, WANTED);
const other = componentsOf(lineWorld, OTHER);
/** Between the two parts of the wanted class. */
const BETWEEN = 1.35;

const FROM = -4.5;
const TO = 5.5;
const points = evenly(FROM, TO, 241);
/** Wide enough for the strongest noise of the figures. */
const wide = evenly(-30, 31, 1221);
const places: Axis = { domain: [FROM, TO], ticks: wholeTicks(FROM, TO, 2) };
const noTicks: Axis['ticks'] = [];

const curve = (f: (x: number) => number): Series['points'] => points.map((x) => [x, f(x)]);

/** 1: data, and the data under noise. */
function Noise({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.4);
  const { std } = moments(
    wide,
    wide.map((x) => densityAt(lineWorld, x, sigma)),
  );
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['uncond', words.data],
        ['data', words.noised],
      ]}
      numbers={[[words.spread, short(std)]]}
      dials={<SigmaDial words={words} value={sigma} max={6} onChange={setSigma} />}
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{ domain: [0, 0.48], ticks: noTicks }}
          series={[
            { ink: 'uncond', look: 'area', points: curve((x) => densityAt(lineWorld, x, 0)) },
            { ink: 'data', points: curve((x) => densityAt(lineWorld, x, sigma)) },
          ]}
        />
      )}
    </Frame>
  );
}

/** 2: arrows from every place to its guess. */
function Score({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.8);
  const [x, setX] = useState(-2.5);
  const guess = denoisedAt(lineWorld, x, sigma);
  const data = points.map((at) => densityAt(lineWorld, at, 0));
  const noised = points.map((at) => densityAt(lineWorld, at, sigma));
  const most = Math.max(...noised);
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['uncond', words.data],
        ['data', words.noised],
      ]}
      numbers={[
        ['D', short(guess)],
        ['(D − x) / σ²', short((guess - x) / sigma ** 2)],
      ]}
      dials={
        <>
          <PlaceDial words={words} value={x} onChange={setX} />
          <SigmaDial words={words} value={sigma} max={6} onChange={setSigma} />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          height={270}
          x={places}
          y={{
            domain: [-0.36, 1],
            ticks: [
              { at: 0, text: 'x' },
              { at: 0.62, text: 'D' },
            ],
          }}
          series={[]}
          under={(frame) => {
            const outline = (values: readonly number[], base: number, size: number) => {
              const edge = points.map(
                (at, i) =>
                  `${frame.x(at).toFixed(1)},${frame.y(base + size * values[i]!).toFixed(1)}`,
              );
              const level = frame.y(base).toFixed(1);
              return `M${frame.x(FROM).toFixed(1)},${level}L${edge.join('L')}L${frame.x(TO).toFixed(1)},${level}Z`;
            };
            return (
              <>
                <path className="curve area" data-ink="uncond" d={outline(data, 0.62, 0.8)} />
                <path className="curve area" data-ink="data" d={outline(noised, 0, -0.34 / most)} />
              </>
            );
          }}
          over={(frame) => (
            <>
              {evenly(-4.4, 5.4, 29).map((at) => (
                <Arrow
                  key={at}
                  ink="uncond"
                  from={[frame.x(at), frame.y(0)]}
                  to={[frame.x(denoisedAt(lineWorld, at, sigma)), frame.y(0.62)]}
                />
              ))}
              <Arrow
                ink="guided"
                strong
                from={[frame.x(x), frame.y(0)]}
                to={[frame.x(guess), frame.y(0.62)]}
              />
            </>
          )}
        />
      )}
    </Frame>
  );
}

/** 3: conditional score = unconditional score + classifier gradient. */
function Bayes({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.7);
  const [x, setX] = useState(-1.8);
  const u = (at: number) => -epsAt(lineWorld, at, sigma);
  const p = (at: number) => sigma * classifierGradientAt(lineWorld, WANTED, at, sigma);
  const c = (at: number) => -epsAt(wanted, at, sigma);
  const apart = Math.max(...points.map((at) => Math.abs(u(at) + p(at) - c(at))));
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['uncond', words.uncond],
        ['classifier', words.classifier],
        ['cond', words.cond],
      ]}
      numbers={[
        [words.uncond, short(u(x))],
        [`+ ${words.classifier}`, short(p(x))],
        [`= ${words.cond}`, short(c(x))],
        [words.sum, power(apart)],
      ]}
      dials={
        <>
          <PlaceDial words={words} value={x} onChange={setX} />
          <SigmaDial words={words} value={sigma} min={0.2} max={4} onChange={setSigma} />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{ domain: [-4.5, 4.5], ticks: wholeTicks(-4, 4, 2) }}
          series={[
            { ink: 'uncond', points: curve(u) },
            { ink: 'classifier', points: curve(p) },
            { ink: 'cond', points: curve(c) },
          ]}
          over={(frame) => (
            <>
              <Arrow
                ink="uncond"
                strong
                from={[frame.x(x) - 3, frame.y(0)]}
                to={[frame.x(x) - 3, frame.y(u(x))]}
              />
              <Arrow
                ink="classifier"
                strong
                from={[frame.x(x) - 3, frame.y(u(x))]}
                to={[frame.x(x) - 3, frame.y(c(x))]}
              />
              <Arrow
                ink="cond"
                strong
                from={[frame.x(x) + 3, frame.y(0)]}
                to={[frame.x(x) + 3, frame.y(c(x))]}
              />
            </>
          )}
        />
      )}
    </Frame>
  );
}

/** 4: p(x | c) p(c | x)^w. */
function Sharpened({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.5);
  const [w, setW] = useState(2);
  const density = guidedDensity({ mixture: lineWorld, classLabel: WANTED, sigma, w, points: wide });
  const { std } = moments(wide, density);
  const shown = wide.flatMap((x, i) => (x >= FROM && x <= TO ? [[x, density[i]!] as const] : []));
  const top = Math.max(1.08, ...density);
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['other', words.others],
        ['cond', words.unguided],
        ['classifier', 'p(c | x)'],
        ['guided', words.guided],
      ]}
      numbers={[
        [words.nearPart, percent(nearMass(wide, density))],
        [words.spread, short(std)],
      ]}
      dials={
        <>
          <Dial label={words.strength} min={0} max={10} step={0.1} value={w} onChange={setW} />
          <SigmaDial words={words} value={sigma} max={4} onChange={setSigma} />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{
            domain: [0, top],
            ticks: [
              { at: 0, text: '0' },
              { at: 1, text: '1' },
            ],
          }}
          series={[
            { ink: 'other', look: 'area', points: curve((x) => densityAt(other, x, sigma)) },
            { ink: 'cond', look: 'area', points: curve((x) => densityAt(wanted, x, sigma)) },
            {
              ink: 'classifier',
              look: 'dashed',
              points: curve((x) => posteriorAt(lineWorld, WANTED, x, sigma)),
            },
            { ink: 'guided', points: shown },
          ]}
        />
      )}
    </Frame>
  );
}

/** 5: -(eps_c - eps_u)/sigma on top of the classifier's gradient. */
function Implicit({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(0.7);
  const [x, setX] = useState(-0.5);
  const explicit = (at: number) => classifierGradientAt(lineWorld, WANTED, at, sigma);
  const implicit = (at: number) =>
    -(epsAt(wanted, at, sigma) - epsAt(lineWorld, at, sigma)) / sigma;
  const apart = Math.max(...points.map((at) => Math.abs(explicit(at) - implicit(at))));
  const high = Math.max(...points.map(explicit));
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['classifier', '∇ log p(c | x)'],
        ['data', '−(ε_c − ε_u) / σ'],
      ]}
      numbers={[
        ['∇ log p(c | x)', short(explicit(x))],
        ['−(ε_c − ε_u) / σ', short(implicit(x))],
        [words.apart, power(apart)],
      ]}
      dials={
        <>
          <PlaceDial words={words} value={x} onChange={setX} />
          <SigmaDial words={words} value={sigma} min={0.2} max={4} onChange={setSigma} />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{
            domain: [-0.08 * high, 1.1 * high],
            ticks: [
              { at: 0, text: '0' },
              { at: high, text: short(high) },
            ],
          }}
          series={[
            { ink: 'classifier', look: 'wide', points: curve(explicit) },
            { ink: 'data', look: 'dashed', points: curve(implicit) },
          ]}
          over={(frame) => <Dot ink="data" at={[frame.x(x), frame.y(implicit(x))]} />}
        />
      )}
    </Frame>
  );
}

/** 6: D with each label, and without as their mean. */
function Label({ title, words, note }: FigureProps) {
  const [sigma, setSigma] = useState(1.2);
  const [x, setX] = useState(0);
  const guesses = [
    ['other', words.otherClass, other],
    ['cond', words.wantedClass, wanted],
    ['uncond', words.noLabel, lineWorld],
  ] as const;
  const p = posteriorAt(lineWorld, WANTED, x, sigma);
  return (
    <Frame
      title={title}
      note={note}
      legend={guesses.map(([ink, name]) => [ink, name])}
      numbers={[
        ...guesses.map(
          ([, name, mixture]) => [name, short(denoisedAt(mixture, x, sigma))] as const,
        ),
        ['p(c | x)', percent(p)],
      ]}
      dials={
        <>
          <PlaceDial words={words} value={x} onChange={setX} />
          <SigmaDial words={words} value={sigma} max={6} onChange={setSigma} />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{ domain: [-3.2, 4.2], ticks: wholeTicks(-3, 4, 1) }}
          series={guesses.map(([ink, , mixture]) => ({
            ink,
            points: curve((at) => denoisedAt(mixture, at, sigma)),
          }))}
          under={(frame) => (
            <line
              className="here"
              x1={frame.x(x)}
              x2={frame.x(x)}
              y1={frame.top}
              y2={frame.bottom}
            />
          )}
          over={(frame) =>
            guesses.map(([ink, , mixture]) => (
              <Dot key={ink} ink={ink} at={[frame.x(x), frame.y(denoisedAt(mixture, x, sigma))]} />
            ))
          }
        />
      )}
    </Frame>
  );
}

const SAMPLES = 600;
const BIN = 0.1;
const FLOW_STEPS = 24;

/** 7: samples drawn with guidance, and the density that one might expect. */
function Sampling({ title, words, note }: FigureProps) {
  const [scale, setScale] = useState(3);
  const flow = useFlow({ scale, samples: SAMPLES });
  const ends = flow?.paths.map((path) => path.at(-1)!) ?? [];
  const density = guidedDensity({
    mixture: lineWorld,
    classLabel: WANTED,
    sigma: 0,
    w: scale - 1,
    points: wide,
  });
  const bins = new Map<number, number>();
  for (const x of ends) {
    const bin = Math.floor(x / BIN);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const height = (count: number) => count / ends.length / BIN;
  const tallest = Math.max(1.3, ...[...bins.values()].map((count) => 1.05 * height(count)));
  const shown = wide.flatMap((x, i) => (x >= FROM && x <= TO ? [[x, density[i]!] as const] : []));
  return (
    <Frame
      title={title}
      note={note}
      legend={[
        ['cond', words.samples],
        ['guided', words.guided],
      ]}
      numbers={[
        ['w = s − 1', short(scale - 1)],
        [words.nearSamples, ends.length ? percent(nearShare(ends)) : '…'],
        [words.nearPart, percent(nearMass(wide, density))],
      ]}
      dials={
        <Dial label={words.scale} min={0} max={10} step={0.1} value={scale} onChange={setScale} />
      }
    >
      {(label) => (
        <Chart
          label={label}
          x={places}
          y={{ domain: [0, tallest], ticks: wholeTicks(0, tallest) }}
          series={[{ ink: 'guided', points: shown }]}
          under={(frame) =>
            [...bins].map(([bin, count]) => (
              <rect
                key={bin}
                className="bar"
                data-ink="cond"
                x={frame.x(bin * BIN)}
                width={Math.max(1, frame.x(BIN) - frame.x(0) - 1)}
                y={frame.y(height(count))}
                height={frame.y(0) - frame.y(height(count))}
              />
            ))
          }
        />
      )}
    </Frame>
  );
}

const PATHS = 60;
/** Levels that the figure shows, a little below the last one above 0; 0 itself lies at the right edge. */
const LEVELS = { low: 0.015, high: 20 };
const atSigma = (sigma: number) => -Math.log10(Math.max(sigma, LEVELS.low));
const levels: Axis = {
  domain: [atSigma(LEVELS.high), atSigma(0)],
  ticks: [10, 1, 0.1].map((sigma) => ({ at: atSigma(sigma), text: `σ ${sigma}` })),
};

/** 8: paths from noise to data, guided in an interval of noise levels. */
function Interval({ title, words, note }: FigureProps) {
  const [scale, setScale] = useState(6);
  const [low, setLow] = useState(LEVELS.low);
  const [high, setHigh] = useState(LEVELS.high);
  const flow = useFlow({ scale, samples: PATHS, low, high });
  const ends = flow?.paths.map((path) => path.at(-1)!) ?? [];
  return (
    <Frame
      title={title}
      note={note}
      legend={[['guided', words.samples]]}
      numbers={[
        [words.nearSamples, ends.length ? percent(nearShare(ends)) : '…'],
        [words.evaluations, flow ? String(flow.evaluations) : '…'],
      ]}
      dials={
        <>
          <Dial label={words.scale} min={0} max={10} step={0.1} value={scale} onChange={setScale} />
          <Dial
            label={words.high}
            {...{ min: LEVELS.low, max: LEVELS.high, value: high }}
            logarithmic
            onChange={(value) => {
              setHigh(value);
              setLow(Math.min(low, value));
            }}
          />
          <Dial
            label={words.low}
            {...{ min: LEVELS.low, max: LEVELS.high, value: low }}
            logarithmic
            onChange={(value) => {
              setLow(value);
              setHigh(Math.max(high, value));
            }}
          />
        </>
      }
    >
      {(label) => (
        <Chart
          label={label}
          height={270}
          x={levels}
          y={{ domain: [-2.6, 4], ticks: wholeTicks(-2, 4, 2) }}
          series={(flow?.paths ?? []).map((path) => ({
            ink: 'guided',
            points: path.map((x, step) => {
              const sigma = flow!.sigmas[step]!;
              return [atSigma(sigma), x / Math.sqrt(1 + sigma ** 2)];
            }),
          }))}
          under={(frame) => (
            <rect
              className="guided-levels"
              x={frame.x(atSigma(high))}
              width={Math.max(0, frame.x(atSigma(low)) - frame.x(atSigma(high)))}
              y={frame.top}
              height={frame.bottom - frame.top}
            />
          )}
        />
      )}
    </Frame>
  );
}

/** Every figure of the article. */
export const FIGURE_VIEWS: Readonly<Record<FigureId, ComponentType<FigureProps>>> = {
  noise: Noise,
  score: Score,
  bayes: Bayes,
  sharpened: Sharpened,
  implicit: Implicit,
  label: Label,
  sampling: Sampling,
  interval: Interval,
};

interface FrameProps {
  readonly title: string;
  readonly note: ReactNode;
  readonly legend: readonly (readonly [ink: Ink, name: string])[];
  readonly numbers: readonly (readonly [name: string, value: string])[];
  readonly dials: ReactNode;
  /** The drawing, given what it is called. */
  readonly children: (label: string) => ReactNode;
}

/** Title, legend, drawing, sliders, numbers and note of a figure. */
function Frame({ title, note, legend, numbers, dials, children }: FrameProps) {
  const spoken = numbers.map(([name, value]) => `${name}: ${value}`).join('; ');
  return (
    <figure className="idea-figure">
      <figcaption>
        <b>{title}</b>
        <ul>
          {legend.map(([ink, name]) => (
            <li key={ink} data-ink={ink}>
              <Subscripts text={name} />
            </li>
          ))}
        </ul>
      </figcaption>
      {children(`${title}. ${spoken}`)}
      <div className="dials">{dials}</div>
      <dl>
        {numbers.map(([name, value]) => (
          <div key={name}>
            <dt>
              <Subscripts text={name} />
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="note">{note}</p>
    </figure>
  );
}

/** `_c` as a subscript. */
function Subscripts({ text }: { text: string }) {
  return text.split(/_(\w)/).map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never move
    i % 2 ? <sub key={i}>{part}</sub> : part,
  );
}

interface SigmaDialProps {
  readonly words: FigureWords;
  readonly value: number;
  readonly min?: number;
  readonly max: number;
  onChange(value: number): void;
}

function SigmaDial({ words, value, min = 0.05, max, onChange }: SigmaDialProps) {
  return <Dial label={words.sigma} {...{ value, min, max, onChange }} logarithmic />;
}

function PlaceDial({ words, value, onChange }: Omit<SigmaDialProps, 'max'>) {
  return <Dial label={words.place} min={-4} max={5} step={0.05} {...{ value, onChange }} />;
}

type Point = readonly [x: number, y: number];

/** A line with a head, in CSS pixels. */
function Arrow({ ink, strong, from, to }: { ink: Ink; strong?: boolean; from: Point; to: Point }) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length < 2) return null;
  const size = Math.min(strong ? 8 : 5, length);
  const [ux, uy] = [(dx / length) * size, (dy / length) * size];
  const corner = (side: number) =>
    `${to[0] - ux - side * uy * 0.5},${to[1] - uy + side * ux * 0.5}`;
  return (
    <g className="arrow" data-ink={ink} data-strong={strong}>
      <line x1={from[0]} y1={from[1]} x2={to[0] - ux * 0.7} y2={to[1] - uy * 0.7} />
      <polygon points={`${to.join()} ${corner(1)} ${corner(-1)}`} />
    </g>
  );
}

function Dot({ ink, at }: { ink: Ink; at: Point }) {
  return <circle className="mark" data-ink={ink} cx={at[0]} cy={at[1]} r={4.5} />;
}

/** Samples as they are drawn at these settings; the last ones stay until the next are there. */
function useFlow(options: {
  readonly scale: number;
  readonly samples: number;
  readonly low?: number;
  readonly high?: number;
}): LineFlow | undefined {
  const { scale, samples, low, high } = options;
  const [flow, setFlow] = useState<LineFlow>();
  useEffect(() => {
    let wanted = true;
    const interval = low === undefined || high === undefined ? undefined : ([low, high] as const);
    const run = flowOnLine({ guidanceScale: scale, interval, numSteps: FLOW_STEPS, samples });
    void run.then((result) => {
      if (wanted) setFlow(result);
    });
    return () => {
      wanted = false;
    };
  }, [scale, samples, low, high]);
  return flow;
}

function nearShare(xs: readonly number[]): number {
  return xs.filter((x) => x < BETWEEN).length / xs.length;
}

function nearMass(at: readonly number[], density: readonly number[]): number {
  return integral(
    at,
    density.map((value, i) => (at[i]! < BETWEEN ? value : 0)),
  );
}

/** A tiny number as 3·10⁻¹⁶. */
function power(value: number): string {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(value));
  const raised = [...String(exponent)].map((digit) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(digit)]);
  return `${Math.round(value / 10 ** exponent)}·10${raised.join('')}`;
}
