import {
  fitsPlane,
  leastScale,
  PLANE_LIMITS,
  type PlaneComponent,
  type PlaneSettings,
  planeSlice,
} from '../../kit/plane/settings';
import { type ColumnSettings, consistent } from '../../settings/column';
import { withChanges } from '../../settings/replaced-sampler';
import { changeSlice, type Store } from '../../settings/store';

/** Changes settings of the plane. */
export function changePlane(store: Store, changes: Partial<PlaneSettings>): void {
  changeSlice(store, planeSlice, { ...planeSlice.of(store.getState().settings), ...changes });
}

/** Changes the run of the active panel; what does not fit together any more is fitted. */
export function changeRun(store: Store, changes: Partial<ColumnSettings>): void {
  const { runs, active } = planeSlice.of(store.getState().settings);
  const run = withChanges(runs[active]!, changes, (changed) => {
    const fitted = consistent(changed);
    return {
      ...fitted,
      guidanceScale: Math.max(leastScale(fitted.guidance), fitted.guidanceScale),
    };
  });
  if (!fitsPlane(run)) throw new RangeError(`The plane cannot follow the rule "${run.guidance}"`);
  changePlane(store, { runs: runs.with(active, run) });
}

/** A panel more, as the active one is; it becomes the active one. */
export function addRun(store: Store): void {
  const { runs, active } = planeSlice.of(store.getState().settings);
  if (runs.length >= PLANE_LIMITS.runs) return;
  changePlane(store, { runs: runs.toSpliced(active + 1, 0, runs[active]!), active: active + 1 });
}

export function removeRun(store: Store, index: number): void {
  const { runs, active } = planeSlice.of(store.getState().settings);
  if (runs.length === 1) return;
  const shifted = active > index ? active - 1 : active;
  changePlane(store, {
    runs: runs.toSpliced(index, 1),
    active: Math.min(shifted, runs.length - 2),
  });
}

/** Changes one Gaussian, within the limits. The class asked for stays one that exists. */
export function changeComponent(
  store: Store,
  index: number,
  changes: Partial<PlaneComponent>,
): void {
  const { components } = planeSlice.of(store.getState().settings);
  const { weight, x, y, std, classLabel } = { ...components[index]!, ...changes };
  const { place } = PLANE_LIMITS;
  const changed = {
    classLabel,
    weight: within(weight, PLANE_LIMITS.weight),
    x: within(x, place),
    y: within(y, place),
    std: within(std, PLANE_LIMITS.std),
  };
  setComponents(store, components.with(index, changed));
}

/** One Gaussian more, beside the given one and of its class. @returns its index */
export function addComponent(store: Store, index: number): number {
  const { components } = planeSlice.of(store.getState().settings);
  if (components.length >= PLANE_LIMITS.components.max) return index;
  const { max } = PLANE_LIMITS.place;
  const beside = components[index]!;
  const x = within(beside.x + (beside.x > max - 1 ? -1 : 1), PLANE_LIMITS.place);
  setComponents(store, [...components, { ...beside, x }]);
  return components.length;
}

export function removeComponent(store: Store, index: number): void {
  const { components } = planeSlice.of(store.getState().settings);
  if (components.length > PLANE_LIMITS.components.min) {
    setComponents(store, components.toSpliced(index, 1));
  }
}

function setComponents(store: Store, components: readonly PlaneComponent[]): void {
  const { classLabel } = planeSlice.of(store.getState().settings);
  const exists = components.some((component) => component.classLabel === classLabel);
  changePlane(store, {
    components,
    classLabel: exists ? classLabel : components[0]!.classLabel,
  });
}

/** With the digits that the address has. */
function within(value: number, { min, max }: { min: number; max: number }): number {
  return Number(Math.min(max, Math.max(min, value)).toFixed(3));
}
