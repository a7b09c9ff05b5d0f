import {
  Cancelled,
  EngineError,
  type Finished,
  type Loaded,
  type OnFrames,
} from '../../../engine/client';
import type {
  Frame,
  InsideOptions,
  SampleSettings,
  Take,
  Verdicts,
} from '../../../engine/protocol';
import { ResultCache } from '../../../kit/result-cache';
import { Trajectories } from '../../../kit/trajectories';
import type { Manifest } from '../../../networks/manifest';
import { type ColumnSettings, DEFAULT_COLUMN } from '../../../settings/column';
import { stageSpans } from '../../../settings/sample-settings';
import { FIRST_VISIT, type Settings } from '../../../settings/settings';
import { changeColumn, createAppStore, type Store } from '../../../settings/store';
import { GridRunner } from '../../grid/runner';
import { Film } from '../film';
import { Runner } from '../runner';

/** A run that the fake engine was asked for; a test ends it by hand. */
export interface Run {
  readonly settings: SampleSettings;
  readonly judge: boolean;
  readonly inside: InsideOptions | undefined;
  readonly signal: AbortSignal;
  /** Of a run that is steered. */
  readonly stepMs: number | undefined;
  step(): void;
  finish(msPerEvaluation?: number): Promise<void>;
  fail(): Promise<void>;
}

/** Scales that the fake engine was asked for in one go. */
export interface FilmRun {
  readonly settings: SampleSettings;
  readonly scales: readonly number[];
  readonly judge: boolean;
  readonly signal: AbortSignal;
  finish(): Promise<void>;
  fail(): Promise<void>;
}

const manifest = {
  id: 'fake',
  role: 'denoiser',
  classes: ['A', 'B'],
  shape: [1, 8, 8],
} as unknown as Manifest & Loaded['manifest'];
const info = { backend: 'wasm', adapter: '', threads: 1, precision: 'fp32', maxBatch: 16 } as const;

export const loaded: Loaded = { manifest, info, warnings: [] };

const stage = {
  guidanceScale: 2,
  sampler: 'ddim',
  augmentation: 0.1,
  sigma: { min: 0.002, max: 80 },
  flopsPerForward: 1,
};
/** A network that prompts condition, and two that enlarge its pictures. */
export const cascade: Loaded = {
  ...loaded,
  manifest: {
    ...manifest,
    id: 'cascade',
    classes: [],
    prompts: { encoder: 'words', tokens: 8, width: 4, examples: ['a red apple', 'a cat'] },
    stages: [
      { ...stage, network: 'twice', shape: [1, 16, 16], numSteps: 3 },
      { ...stage, network: 'four-times', shape: [1, 32, 32], numSteps: 2 },
    ],
  },
};

/** Lets promises that are due settle. */
export const settle = () => new Promise((resolve) => setTimeout(resolve));

/** The frames of a run of one sample. */
function framesOf(manifest: Loaded['manifest'], settings: SampleSettings): Frame[] {
  return stageSpans(manifest, settings).flatMap(({ first, numSteps, shape }) => {
    const size = shape[1] * shape[2];
    return Array.from({ length: numSteps + 1 }, (_, step) => ({
      step: first + step,
      shape,
      sigma: step === numSteps ? 0 : 1,
      x: new Uint8Array(size),
      denoised: new Uint8Array(size),
      outside: new Int8Array(size),
    }));
  });
}

/** A classifier that reads the scale off the samples. */
const verdictsAt = (scale: number): Verdicts => ({
  network: 'judge',
  predicted: [0],
  confidence: [1],
  classAccuracy: scale / 100,
  diversity: 1,
});

/** A page without a screen, whose engine does what a test says. */
export class FakePage {
  readonly runs: Run[] = [];
  readonly films: FilmRun[] = [];
  hidden = false;
  /** How often the engine's worker was ended. */
  disposed = 0;
  readonly loads: { resolve(loaded: Loaded): void; reject(error: Error): void }[] = [];
  readonly store: Store;
  readonly trajectories = new Trajectories();
  readonly runner: Runner;
  readonly grid: GridRunner;
  /** The scale that a steered run takes at its next step. */
  #steered = 1;

  constructor(
    columns: readonly Partial<ColumnSettings>[],
    active = 0,
    changes: Partial<Settings> = {},
  ) {
    this.store = createAppStore({
      ...FIRST_VISIT,
      film: false,
      count: 1,
      subject: { kind: 'class', name: 'A' },
      columns: columns.map((column) => ({ ...DEFAULT_COLUMN, ...column })),
      active,
      ...changes,
    });
    const client = {
      load: () => new Promise<Loaded>((resolve, reject) => this.loads.push({ resolve, reject })),
      sample: this.#sample,
      film: this.#film,
      steer: (guidanceScale: number) => {
        this.#steered = guidanceScale;
      },
      dispose: () => {
        this.disposed++;
      },
    };
    const cache = new ResultCache();
    const models = 'http://localhost/models/';
    const film = new Film(this.store, client, cache, () => this.hidden);
    this.runner = new Runner(this.store, client, this.trajectories, models, cache, film);
    this.grid = new GridRunner(this.store, client, cache);
  }

  /** A page whose model has just been loaded. */
  static ready(...args: ConstructorParameters<typeof FakePage>): Promise<FakePage> {
    return FakePage.with(loaded, args);
  }

  /** The same with a cascade. */
  static readyCascade(...args: ConstructorParameters<typeof FakePage>): Promise<FakePage> {
    return FakePage.with(cascade, args);
  }

  static async with(model: Loaded, args: ConstructorParameters<typeof FakePage>) {
    const page = new FakePage(...args);
    const loading = page.runner.load();
    page.loads[0]?.resolve(model);
    await loading;
    return page;
  }

  get #manifest(): Loaded['manifest'] {
    const { engine } = this.store.getState();
    return engine.status === 'ready' ? engine.manifest : manifest;
  }

  get newest(): Run {
    return this.runs.at(-1)!;
  }
  get columns() {
    return this.store.getState().columns;
  }
  get statuses(): string[] {
    return this.columns.map(({ status }) => status);
  }
  /** The guidance scales that were run, in order. */
  get scales(): number[] {
    return this.runs.map(({ settings }) => settings.guidanceScale);
  }
  scale(guidanceScale: number): void {
    changeColumn(this.store, { guidanceScale });
  }
  drag(dragging: boolean): void {
    this.store.setState({ dragging });
  }
  async finishAll(): Promise<void> {
    for (let done = 0; done < this.runs.length; done++) await this.runs[done]!.finish();
  }

  readonly #film = (
    settings: SampleSettings,
    scales: readonly number[],
    options: { readonly judge: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly Take[]> =>
    new Promise((resolve, reject) => {
      const { judge, signal = new AbortController().signal } = options;
      signal.addEventListener('abort', () => reject(new Cancelled('replaced')));
      const { numSteps, seeds } = settings;
      const take = (scale: number): Take => ({
        samples: new Float32Array(64 * seeds.length),
        frames: framesOf(this.#manifest, settings),
        figures: { nfe: 2 * numSteps, totalMs: 1, networkMs: 1, sharedBy: scales.length },
        verdicts: verdictsAt(scale),
      });
      const finish = async () => {
        resolve(scales.map(take));
        await settle();
      };
      const fail = async () => {
        reject(new EngineError('engine', 'out of memory'));
        await settle();
      };
      this.films.push({ settings, scales, judge, signal, finish, fail });
    });

  readonly #sample = (
    settings: SampleSettings,
    options: {
      judge?: boolean;
      inside?: InsideOptions | undefined;
      signal?: AbortSignal;
      stepMs?: number | undefined;
      onFrames?: OnFrames;
    } = {},
  ): Promise<Finished> => {
    const { judge = true, inside, stepMs, onFrames } = options;
    const { signal = new AbortController().signal } = options;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Cancelled('replaced')));
      const frames = framesOf(this.#manifest, settings);
      const last = frames.length - 1;
      let steps = 0;
      const scales: number[] = [];
      if (stepMs !== undefined) this.#steered = settings.guidanceScale;
      const step = () => {
        if (steps === last) return; // the run is over
        scales.push(this.#steered);
        onFrames?.([frames[steps++]!], stepMs === undefined ? undefined : scales.slice(-1));
      };
      const finish = async (msPerEvaluation = 1) => {
        while (steps < last) step();
        const nfe = 2 * settings.numSteps;
        const totalMs = msPerEvaluation * nfe * settings.seeds.length;
        const figures = { nfe, totalMs, networkMs: totalMs };
        const samples = new Float32Array(64);
        const done = { type: 'done', id: 0, samples, frame: frames[last]! } as const;
        const ending = { ...done, figures, verdicts: verdictsAt(settings.guidanceScale) };
        resolve(stepMs === undefined ? ending : { ...ending, scales });
        await settle();
      };
      const fail = async () => {
        reject(new EngineError('engine', 'out of memory'));
        await settle();
      };
      this.runs.push({ settings, judge, inside, signal, stepMs, step, finish, fail });
    });
  };
}
