import type { FieldAlgebra } from '../fields';

/** A moving average over the steps of a run: what all evaluations of a step see is that of the steps before. */
export class History<F> {
  /** Of the steps before; undefined in the first. */
  before: F | undefined;
  private next: F | undefined;

  constructor(private readonly fields: Pick<FieldAlgebra<F>, 'release'>) {}

  /**
   * Begins a step; to be called at its first evaluation.
   *
   * @param average makes the average that includes this step from the one before it
   */
  step(average: (before: F | undefined) => F): void {
    if (this.next !== undefined) {
      if (this.before !== undefined) this.fields.release(this.before);
      this.before = this.next;
    }
    this.next = average(this.before);
  }

  /** Releases what is held. */
  release(): void {
    for (const held of [this.before, this.next]) {
      if (held !== undefined) this.fields.release(held);
    }
    this.before = undefined;
    this.next = undefined;
  }
}
