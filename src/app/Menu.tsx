import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { useTool } from '../kit/Toolbar';
import './menu.css';

interface MenuProps {
  /** Its class, and its name among the tools. */
  readonly name: string;
  readonly title?: string;
  readonly label: ReactNode;
  /** What its class is styled by, and tests look for. */
  readonly data?: Readonly<Record<`data-${string}`, string | number>>;
  readonly onOpen?: () => void;
  readonly children: (close: () => void) => ReactNode;
}

/** A tool that opens a panel. It closes by Escape, and when something beside it is pressed or focused. */
export function Menu({ name, title, label, data, onOpen, children }: MenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const tool = useTool(name);
  useClosing(menu);
  const close = () => {
    if (menu.current) menu.current.open = false;
  };
  return (
    <details
      ref={menu}
      className={`menu ${name}`}
      {...data}
      onToggle={({ currentTarget }) => currentTarget.open && onOpen?.()}
    >
      <summary title={title} {...tool}>
        {label}
      </summary>
      <div>{children(close)}</div>
    </details>
  );
}

function useClosing(menu: RefObject<HTMLDetailsElement | null>): void {
  useEffect(() => {
    const close = ({ target }: Event) => {
      const element = menu.current;
      if (element?.open && !element.contains(target as Node)) element.open = false;
    };
    const leave = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape' || !menu.current?.open) return;
      menu.current.open = false;
      menu.current.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('focusin', close);
    document.addEventListener('keydown', leave);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('focusin', close);
      document.removeEventListener('keydown', leave);
    };
  }, [menu]);
}
