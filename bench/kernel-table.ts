export interface Launch {
  /** What the runtime calls the shader. */
  readonly kernel: string;
  /** Empty where the GPU decides itself. */
  readonly workgroups: readonly number[];
}

/** What one evaluation asked of the device. */
export interface Counted {
  readonly launches: readonly Launch[];
  readonly submits: number;
  readonly readBacks: number;
}

export interface NetworkKernels extends Counted {
  /** The network's name, or the graph's file. */
  readonly model: string;
}

/** Kernels × networks as a Markdown table, the kernels that are launched most often first. */
export function kernelTable(networks: readonly NetworkKernels[]): string {
  const counts = networks.map(({ launches }) => countOf(launches.map(({ kernel }) => kernel)));
  const all = countOf(networks.flatMap(({ launches }) => launches.map(({ kernel }) => kernel)));
  const kernels = [...all].toSorted(([, a], [, b]) => b - a).map(([kernel]) => kernel);
  const rows: readonly (readonly (string | number)[])[] = [
    ['kernel', ...networks.map(({ model }) => model)],
    ['---', ...networks.map(() => '--:')],
    ['all', ...networks.map(({ launches }) => launches.length)],
    ...kernels.map((kernel) => [kernel, ...counts.map((count) => count.get(kernel) ?? '')]),
    ['submits', ...networks.map(({ submits }) => submits)],
    ['read-backs', ...networks.map(({ readBacks }) => readBacks)],
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
