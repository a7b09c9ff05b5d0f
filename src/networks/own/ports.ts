import type { Conversion } from '../onnx/border';
import type { OnnxFile } from '../onnx/file';
import { ELEMENT, type OnnxValue } from '../onnx/onnx';
import type { OwnAdaptation } from './adaptation';
import type { Read } from './own-hints';

type Time = OwnAdaptation['time'];
type Label = NonNullable<OwnAdaptation['label']>;
type Shape = readonly (number | string | undefined)[];

/** Which of a graph's inputs and outputs are what, by the names that they have behind `border`. */
export interface Ports {
  readonly x: string;
  /** `count`: timesteps, where the graph looks them up in a table. */
  readonly time: Omit<Time, 'counts'> & { readonly count?: number | undefined };
  readonly label?: {
    readonly name: string;
    readonly type: Label['type'];
    /** Labels that the network knows, the one for no class among them, where the graph tells. */
    readonly count: number | undefined;
    /** Those whose rows in its table are all zeros. */
    readonly blank: readonly number[];
  };
  /** An input that hides the class. */
  readonly mask?: string;
  /** A student's input of the guidance scale. */
  readonly scale?: Omit<NonNullable<OwnAdaptation['scale']>, 'counts'>;
  /** The output that is most likely the prediction, and all that may be. */
  readonly output: string;
  readonly outputs: readonly string[];
  /** [channels, height, width]; a name where the graph leaves it open. */
  readonly shape: Shape;
  /** Names of free dimensions that are the batch. */
  readonly batch: readonly string[];
  /** It can take one picture at a time only. */
  readonly single: boolean;
  /** It takes so many pictures at a time. */
  readonly fixedBatch: number | undefined;
  /** What its inputs and outputs are to be put through. */
  readonly border: readonly Conversion[];
}

const NAMES = {
  x: ['sample', 'x', 'x_t', 'xt', 'noisy', 'noisy_sample', 'input', 'image', 'images', 'z'],
  time: [
    'timestep',
    'timesteps',
    't',
    'time',
    'times',
    'ts',
    'sigma',
    'noise_level',
    'noise_labels',
  ],
  label: ['class_labels', 'class_label', 'labels', 'label', 'classes', 'class', 'y', 'c', 'cond'],
  scale: [
    ...(['scale', 'guidance_scale', 'guidance', 'cfg_scale', 'cfg', 'guidance_strength'] as const),
    ...(['w', 'guidance_weight', 'w_cond'] as const),
  ],
  output: ['out_sample', 'noise_pred', 'denoised', 'sample', 'eps', 'output', 'out', 'v', 'x0'],
} as const;
const MASK = /mask|drop|uncond/i;
/** Float rows that are no labels. */
const EMBEDDING = /embed|hidden|(^|_)text|pool|clip|state/i;
/** Inputs that nothing fits are named up to so many. */
const MOST_NAMED = 8;

/** The types that can be cast, and what is given. */
const FLOATS: Readonly<Record<string, number>> = {
  float: ELEMENT.float,
  float16: ELEMENT.float16,
  double: ELEMENT.double,
};
const WHOLE: Readonly<Record<string, 'int64' | 'int32'>> = { int64: 'int64', int32: 'int32' };

const rankOf = ({ shape }: OnnxValue) => shape?.length ?? 9;
/** One number a row, or one for all: [batch], [batch, 1], [batch, 1, 1, 1], [1] or a scalar. */
const isNumbers = ({ shape }: OnnxValue) =>
  shape?.slice(1).every((length) => length === 1) === true;

/**
 * Finds out which of a graph's inputs and outputs are what: by their names, and where those are
 * unknown by type and rank.
 *
 * @returns undefined with every reason, a line each, where the graph is none that can be adapted
 */
export function findPorts(file: OnnxFile): Read<Ports | undefined> {
  const problems: string[] = [];
  const border: Conversion[] = [];
  const claimed = claimInputs(file, problems);
  const { x, time, label, mask, scale } = claimed;
  const picture = x && pictureOf(x, problems, border);
  const [batch] = x?.shape ?? [];
  const single = batch === 1 || (label !== undefined && label.shape?.[0] !== batch);
  const told = time && timeOf(time, batch, single, problems, border);
  const labelled = label && labelOf(label, file, batch, problems, border);
  const scaled = scale && timeOf(scale, batch, single, problems, border);
  const hides = mask && plain(mask, batch, ELEMENT.float, border);
  const outputs = findOutputs(file.outputs, picture, problems, x?.name, border);
  const names: readonly string[] = NAMES.output;
  const output =
    names.flatMap((name) => outputs.filter(({ given }) => given === name))[0] ?? outputs[0];
  if (problems.length > 0 || !picture || !told || !output) return { value: undefined, problems };

  const firsts = [x, time, label, mask, scale].map((value) => value?.shape?.[0]);
  const steps = file.lookups.get(time.name)?.rows;
  return {
    problems,
    value: {
      x: picture.name,
      time: { ...told, ...(steps !== undefined && { count: steps }) },
      ...(labelled && { label: labelled }),
      ...(hides && { mask: hides }),
      ...(scaled && { scale: { name: scaled.name, shape: scaled.shape } }),
      output: output.name,
      outputs: outputs.map(({ name }) => name),
      shape: picture.shape,
      batch: [...new Set(firsts.filter((first) => typeof first === 'string'))],
      single,
      fixedBatch: typeof batch === 'number' && batch > 1 ? batch : undefined,
      border,
    },
  };
}

interface Claimed {
  readonly x: OnnxValue | undefined;
  readonly time: OnnxValue | undefined;
  readonly label: OnnxValue | undefined;
  readonly mask: OnnxValue | undefined;
  readonly scale: OnnxValue | undefined;
}

function claimInputs(file: OnnxFile, problems: string[]): Claimed {
  const left = new Set(file.inputs);
  const claim = (names: readonly string[], ...fits: ((value: OnnxValue) => boolean)[]) => {
    const all = [...left];
    const named = names.flatMap((name) => all.filter((value) => value.name === name))[0];
    const found = named ?? fits.map((fit) => all.find(fit)).find((value) => value !== undefined);
    if (found) left.delete(found);
    return found;
  };
  const scales: readonly string[] = NAMES.scale;
  const labels: readonly string[] = [...NAMES.label, ...scales];
  // Without a name to go by, what looks up a table is a label and no timestep.
  const mayBeTime = (value: OnnxValue) =>
    isNumbers(value) && !labels.includes(value.name) && !MASK.test(value.name);
  const mayBeRows = ({ name, type, shape }: OnnxValue) =>
    type in FLOATS && shape?.length === 2 && Number(shape[1]) > 1 && !EMBEDDING.test(name);
  const x = claim(NAMES.x, (value) => rankOf(value) === 4 && !isNumbers(value));
  const scale = claim(
    [],
    (value) => scales.includes(value.name) && value.type in FLOATS && isNumbers(value),
  );
  const time = claim(
    NAMES.time,
    (value) => mayBeTime(value) && !file.lookups.has(value.name),
    mayBeTime,
  );
  const mask = claim([], (value) => MASK.test(value.name) && isNumbers(value));
  const label = claim(
    NAMES.label,
    (value) => value.type in WHOLE && isNumbers(value) && !MASK.test(value.name),
    mayBeRows,
  );
  const given = listed(file.inputs.map(({ name }) => name)) || 'none';
  const missing = (what: string) =>
    problems.push(`An input is missing: ${what}. Its inputs: ${given}.`);
  if (!x) missing('noisy pictures, float32 [batch, channels, height, width]');
  if (!time) missing('the timestep, int64 or float32 [batch]');
  [...left].slice(0, MOST_NAMED).forEach((value) => {
    problems.push(
      `Input ${described(value)}: must be a picture, a timestep or a class label; this page has nothing else to give.`,
    );
  });
  if (left.size > MOST_NAMED) problems.push(`And ${left.size - MOST_NAMED} inputs more.`);
  return { x, time, label, mask, scale };
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return [...names.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/** The name of an input of one number a row, given as [batch] numbers of a type. */
function plain(value: OnnxValue, batch: Shape[0], outer: number, border: Conversion[]): string {
  const inner = Object.entries({ ...FLOATS, ...{ int64: 7, int32: 6, bool: ELEMENT.bool } }).find(
    ([type]) => type === value.type,
  )?.[1];
  const { shape = [] } = value;
  const reshaped = shape.length > 1 || (shape.length === 0 && batch !== undefined);
  if (inner === outer && !reshaped) return value.name;
  const as = `page.${value.name}`;
  border.push({
    port: 'input',
    name: value.name,
    as,
    inner: inner ?? outer,
    outer,
    shape: [shape.length === 0 ? 1 : shape[0]],
    ...(reshaped && { reshape: shape.length === 0 ? [] : [-1, ...shape.slice(1).map(() => 1)] }),
  });
  return as;
}

function pictureOf(
  x: OnnxValue,
  problems: string[],
  border: Conversion[],
): { name: string; shape: Shape; channelsLast: boolean } | undefined {
  const inner = FLOATS[x.type];
  if (inner === undefined) {
    problems.push(`Input ${described(x)}: must be float32, float16 or float64.`);
  }
  if (x.shape?.length !== 4) {
    problems.push(`Input ${described(x)}: must have a shape [batch, channels, height, width].`);
    return undefined;
  }
  if (inner === undefined) return undefined;
  const [batch, ...picture] = x.shape;
  const isColour = (length: Shape[0]) => length === 1 || length === 3;
  const channelsLast = isColour(picture[2]) && !isColour(picture[0]);
  const shape = channelsLast ? [picture[2], picture[0], picture[1]] : picture;
  if (inner === ELEMENT.float && !channelsLast) return { name: x.name, shape, channelsLast };
  const as = `page.${x.name}`;
  border.push({
    port: 'input',
    name: x.name,
    as,
    inner,
    outer: ELEMENT.float,
    shape: [batch, ...shape],
    ...(channelsLast && { channelsLast }),
  });
  return { name: as, shape, channelsLast };
}

function timeOf(
  time: OnnxValue,
  batch: Shape[0],
  single: boolean,
  problems: string[],
  border: Conversion[],
): Omit<Time, 'counts'> | undefined {
  const whole = WHOLE[time.type];
  if (!whole && !(time.type in FLOATS)) {
    problems.push(`Input ${described(time)}: must be int64, int32, float32, float16 or float64.`);
    return undefined;
  }
  const { shape } = time;
  const type = whole ?? 'float32';
  const fits = rankOf(time) <= 2 && (whole !== undefined || time.type === 'float');
  if (fits) {
    if (shape?.length === 0) return { name: time.name, type, shape: 'scalar' };
    if (shape?.length === 2) return { name: time.name, type, shape: 'column' };
    const one = shape?.[0] === 1 && !single;
    return { name: time.name, type, shape: one ? 'one' : 'rows' };
  }
  const name = plain(time, batch, whole ? ELEMENT[whole] : ELEMENT.float, border);
  const one = (shape?.length === 0 || shape?.[0] === 1) && !single;
  return { name, type, shape: one ? 'one' : 'rows' };
}

function labelOf(
  label: OnnxValue,
  file: OnnxFile,
  batch: Shape[0],
  problems: string[],
  border: Conversion[],
): Ports['label'] {
  const whole = WHOLE[label.type];
  const inner = FLOATS[label.type];
  const { rows, blank = [] } = file.lookups.get(label.name) ?? {};
  if (isNumbers(label) && (whole || inner !== undefined)) {
    const type = whole ?? 'int64';
    const name = plain(label, batch, ELEMENT[type], border);
    return { name, type, count: rows, blank };
  }
  const width = label.shape?.[1];
  if (label.shape?.length !== 2 || (inner === undefined && !whole)) {
    problems.push(
      `Input ${described(label)}: must be class indices [batch], or rows of numbers [batch, labels].`,
    );
    return undefined;
  }
  const count = typeof width === 'number' ? width : undefined;
  if (inner === ELEMENT.float) return { name: label.name, type: 'float32', count, blank: [] };
  const as = `page.${label.name}`;
  border.push({
    port: 'input',
    name: label.name,
    as,
    inner: inner ?? ELEMENT[whole!],
    outer: ELEMENT.float,
    shape: label.shape,
  });
  return { name: as, type: 'float32', count, blank: [] };
}

/** The outputs that are pictures like the input; more channels are a variance that was learned as well. */
function findOutputs(
  outputs: readonly OnnxValue[],
  picture: { shape: Shape; channelsLast: boolean } | undefined,
  problems: string[],
  x: string | undefined,
  border: Conversion[],
): readonly { readonly name: string; readonly given: string }[] {
  const pictures = outputs.filter(
    ({ type, shape }) => type in FLOATS && (shape?.length ?? 4) === 4,
  );
  const [first] = pictures;
  if (!first) {
    const got = listed(outputs.map(described));
    problems.push(
      `An output is missing: a picture, float32 [batch, channels, height, width]. Its outputs: ${got}.`,
    );
    return [];
  }
  if (!picture) return [];
  const fitting = pictures.filter(({ shape }) => {
    const [, a, b, c] = shape ?? [];
    const size = picture.channelsLast ? [c, a, b] : [a, b, c];
    return size.every((length, i) => {
      const wanted = picture.shape[i];
      if (typeof length !== 'number' || typeof wanted !== 'number') return true;
      return i === 0 ? length === wanted || length === 2 * wanted : length === wanted;
    });
  });
  if (fitting.length === 0) {
    problems.push(
      `Output ${described(first)}: must have the shape of the input "${x}", [batch, ${picture.shape.join(', ')}], or twice its channels.`,
    );
  }
  return fitting.map((output) => {
    const inner = FLOATS[output.type]!;
    const { name, shape } = output;
    if (inner === ELEMENT.float && !picture.channelsLast) return { name, given: name };
    const as = `page.${name}`;
    const [batch, height, width, channels] = shape ?? [];
    border.push({
      port: 'output',
      name,
      as,
      inner,
      outer: ELEMENT.float,
      shape: picture.channelsLast ? [batch, channels, height, width] : (shape ?? []),
      ...(picture.channelsLast && { channelsLast: true as const }),
    });
    return { name: as, given: name };
  });
}

/** A tensor as PyTorch's users know it: "t" float64 [batch]. */
export function described({ name, type, shape }: OnnxValue): string {
  const known: Readonly<Record<string, string>> = { float: 'float32', double: 'float64' };
  const dims = shape ? ` [${shape.map((length) => length ?? '?').join(', ')}]` : '';
  return `"${name}" ${known[type] ?? type}${dims}`;
}
