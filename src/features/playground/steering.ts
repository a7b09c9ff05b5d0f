import { findGuidanceRule } from '../../diffusion/guidance';
import type { EngineClient } from '../../engine/client';
import type { SampleSettings } from '../../engine/protocol';
import { curveScale } from '../../settings/curve';
import { sampleSettings } from '../../settings/sample-settings';
import type { Settings } from '../../settings/settings';
import type { AppState, Store } from '../../settings/store';
import { type ColumnJob, serves } from './column-jobs';

/** A steered run lasts about this long: time to watch and to react. */
const STEERED_MS = 6000;

/**
 * A run that is slowed down so that its guidance scale can be changed meanwhile. The scales of its
 * steps are recorded, and at its end they become the column's curve.
 */
export class Steering {
  readonly #store: Store;
  readonly #client: Pick<EngineClient, 'steer'>;
  #job: ColumnJob | undefined;

  constructor(store: Store, client: Pick<EngineClient, 'steer'>) {
    this.#store = store;
    this.#client = client;
  }

  /** The run that is steered, asked for or under way: nothing else runs meanwhile. */
  get job(): ColumnJob | undefined {
    return this.#job;
  }

  /** Steers a column's run at its scale, without shape or curve; nothing if its rule has no scale. */
  start(column: ColumnJob | undefined): void {
    if (!column || !usesScale(column) || this.#job) return;
    const { settings, place, key } = column;
    this.#job = { ...column, key: steeredKey(key), stepMs: STEERED_MS / settings.numSteps };
    const guidanceScale = curveScale(settings.guidanceScale);
    this.#store.setState({ steering: { columnId: place, guidanceScale, scales: [] } });
  }

  /** Another scale, from the run's next step on. */
  setScale(scale: number): void {
    const { steering } = this.#store.getState();
    if (!steering) return;
    const guidanceScale = curveScale(scale);
    this.#store.setState({ steering: { ...steering, guidanceScale } });
    this.#client.steer(guidanceScale);
  }

  /** Ends the steering if the active column now asks for anything else. */
  endUnless(column: ColumnJob | undefined): void {
    if (!this.#job) return;
    const same =
      column?.place === this.#job.place &&
      usesScale(column) &&
      serves(this.#job, { ...column, key: steeredKey(column.key) });
    if (!same) this.end();
  }

  /** The slider that steered may be inactive now, and then nobody would hear of its release. */
  end(changes: Partial<AppState> = {}): void {
    this.#job = undefined;
    this.#store.setState({ ...changes, steering: undefined, dragging: false });
  }

  /** What the engine is asked for: the run may have been steered before it could begin. */
  settingsOf({ settings }: ColumnJob): SampleSettings {
    const { steering } = this.#store.getState();
    return { ...settings, guidanceScale: (steering ?? settings).guidanceScale };
  }

  recordScales(job: ColumnJob, scales: readonly number[]): void {
    const { steering } = this.#store.getState();
    if (!steering || this.#job !== job) return;
    this.#store.setState({ steering: { ...steering, scales: [...steering.scales, ...scales] } });
  }

  /** The page's settings with the run's scales as its column's curve, and the job that replays them. */
  replayed(
    job: ColumnJob,
    curve: readonly number[],
  ): { readonly job: ColumnJob; readonly settings: Settings } | undefined {
    const { engine, settings, columns } = this.#store.getState();
    const index = columns.findIndex(({ id }) => id === job.place);
    const column = settings.columns[index];
    if (engine.status !== 'ready' || !column) return undefined;
    const recorded = { ...column, curve };
    const sample = sampleSettings(settings, recorded, engine.manifest);
    return {
      job: { ...job, key: JSON.stringify(sample), settings: sample, stepMs: undefined },
      settings: { ...settings, columns: settings.columns.with(index, recorded) },
    };
  }
}

function usesScale({ settings: { guidance } }: ColumnJob): boolean {
  return findGuidanceRule(guidance).usesScale;
}

/** A steered run makes other pictures than the settings alone. */
function steeredKey(key: string): string {
  return `steered ${key}`;
}
