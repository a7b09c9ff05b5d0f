import { createStore, type StoreApi } from 'zustand/vanilla';
import { TrainClient, type TrainFailure } from './train-client';
import type { Look, Report, TrainEvent, TrainingSpec } from './train-protocol';

export type { LearntField, Report } from './train-protocol';

/** The mean loss of some steps, the last of which is `step`. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

/** How far the network is from the exact denoisers after `step` steps. */
export interface ExcessPoint {
  readonly step: number;
  readonly cond: number;
  readonly uncond: number;
}

export interface TrainingState {
  readonly status: 'opening' | 'paused' | 'running' | 'finished' | 'failed';
  readonly report: Report | undefined;
  /** Means over equal numbers of steps, about a hundred in all. */
  readonly losses: readonly LossPoint[];
  /** One for each report that came with new steps, first of all the untrained network's. */
  readonly excess: readonly ExcessPoint[];
  readonly message: string | undefined;
}

/** Points of the loss in a whole training. */
const BINS = 100;

const OPENING: TrainingState = {
  ...{ status: 'opening', report: undefined, losses: [], excess: [], message: undefined },
};

/** The network in training as the page sees it: settings in, reports out. */
export class TrainingRun {
  readonly store: StoreApi<TrainingState> = createStore<TrainingState>()(() => OPENING);
  readonly #client: Pick<TrainClient, 'open' | 'run' | 'pause' | 'look'>;
  #spec = '';
  #look = '';
  /** Steps a point of the loss, and the losses of those that make no whole point yet. */
  #binSteps = 1;
  #rest: number[] = [];

  constructor(
    connect: (
      onEvent: (event: TrainEvent | TrainFailure) => void,
    ) => Pick<TrainClient, 'open' | 'run' | 'pause' | 'look'> = (onEvent) =>
      new TrainClient(onEvent),
  ) {
    this.#client = connect((event) => this.#receive(event));
  }

  /**
   * What is set now. Another spec starts a new network, at once if the one before had been started;
   * another look only shows the same network differently.
   */
  set(spec: TrainingSpec, look: Look): void {
    const [wantedSpec, wantedLook] = [JSON.stringify(spec), JSON.stringify(look)];
    const { status } = this.store.getState();
    if (wantedSpec !== this.#spec || status === 'failed') {
      const started = this.#started();
      // The pictures before stay until there are new ones.
      const { report } = this.store.getState();
      this.store.setState({ ...OPENING, report });
      this.#binSteps = Math.ceil(spec.steps / BINS);
      this.#rest = [];
      this.#client.open(spec, look);
      if (started) this.run();
    } else if (wantedLook !== this.#look) {
      this.#client.look(look);
    }
    this.#spec = wantedSpec;
    this.#look = wantedLook;
  }

  run(): void {
    this.store.setState({ status: 'running' });
    this.#client.run();
  }

  pause(): void {
    this.store.setState({ status: 'paused' });
    this.#client.pause();
  }

  /** The same network from its first step on. */
  restart(spec: TrainingSpec, look: Look): void {
    this.#spec = '';
    this.store.setState({ status: 'paused', excess: [] });
    this.set(spec, look);
    this.run();
  }

  /** Stops learning; what has been learnt stays. */
  rest(): void {
    if (this.store.getState().status === 'running') this.pause();
  }

  /** Whether the visitor has set it going, ever since it was opened. */
  #started(): boolean {
    const { status, excess } = this.store.getState();
    return status === 'running' || status === 'finished' || excess.length > 1;
  }

  #receive(event: TrainEvent | TrainFailure): void {
    switch (event.type) {
      case 'report': {
        const { report } = event;
        this.store.setState(({ status, losses, excess }) => ({
          status: status === 'opening' ? 'paused' : status,
          report,
          losses: [...losses, ...this.#binned(report)],
          excess:
            excess.at(-1)?.step === report.step
              ? excess
              : [...excess, { step: report.step, ...report.excess }],
        }));
        break;
      }
      case 'finished':
        this.store.setState({ status: 'finished' });
        break;
      case 'failed':
        this.store.setState({ status: 'failed', message: event.message });
        break;
      default:
        event satisfies never;
    }
  }

  /** The bins that a report fills; what is left over waits for the next one. */
  #binned({ step, losses }: Report): LossPoint[] {
    const first = step - losses.length - this.#rest.length;
    const all = [...this.#rest, ...losses];
    const bins = Math.floor(all.length / this.#binSteps);
    this.#rest = all.slice(bins * this.#binSteps);
    return Array.from({ length: bins }, (_, i) => {
      const bin = all.slice(i * this.#binSteps, (i + 1) * this.#binSteps);
      const loss = bin.reduce((a, b) => a + b) / bin.length;
      return { step: first + (i + 1) * this.#binSteps, loss };
    });
  }
}
