/** What the runtime's messages mean for whoever exported the network. */
const MEANINGS: readonly (readonly [RegExp, (found: RegExpMatchArray) => string])[] = [
  [
    /idx=(-?\d+) must be within the inclusive range \[-?\d+,(-?\d+)\]/i,
    ([, index, last]) =>
      `a table in the graph was asked for row ${index}, and has rows up to ${last}: there are fewer labels or timesteps than the form says`,
  ],
  [
    /out of (?:data )?bounds/i,
    () =>
      'a table in the graph was asked for a row beyond its end: there are fewer labels or timesteps than the form says',
  ],
  [
    /invalid dimensions for input: (\S+)[\s\S]*?index: (\d+) Got: (\d+) Expected: (\d+)/i,
    ([, input, index, got, expected]) =>
      `input "${input}" takes ${expected} in dimension ${index}, got ${got}: export with that dimension free (dynamic_axes or dynamic_shapes), or say its length`,
  ],
  [
    /(?:unexpected|invalid) input data type[\s\S]*?actual: \(tensor\((\w+)\)\) ?, expected: \(tensor\((\w+)\)\)/i,
    ([, actual, expected]) => `an input takes ${expected}, and was given ${actual}`,
  ],
  [
    /could not find an implementation for (\w+)|(\w+)\(\d+\) is not a registered function/i,
    ([, one, other]) =>
      `the runtime has no operator ${one ?? other}: export without it, with opset_version=17, say`,
  ],
  [
    /opset (\d+) is under development|unsupported model IR version: (\d+)/i,
    () => 'the file is of a newer ONNX than the runtime knows: export with opset_version=17',
  ],
  [
    /bad_alloc|out of memory|array buffer allocation failed|failed to allocate/i,
    () => 'there is not enough memory for it: a smaller network, or smaller pictures',
  ],
  [
    /reshape|broadcast|concat|matmul|expand|split/i,
    () =>
      'a shape within the graph does not fit the inputs: it was exported for another batch or size, or the form says another size. Export with a free batch (dynamic_axes or dynamic_shapes)',
  ],
];

/**
 * What it means that the runtime itself has not started; undefined: it has failed at something else.
 *
 * @param file its address
 */
export function startFailure(message: string, file: string): string | undefined {
  const [, first] =
    /no available backend found\. ERR: \[\w+\] (?:\w*Error: )?(?:Aborted\()?(.*)/i.exec(message) ??
    [];
  if (first === undefined) return undefined;
  const reason = first.replace(/\.?\)?\. Build with -sASSERTIONS.*/, '');
  return `The program that computes networks could not be started: ${file.split('/').at(-1)} must be on the site and fit this browser, got: ${reason}`;
}

/** A message of the runtime as cause and remedy, with its own first line behind; undefined: none is known. */
export function meaningOf(message: string): string | undefined {
  for (const [pattern, meaning] of MEANINGS) {
    const found = message.match(pattern);
    if (found) return meaning(found);
  }
  return undefined;
}
