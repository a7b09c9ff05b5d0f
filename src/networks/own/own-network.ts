import * as v from 'valibot';
import { complaint, type DenoiserManifest } from '../manifest';
import type { OnnxFile } from '../onnx/file';
import type { OnnxValue } from '../onnx/onnx';
import { count, text } from '../schema';
import { type adaptation, betas, range } from './adaptation';
import { type Hints, PREDICTIONS, type Read, SCHEDULES } from './own-hints';

export type OwnAdaptation = v.InferOutput<typeof adaptation>;
type Time = OwnAdaptation['time'];
type Label = NonNullable<OwnAdaptation['label']>;
type Betas = v.InferOutput<typeof betas>;

/** Which of a graph's inputs and outputs are what. */
export interface Ports {
  readonly x: string;
  readonly time: Omit<Time, 'counts'>;
  /** `count`: labels that the network knows, the one for no class among them, where the graph tells. */
  readonly label?: {
    readonly name: string;
    readonly type: Label['type'];
    readonly count: number | undefined;
  };
  readonly output: string;
  /** [channels, height, width]; a name where the graph leaves it open. */
  readonly shape: readonly (number | string | undefined)[];
  /** Names of free dimensions that are the batch. */
  readonly batch: readonly string[];
  /** It can take one picture at a time only. */
  readonly single: boolean;
}

/** What "no class" is told by: the last or the first index, a row of zeros; or the network was never told. */
export type NullLabel = 'last' | 'first' | 'zeros' | 'none';

/** What the graph does not tell of a network, and its owner knows. */
export interface OwnSettings {
  readonly title: string;
  readonly prediction: OwnAdaptation['prediction'];
  readonly betas: Betas;
  readonly range: readonly [black: number, white: number];
  /** Noise levels of a network of this project's contract, where its manifest tells. */
  readonly sigma?: { readonly min: number; readonly max: number } | undefined;
  readonly counts: Time['counts'];
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Labels that the network knows, the one for no class among them; 0: it takes none. */
  readonly labels: number;
  readonly nullLabel: NullLabel;
  /** Of the classes; fewer than there are: the others are numbered. */
  readonly names: readonly string[];
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
  output: ['out_sample', 'noise_pred', 'denoised', 'sample', 'eps', 'output', 'out', 'v', 'x0'],
} as const;

/**
 * Finds out which of a graph's inputs and outputs are what: by their names, and where those are
 * unknown by type and rank.
 *
 * @returns undefined with every reason, a line each, where the graph is none that can be adapted
 */
export function findPorts(file: OnnxFile): Read<Ports | undefined> {
  const problems: string[] = [];
  const left = [...file.inputs];
  // Without a name to go by, what looks up a table is a label and no timestep.
  const looksUp = ({ name }: OnnxValue) => file.lookupRows(name) !== undefined;
  const take = (role: keyof typeof NAMES, fits: (value: OnnxValue) => boolean) => {
    const names: readonly string[] = NAMES[role];
    const named = names.flatMap((name) => left.filter((value) => value.name === name))[0];
    const rather = (value: OnnxValue) => fits(value) && !(role === 'time' && looksUp(value));
    const found = named ?? left.find(rather) ?? left.find(fits);
    if (found) left.splice(left.indexOf(found), 1);
    return found;
  };
  const given = file.inputs.map(({ name }) => name).join(', ') || 'none';
  const missing = (what: string) =>
    problems.push(`An input is missing: ${what}. Its inputs: ${given}.`);

  const x = take('x', ({ shape }) => shape?.length === 4);
  const time = take('time', ({ shape }) => (shape?.length ?? 9) <= 1);
  const label = take('label', ({ type, shape }) => /^int/.test(type) && shape?.length === 1);
  if (!x) missing('noisy pictures, float32 [batch, channels, height, width]');
  if (!time) missing('the timestep, int64 or float32 [batch]');
  for (const value of left) {
    problems.push(
      `Input ${described(value)}: must be a picture, a timestep or a class label; this page has nothing else to give.`,
    );
  }
  if (x && x.type !== 'float') problems.push(`Input ${described(x)}: must be float32.`);
  if (x && x.shape?.length !== 4) {
    problems.push(`Input ${described(x)}: must have a shape [batch, channels, height, width].`);
  }
  const timeType = time && TYPES[time.type];
  if (time && !timeType)
    problems.push(`Input ${described(time)}: must be int64, int32 or float32.`);
  const labelType = label && TYPES[label.type];
  if (label && !labelType)
    problems.push(`Input ${described(label)}: must be int64, int32 or float32.`);
  const rank = labelType === 'float32' ? 2 : 1;
  if (label?.shape && labelType && label.shape.length !== rank) {
    problems.push(
      `Input ${described(label)}: must be class indices [batch], or rows of float32 [batch, labels].`,
    );
  }
  const [batch, ...picture] = x?.shape ?? [];
  if (typeof batch === 'number' && batch !== 1) {
    problems.push(`Input ${described(x!)}: its batch must be free, or 1; got ${batch}.`);
  }
  const output = findOutput(file.outputs, picture, problems, x?.name);
  if (problems.length > 0 || !x || !time || !timeType || !output)
    return { value: undefined, problems };

  const rows = labelType === 'float32' ? label?.shape?.[1] : file.lookupRows(label?.name ?? '');
  const firsts = [x, time, label].map((value) => value?.shape?.[0]);
  return {
    problems,
    value: {
      x: x.name,
      time: { name: time.name, type: timeType, shape: timeShape(time, batch === 1) },
      ...(label &&
        labelType && {
          label: {
            name: label.name,
            type: labelType,
            count: typeof rows === 'number' ? rows : undefined,
          },
        }),
      output: output.name,
      shape: picture,
      batch: [...new Set(firsts.filter((first) => typeof first === 'string'))],
      single: batch === 1,
    },
  };
}

/** This project's names of the types that it can give. */
const TYPES: Readonly<Record<string, Time['type'] | undefined>> = {
  float: 'float32',
  int64: 'int64',
  int32: 'int32',
};

function timeShape({ shape }: OnnxValue, single: boolean): Time['shape'] {
  if (shape?.length === 0) return 'scalar';
  if (shape?.length === 2) return 'column';
  return shape?.[0] === 1 && !single ? 'one' : 'rows';
}

/** The output that is a picture like the input; more channels are a variance that was learned as well. */
function findOutput(
  outputs: readonly OnnxValue[],
  picture: readonly (number | string | undefined)[],
  problems: string[],
  x: string | undefined,
): OnnxValue | undefined {
  const names: readonly string[] = NAMES.output;
  const pictures = outputs.filter(
    ({ type, shape }) => type === 'float' && (shape?.length ?? 4) === 4,
  );
  const output =
    names.flatMap((name) => pictures.filter((value) => value.name === name))[0] ?? pictures[0];
  if (!output) {
    const got = outputs.map(described).join(', ');
    problems.push(
      `An output is missing: a picture, float32 [batch, channels, height, width]. Its outputs: ${got}.`,
    );
    return undefined;
  }
  const [, ...size] = output.shape ?? [];
  const fits = size.every((length, i) => {
    const wanted = picture[i];
    if (typeof length !== 'number' || typeof wanted !== 'number') return true;
    return i === 0 ? length === wanted || length === 2 * wanted : length === wanted;
  });
  if (!fits) {
    problems.push(
      `Output ${described(output)}: must have the shape of the input "${x}", [batch, ${picture.join(', ')}], or twice its channels.`,
    );
  }
  return output;
}

/** A tensor as PyTorch's users know it: "t" float64 [batch]. */
export function described({ name, type, shape }: OnnxValue): string {
  const known: Readonly<Record<string, string>> = { float: 'float32', double: 'float64' };
  const dims = shape ? ` [${shape.map((length) => length ?? '?').join(', ')}]` : '';
  return `"${name}" ${known[type] ?? type}${dims}`;
}

/** Numbers of labels so round that they are those of a data set, without one for no class. */
const ROUND = [10, 100, 1000];

const DDPM = { linear: [1e-4, 0.02], 'scaled-linear': [0.00085, 0.012] } as const;

/** Betas of a kind with the numbers of its paper. */
export function usualBetas(kind: Betas['kind'], steps = 1000): Betas {
  if (kind === 'cosine') return { kind, steps };
  const [start, end] = DDPM[kind];
  return { kind, start, end, steps };
}

/** What to suggest for a network: what is said of it, else what its graph tells, else what is usual. */
export function suggested(ports: Ports, said: Hints, fileName: string): OwnSettings {
  const { label } = ports;
  const native = said.role === 'denoiser' && said.adapt === undefined;
  const own = native || (ports.time.name === 'sigma' && ports.output === 'denoised');
  const byName = /^(v|velocity|v_pred)$/.test(ports.output)
    ? 'v'
    : /^(x0|x_0|pred_x0|x_start|pred_original_sample)/.test(ports.output)
      ? 'x0'
      : 'eps';
  const kind = SCHEDULES[said.beta_schedule ?? 'linear'];
  const standard = usualBetas(kind, said.num_train_timesteps);
  const { beta_start: start, beta_end: end } = said;
  const given =
    standard.kind === 'cosine'
      ? standard
      : { ...standard, start: start ?? standard.start, end: end ?? standard.end };
  const names =
    said.class_names ?? said.classes ?? (said.id2label ? Object.values(said.id2label) : []);
  const { labels, nullLabel } = labelsOf(label, said, names, own);
  const [height, width] = sizeOf(said.sample_size);
  const wanted = said.shape ?? [said.in_channels, height, width];
  const shape = ([1, 32, 32] as const).map((usualLength, i) => {
    const known = ports.shape[i];
    return typeof known === 'number' ? known : (wanted[i] ?? usualLength);
  });
  return {
    title: said.title ?? fileName.replace(/\.onnx$/i, ''),
    prediction:
      said.adapt?.prediction ??
      (said.prediction_type ? PREDICTIONS[said.prediction_type] : own ? 'denoised' : byName),
    betas: said.adapt?.betas ?? given,
    range: said.adapt?.range ?? said.value_range ?? [-1, 1],
    ...(own && said.sigma && { sigma: said.sigma }),
    counts: said.adapt?.time.counts ?? said.timestep_counts ?? 'from-0',
    shape: [shape[0]!, shape[1]!, shape[2]!],
    labels,
    nullLabel,
    names,
  };
}

function sizeOf(size: Hints['sample_size']): readonly (number | undefined)[] {
  return typeof size === 'number' ? [size, size] : (size ?? []);
}

function labelsOf(
  label: Ports['label'],
  said: Hints,
  names: readonly string[],
  own: boolean,
): Pick<OwnSettings, 'labels' | 'nullLabel'> {
  if (!label) return { labels: 0, nullLabel: 'last' };
  const told = label.count ?? said.num_class_embeds ?? undefined;
  const classes = names.length || undefined;
  const labels = told ?? (classes === undefined ? 11 : classes + 1);
  const ofManifest = said.adapt?.label;
  if (ofManifest) {
    const { nullLabel: index } = ofManifest;
    const nullLabel =
      index === undefined ? 'none' : index === 'zeros' ? 'zeros' : index === 0 ? 'first' : 'last';
    return { labels, nullLabel };
  }
  if (said.null_label) return { labels, nullLabel: said.null_label };
  const noneLeft = classes === undefined ? ROUND.includes(labels) : classes >= labels;
  if (!noneLeft || own) return { labels, nullLabel: 'last' };
  return { labels, nullLabel: label.type === 'float32' ? 'zeros' : 'none' };
}

/** Classes that may be asked for. */
export function classesOf({ labels, nullLabel, names }: OwnSettings): readonly string[] {
  const classes = nullLabel === 'last' || nullLabel === 'first' ? labels - 1 : labels;
  return Array.from({ length: Math.max(classes, 0) }, (_, k) => names[k] ?? String(k));
}

/** What makes no sense in the settings of a network, a line each. */
export function settingsProblems(settings: OwnSettings, { label }: Ports): string[] {
  const { title, betas: chosen, range: values, shape, labels, nullLabel, names } = settings;
  const problems: string[] = [];
  const check = (name: string, schema: v.GenericSchema, value: unknown) => {
    const result = v.safeParse(
      v.object({ [name]: schema }),
      { [name]: value },
      { abortEarly: true },
    );
    if (!result.success) problems.push(complaint(result.issues[0], 'The form'));
  };
  check('title', text, title);
  check('betas', betas, chosen);
  check('range', range, values);
  shape.forEach((length, i) => {
    check(
      ['channels', 'height', 'width'][i]!,
      v.pipe(count, v.maxValue(1024, 'at most 1024')),
      length,
    );
  });
  if (shape[0] !== 1 && shape[0] !== 3) {
    problems.push(`The form: "channels" must be 1 (grey) or 3 (red, green, blue), got ${shape[0]}`);
  }
  if (label) {
    const classes = classesOf(settings);
    const most = v.pipe(count, v.maxValue(10_000, 'at most 10,000'));
    check('labels', most, labels);
    if (classes.length === 0)
      problems.push(
        `The form: "labels" must leave a class beside the one for no class, got ${labels}`,
      );
    if (names.length > classes.length) {
      problems.push(`The form: "names" must be at most ${classes.length}, got ${names.length}`);
    }
    const twice = classes.find((name, k) => classes.indexOf(name) !== k);
    if (twice !== undefined) problems.push(`The form: "names" must differ, got "${twice}" twice`);
    if (nullLabel === 'zeros' && label.type !== 'float32') {
      problems.push(
        'The form: "no class" must be an index of a network that takes indices, got a row of zeros',
      );
    }
    if (nullLabel === 'first' && label.type === 'float32') {
      problems.push(
        'The form: "no class" must be the last column or a row of zeros, got the first',
      );
    }
  }
  return problems;
}

/** Ids of networks that visitors brought; no folder of a site's models is called so. */
const OWN_PREFIX = 'own-';

export function isOwnId(id: string): boolean {
  return id.startsWith(OWN_PREFIX);
}

/**
 * The manifest of a visitor's network, as the site's networks have one.
 *
 * @param file name, size and SHA-256 of the ONNX file, and numbers in its weights
 * @param sigma the noise levels that it was trained on, in units of pictures in [-1, 1]
 */
export function ownManifest(
  settings: OwnSettings,
  ports: Ports,
  file: { name: string; bytes: number; sha256: string; parameters: number },
  sigma: { min: number; max: number },
): DenoiserManifest {
  const { title, shape, nullLabel, labels } = settings;
  const index = { last: labels - 1, first: 0, zeros: 'zeros' as const, none: undefined }[nullLabel];
  const { label } = ports;
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 24);
  const dims: Record<string, number | 'batch'> = {};
  ports.shape.forEach((length, i) => {
    if (typeof length === 'string') dims[length] = shape[i]!;
  });
  for (const free of ports.batch) dims[free] = 'batch';
  return {
    schema: 1,
    id: [OWN_PREFIX.slice(0, -1), name, file.sha256.slice(0, 8)].filter(Boolean).join('-'),
    title,
    role: 'denoiser',
    dataset: { name: file.name, licence: 'unknown', source: file.name },
    own: { file: file.name },
    shape: [...shape],
    classes: label ? [...classesOf(settings)] : [],
    sigma: { ...sigma },
    parameters: Math.max(1, file.parameters),
    adapt: {
      prediction: settings.prediction,
      betas: settings.betas,
      range: [...settings.range],
      x: ports.x,
      time: { ...ports.time, counts: settings.counts },
      ...(label && {
        label: {
          name: label.name,
          type: label.type,
          ...(index !== undefined && { nullLabel: index }),
        },
      }),
      output: ports.output,
      graph: { ...(ports.single && { single: true as const }), dims },
    },
    files: [{ name: 'model.onnx', bytes: file.bytes, sha256: file.sha256 }],
  };
}
