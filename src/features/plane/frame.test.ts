import { afterEach, expect, test, vi } from 'vitest';
import { runParticles } from '../../diffusion/worlds/plane/particles';
import { placesAt } from '../../kit/plane/draw';
import {
  DEFAULT_PLANE,
  leastScale,
  PLANE_LIMITS,
  PLANE_PRESETS,
  presetPlane,
  VIEW_HALF,
} from '../../kit/plane/settings';
import { change, createAppStore } from '../../settings/store';
import { changePlane, changeRun } from './changes';
import { neededHalf } from './extents';
import { PlaneFrame } from './frame';
import type { ParticleRequest } from './protocol';
import { type PanelResult, PlaneRunner } from './runner';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A runner whose particles are moved on this thread. */
function started(particles = 500) {
  const store = createAppStore();
  changePlane(store, { particles });
  const runner = new PlaneRunner(store, {
    request: async ({ world, run }: ParticleRequest) => ({
      ...(await runParticles(world, run)),
      totalMs: 1,
    }),
    dispose: () => {},
  });
  stops.push(runner.start());
  const settled = () =>
    vi.waitFor(() => expect(runner.panels.map(({ status }) => status)).not.toContain('waiting'), {
      timeout: 30_000,
    });
  return { store, runner, settled };
}

/** The share of a panel's particles within the frame at a moment. */
function inside({ particles, count }: PanelResult, half: number, position: number): number {
  const { xs, sigmas } = particles;
  const places = placesAt({ xs, sigmas, count, at: position * (sigmas.length - 1) });
  let held = 0;
  for (let i = 0; i < places.length; i += 2) {
    if (Math.max(Math.abs(places[i]!), Math.abs(places[i + 1]!)) <= half) held++;
  }
  return held / count;
}

/** Also between two steps. */
const POSITIONS = [0, 0.13, 0.3, 0.5, 0.61, 0.8, 1];
const SCALES = Array.from({ length: 16 }, (_, scale) => scale);

test.each(PLANE_PRESETS)(
  '%s: 99 %% of the particles are in the frame at every scale',
  async (id) => {
    const { store, runner, settled } = started();
    changePlane(store, presetPlane(id, { ...DEFAULT_PLANE, particles: 500 }));
    const { runs } = presetPlane(id, DEFAULT_PLANE);
    let widest = 0;
    for (const scale of SCALES) {
      const at = runs.map((run) => ({
        ...run,
        guidanceScale: Math.max(scale, leastScale(run.guidance)),
      }));
      changePlane(store, { runs: at });
      await settled();
      const results = runner.panels.map(({ result }) => result!);
      expect(results).toHaveLength(runs.length);
      for (const position of POSITIONS) {
        const half = neededHalf(results, position);
        widest = Math.max(widest, half);
        for (const result of results) {
          expect(
            inside(result, half, position),
            `s = ${scale} at ${position}`,
          ).toBeGreaterThanOrEqual(0.99);
        }
      }
    }
    expect(PLANE_LIMITS.guidanceScale).toMatchObject({ min: SCALES[0], max: SCALES.at(-1) });
    // In the usual frame they were not.
    expect(widest).toBeGreaterThan(1.1 * VIEW_HALF);
  },
);

test('the frame is the usual one while the particles are in it', () => {
  const extents = new Float64Array([1, 2, 3]);
  expect(neededHalf([{ extents }, undefined], 1)).toBe(VIEW_HALF);
  expect(neededHalf([{ extents: new Float64Array([1, 8, 3]) }, { extents }], 0.5)).toBeCloseTo(
    8.24,
  );
  // Between two steps, the larger of the two.
  expect(neededHalf([{ extents: new Float64Array([1, 8, 3]) }], 0.75)).toBeCloseTo(8.24);
});

test('runs that fly apart are followed no further than the frame’s largest size', async () => {
  const { store, runner, settled } = started(100);
  changeRun(store, { guidance: 'low-temperature', guidanceScale: 15, numSteps: 4 });
  await settled();
  expect(neededHalf([runner.panels[0]!.result], 1)).toBe(64 * VIEW_HALF);
});

/** Frames of 16 ms, one at a time. */
function fakeClock(still = false) {
  let now = 0;
  let frame: (() => void) | undefined;
  return {
    now: () => now,
    still: () => still,
    nextFrame(callback: () => void) {
      frame = callback;
      return () => {
        frame = undefined;
      };
    },
    /** @returns whether a frame was asked for */
    next(): boolean {
      const callback = frame;
      frame = undefined;
      now += 16;
      callback?.();
      return callback !== undefined;
    },
  };
}

async function framed(still = false) {
  const { store, runner, settled } = started(200);
  changeRun(store, { guidanceScale: 15 });
  await settled();
  change(store, { position: 1 });
  const clock = fakeClock(still);
  const frame = new PlaneFrame(store, runner, clock);
  stops.push(frame.start());
  const needed = () => neededHalf([runner.panels[0]!.result], store.getState().settings.position);
  return { store, frame, clock, needed };
}

test('the frame follows without a jump, and comes to rest', async () => {
  const { store, frame, clock, needed } = await framed();
  expect(frame.half).toBe(VIEW_HALF);
  expect(frame.moving).toBe(true);
  const seen = [frame.half];
  while (clock.next()) seen.push(frame.half);
  expect(frame.half).toBe(needed());
  expect(frame.moving).toBe(false);
  expect(seen.length).toBeGreaterThan(10);
  seen.slice(1).forEach((half, k) => {
    expect(half).toBeGreaterThanOrEqual(seen[k]!);
    expect(half / seen[k]!).toBeLessThan(1.1);
  });
  // At the start only noise is there: back to the usual frame.
  change(store, { position: 0 });
  while (clock.next());
  expect(frame.half).toBe(VIEW_HALF);
});

test('it is held while a Gaussian is dragged', async () => {
  const { frame, clock, needed } = await framed();
  frame.hold(true);
  while (clock.next());
  expect(frame.half).toBe(VIEW_HALF);
  frame.hold(false);
  while (clock.next());
  expect(frame.half).toBe(needed());
});

test('whoever asked for less motion sees one change', async () => {
  const { frame, clock, needed } = await framed(true);
  expect(clock.next()).toBe(true);
  expect(frame.half).toBe(needed());
  expect(clock.next()).toBe(false);
});
