import { type PointerEvent, useRef } from 'react';
import { useApp, useWords } from '../../kit/app-context';
import { PLANE_LIMITS } from '../../kit/plane/settings';
import { CLASS_LETTERS, usePlane } from '../../kit/plane/use-plane';
import { useDrag } from '../../kit/Slider';
import { changeComponent } from './changes';
import { useFrameHalf, usePlaneFrame } from './plane-context';
import { planeWords } from './words';

/** The Gaussians' letters, to be dragged or moved by keys, and their rings one standard deviation out. */
export function Handles() {
  const { components } = usePlane();
  return (
    <div className="plane-handles">
      {components.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a Gaussian is its place in the list
        <Handle key={index} index={index} />
      ))}
    </div>
  );
}

function Handle({ index }: { index: number }) {
  const { store } = useApp();
  const { data } = useWords(planeWords);
  const frame = usePlaneFrame();
  const half = useFrameHalf();
  const { components } = usePlane();
  const hold = useDrag();
  const held = useRef<'mean' | 'std'>(undefined);
  const { x, y, std, classLabel } = components[index]!;
  const letter = CLASS_LETTERS[classLabel]!;
  const { step } = PLANE_LIMITS.place;

  const move = ({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>) => {
    const { left, top, width } = currentTarget.closest('.plane-handles')!.getBoundingClientRect();
    const toPlane = (2 * half) / width;
    const px = (clientX - left) * toPlane - half;
    const py = half - (clientY - top) * toPlane;
    if (held.current === 'mean') changeComponent(store, index, { x: px, y: py });
    if (held.current === 'std') changeComponent(store, index, { std: Math.hypot(px - x, py - y) });
  };
  const dragging = (what: 'mean' | 'std') => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      held.current = what;
      frame.hold(true);
      hold.onPointerDown();
    },
    onPointerMove: move,
    onPointerUp: () => {
      held.current = undefined;
      frame.hold(false);
      hold.onPointerUp();
    },
    onPointerCancel: () => {
      held.current = undefined;
      frame.hold(false);
      hold.onPointerCancel();
    },
  });
  const onKeyDown = (event: React.KeyboardEvent) => {
    const along = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    }[event.key];
    const wider = { '+': 1, '=': 1, '-': -1 }[event.key];
    if (!along && !wider) return;
    event.preventDefault();
    hold.onKeyDown(event);
    if (along) changeComponent(store, index, { x: x + along[0]!, y: y + along[1]! });
    if (wider) changeComponent(store, index, { std: std + wider * PLANE_LIMITS.std.step });
  };

  const percent = (value: number) => `${(100 * value) / (2 * half)}%`;
  const place = { left: percent(x + half), top: percent(half - y) };
  return (
    <>
      <span
        className="plane-ring"
        data-class={classLabel}
        style={{ ...place, width: percent(2 * std), height: percent(2 * std) }}
        aria-hidden="true"
      />
      <span
        className="plane-grip"
        data-class={classLabel}
        style={{ ...place, left: percent(x + std + half) }}
        aria-hidden="true"
        {...dragging('std')}
      />
      <button
        type="button"
        className="plane-handle"
        data-class={classLabel}
        style={place}
        aria-label={`${data.name(index + 1, letter)}, ${data.at(x.toFixed(1), y.toFixed(1))}`}
        title={data.hint}
        {...dragging('mean')}
        onKeyDown={onKeyDown}
        onKeyUp={hold.onKeyUp}
        onBlur={hold.onBlur}
      >
        {letter}
      </button>
    </>
  );
}
