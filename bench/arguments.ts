import { parseArgs } from 'node:util';
import { ArgumentError } from '../cli/flags';

export const BACKENDS = ['node', 'wasm', 'webgpu'] as const;
export type BenchBackend = (typeof BACKENDS)[number];

export interface BenchArguments {
  readonly model: string;
  readonly backends: readonly BenchBackend[];
  /** Fewer steps and repetitions. */
  readonly quick: boolean;
  /** Networks that are measured against matrix products, in place of everything else; `all` stands alone. */
  readonly networks: readonly string[] | undefined;
  /** Whole trajectories alone. */
  readonly trajectories: boolean;
  /** Folder of another checkout whose engine is measured in the same run, on node. */
  readonly against: string | undefined;
  readonly out: string | undefined;
  /** Whether a missed bar fails the program. */
  readonly check: boolean;
}

export const HELP = `Measures how fast the page and the command line draw, as ratios within one run.

npm run bench -- --out bench-results.json

  --model ID            a network of public/models or e2e/models (default: letters)
  --backends A,B        of ${BACKENDS.join(', ')} (default: all)
  --networks A,B        only these networks (all: the site's) at every batch, against matrix products
                        of as many operations on the same provider, and the memory they take
  --trajectories        only whole trajectories, of the network and its students
  --against FOLDER      those of another checkout's engine too, on node; its node_modules is a link to ours
  --quick               fewer steps and repetitions: about a minute
  --out FILE.json       writes the results there too
  --check               exits with 1 if a bar is missed
  --help                this text

A bar that is missed is printed with its distance. Nothing else should run meanwhile.
`;

/** Reads the command line; undefined when it asks for help. @throws ArgumentError */
export function parseArguments(args: readonly string[]): BenchArguments | undefined {
  const { values } = parsed(args);
  if (values.help) return undefined;
  const backends = (values.backends?.split(',') ?? [...BACKENDS]).map(backend);
  return {
    model: values.model ?? 'letters',
    backends: BACKENDS.filter((known) => backends.includes(known)),
    quick: values.quick ?? false,
    networks: values.networks?.split(','),
    trajectories: values.trajectories ?? false,
    against: values.against,
    out: values.out,
    check: values.check ?? false,
  };
}

/** @throws ArgumentError for a model that is not among `known` */
export function checkModel(model: string, known: readonly string[]): void {
  if (known.includes(model)) return;
  throw new ArgumentError(`--model must be one of ${known.join(', ') || 'none'}, got "${model}"`);
}

function backend(text: string): BenchBackend {
  const known = BACKENDS.find((name) => name === text);
  if (known !== undefined) return known;
  throw new ArgumentError(`--backends must be of ${BACKENDS.join(', ')}, got "${text}"`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        model: { type: 'string' },
        backends: { type: 'string' },
        out: { type: 'string' },
        trajectories: { type: 'boolean' },
        against: { type: 'string' },
        quick: { type: 'boolean' },
        networks: { type: 'string' },
        check: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // Node adds advice after the first sentence.
    const [message = ''] = (error as Error).message.split(/\n|\. /);
    throw new ArgumentError(message);
  }
}
