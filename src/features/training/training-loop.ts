import type { Call } from '../../kit/worker-answers';
import type { Look, TrainEvent, TrainNote, TrainRequest } from './train-protocol';
import { Observer } from './train-report';
import { Trainer } from './trainer';

/** Training goes on for so long before messages are looked at. */
const SLICE_MS = 24;
/** Reports come no faster than this … */
const REPORT_MS = 250;
/** … and take no more than this share of the time. */
const REPORT_SHARE = 0.25;

/**
 * Trains a network in slices, so that every note is heard soon, and reports on the way.
 *
 * @throws if the call is aborted, or the network cannot be trained or seen as asked for
 */
export async function answerTraining(
  { spec, look }: TrainRequest,
  call: Call<TrainNote, TrainEvent>,
): Promise<never> {
  const run = new Run(new Trainer(spec), look, call);
  for (;;) {
    for (const note of call.takeNotes()) run.apply(note);
    if (!run.isDue) await call.nextNote();
    else {
      await run.slice();
      await call.breathe();
    }
  }
}

class Run {
  readonly #trainer: Trainer;
  readonly #observer: Observer;
  readonly #call: Call<TrainNote, TrainEvent>;
  #look: Look;
  /** The look has not been reported yet. */
  #fresh = true;
  #running = false;
  /** Of the steps since the report before. */
  #losses: number[] = [];
  /** Time in training alone, since the first step. */
  #trainingMs = 0;
  #nextReportMs = 0;

  constructor(trainer: Trainer, look: Look, call: Call<TrainNote, TrainEvent>) {
    this.#trainer = trainer;
    this.#observer = new Observer(trainer.network, trainer.spec);
    this.#look = look;
    this.#call = call;
  }

  /** Whether there is something to train or to report. */
  get isDue(): boolean {
    return this.#running || this.#fresh;
  }

  apply(note: TrainNote): void {
    switch (note.type) {
      case 'run':
        this.#running = !this.#trainer.finished;
        this.#nextReportMs = 0; // the first steps are the steepest
        break;
      case 'pause':
        this.#running = false;
        this.#fresh = true;
        break;
      case 'look':
        this.#look = note.look;
        this.#fresh = true;
        break;
      default:
        note satisfies never;
    }
  }

  async slice(): Promise<void> {
    const trainer = this.#trainer;
    const began = performance.now();
    while (this.#running && !trainer.finished && performance.now() - began < SLICE_MS) {
      this.#losses.push(trainer.train());
    }
    this.#trainingMs += performance.now() - began;
    const ends = this.#running && trainer.finished;
    if (this.#fresh || ends || performance.now() >= this.#nextReportMs) await this.#report();
    if (!ends) return;
    this.#running = false;
    this.#call.emit({ type: 'finished' });
  }

  async #report(): Promise<void> {
    this.#fresh = false;
    const { step } = this.#trainer;
    const began = performance.now();
    const seen = await this.#observer.see(this.#look);
    const ended = performance.now();
    this.#nextReportMs = ended + Math.max(REPORT_MS, (ended - began) * (1 / REPORT_SHARE - 1));
    const stepsPerSecond = step ? (1000 * step) / this.#trainingMs : 0;
    const losses = Float32Array.from(this.#losses);
    this.#losses = [];
    this.#call.emit({ type: 'report', report: { ...seen, step, losses, stepsPerSecond } });
  }
}
