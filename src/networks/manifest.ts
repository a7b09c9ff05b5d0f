import * as v from 'valibot';
import { ModelError } from './errors';
import { adaptation } from './own/adaptation';
import { count, sha256, text } from './schema';

const positive = v.pipe(
  v.number('a number'),
  v.finite('a finite number'),
  v.gtValue(0, 'a number above 0'),
);
const id = v.pipe(
  v.string('a string'),
  v.regex(/^[a-z0-9][a-z0-9-]*$/, 'a model id (small letters, digits and hyphens)'),
);
const probability = v.pipe(
  v.number('a number'),
  v.minValue(0, 'within [0, 1]'),
  v.maxValue(1, 'within [0, 1]'),
);

const plainName = v.pipe(
  v.string('a string'),
  v.regex(/^[\w-][\w.-]*$/, 'a file name without folders'),
);

const file = v.object({
  name: plainName,
  bytes: count,
  sha256,
});

const sigmaRange = v.pipe(
  v.object({
    min: positive,
    max: positive,
    /** Standard deviation of the data. */
    data: v.optional(positive),
  }),
  v.check(({ min, max }) => min < max, 'a range with min below max'),
);

const distance = v.pipe(
  v.number('a number'),
  v.finite('a finite number'),
  v.minValue(0, 'at least 0'),
);

/** How far samples and unseen real pictures are from the nearest training picture. */
const distances = v.object({
  median: distance,
  heldOutMedian: distance,
  least: distance,
  heldOutFirstPercentile: distance,
  /** Share of samples nearer than the held-out pictures' first percentile: 0.01 if they were such pictures. */
  shareNearer: probability,
});

/** Whether samples are copies of training pictures; training/memorisation.py measures it. */
const memorisation = v.object({
  guidanceScale: v.number('a number'),
  samples: count,
  heldOutPictures: count,
  /** With mirror images, where the network was trained on those too. */
  trainingPictures: count,
  featureNetwork: id,
  /** Root mean square difference of pictures in [-1, 1]. */
  pixels: distances,
  /** Euclidean distance of that network's features. */
  features: distances,
});

const classNames = v.array(text, 'a list of names');

const files = v.pipe(
  v.array(file, 'a list of files'),
  v.minLength(1, 'a list of at least one file'),
  v.check(
    (files) => new Set(files.map(({ name }) => name)).size === files.length,
    'a list without repeated names',
  ),
);

const anyNetwork = {
  schema: v.literal(1, '1 (the only format that this version reads)'),
  id,
  title: text,
  parameters: count,
  files,
};

const common = {
  ...anyNetwork,
  dataset: v.object({ name: text, licence: text, source: text }),
  /** [channels, height, width]. */
  shape: v.tuple([count, count, count], 'a list [channels, height, width]'),
  /** Label rows have one entry more: the null label. */
  classes: v.pipe(classNames, v.minLength(1, 'a list of at least one name')),
  companions: v.optional(
    v.object({
      weak: v.optional(id),
      features: v.optional(id),
      classifier: v.optional(id),
      smallClassifier: v.optional(id),
      /** Students, which take the guidance scale as the input `scale`: of any number of steps, of few. */
      distilled: v.optional(id),
      fast: v.optional(id),
    }),
  ),
  /** Inputs of a network of noisy pictures beside x and sigma. Absent: `label`. */
  conditioning: v.optional(v.array(text, 'a list of names')),
  /** Multiply and add count as two. */
  flopsPerForward: positive,
  training: v.optional(
    v.object({ imagesSeen: positive, minutes: positive, hardware: text, command: text }),
  ),
  /** A small picture of the network's own samples; `npm run thumbnails` makes it. Not among `files`. */
  thumbnail: v.optional(
    v.object({
      file: plainName,
      /** SHA-256 of the model.onnx that made it. */
      network: sha256,
      /** What it shows, in settings of `npm run sample`. */
      settings: text,
    }),
  ),
  /** Measured figures, free in form but for the check for copies. */
  quality: v.optional(
    v.objectWithRest({ memorisation: v.optional(memorisation) }, v.unknown(), 'an object'),
  ),
};

/** What the network must answer to an input that can be made again: see diffusion/self-check.ts. */
const selfCheck = v.pipe(
  v.object({
    seed: v.pipe(
      v.number('a number'),
      v.safeInteger('a whole number'),
      v.minValue(0, 'at least 0'),
    ),
    sigmas: v.pipe(
      v.array(positive, 'a list of numbers'),
      v.minLength(1, 'a list of at least one'),
    ),
    labels: v.array(
      v.pipe(v.number('a number'), v.safeInteger('a whole number'), v.minValue(0, 'at least 0')),
      'a list of numbers',
    ),
    values: v.array(
      v.pipe(
        v.string('a string'),
        v.regex(/^-?[\d.]+( -?[\d.]+)*$/, 'numbers with spaces between'),
      ),
      'a list of strings',
    ),
  }),
  v.check(
    ({ sigmas, labels, values }) =>
      labels.length === sigmas.length && values.length === sigmas.length,
    'lists of the same length',
  ),
);

/** A stage of a cascade after the first. */
const stage = v.object({
  network: id,
  shape: common.shape,
  sigma: sigmaRange,
  flopsPerForward: positive,
  guidanceScale: v.pipe(v.number('a number'), v.finite('a finite number')),
  numSteps: count,
  sampler: text,
  /** Level of the noise that is added to the picture that it enlarges. */
  augmentation: probability,
});

const denoiser = v.pipe(
  v.object({
    ...common,
    /** `upsampler`: a stage of a cascade; it and a student are opened by no one by themselves. */
    role: v.picklist(['denoiser', 'weak', 'upsampler', 'student']),
    sigma: sigmaRange,
    /** Share of training with the null label. */
    pUncond: v.optional(probability),
    selfCheck: v.optional(selfCheck),
    /** The class that shows best what guidance does, as `npm run scenes` measured it. */
    scene: v.optional(
      v.object({
        class: text,
        /** SHA-256 of the model.onnx that was measured. */
        network: sha256,
        /** See cli/scene-ranking.ts. */
        telling: probability,
      }),
    ),
    /** A sheet with a picture of each class, drawn by the network; `npm run class-pictures` makes it. Not among `files`. */
    classPictures: v.optional(
      v.object({
        file: plainName,
        /** Pictures in a row. */
        across: count,
        /** SHA-256 of the model.onnx that made it. */
        network: sha256,
        /** What it shows, in settings of `npm run sample`. */
        settings: text,
      }),
    ),
    /** The presets whose captions its figures bear out, as `npm run presets` measured them. */
    presets: v.optional(
      v.object({
        /** SHA-256 of the model.onnx that was measured. */
        network: sha256,
        hold: v.array(text, 'a list of names'),
      }),
    ),
    /** Empty: the network takes no label. */
    classes: classNames,
    /** Its outputs beside `denoised`: `auxiliary` is the estimate of a head in its middle. */
    outputs: v.optional(v.array(text, 'a list of names')),
    /** Of a network that prompts condition: its input `text` [tokens, width], and `mask` [tokens]. */
    prompts: v.optional(
      v.object({
        /** Id of the text encoder whose token states it takes. */
        encoder: id,
        tokens: count,
        width: count,
        /** Prompts to begin with. */
        examples: v.array(text, 'a list of prompts'),
      }),
    ),
    /**
     * The networks that enlarge its pictures, one after the other (2106.15282), and how each is sampled
     * unless something else is asked for.
     */
    stages: v.optional(v.array(stage, 'a list of stages')),
    /** Absent: unknown, of a visitor's own network. */
    flopsPerForward: v.optional(positive),
    /** Of a network of another convention. Absent: this project's. */
    adapt: v.optional(adaptation),
    /** Of a network that a visitor brought, which is on their machine only: the file it came in. */
    own: v.optional(v.object({ file: text })),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { classes: value, adapt, prompts } = dataset.value;
    if (value.length > 0 || prompts || (adapt && !adapt.label)) return;
    addIssue({
      message: 'a list of at least one name',
      input: value,
      path: [{ type: 'object', origin: 'value', input: dataset.value, key: 'classes', value }],
    });
  }),
);

const classifier = v.object({ ...common, role: v.literal('classifier'), sigma: sigmaRange });

const features = v.object({
  ...common,
  role: v.literal('features'),
  /** Features of real pictures, in a file that reference.ts reads. */
  reference: v.optional(
    v.object({
      /** One of `files`. */
      file: text,
      /** The part of the data set that the pictures are. */
      split: text,
      pictures: count,
      /** Numbers a picture. */
      features: count,
      /** Pictures whose features the file holds. */
      kept: count,
      /** Prompts that ask for some of the pictures, in random order: what is sampled to compare with them. */
      prompts: v.optional(
        v.pipe(v.array(text, 'a list of prompts'), v.minLength(1, 'a list of at least one prompt')),
      ),
    }),
  ),
  /** Of a judge of prompts: the answers of its outputs of these names, as diffusion/metrics/parts.ts asks for them. */
  parts: v.optional(
    v.object({
      style: v.array(v.object({ name: text, style: text }), 'a list of styles'),
      background: classNames,
      count: classNames,
    }),
  ),
});

const textEncoder = v.pipe(
  v.object({
    ...anyNetwork,
    role: v.literal('text-encoder'),
    licence: text,
    source: text,
    /** Numbers in a token's state. */
    width: count,
    /** Most tokens of a text that networks were trained with, the first and the last among them. */
    longest: count,
    /** Rows of its table of words: token ids are below it. */
    words: count,
    /** Files of lexicons by language: see text/lexicon.ts. */
    lexicons: v.optional(v.object({ zh: v.optional(plainName) })),
    quality: v.optional(v.record(v.string(), v.unknown())),
  }),
  v.check(
    ({ files, lexicons = {} }) =>
      Object.values(lexicons).every((lexicon) => files.some(({ name }) => name === lexicon)),
    'a text encoder whose lexicons are among its files',
  ),
);

const manifest = v.variant(
  'role',
  [denoiser, classifier, features, textEncoder],
  'denoiser, weak, upsampler, student, classifier, features or text-encoder',
);

const modelIndex = v.pipe(
  v.object({
    schema: common.schema,
    models: v.pipe(v.array(id, 'a list of ids'), v.minLength(1, 'a list of at least one id')),
    default: id,
  }),
  v.check((index) => index.models.includes(index.default), 'an index whose default is in models'),
);

/** A denoising network: the strong one, the weak one, or one that enlarges. */
export type DenoiserManifest = v.InferOutput<typeof denoiser>;
/** A stage of a cascade, as the manifest of its first network lists it. */
export type StageManifest = v.InferOutput<typeof stage>;
/** A classifier of noisy images, for classifier guidance. */
export type ClassifierManifest = v.InferOutput<typeof classifier>;
/** A network of features and logits of clean images. */
export type FeaturesManifest = v.InferOutput<typeof features>;
/** A network that says what the tokens of a prompt mean. */
export type TextEncoderManifest = v.InferOutput<typeof textEncoder>;
/** What manifest.json says of a network of pictures; `role` tells the kinds apart. */
export type Manifest = DenoiserManifest | ClassifierManifest | FeaturesManifest;
export type ModelFile = v.InferOutput<typeof file>;
export type ModelIndex = v.InferOutput<typeof modelIndex>;

/** @throws ModelError ('invalid-manifest') naming file, field, requirement and the value received. */
export function parseManifest(source: string, fileName: string): Manifest | TextEncoderManifest {
  return parse(manifest, source, fileName);
}

/** @throws ModelError ('invalid-manifest'), as parseManifest. */
export function parseModelIndex(source: string, fileName: string): ModelIndex {
  return parse(modelIndex, source, fileName);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, source: string, fileName: string): T {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch (cause) {
    const start = JSON.stringify(source.slice(0, 40));
    throw new ModelError('invalid-manifest', fileName, `${fileName} must be JSON, got ${start}`, {
      cause,
    });
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  throw new ModelError('invalid-manifest', fileName, complaint(result.issues[0], fileName));
}

/** One line on what is wrong in a file: the field, the requirement and the value received. */
export function complaint(issue: v.BaseIssue<unknown>, fileName: string): string {
  const field = v.getDotPath(issue);
  const subject = field === null ? fileName : `${fileName}: "${field}"`;
  return `${subject} must be ${requirement(issue)}, got ${received(issue.input)}`;
}

function requirement(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'Object') return 'an object';
  // Valibot's own wording stands where the schema gives none: a key that is absent.
  return issue.message.startsWith('Invalid ') ? 'present' : issue.message;
}

function received(input: unknown): string {
  if (input === undefined) return 'nothing';
  const json = JSON.stringify(input);
  return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}
