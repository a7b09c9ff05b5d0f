import { afterEach, describe, expect, test, vi } from 'vitest';
import { firstSeed } from '../../diffusion/random';
import { type ParticleRun, runParticles } from '../../diffusion/worlds/plane/particles';
import { Cancelled } from '../../engine/client';
import { DEFAULT_PLANE } from '../../kit/plane/settings';
import { createAppStore } from '../../settings/store';
import { addRun, changePlane, changeRun } from './changes';
import type { ParticleRequest, Particles } from './protocol';
import { PlaneRunner } from './runner';

/** The worker's part on this thread: a run is answered when the test says so. */
class FakeLab {
  readonly asked: { run: ParticleRun; finish(): Promise<void>; fail(error: Error): void }[] = [];
  aborted = 0;
  disposed = false;

  request({ world, run }: ParticleRequest, { signal }: { signal?: AbortSignal | undefined } = {}) {
    return new Promise<Particles>((resolve, reject) => {
      signal?.addEventListener('abort', () => {
        this.aborted++;
        reject(new Cancelled('aborted'));
      });
      const finish = async () => resolve({ ...(await runParticles(world, run)), totalMs: 1 });
      this.asked.push({ run, finish, fail: reject });
    });
  }
  dispose(): void {
    this.disposed = true;
  }
  get last() {
    return this.asked.at(-1)!;
  }
}

/** A run takes this thread's time, on a busy machine more than a second. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 10_000 });

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function started() {
  const store = createAppStore();
  changePlane(store, { particles: 3000 });
  changeRun(store, { numSteps: 12 });
  const lab = new FakeLab();
  const runner = new PlaneRunner(store, lab);
  stops.push(runner.start());
  return { store, lab, runner };
}

describe('PlaneRunner', () => {
  test('runs what is set, and tells how the particles agree', async () => {
    const { lab, runner } = started();
    expect(runner.panels).toMatchObject([{ status: 'waiting' }]);
    expect(lab.last.run).toMatchObject({
      guidance: 'cfg',
      numSteps: 12,
      count: 3000,
      seed: firstSeed(42),
    });
    await lab.last.finish();
    await soon(() => expect(runner.panels[0]!.status).toBe('done'));
    const { agreement, preview } = runner.panels[0]!.result!;
    expect(preview).toBe(false);
    expect(agreement.inside).toBeGreaterThan(0.5);
    expect(agreement.inside).toBeLessThan(0.9);
    expect(lab.asked).toHaveLength(1);
  });

  test('a run that is no longer wanted is stopped, what it showed stays', async () => {
    const { store, lab, runner } = started();
    await lab.last.finish();
    await soon(() => expect(runner.panels[0]!.status).toBe('done'));
    const { result } = runner.panels[0]!;
    changeRun(store, { guidanceScale: 5 });
    changeRun(store, { guidanceScale: 6 });
    expect(lab.aborted).toBe(1);
    await soon(() => expect(lab.asked).toHaveLength(3));
    expect(lab.last.run.guidanceScale).toBe(6);
    expect(runner.panels[0]).toMatchObject({ status: 'waiting', result });
  });

  test('settings that come back before their run is over leave what was shown as done', async () => {
    const { store, lab, runner } = started();
    await lab.last.finish();
    await soon(() => expect(runner.panels[0]!.status).toBe('done'));
    const { result } = runner.panels[0]!;
    const { guidanceScale } = DEFAULT_PLANE.runs[0]!;
    changeRun(store, { guidanceScale: 5 });
    expect(runner.panels[0]!.status).toBe('waiting');
    changeRun(store, { guidanceScale });
    expect(lab.aborted).toBe(1);
    await soon(() => expect(runner.panels[0]).toEqual({ status: 'done', result }));
    expect(lab.asked).toHaveLength(2);
  });

  test('looking elsewhere runs nothing', async () => {
    const { store, lab, runner } = started();
    await lab.last.finish();
    await soon(() => expect(runner.panels[0]!.status).toBe('done'));
    changePlane(store, { heat: 'marginal', arrows: 'all', sigma: 2, paths: 3 });
    store.setState(({ settings }) => ({ settings: { ...settings, position: 0.5 } }));
    await Promise.resolve();
    expect(lab.asked).toHaveLength(1);
  });

  test('while something is dragged, previews of fewer particles end one after the other', async () => {
    const { store, lab, runner } = started();
    await lab.last.finish();
    await soon(() => expect(runner.panels[0]!.status).toBe('done'));
    store.setState({ dragging: true });
    await soon(() => expect(lab.last.run.count).toBe(2000));
    changePlane(store, { weakBlur: 0.8 });
    changePlane(store, { weakBlur: 0.9 });
    expect(lab.asked).toHaveLength(2);
    await lab.last.finish();
    await soon(() => expect(lab.asked).toHaveLength(3));
    expect(runner.panels[0]!.result!.preview).toBe(true);
    expect(lab.aborted).toBe(0);
    store.setState({ dragging: false });
    await lab.last.finish();
    await soon(() => expect(lab.last.run.count).toBe(3000));
  });

  test('panels take turns', async () => {
    const { store, lab, runner } = started();
    addRun(store);
    changeRun(store, { guidance: 'autoguidance' });
    await lab.last.finish();
    await soon(() => expect(lab.asked).toHaveLength(2));
    // The first changes again meanwhile: the second is not left behind for it.
    expect(lab.last.run.guidance).toBe('autoguidance');
    changePlane(store, { active: 0 });
    changeRun(store, { guidanceScale: 7 });
    expect(lab.aborted).toBe(0);
    await lab.last.finish();
    await soon(() => expect(lab.asked).toHaveLength(3));
    expect(lab.last.run.guidanceScale).toBe(7);
    await lab.last.finish();
    await soon(() => expect(runner.panels.map(({ status }) => status)).toEqual(['done', 'done']));
  });

  test('a failure is told once and mended by the next change', async () => {
    const { store, lab, runner } = started();
    lab.last.fail(new Error('no worker'));
    await soon(() =>
      expect(runner.panels).toMatchObject([{ status: 'failed', message: 'no worker' }]),
    );
    expect(lab.asked).toHaveLength(1);
    changePlane(store, { seed: 1 });
    expect(lab.asked).toHaveLength(2);
  });

  test('a density is computed once for the panel and its figures', () => {
    const { runner } = started();
    const run = DEFAULT_PLANE.runs[0]!;
    const made = runner.promised(DEFAULT_PLANE, run);
    expect(runner.promised({ ...DEFAULT_PLANE }, { ...run })).toBe(made);
    const stronger = runner.promised(DEFAULT_PLANE, { ...run, guidanceScale: 6 });
    expect(stronger.density.values).not.toEqual(made.density.values);
    expect(runner.promised({ ...DEFAULT_PLANE, classLabel: 1 }, run)).not.toBe(made);
  });

  test('stopped, it asks for nothing more', async () => {
    const { store, lab } = started();
    for (const stop of stops.splice(0)) stop();
    expect(lab.disposed).toBe(true);
    changePlane(store, { ...DEFAULT_PLANE });
    await Promise.resolve();
    expect(lab.asked).toHaveLength(1);
  });
});
