import { writeFile } from 'node:fs/promises';
import { ModelError } from '../src/models/errors';
import {
  ArgumentError,
  helpText,
  labelIndices,
  parseArguments,
  type SampleArguments,
} from './arguments';
import { generate } from './generate';
import { localModels } from './models';
import { openNetwork } from './runtime';
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
  const weakId = network.manifest.companions?.weak;
  const needsWeak = args.rule.predictions.includes('weak');
  if (needsWeak && weakId === undefined) {
    throw new ArgumentError(
      `--guidance ${args.rule.id} needs a weak network, ${args.model} has none`,
    );
  }
  const weak =
    needsWeak && weakId ? await openNetwork(weakId, { threads: args.threads }) : undefined;
  const { samples, nfe, totalMs } = await generate(network, {
    ...args,
    labels,
    weak,
    onStep: drawProgress,
  });
  await network.release();
  await weak?.release();
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

function drawProgress(done: number, total: number): void {
  if (!process.stderr.isTTY) return;
  const width = 32;
  const filled = Math.round((done / total) * width);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  process.stderr.write(done === total ? '\r\x1b[K' : `\r${bar} ${done}/${total} steps`);
}
