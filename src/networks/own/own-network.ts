import * as v from 'valibot';
import { countsOf, takesTimesteps } from '../../diffusion/convention';
import { complaint, type DenoiserManifest } from '../manifest';
import { count, text } from '../schema';
import { betas, type OwnAdaptation, range } from './adaptation';
import { conventionOf, type Hints, PREDICTIONS, SCHEDULES } from './own-hints';
import type { Ports } from './ports';

type Time = OwnAdaptation['time'];
type Betas = v.InferOutput<typeof betas>;
type Noising = NonNullable<OwnAdaptation['noising']>;

/**
 * What "no class" is told by: the last or the first index, a row of zeros, or a mask beside the
 * label; or the network was never told.
 */
export type NullLabel = 'last' | 'first' | 'zeros' | 'mask' | 'none';

/** What the graph does not tell of a network, and its owner knows. */
export interface OwnSettings {
  readonly title: string;
  readonly prediction: OwnAdaptation['prediction'];
  readonly noising: Noising;
  readonly betas: Betas;
  /** Standard deviation of the data, of the noising `edm`. */
  readonly sigmaData: number;
  readonly range: readonly [black: number, white: number];
  /** Noise levels, where a file tells them and timesteps do not. */
  readonly sigma?: { readonly min: number; readonly max: number } | undefined;
  readonly counts: Time['counts'];
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Labels that the network knows, the one for no class among them; 0: it takes none. */
  readonly labels: number;
  readonly nullLabel: NullLabel;
  /** Value of the mask that hides the class, where there is a mask. */
  readonly hidden: 0 | 1;
  /** How a student is told the guidance scale: s, 1 = off, or w = s - 1. */
  readonly scaleCounts: 's' | 'w';
  /** Of the classes; fewer than there are: the others are numbered. */
  readonly names: readonly string[];
  /** Name of the output that is the prediction. */
  readonly output: string;
}

/** Numbers of labels so round that they are those of a data set, without one for no class. */
const ROUND = [10, 100, 1000];

const DDPM = {
  linear: [1e-4, 0.02],
  'scaled-linear': [0.00085, 0.012],
  sigmoid: [1e-4, 0.02],
} as const;

/** Betas of a kind with the numbers of its paper. */
export function usualBetas(kind: Exclude<Betas['kind'], 'list'>, steps = 1000): Betas {
  if (kind === 'cosine' || kind === 'sigmoid-alphas') return { kind, steps };
  const [start, end] = DDPM[kind];
  return { kind, start, end, steps };
}

/** What networks of a kind usually predict, and how they are usually told the noise level. */
export function usualOf(noising: Noising): Pick<OwnSettings, 'noising' | 'prediction' | 'counts'> {
  return (
    {
      betas: { noising, prediction: 'eps', counts: 'from-0' },
      flow: { noising, prediction: 'flow', counts: 'fraction' },
      sigma: { noising, prediction: 'eps', counts: 'sigma' },
      edm: { noising, prediction: 'edm', counts: 'c-noise' },
    } as const
  )[noising];
}

/** What to suggest for a network: what is said of it, else what its graph tells, else what is usual. */
export function suggested(ports: Ports, said: Hints, fileName: string): OwnSettings {
  const native = said.role !== undefined && said.adapt === undefined;
  const own = native || (ports.time.name === 'sigma' && ports.output === 'denoised');
  const names =
    said.class_names ?? said.classes ?? (said.id2label ? Object.values(said.id2label) : []);
  const { labels, nullLabel } = labelsOf(ports, said, names, own);
  const [height, width] = sizeOf(said.sample_size);
  const wanted = said.shape ?? [said.in_channels, height, width];
  const shape = ([1, 32, 32] as const).map((usualLength, i) => {
    const known = ports.shape[i];
    return typeof known === 'number' ? known : (wanted[i] ?? usualLength);
  });
  const { sigma_min: min, sigma_max: max } = said;
  const convention = suggestedConvention(ports, said, own);
  const told = said.sigma ?? (min && max ? { min, max } : undefined);
  // Timesteps have noise levels of their own.
  const sigma = takesTimesteps(convention) ? undefined : told;
  return {
    title: said.title ?? fileName.replace(/\.onnx$/i, ''),
    ...convention,
    betas: said.adapt?.betas ?? suggestedBetas(ports, said),
    sigmaData: said.adapt?.sigmaData ?? said.sigma_data ?? 0.5,
    range: said.adapt?.range ?? said.value_range ?? [-1, 1],
    ...(sigma && { sigma }),
    shape: [shape[0]!, shape[1]!, shape[2]!],
    labels,
    nullLabel,
    hidden: said.adapt?.mask?.hidden ?? 1,
    scaleCounts: said.adapt?.scale?.counts ?? said.scale_counts ?? usualScale(ports),
    names,
    output: said.adapt?.output ?? ports.output,
  };
}

/** Papers' w is s - 1; code that says scale means s. */
function usualScale({ scale }: Ports): OwnSettings['scaleCounts'] {
  return scale && /^(page\.)?w(_|$)|weight/.test(scale.name) ? 'w' : 's';
}

function suggestedConvention(
  { time, output }: Ports,
  said: Hints,
  own: boolean,
): Pick<OwnSettings, 'noising' | 'prediction' | 'counts'> {
  const { adapt, prediction_type: type } = said;
  if (adapt) {
    const { prediction, noising = 'betas' } = adapt;
    return { prediction, noising, counts: adapt.time.counts };
  }
  const predicted = type && PREDICTIONS[type];
  if (predicted === 'denoised' || (own && !predicted)) {
    return { noising: 'sigma', prediction: 'denoised', counts: 'sigma' };
  }
  const byClass = conventionOf(said._class_name ?? '');
  if (byClass && 'noising' in byClass) return byClass;
  const byPrediction: Partial<Record<typeof predicted & string, Noising>> = {
    flow: 'flow',
    'flow-to-data': 'flow',
    edm: 'edm',
    score: 'sigma',
  };
  const toldSigma = /sigma/.test(time.name) && time.type === 'float32';
  const noising =
    said.noising ?? (predicted && byPrediction[predicted]) ?? (toldSigma ? 'sigma' : 'betas');
  const usual = usualOf(noising);
  const byName = /^(v|velocity|v_pred)$/.test(output)
    ? 'v'
    : /^(x0|x_0|pred_x0|x_start|pred_original_sample)/.test(output)
      ? 'x0'
      : 'eps';
  const counts =
    said.timestep_counts ?? (toldSigma && noising === 'sigma' ? 'sigma' : usual.counts);
  const prediction = predicted ?? (noising === 'betas' ? byName : usual.prediction);
  return { noising, prediction, counts };
}

function suggestedBetas({ time }: Ports, said: Hints): Betas {
  if (said.trained_betas) return { kind: 'list', betas: [...said.trained_betas] };
  const kind = SCHEDULES[said.beta_schedule ?? 'linear'];
  const standard = usualBetas(kind, said.num_train_timesteps ?? time.count);
  const { beta_start: start, beta_end: end } = said;
  return 'start' in standard
    ? { ...standard, start: start ?? standard.start, end: end ?? standard.end }
    : standard;
}

/** The answers that files beside the network, or its graph, give; the others are guesses. */
export function fieldsSaid(ports: Ports, said: Hints): readonly (keyof OwnSettings)[] {
  const { adapt, prediction_type: type, _class_name: name } = said;
  const byClass = conventionOf(name ?? '') ?? {};
  const own = said.role !== undefined || ports.output === 'denoised';
  const { label, mask } = ports;
  const answers: Partial<Record<keyof OwnSettings, unknown>> = {
    prediction: adapt ?? type ?? (own || 'prediction' in byClass || undefined),
    noising: adapt ?? said.noising ?? (own || 'noising' in byClass || undefined),
    betas: adapt ?? said.beta_schedule ?? said.trained_betas,
    counts: adapt ?? said.timestep_counts ?? (own || 'counts' in byClass || undefined),
    range: adapt ?? said.value_range,
    labels: label?.count ?? said.num_class_embeds,
    scaleCounts: adapt?.scale ?? said.scale_counts,
    nullLabel: adapt ?? said.null_label ?? mask ?? label?.blank[0],
    shape: ports.shape.every((length) => typeof length === 'number') || said.sample_size,
  };
  return (Object.keys(answers) as (keyof OwnSettings)[]).filter(
    (key) => answers[key] !== undefined && answers[key] !== false,
  );
}

function sizeOf(size: Hints['sample_size']): readonly (number | undefined)[] {
  return typeof size === 'number' ? [size, size] : (size ?? []);
}

function labelsOf(
  { label, mask }: Ports,
  said: Hints,
  names: readonly string[],
  own: boolean,
): Pick<OwnSettings, 'labels' | 'nullLabel'> {
  if (!label) return { labels: 0, nullLabel: 'last' };
  const told = label.count ?? said.num_class_embeds;
  const classes = names.length || undefined;
  const labels = told ?? (classes === undefined ? 11 : classes + 1);
  const ofManifest = said.adapt?.label;
  if (ofManifest) {
    const { nullLabel: index } = ofManifest;
    const nullLabel =
      typeof index === 'string'
        ? index
        : index === undefined
          ? 'none'
          : index === 0
            ? 'first'
            : 'last';
    return { labels, nullLabel };
  }
  if (said.null_label) return { labels, nullLabel: said.null_label };
  if (mask) return { labels, nullLabel: 'mask' };
  const [blank, ...more] = label.blank;
  if (more.length === 0 && blank === 0) return { labels, nullLabel: 'first' };
  if (more.length === 0 && blank === labels - 1) return { labels, nullLabel: 'last' };
  const noneLeft = classes === undefined ? ROUND.includes(labels) : classes >= labels;
  if (!noneLeft || own) return { labels, nullLabel: 'last' };
  return { labels, nullLabel: label.type === 'float32' ? 'zeros' : 'none' };
}

/** Classes that may be asked for. */
export function classesOf({ labels, nullLabel, names }: OwnSettings): readonly string[] {
  const classes = nullLabel === 'last' || nullLabel === 'first' ? labels - 1 : labels;
  return Array.from({ length: Math.max(classes, 0) }, (_, k) => names[k] ?? String(k));
}

/** Names that a link can hold: halves of letters are lost there, and "none" is no class. */
const LINKED = /^[^\p{Surrogate}]{1,300}$/u;

/** What makes no sense in the settings of a network, a line each. */
export function settingsProblems(settings: OwnSettings, { label, mask }: Ports): string[] {
  const { title, betas: chosen, range: values, shape, labels, nullLabel, names } = settings;
  const { prediction, noising, counts: chosenCounts } = settings;
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
  if (prediction !== 'denoised' && !countsOf(noising).includes(chosenCounts)) {
    const known = countsOf(noising).join(', ');
    problems.push(
      `The form: timesteps of a network of ${noising} must be given as one of ${known}, got ${chosenCounts}`,
    );
  }
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
    const unfit = names.find((name) => !LINKED.test(name) || name === 'none');
    if (unfit !== undefined) {
      problems.push(
        `The form: "names" must be of 1 to 300 letters that a link can hold, and not "none", got ${JSON.stringify(unfit.slice(0, 40))}`,
      );
    }
    if (nullLabel === 'mask' && !mask) {
      problems.push('The form: "no class" must be a label: the network has no input for a mask');
    }
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
  const index = {
    last: labels - 1,
    first: 0,
    zeros: 'zeros' as const,
    mask: 'mask' as const,
    none: undefined,
  }[nullLabel];
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
    ...(ports.scale && { conditioning: ['label', 'scale'] }),
    sigma: { ...sigma },
    parameters: Math.max(1, file.parameters),
    adapt: {
      prediction: settings.prediction,
      ...(settings.noising !== 'betas' && { noising: settings.noising }),
      betas: settings.betas,
      ...(settings.noising === 'edm' && { sigmaData: settings.sigmaData }),
      range: [...settings.range],
      x: ports.x,
      time: {
        name: ports.time.name,
        type: ports.time.type,
        shape: ports.time.shape,
        counts: settings.counts,
      },
      ...(label && {
        label: {
          name: label.name,
          type: label.type,
          ...(index !== undefined && { nullLabel: index }),
        },
      }),
      ...(ports.scale && { scale: { ...ports.scale, counts: settings.scaleCounts } }),
      ...(ports.mask && { mask: { name: ports.mask, hidden: settings.hidden } }),
      output: settings.output,
      graph: {
        ...(ports.single && { single: true as const }),
        ...(ports.fixedBatch && { batch: ports.fixedBatch }),
        dims,
      },
    },
    files: [{ name: 'model.onnx', bytes: file.bytes, sha256: file.sha256 }],
  };
}
