import { useEffect, useRef } from 'react';
import { useApp, useAppState } from '../../kit/app-context';
import type { PresetId } from '../../settings/presets';
import { change, changeColumn, type Store, selectColumn } from '../../settings/store';
import { hasScale } from './film';
import { stepped } from './rail/rail-axis';
import { usePresets } from './use-presets';

/** Keys of the projector mode, but for those that what has the focus may want for itself. */
export function ProjectorKeys() {
  const { store } = useApp();
  const projector = useAppState(({ settings }) => settings.projector);
  const now = usePresets();
  const presets = useRef(now);
  presets.current = now;
  useEffect(() => {
    if (!projector) return;
    const onKey = (event: KeyboardEvent) => {
      const { target, key, ctrlKey, metaKey, altKey } = event;
      if (ctrlKey || metaKey || altKey || event.defaultPrevented || isTyping(target)) return;
      // What has the focus may have a use for these, the other keys are free.
      if (!isFree(target) && /^(Arrow|Home|End| )/.test(key)) return;
      if (!act(store, key, (by) => turn(presets.current, by))) return;
      event.preventDefault();
    };
    const release = () => {
      if (store.getState().dragging) store.setState({ dragging: false });
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('keyup', release);
    window.addEventListener('blur', release);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('keyup', release);
      window.removeEventListener('blur', release);
      release();
    };
  }, [store, projector]);
  return null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input, select, textarea');
}

function isFree(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof Element && target.id === 'stage');
}

/** @returns whether the key means something */
function act(store: Store, key: string, turnPreset: (by: 1 | -1) => void): boolean {
  const { settings, playing } = store.getState();
  switch (key) {
    case 'ArrowRight':
    case 'ArrowLeft':
      moveScale(store, key === 'ArrowRight' ? 1 : -1);
      return true;
    case ' ':
      if (!playing && settings.position >= 1) change(store, { position: 0 });
      store.setState({ playing: !playing });
      return true;
    case 'Home':
    case 'End':
      store.setState({ playing: false });
      change(store, { position: key === 'End' ? 1 : 0 });
      return true;
    case '1':
    case '2':
    case '3':
    case '4':
      if (Number(key) <= settings.columns.length) selectColumn(store, Number(key) - 1);
      return true;
    // What presenters hold in their hand sends page keys.
    case ']':
    case 'PageDown':
      turnPreset(1);
      return true;
    case '[':
    case 'PageUp':
      turnPreset(-1);
      return true;
    default:
      return false;
  }
}

/** As on the guidance rail: the film is shown while the key is down. */
function moveScale(store: Store, direction: 1 | -1): void {
  const { settings, steering } = store.getState();
  const column = settings.columns[settings.active]!;
  if (steering || !hasScale(column)) return;
  store.setState({ dragging: true });
  changeColumn(store, { guidanceScale: stepped(column.guidanceScale, direction) });
}

/** The preset after or before the one that is shown, round and round. */
function turn({ offered, current, choose }: ReturnType<typeof usePresets>, by: 1 | -1): void {
  const at = offered.indexOf(current as PresetId);
  const next = at < 0 ? (by > 0 ? 0 : -1) : (at + by) % offered.length;
  const id = offered.at(next);
  if (id) choose(id);
}
