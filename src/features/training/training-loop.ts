import { messageOf } from '../../networks/errors';
import type { Look, TrainEvent, TrainRequest } from './train-protocol';
import { Observer } from './train-report';
import { Trainer } from './trainer';

/** Training goes on for so long before messages are looked at. */
const SLICE_MS = 24;
/** Reports come no faster than this … */
const REPORT_MS = 250;
/** … and take no more than this share of the time. */
const REPORT_SHARE = 0.25;

interface Run {
  readonly id: number;
  readonly trainer: Trainer;
  readonly observer: Observer;
  look: Look;
  /** The look has not been reported yet. */
  fresh: boolean;
  running: boolean;
  /** Of the steps since the report before. */
  losses: number[];
  /** Time in training alone, since the first step. */
  trainingMs: number;
  nextReportMs: number;
}

/** Answers requests and trains in between, in slices, so that every request is heard soon. */
export class TrainingLoop {
  readonly #post: (event: TrainEvent) => void;
  #run: Run | undefined;
  #busy = false;

  constructor(post: (event: TrainEvent) => void) {
    this.#post = post;
  }

  receive(request: TrainRequest): void {
    try {
      this.#apply(request);
    } catch (error) {
      this.#fail(request.id, error);
    }
    void this.#go();
  }

  #apply(request: TrainRequest): void {
    if (request.type === 'open') {
      const { id, spec, look } = request;
      this.#run = undefined;
      const trainer = new Trainer(spec);
      const observer = new Observer(trainer.network, spec);
      this.#run = {
        ...{ id, trainer, observer, look, fresh: true, running: false },
        ...{ losses: [], trainingMs: 0, nextReportMs: 0 },
      };
      return;
    }
    const run = this.#run;
    if (run?.id !== request.id) return;
    switch (request.type) {
      case 'run':
        run.running = !run.trainer.finished;
        run.nextReportMs = 0; // the first steps are the steepest
        break;
      case 'pause':
        run.running = false;
        run.fresh = true;
        break;
      case 'look':
        run.look = request.look;
        run.fresh = true;
        break;
      default:
        request satisfies never;
    }
  }

  /** One at a time, until there is nothing to train or to show. */
  async #go(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    let run = this.#run;
    while (run && (run.running || run.fresh)) {
      try {
        await this.#slice(run);
      } catch (error) {
        if (run === this.#run) {
          this.#run = undefined;
          this.#fail(run.id, error);
        }
      }
      await new Promise((resolve) => setTimeout(resolve));
      run = this.#run;
    }
    this.#busy = false;
  }

  async #slice(run: Run): Promise<void> {
    const { trainer } = run;
    const began = performance.now();
    while (run.running && !trainer.finished && performance.now() - began < SLICE_MS) {
      run.losses.push(trainer.train());
    }
    run.trainingMs += performance.now() - began;
    const ends = run.running && trainer.finished;
    if (run.fresh || ends || performance.now() >= run.nextReportMs) await this.#report(run);
    if (!ends || run !== this.#run) return;
    run.running = false;
    this.#post({ type: 'finished', id: run.id });
  }

  async #report(run: Run): Promise<void> {
    const { id, trainer, observer, look, losses, trainingMs } = run;
    run.fresh = false;
    const began = performance.now();
    const seen = await observer.see(look);
    if (run !== this.#run) return; // a newer one has replaced it meanwhile
    const ended = performance.now();
    run.nextReportMs = ended + Math.max(REPORT_MS, (ended - began) * (1 / REPORT_SHARE - 1));
    const stepsPerSecond = trainer.step ? (1000 * trainer.step) / trainingMs : 0;
    run.losses = [];
    const report = { ...seen, step: trainer.step, losses: Float32Array.from(losses) };
    this.#post({ type: 'report', id, report: { ...report, stepsPerSecond } });
  }

  #fail(id: number, error: unknown): void {
    const message = messageOf(error);
    this.#post({ type: 'failed', id, message });
  }
}
