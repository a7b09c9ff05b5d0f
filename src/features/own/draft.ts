import { adaptedSigmaRange } from '../../diffusion/adapt';
import { takesTimesteps } from '../../diffusion/convention';
import { believedLost, outdoing } from '../../diffusion/rivals';
import type { ComparedNetwork, OwnFiles } from '../../engine/protocol';
import { hexOf, sha256Of } from '../../networks/library';
import { withBorder } from '../../networks/onnx/border';
import { type OnnxFile, readOnnx } from '../../networks/onnx/file';
import { withWeights } from '../../networks/onnx/weights';
import { type Hints, metadataHints } from '../../networks/own/own-hints';
import {
  fieldsSaid,
  type OwnSettings,
  ownManifest,
  suggested,
} from '../../networks/own/own-network';
import { findPorts, type Ports } from '../../networks/own/ports';
import type { OwnConvention } from '../../networks/own/rivals';

/** Where an answer comes from: a file beside the network or its graph, the trial, the visitor. */
export type Source = 'said' | 'measured' | 'chosen';

/** An ONNX file that was read, and what its network is taken for. */
export interface Draft {
  readonly fileName: string;
  readonly bytes: Blob;
  readonly file: OnnxFile;
  /** The files that it was read from. */
  readonly given: readonly File[];
  /** undefined: it cannot be adapted. */
  readonly ports: Ports | undefined;
  /** Files beside it that were read. */
  readonly said: readonly string[];
  /** What else they say, which has no use here. */
  readonly unused: readonly string[];
  readonly hints: Hints;
  readonly settings: OwnSettings | undefined;
  /** Where the answers come from; absent: a guess. */
  readonly told: Readonly<Partial<Record<keyof OwnSettings, Source>>>;
}

/** The draft with other answers. */
export function changed(
  draft: Draft,
  settings: OwnSettings,
  changes: Partial<OwnSettings>,
  source: Source,
): Draft {
  const told = Object.fromEntries(Object.keys(changes).map((key) => [key, source]));
  return { ...draft, settings: { ...settings, ...changes }, told: { ...draft.told, ...told } };
}

/** The answers that are no guesses. */
export function saidBy(ports: Ports | undefined, hints: Hints): Draft['told'] {
  const said = ports ? fieldsSaid(ports, hints) : [];
  return Object.fromEntries(said.map((key) => [key, 'said']));
}

/** What the trial found out to be other than the form says, and no file or graph says. */
export function corrections(
  { ports, told }: Draft,
  settings: OwnSettings,
  rivals: readonly OwnConvention[],
  found: ComparedNetwork,
): Partial<OwnSettings> {
  if (believedLost(found)) return {};
  const best = outdoing(found);
  const [least, most] = found.values;
  const drawn = found.fits[0]!.error < Infinity;
  // Values from 0 to 1 hardly fall below it, those from -1 to 1 do as soon as there is something dark.
  const range = least > -0.25 && most < 1.25 ? ([0, 1] as const) : ([-1, 1] as const);
  const ranged = drawn && !told.range && range[0] !== settings.range[0];
  const { nullLabel } = found;
  const indexed = ['first', 'last', 'none'].includes(settings.nullLabel);
  const relabelled =
    indexed &&
    nullLabel !== undefined &&
    !told.nullLabel &&
    nullLabel !== settings.nullLabel &&
    !(nullLabel === 'first' && ports?.label?.type === 'float32');
  return {
    ...(best && rivals[best.rival]),
    ...(ranged && { range }),
    ...(relabelled && { nullLabel }),
  };
}

/**
 * A model with its weights, which may be in a file beside it.
 *
 * @throws RangeError for bytes that are no ONNX model, or weights that are missing
 */
export async function wholeModel(
  graph: File,
  beside: readonly File[],
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await graph.arrayBuffer());
  const { external } = readOnnx(bytes, graph.name);
  if (external.length === 0) return bytes;
  const [only, ...more] = beside;
  const alone = external.length === 1 && more.length === 0 ? only : undefined;
  const files = new Map<string, Uint8Array>();
  for (const name of external) {
    // It may have been given another name since.
    const file = beside.find((one) => one.name === name) ?? alone;
    if (!file) {
      throw new RangeError(
        `${graph.name} keeps its weights in "${name}": give both files at once.`,
      );
    }
    files.set(name, new Uint8Array(await file.arrayBuffer()));
  }
  return withWeights(bytes, files);
}

/** Files that are not those which a manifest beside them lists: a line each; none where browsers compute no SHA-256. */
export async function otherFiles({
  fileName,
  given,
  hints: { files = [] },
}: Draft): Promise<string[]> {
  const graphs = files.filter(({ name }) => /\.onnx$/i.test(name));
  const others: string[] = [];
  for (const file of given) {
    const { name } = file;
    // It may have been given another name since.
    const renamed = name === fileName && graphs.length === 1 ? graphs[0] : undefined;
    const listed = files.find((one) => one.name === name) ?? renamed;
    if (listed === undefined) continue;
    const sum = await sha256Of(await file.arrayBuffer());
    if (sum === undefined || listed.sha256 === sum) continue;
    others.push(
      `${name} is damaged, or of another export than its manifest: its SHA-256 must be ${listed.sha256}, got ${sum}`,
    );
  }
  return others;
}

/**
 * @param given the files that `bytes` are made of
 * @throws NoOnnx
 */
export function readDraft(
  fileName: string,
  bytes: Uint8Array<ArrayBuffer>,
  given: Draft['given'],
  problems: string[],
): Draft {
  const file = readOnnx(bytes, fileName);
  const found = findPorts(file);
  const said = metadataHints(file, fileName);
  problems.push(...found.problems, ...said.problems);
  const ports = found.value;
  return {
    fileName,
    bytes: new Blob([bytes]),
    file,
    given,
    ports,
    said: Object.keys(said.value).length > 0 ? [fileName] : [],
    unused: [],
    hints: said.value,
    settings: ports && suggested(ports, said.value, fileName),
    told: saidBy(ports, said.value),
  };
}

export async function filesOf(
  { fileName, bytes, file }: Draft,
  ports: Ports,
  settings: OwnSettings,
): Promise<OwnFiles> {
  const given = await bytes.arrayBuffer();
  const content =
    ports.border.length > 0 ? withBorder(new Uint8Array(given), ports.border).buffer : given;
  const { parameters } = file;
  // Where browsers compute none, a random one: it tells networks apart.
  const sha256 = (await sha256Of(content)) ?? hexOf(crypto.getRandomValues(new Uint8Array(32)));
  const manifest = ownManifest(
    settings,
    ports,
    { name: fileName, bytes: content.byteLength, sha256, parameters },
    (!takesTimesteps(settings) && settings.sigma) || adaptedSigmaRange(settings),
  );
  // A copy: the file may be changed or moved while the page still uses it.
  return { manifest, graph: new Blob([content]) };
}
