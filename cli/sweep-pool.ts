import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { StageSettings } from '../src/diffusion/cascade';
import type { LabelMix, PromptStates } from '../src/diffusion/conditioning';
import type { RunSettings } from '../src/diffusion/run';
import type { SampleSpec } from './generate';
import type { CompanionIds } from './networks';

/** What every process opens once. */
export interface Opening {
  readonly model: string;
  /** Every companion that a point needs. */
  readonly companions: CompanionIds;
  /** The feature network. */
  readonly features: string;
  /** The networks that enlarge what the model draws, in their order. */
  readonly upsamplers?: readonly string[];
  /** Token states of the prompts that labels are indices of, of a network that takes prompts. */
  readonly prompts?: PromptStates | undefined;
}

/** Samples to draw together. */
export interface Draw extends RunSettings {
  readonly jobs: readonly SampleSpec[];
  /** Class indices, or those of prompts. */
  readonly negative: number | undefined;
  readonly mix: LabelMix | undefined;
  /** How the stages that enlarge are sampled, as many as are drawn. */
  readonly stages?: readonly StageSettings[];
}

/** What the feature network says of them, [batch, classes] and [batch, features]. */
export interface Drawn {
  readonly logits: Float32Array;
  readonly features: Float32Array;
  /** How well each fits its prompt; of a network that takes prompts. */
  readonly fits?: readonly number[] | undefined;
  /** Network evaluations a sample. */
  readonly nfe: number;
}

/** To a process: first an Opening, then one Draw after the other. From it: Drawn, or what went wrong. */
export type PoolMessage = Opening | Draw;
export type PoolAnswer = Drawn | { readonly error: string };

export interface Pool {
  /**
   * Has the processes work on all items, each taking the next one when it is free, and ends them.
   *
   * @param work on an item; `draw` draws on the process that took it
   */
  each<T>(
    items: Iterable<T>,
    work: (item: T, draw: (request: Draw) => Promise<Drawn>) => Promise<void>,
  ): Promise<void>;
  /** Ends the processes at once. */
  close(): void;
}

/**
 * Processes of one thread each: the threads of one session wait for each other after every layer
 * (on two busy cores 290 evaluations of `letters` a second, two processes made 440).
 */
export function openPool(size: number, opening: Opening): Pool {
  const program = fileURLToPath(new URL('./sweep-worker.ts', import.meta.url));
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const children = Array.from({ length: size }, () => {
    const child = fork(program, { serialization: 'advanced', execArgv: ['--import', tsx] });
    child.send(opening);
    return child;
  });
  const close = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  return {
    async each(items, work) {
      const queue = items[Symbol.iterator]();
      const busy = async (child: ChildProcess) => {
        for (let next = queue.next(); !next.done; next = queue.next()) {
          await work(next.value, (request) => answer(child, request));
        }
      };
      try {
        await Promise.all(children.map(busy));
      } finally {
        close();
      }
    },
    close,
  };
}

function answer(child: ChildProcess, request: Draw): Promise<Drawn> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      child.off('exit', onExit);
      const answered = message as PoolAnswer;
      if ('error' in answered) reject(new Error(answered.error));
      else resolve(answered);
    };
    const onExit = (code: number | null, signal: string | null) => {
      child.off('message', onMessage);
      // The system ends those that memory does not suffice for.
      const fewer = signal === 'SIGKILL' ? '; fewer take less memory (--processes)' : '';
      reject(new Error(`A process of the sweep ended with ${signal ?? `code ${code}`}${fewer}`));
    };
    if (child.exitCode !== null || child.signalCode !== null) {
      onExit(child.exitCode, child.signalCode);
      return;
    }
    child.once('message', onMessage);
    child.once('exit', onExit);
    child.send(request);
  });
}
