import type { OnnxFile } from '../onnx/file';
import type { OnnxValue } from '../onnx/onnx';
import type { OwnAdaptation } from './adaptation';
import type { Read } from './own-hints';

type Time = OwnAdaptation['time'];
type Label = NonNullable<OwnAdaptation['label']>;

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
  const claim = (role: keyof typeof NAMES, fits: (value: OnnxValue) => boolean) => {
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

  const x = claim('x', ({ shape }) => shape?.length === 4);
  const time = claim('time', ({ shape }) => (shape?.length ?? 9) <= 1);
  const label = claim('label', ({ type, shape }) => /^int/.test(type) && shape?.length === 1);
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
