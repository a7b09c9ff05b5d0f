import { joined } from '../diffusion/conditioning';
import type { IsAborted, Network, Rows } from './network';

type Evaluating = Pick<Network, 'run' | 'busyMs'>;

/** A run that waits for a network's answer. */
interface Call {
  readonly network: Evaluating;
  readonly inputs: Readonly<Record<string, Rows>>;
  readonly rows: number;
  readonly isAborted: IsAborted | undefined;
  resolve(outputs: Record<string, Float32Array>): void;
  reject(error: unknown): void;
}

/**
 * Lets several runs share network runs: each asks as if it were alone, and once all that still go
 * wait for an answer, the rows of each network are evaluated in one batch. Rows do not know of each
 * other, so a run ends in the same pixels as alone, whatever its rule, sampler or scale.
 */
export class Lockstep {
  readonly #networks: Evaluating[] = [];
  #going: number;
  #waiting: Call[] = [];

  /** @param runs that go side by side; each must `leave` when it has ended, in whichever way */
  constructor(runs: number) {
    this.#going = runs;
  }

  /** The network as one of the runs asks it; first the one that all of them ask at every step. */
  shared(network: Evaluating): Evaluating {
    this.#networks.push(network);
    return {
      run: (inputs, rows, isAborted) =>
        new Promise((resolve, reject) => {
          this.#waiting.push({ network, inputs, rows, isAborted, resolve, reject });
          this.#answerIfAllWait();
        }),
      get busyMs() {
        return network.busyMs;
      },
    };
  }

  /** A run has ended: the others do not wait for it any more. */
  leave(): void {
    this.#going--;
    this.#answerIfAllWait();
  }

  /** Ends the runs that wait, because one of them has failed. */
  fail(error: unknown): void {
    for (const call of this.#waiting.splice(0)) call.reject(error);
  }

  #answerIfAllWait(): void {
    if (this.#going === 0 || this.#waiting.length < this.#going) return;
    // One network at a time: a run that does not need another network waits for those that do.
    const asked = this.#networks.findLast((one) => this.#waiting.some(isOf(one)))!;
    const calls = this.#waiting.filter(isOf(asked));
    this.#waiting = this.#waiting.filter((call) => !calls.includes(call));
    void answer(calls);
  }
}

const isOf = (network: Evaluating) => (call: Call) => call.network === network;

/** Evaluates the rows of all calls, one below the other, and gives each its own. */
async function answer(calls: readonly Call[]): Promise<void> {
  const { network, inputs, isAborted } = calls[0]!;
  try {
    const names = Object.keys(inputs);
    const stacked = names.map((name) => {
      const data = joined(calls.map((call) => call.inputs[name]!.data));
      return [name, { ...inputs[name]!, data }] as const;
    });
    const total = calls.reduce((sum, { rows }) => sum + rows, 0);
    const outputs = await network.run(Object.fromEntries(stacked), total, isAborted);
    let from = 0;
    for (const { rows, resolve } of calls) {
      const part = ([name, data]: [string, Float32Array]) => {
        const row = data.length / total;
        return [name, data.subarray(from * row, (from + rows) * row)];
      };
      resolve(Object.fromEntries(Object.entries(outputs).map(part)));
      from += rows;
    }
  } catch (error) {
    for (const { reject } of calls) reject(error);
  }
}
