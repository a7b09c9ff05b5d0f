import { writeFile } from 'node:fs/promises';
import { ModelError } from '../src/models/errors';
import type { Manifest } from '../src/models/manifest';
import {
  ArgumentError,
  classIndex,
  helpText,
  labelIndices,
  parseArguments,
  type SampleArguments,
} from './arguments';
import { type CompanionName, generate } from './generate';
import { localModels } from './models';
import { type NodeNetwork, openClassifier, openNetwork } from './runtime';
import { encodeSheet } from './sheet';

try {
  const args = parseArguments(process.argv.slice(2));
  if (args === undefined) console.log(helpText());
  else await sample(args);
} catch (error) {
  const wrongArgument = error instanceof ArgumentError;
  const message = error instanceof Error ? error.message : String(error);
  console.error(wrongArgument ? `${message} (--help lists the arguments)` : message);
  process.exitCode = wrongArgument ? 2 : 1;
}

async function sample(args: SampleArguments): Promise<void> {
  const network = await open(args);
  const { shape, classes } = network.manifest;
  const labels = labelIndices(args.labels, classes);
  const { negative, mix } = args;
  const negativeClass =
    negative === undefined ? undefined : classIndex('negative', negative, classes);
  const mixedClass = mix && { with: classIndex('mix', mix.name, classes), share: mix.share };
  const companions = await openCompanions(args, network.manifest);
  const { samples, nfe, totalMs } = await generate(network, {
    ...args,
    labels,
    negative: negativeClass,
    mix: mixedClass,
    companions,
    onStep: drawProgress,
  });
  await network.release();
  for (const companion of Object.values(companions)) await companion.release();
  if (args.out !== undefined) {
    await writeFile(args.out, encodeSheet(samples, labels.length, args.seeds.length, shape));
  }
  // Every platform that Node runs on here is little-endian.
  if (args.raw !== undefined) await writeFile(args.raw, new Uint8Array(samples.buffer));
  const count = labels.length * args.seeds.length;
  const written = [args.out, args.raw].filter((file) => file !== undefined).join(', ');
  console.log(
    `${count} samples, ${args.numSteps} steps, ${nfe} evaluations each, ${(totalMs / 1000).toFixed(1)} s → ${written}`,
  );
}

async function open({ model, threads }: SampleArguments) {
  try {
    return await openNetwork(model, { threads });
  } catch (error) {
    if (error instanceof ModelError && error.kind === 'unknown-model') {
      const known = localModels().join(', ') || 'none';
      throw new ArgumentError(`--model must be one of ${known}, got "${model}"`);
    }
    throw error;
  }
}

/** The networks that the rule needs beside the model. @throws ArgumentError if the model lacks one */
async function openCompanions(
  { rule, model, threads }: SampleArguments,
  manifest: Manifest,
): Promise<{ [name in CompanionName]?: NodeNetwork<Manifest> }> {
  const opened: { [name in CompanionName]?: NodeNetwork<Manifest> } = {};
  for (const name of rule.predictions) {
    if (name === 'cond' || name === 'uncond') continue;
    const id = manifest.companions?.[name];
    if (id === undefined) {
      const kind = {
        weak: 'weak network',
        classifier: 'classifier',
        smallClassifier: 'smaller classifier',
      }[name];
      throw new ArgumentError(`--guidance ${rule.id} needs a ${kind}, ${model} has none`);
    }
    opened[name] = await (name === 'weak' ? openNetwork : openClassifier)(id, { threads });
  }
  return opened;
}

function drawProgress(done: number, total: number): void {
  if (!process.stderr.isTTY) return;
  const width = 32;
  const filled = Math.round((done / total) * width);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  process.stderr.write(done === total ? '\r\x1b[K' : `\r${bar} ${done}/${total} steps`);
}
